package io.jspp.virtio;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;

/**
 * What both ring formats do alike: the guest region of the last hit, and packets that take more than one plain buffer (chained, indirect, merged,
 * in another region, wrong). Worker thread.
 */
abstract class ChainedVirtqueue extends Virtqueue {
    static final int MAX_PACKET_SEGMENTS = 1024;

    /**
     * Descriptors that one burst may look at outside the fast path. A burst of 64 KiB packets in merged buffers of 1.5 KiB takes 3000; what a guest
     * makes of a queue of 32768 by tiny buffers and empty descriptors would hold up its neighbours for many milliseconds.
     */
    static final int WORK_PER_BURST = 8192;

    /** {@link #nextChain}: the driver has no more chains; {@link #broken} says whether that is for good. */
    static final int NONE_LEFT = -4;

    /** {@link #nextChain}: as {@link #NONE_LEFT}, and the whole queue is not enough. */
    static final int QUEUE_EXHAUSTED = -5;

    final boolean eventIdx;
    final boolean indirect;
    final boolean mergeable;
    final boolean offloads;

    /** Guest region of the last hit, of {@link #table}: most guests have one, all have few. */
    long regionGuest;

    long regionSize;
    long regionHost;

    /** What the burst at hand translates by. */
    GuestMemory table;

    /** Bytes written to each chain of the packet at hand. */
    final int[] chainBytes = new int[MAX_PACKET_SEGMENTS];

    /** Descriptors left of {@link #WORK_PER_BURST}; the next burst begins anew. */
    final int[] work = {WORK_PER_BURST};

    private final NativeMemory header = NativeMemory.allocate(16);
    private final long[] targetAddress = new long[MAX_PACKET_SEGMENTS];
    private final int[] targetLength = new int[MAX_PACKET_SEGMENTS];
    private int chains;

    ChainedVirtqueue(GuestMemory memory, long features) {
        super(memory, features);
        this.eventIdx = Features.has(features, Features.EVENT_IDX);
        this.indirect = Features.has(features, Features.INDIRECT_DESC);
        this.mergeable = Features.has(features, Features.MRG_RXBUF);
        this.offloads = Features.has(features, Features.CSUM);
        useMemory(memory);
    }

    /** Address here of a ring area given as the front-end counts. */
    static long area(GuestMemory memory, String name, long userAddress, long length, int alignment)
            throws GuestMemoryException {
        if ((userAddress & alignment - 1) != 0) {
            throw new GuestMemoryException(
                    name + " at 0x" + Long.toHexString(userAddress) + ": not aligned to " + alignment + " bytes");
        }
        long address = memory.translateUser(userAddress, length);
        if (address == GuestMemory.NOWHERE) {
            throw new GuestMemoryException(name + " of " + length + " bytes at 0x" + Long.toHexString(userAddress)
                    + ": not inside one memory region");
        }
        return address;
    }

    /** Begins a burst: with the memory of now, which may have lost the region of the last hit. */
    final void lookAtMemory() {
        GuestMemory now = memory;
        if (now != table) {
            useMemory(now);
        }
    }

    private void useMemory(GuestMemory now) {
        table = now;
        regionSize = 0;
        if (now.regions.length > 0) {
            useRegion(now.regions[0]);
        }
    }

    private void useRegion(GuestRegion region) {
        regionGuest = region.guestAddress;
        regionSize = region.size;
        regionHost = region.host;
    }

    /** After a miss of the cached region: makes the one that holds the range the cached one. */
    final boolean moveRegion(long guestAddress, long length) {
        GuestRegion region = table.find(guestAddress);
        if (region == null || guestAddress - region.guestAddress > region.size - length) {
            return false;
        }
        useRegion(region);
        return true;
    }

    /** Marks {@code length} bytes at {@code host}, just written, in the front-end's log. */
    final void mark(DirtyLog log, long host, long length) {
        long offset = host - regionHost;
        log.mark(offset >= 0 && offset < regionSize ? regionGuest + offset : table.guestAddress(host), length);
    }

    @Override
    public final void publish() {
        work[0] = WORK_PER_BURST;
        publishTaken();
    }

    /** {@link #publish} of the chains taken since the last time, if any. */
    abstract void publishTaken();

    /** {@link #transmit} while writes are logged: each packet takes the way of those that need several buffers. */
    final int transmitLogged(PacketVectors v, int from, int to) {
        lookAtMemory();
        int sent = 0;
        long sum = 0;
        for (int p = from; p < to; p++) {
            if (transmitChained(v, p)) {
                sent++;
                sum += v.length[p];
            }
        }
        bytes = sum;
        return sent;
    }

    /**
     * Turns the {@code n} segments that a readable chain appended behind {@code v.segments} into a packet, or counts why not; {@code n} may be an
     * error of {@link DescriptorChain}.
     */
    final void receiveSegments(PacketVectors v, int n) {
        if (n < 0) {
            drop(n == DescriptorChain.TOO_LONG ? DROP_TOO_BIG : DROP_MALFORMED_CHAIN, 1);
            return;
        }
        int at = v.segments;
        int total = 0;
        for (int i = at; i < at + n; i++) {
            total += v.segmentLength[i];
        }
        if (total < headerBytes + MIN_FRAME) {
            drop(total < headerBytes ? DROP_MALFORMED_CHAIN : DROP_RUNT, 1);
            return;
        }
        // Header into private memory first (it may be spread over segments, ANY_LAYOUT), then off the segments.
        long[] addresses = v.segmentAddress;
        int[] lengths = v.segmentLength;
        long scratch = header.address();
        int taken = 0;
        int segment = at;
        while (taken < headerBytes) {
            int part = Math.min(headerBytes - taken, lengths[segment]);
            Memory.copy(addresses[segment], scratch + taken, part);
            taken += part;
            addresses[segment] += part;
            lengths[segment] -= part;
            if (lengths[segment] == 0) {
                segment++;
            }
        }
        int kept = at + n - segment;
        System.arraycopy(addresses, segment, addresses, at, kept);
        System.arraycopy(lengths, segment, lengths, at, kept);
        long firstEight = Memory.getLong(scratch);
        int packet = v.packets++;
        v.first[packet] = at;
        v.count[packet] = kept;
        v.length[packet] = total - headerBytes;
        v.offload[packet] = (firstEight & 0xffff) == 0 || !offloads ? 0 : NetHeader.word(firstEight, scratch);
        v.segments = at + kept;
    }

    /**
     * Gathers the writable chain that comes {@code ahead} chains after the next one to take, taking nothing, up to {@code wanted} bytes. Asked for
     * in ascending order from 0.
     *
     * @return segments appended at {@code at}; an error of {@link DescriptorChain}; {@link #NONE_LEFT}; {@link #QUEUE_EXHAUSTED}
     */
    abstract int nextChain(int ahead, int wanted, long[] addresses, int[] lengths, int at, int limit);

    /** Takes the next {@code n} chains, seen by {@link #nextChain}: as one packet of {@link #chainBytes}, or empty. */
    abstract void use(int n, boolean written);

    /**
     * Copies a packet of several segments, or one for buffers that are chained, indirect, merged, in another region, or wrong, and takes the
     * chains it used up.
     */
    final boolean transmitChained(PacketVectors v, int p) {
        int need = headerBytes + v.length[p];
        if (!collect(need)) {
            return false;
        }
        NetHeader.write(header.address(), headerBytes, v.offload[p], mergeable ? chains : 1);
        int target = 0;
        int into = 0;
        int end = v.first[p] + v.count[p];
        for (int s = v.first[p] - 1; s < end; s++) {
            boolean isHeader = s < v.first[p];
            long source = isHeader ? header.address() : v.segmentAddress[s];
            int left = isHeader ? headerBytes : v.segmentLength[s];
            while (left > 0) {
                int part = Math.min(left, targetLength[target] - into);
                Memory.copy(source, targetAddress[target] + into, part);
                source += part;
                left -= part;
                into += part;
                if (into == targetLength[target]) {
                    target++;
                    into = 0;
                }
            }
        }
        DirtyLog log = dirtyLog;
        if (log != null) {
            for (int i = 0; i < target; i++) {
                mark(log, targetAddress[i], targetLength[i]);
            }
        }
        use(chains, true);
        return true;
    }

    /** Finds buffers for {@code need} bytes. False: it dropped the packet. */
    private boolean collect(int need) {
        chains = 0;
        int segments = 0;
        int room = 0;
        while (room < need) {
            int n = chains == MAX_PACKET_SEGMENTS || work[0] <= 0
                    ? DescriptorChain.NO_ROOM
                    : nextChain(chains, need - room, targetAddress, targetLength, segments, MAX_PACKET_SEGMENTS);
            if (n == NONE_LEFT) {
                drop(broken() != null ? DROP_STOPPED : DROP_FULL, 1);
                return false;
            }
            if (n == QUEUE_EXHAUSTED || n == DescriptorChain.NO_ROOM && (chains > 0 || work[0] <= 0)) {
                drop(DROP_TOO_BIG, 1);
                return false;
            }
            int chain = 0;
            for (int i = segments; i < segments + n; i++) {
                chain += targetLength[i];
            }
            chainBytes[chains++] = chain;
            boolean tiny = room + chain < need && chain < (mergeable ? 1 : headerBytes + MIN_FRAME);
            if (n <= 0 || tiny) {
                // The guest gets everything up to the wrong chain back, empty.
                drop(DROP_MALFORMED_CHAIN, 1);
                use(chains, false);
                return false;
            }
            segments += n;
            room += chain;
            if (!mergeable && room < need) {
                drop(DROP_TOO_BIG, 1);
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        header.close();
    }
}

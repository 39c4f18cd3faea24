package io.jspp.virtio;

import static io.jspp.virtio.PackedLayout.META;
import static io.jspp.virtio.PackedLayout.META_AVAIL;
import static io.jspp.virtio.PackedLayout.META_ID;
import static io.jspp.virtio.PackedLayout.META_KIND;
import static io.jspp.virtio.PackedLayout.META_LENGTH;
import static io.jspp.virtio.PackedLayout.META_STATE;
import static io.jspp.virtio.PackedLayout.META_WRITE;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;

/**
 * Device side of a packed virtqueue, virtio 1.2 §2.8. Areas: {@link PackedLayout}; threads: {@link Virtqueue}.
 *
 * <p>Chains are taken in ring order at {@code next}; {@link #publish} marks those since {@code used} in the same order, so what is used ends at one
 * position at any time, and IN_ORDER (§2.8.12) holds without further work; with it one descriptor stands for all of a transmitting guest's burst.
 * A kill between two stores leaves a ring that a successor can go on with: {@link PackedPosition}, {@link PositionRecord}.
 */
public final class PackedVirtqueue extends ChainedVirtqueue {
    /** Position to begin at unless the ring itself or the record says otherwise: {@link #open}. */
    public static final long UNKNOWN = -1;

    private final long ring;
    private final long driverArea;
    private final long deviceArea;
    private final long ringGuest;
    private final long deviceGuest;
    private final int size;
    private final long record;
    private final NativeMemory ownRecord;
    private final PackedChain chain;

    /** Slot to take next, and its state bits once the driver has offered it. */
    private int next;

    private long nextState;

    private final PackedUsed used;
    /** {@link PackedUsed#slots} when the guest was asked about a call last. */
    private int calledSlots;

    private boolean everCalled;

    /** Of the packet being gathered: where its next chain begins, slots and ids of those before. */
    private int aheadNext;

    private long aheadState;
    private int aheadSlots;
    private final long[] ahead = new long[MAX_PACKET_SEGMENTS];

    private PackedVirtqueue(
            GuestMemory memory, long features, int size, long ring, long driverArea, long deviceArea, long record) {
        super(memory, features);
        this.ring = ring;
        this.driverArea = driverArea;
        this.deviceArea = deviceArea;
        this.ringGuest = memory.guestAddress(ring);
        this.deviceGuest = memory.guestAddress(deviceArea);
        this.size = size;
        boolean inOrder = Features.has(features, Features.IN_ORDER);
        this.ownRecord = record == 0 ? NativeMemory.allocate(PositionRecord.BYTES) : null;
        this.record = record == 0 ? ownRecord.address() : record;
        this.used = new PackedUsed(ring, size, inOrder, this.record);
        this.chain = new PackedChain(memory, ring, size, indirect);
    }

    /**
     * Checks the parameters and builds the queue. Ring addresses are the front-end's (§ SET_VRING_ADDR of the vhost-user protocol: desc, avail and
     * used are ring, driver area and device area).
     *
     * @param size any number up to 32768
     * @param position to begin at, slot and wrap counter in its low 16 bits, or {@link #UNKNOWN}: found in the ring, which is the exact place
     *     to go on after a restart of this process
     * @param record address of a {@link PositionRecord} that lives at least as long as the queue, or 0
     * @throws GuestMemoryException naming the parameter that is wrong
     */
    public static PackedVirtqueue open(
            GuestMemory memory,
            long features,
            int size,
            long ringUser,
            long driverUser,
            long deviceUser,
            long position,
            long record)
            throws GuestMemoryException {
        if (size < 1 || size > PackedLayout.MAX_SIZE) {
            throw new GuestMemoryException("queue size " + size + ": 1 to 32768 expected");
        }
        long ring = area(memory, "descriptor ring", ringUser, PackedLayout.ringBytes(size), 16);
        long driverArea = area(memory, "driver event area", driverUser, PackedLayout.EVENT_BYTES, 4);
        long deviceArea = area(memory, "device event area", deviceUser, PackedLayout.EVENT_BYTES, 4);
        if (position != UNKNOWN && PackedLayout.slot((int) position) >= size) {
            throw new GuestMemoryException(
                    "position 0x" + Long.toHexString(position) + ": beyond the queue size " + size);
        }
        PackedVirtqueue queue = new PackedVirtqueue(memory, features, size, ring, driverArea, deviceArea, record);
        queue.begin(position, PositionRecord.ring(size, ringUser, driverUser, deviceUser));
        return queue;
    }

    private void begin(long position, long ringName) {
        PackedPosition start = position == UNKNOWN
                ? PackedPosition.find(ring, size, PositionRecord.move(record, ringName), PositionRecord.first(record))
                : PackedPosition.at(ring, size, (int) position & 0xffff);
        moveTo(start.position);
        if (start.cut >= 0) {
            completeCut(start.cut);
            moveTo(start.cutEnd);
        }
        used.begin(ringName, nextPosition(), start.chains);
        disableKicks();
    }

    private void moveTo(int position) {
        next = PackedLayout.slot(position);
        nextState = PackedLayout.availableAt(position);
        used.position = position;
    }

    /**
     * A predecessor was killed while it marked a packet of several chains, from the last to the first: marks the others. The packet was whole in
     * memory; each of its chains but the last was filled to its end.
     */
    private void completeCut(int cut) {
        int chains = 0;
        int slots = PackedLayout.distance(used.position, cut, size);
        long[] addresses = new long[MAX_PACKET_SEGMENTS];
        int[] lengths = new int[MAX_PACKET_SEGMENTS];
        int at = 0;
        aheadNext = next;
        aheadState = nextState;
        while (at < slots && chains < MAX_PACKET_SEGMENTS) {
            int n = gatherAhead(
                    chains, slots - at, MAX_FRAME + headerBytes, addresses, lengths, 0, MAX_PACKET_SEGMENTS);
            if (n == NONE_LEFT) {
                // No chains as we know them: the driver rewrites what is its device's, nothing can be right.
                return;
            }
            int bytes = 0;
            for (int i = 0; i < n; i++) {
                bytes += lengths[i];
            }
            chainBytes[chains++] = bytes;
            at += chain.slots;
        }
        used.written = META_WRITE;
        use(chains, true);
        used.completeCut(cut);
    }

    // ---- guest → us

    @Override
    public int receive(PacketVectors v) {
        bytes = 0;
        int at = next;
        long state = nextState;
        long ring = this.ring;
        // acquire: pairs with the driver's release of a chain's first flags, §2.8.21.
        long meta = Memory.getLongAcquire(ring + ((long) at << 4) + META);
        if ((meta & META_STATE) != state || broken() != null) {
            return 0;
        }
        long[] segmentAddress = v.segmentAddress;
        int[] segmentLength = v.segmentLength;
        int[] first = v.first;
        int[] count = v.count;
        int[] length = v.length;
        long[] offload = v.offload;
        lookAtMemory();
        long region = regionGuest;
        long regionBytes = regionSize;
        long delta = regionHost - region;
        int netHeader = headerBytes;
        // Fields in locals: the compiler reloads them behind the calls of the slow paths otherwise.
        int size = this.size;
        boolean offloads = this.offloads;
        long[] taken = used.taken;
        int takenCount = used.count;
        int before = v.packets;
        int packets = before;
        int segments = v.segments;
        long sum = 0;
        long any = 0;
        // A malformed chain gives no packet: unbounded, 32768 long ones would hold up the worker for seconds.
        int waiting = Math.min(size - outstanding(), first.length);
        work[0] = WORK_PER_BURST;
        while (waiting > 0 && packets < first.length && segments < segmentAddress.length) {
            long descriptor = ring + ((long) at << 4);
            meta = Memory.getLongAcquire(descriptor + META);
            if ((meta & META_STATE) != state) {
                break;
            }
            long address = Memory.getLong(descriptor);
            long total = meta & META_LENGTH;
            long offset = address - region;
            if ((offset < 0 || offset > regionBytes - total) && moveRegion(address, total)) {
                region = regionGuest;
                regionBytes = regionSize;
                delta = regionHost - region;
                offset = address - region;
            }
            if ((meta & META_KIND) == 0
                    && total >= netHeader + MIN_FRAME
                    && total <= netHeader + MAX_FRAME
                    && offset >= 0
                    && offset <= regionBytes - total) {
                long here = address + delta;
                int frame = (int) total - netHeader;
                long firstEight = Memory.getLong(here);
                segmentAddress[segments] = here + netHeader;
                segmentLength[segments] = frame;
                first[packets] = segments++;
                count[packets] = 1;
                length[packets] = frame;
                long word = (firstEight & 0xffff) == 0 || !offloads ? 0 : NetHeader.word(firstEight, here);
                any |= word;
                offload[packets++] = word;
                sum += frame;
                // Used length 0: the device wrote nothing into a transmit buffer.
                taken[takenCount++] = meta & META_ID;
                waiting--;
                if (++at == size) {
                    at = 0;
                    state ^= META_STATE;
                }
            } else {
                v.packets = packets;
                v.segments = segments;
                next = at;
                nextState = state;
                used.count = takenCount;
                if (!receiveChain(v, address, meta)) {
                    break;
                }
                at = next;
                state = nextState;
                takenCount = used.count;
                waiting = work[0] <= 0 ? 0 : Math.min(waiting - 1, size - outstanding());
                if (v.packets > packets) {
                    sum += length[packets];
                    any |= offload[packets];
                }
                packets = v.packets;
                segments = v.segments;
            }
        }
        v.packets = packets;
        v.segments = segments;
        v.anyOffload = any;
        next = at;
        nextState = state;
        used.count = takenCount;
        bytes = sum;
        return packets - before;
    }

    /** A chain of several buffers, an indirect one, or a wrong one. False: no room for it in this burst, or the queue is broken. */
    private boolean receiveChain(PacketVectors v, long address, long meta) {
        int at = v.segments;
        int limit = Math.min(v.segmentAddress.length, at + MAX_PACKET_SEGMENTS);
        chain.memory = table;
        int n = chain.gather(
                next,
                address,
                meta,
                size - outstanding(),
                false,
                headerBytes + MAX_FRAME,
                v.segmentAddress,
                v.segmentLength,
                at,
                limit);
        work[0] -= chain.walked;
        if (n == PackedChain.ENDLESS) {
            fail("a descriptor chain does not end within the queue");
            return false;
        }
        if (n == DescriptorChain.NO_ROOM && at > 0) {
            return false;
        }
        int slots = chain.slots;
        used.add(PackedUsed.word(chain.id, slots));
        next += slots;
        if (next >= size) {
            next -= size;
            nextState ^= META_STATE;
        }
        receiveSegments(v, n);
        return true;
    }

    /** Slots taken and not yet marked used. */
    private int outstanding() {
        return PackedLayout.distance(used.position, nextPosition(), size);
    }

    // ---- us → guest

    @Override
    public int transmit(PacketVectors v, int from, int to) {
        bytes = 0;
        if (broken() != null) {
            drop(DROP_STOPPED, to - from);
            return 0;
        }
        if (dirtyLog != null) {
            used.written = META_WRITE;
            return transmitLogged(v, from, to);
        }
        used.written = META_WRITE;
        long[] segmentAddress = v.segmentAddress;
        int[] first = v.first;
        int[] count = v.count;
        int[] length = v.length;
        long[] offload = v.offload;
        lookAtMemory();
        long region = regionGuest;
        long regionBytes = regionSize;
        long delta = regionHost - region;
        int netHeader = headerBytes;
        // Fields in locals: the compiler reloads them behind the calls of the slow paths otherwise.
        long ring = this.ring;
        int size = this.size;
        long[] taken = used.taken;
        int takenCount = used.count;
        int at = next;
        long state = nextState;
        int free = size - outstanding();
        int sent = 0;
        long sum = 0;
        for (int p = from; p < to; p++) {
            long descriptor = ring + ((long) at << 4);
            // acquire: pairs with the driver's release of a chain's first flags, §2.8.21.
            long meta = Memory.getLongAcquire(descriptor + META);
            if (free == 0 || (meta & META_STATE) != state) {
                drop(DROP_FULL, to - p);
                break;
            }
            long address = Memory.getLong(descriptor);
            long room = meta & META_LENGTH;
            long offset = address - region;
            if ((offset < 0 || offset > regionBytes - room) && moveRegion(address, room)) {
                region = regionGuest;
                regionBytes = regionSize;
                delta = regionHost - region;
                offset = address - region;
            }
            int frame = length[p];
            int need = netHeader + frame;
            if ((meta & META_KIND) == META_WRITE
                    && need <= room
                    && count[p] == 1
                    && offset >= 0
                    && offset <= regionBytes - room) {
                long here = address + delta;
                NetHeader.write(here, netHeader, offload[p], 1);
                Memory.copy(segmentAddress[first[p]], here + netHeader, frame);
                taken[takenCount++] = meta & META_ID | need;
                free--;
                sent++;
                sum += frame;
                if (++at == size) {
                    at = 0;
                    state ^= META_STATE;
                }
            } else {
                next = at;
                nextState = state;
                used.count = takenCount;
                if (transmitChained(v, p)) {
                    sent++;
                    sum += frame;
                }
                at = next;
                state = nextState;
                takenCount = used.count;
                free = size - outstanding();
                if (broken() != null) {
                    drop(DROP_STOPPED, to - p - 1);
                    break;
                }
            }
        }
        next = at;
        nextState = state;
        used.count = takenCount;
        bytes = sum;
        return sent;
    }

    @Override
    int nextChain(int index, int wanted, long[] addresses, int[] lengths, int at, int limit) {
        if (index == 0) {
            aheadNext = next;
            aheadState = nextState;
            aheadSlots = outstanding();
        }
        int left = size - aheadSlots;
        if (left == 0) {
            return used.count == 0 ? QUEUE_EXHAUSTED : NONE_LEFT;
        }
        return gatherAhead(index, left, wanted, addresses, lengths, at, limit);
    }

    private int gatherAhead(int index, int left, int wanted, long[] addresses, int[] lengths, int at, int limit) {
        long descriptor = ring + ((long) aheadNext << 4);
        // acquire: pairs with the driver's release of a chain's first flags, §2.8.21.
        long meta = Memory.getLongAcquire(descriptor + META);
        if ((meta & META_STATE) != aheadState) {
            return NONE_LEFT;
        }
        chain.memory = table;
        int n = chain.gather(
                aheadNext, Memory.getLong(descriptor), meta, left, true, wanted, addresses, lengths, at, limit);
        work[0] -= chain.walked;
        if (n == PackedChain.ENDLESS) {
            fail("a descriptor chain does not end within the queue");
            return NONE_LEFT;
        }
        int slots = chain.slots;
        ahead[index] = PackedUsed.word(chain.id, slots);
        aheadSlots += slots;
        aheadNext += slots;
        if (aheadNext >= size) {
            aheadNext -= size;
            aheadState ^= META_STATE;
        }
        return n;
    }

    @Override
    void use(int n, boolean filled) {
        for (int i = 0; i < n; i++) {
            if (filled) {
                used.addOfPacket(ahead[i], chainBytes[i], i > 0);
            } else {
                used.add(ahead[i]);
            }
        }
        next = aheadNext;
        nextState = aheadState;
    }

    // ---- used descriptors

    @Override
    void publishTaken() {
        if (used.count > 0) {
            used.publish(nextPosition());
            markWritten();
        }
    }

    @Override
    void publishAgain() {
        if (used.count > 0) {
            used.publishAgain(nextPosition());
        }
        markWritten();
    }

    private void markWritten() {
        DirtyLog log = dirtyLog;
        if (log != null) {
            markRing(log);
        }
    }

    @Override
    void markRing(DirtyLog log) {
        log.mark(ringGuest, PackedLayout.ringBytes(size));
        log.mark(deviceGuest, PackedLayout.EVENT_BYTES);
    }

    // ---- notification

    @Override
    boolean callNeeded() {
        int moved = used.slots - calledSlots;
        if (moved == 0) {
            return false;
        }
        calledSlots = used.slots;
        // Store of used flags before load of the suppression field, §2.8.10: else a driver that re-enables in between
        // sleeps for ever.
        Memory.fullFence();
        if (!everCalled) {
            everCalled = true;
            return true;
        }
        int event = Memory.getInt(driverArea);
        int flags = event >>> 16 & 3;
        if (eventIdx && flags == PackedLayout.EVENT_DESCRIPTOR) {
            return PackedLayout.passed(event & 0xffff, used.position, moved, size);
        }
        return flags != PackedLayout.EVENT_DISABLE;
    }

    @Override
    public boolean enableKicks() {
        int event = eventIdx ? nextPosition() | PackedLayout.EVENT_DESCRIPTOR << 16 : PackedLayout.EVENT_ENABLE << 16;
        Memory.putInt(deviceArea, event);
        markWritten();
        // Store of the suppression field before another load of the flags, §2.8.10: else a kick suppressed just before
        // is lost.
        Memory.fullFence();
        long meta = Memory.getLongAcquire(ring + ((long) next << 4) + META);
        return broken() == null && (meta & META_STATE) == nextState && outstanding() < size;
    }

    @Override
    public void disableKicks() {
        Memory.putInt(deviceArea, PackedLayout.EVENT_DISABLE << 16);
        markWritten();
    }

    private int nextPosition() {
        return PackedLayout.position(next, nextState == META_AVAIL);
    }

    @Override
    public boolean liesIn(GuestRegion region) {
        return region.holds(ring) || region.holds(driverArea) || region.holds(deviceArea);
    }

    /** Slot and wrap counter, twice: of the next chain to take, and to mark used. */
    @Override
    public int position() {
        return used.position | used.position << 16;
    }

    @Override
    public void close() {
        super.close();
        if (ownRecord != null) {
            ownRecord.close();
        }
    }
}

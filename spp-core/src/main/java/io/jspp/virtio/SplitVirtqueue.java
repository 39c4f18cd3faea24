package io.jspp.virtio;

import io.jspp.memory.Memory;

/**
 * Device side of a split virtqueue, virtio 1.2 §2.7. Areas: {@link SplitLayout}; threads: {@link Virtqueue}.
 *
 * <p>{@code lastAvail} is the next avail entry to take, {@code usedIdx} the next used entry to write: both private, never read back from the
 * guest. A used entry is written as soon as its chain is taken and becomes visible by {@link #publish}, so completing a burst is one store.
 * Since chains complete in the order they were offered, IN_ORDER (§2.7.9) holds without further work.
 */
public final class SplitVirtqueue extends ChainedVirtqueue {
    private final long descriptors;
    private final long avail;
    private final long availRing;
    private final long used;
    private final long usedRing;
    private final long usedGuest;
    private final int size;
    private final int mask;
    private int lastAvail;
    private int usedIdx;

    /** Avail idx as last seen; ahead of lastAvail while a receiving guest keeps many buffers posted. */
    private int availSeen;

    private int published;
    private int called;
    private boolean everCalled;

    private final int[] chainHead = new int[MAX_PACKET_SEGMENTS];

    private SplitVirtqueue(
            GuestMemory memory, long features, int size, long descriptors, long avail, long used, int position) {
        super(memory, features);
        this.descriptors = descriptors;
        this.avail = avail;
        this.availRing = avail + SplitLayout.AVAIL_RING;
        this.used = used;
        this.usedRing = used + SplitLayout.USED_RING;
        this.usedGuest = memory.guestAddress(used);
        this.size = size;
        this.mask = size - 1;
        lastAvail = position;
        usedIdx = position;
        availSeen = position;
        published = position;
        called = position;
        disableKicks();
    }

    /**
     * Checks the parameters and builds the queue. Ring addresses are the front-end's (§ SET_VRING_ADDR of the vhost-user protocol).
     *
     * @param position avail and used position to begin at, or -1: where the used index in the ring stands, which is the exact place to go on
     *     after a restart of this process
     * @throws GuestMemoryException naming the parameter that is wrong
     */
    public static SplitVirtqueue open(
            GuestMemory memory, long features, int size, long descUser, long availUser, long usedUser, int position)
            throws GuestMemoryException {
        if (size < 1 || size > SplitLayout.MAX_SIZE || (size & size - 1) != 0) {
            throw new GuestMemoryException("queue size " + size + ": a power of two up to 32768 expected");
        }
        long descriptors = area(memory, "descriptor table", descUser, SplitLayout.descriptorBytes(size), 16);
        boolean events = Features.has(features, Features.EVENT_IDX);
        long avail = area(memory, "avail ring", availUser, SplitLayout.availBytes(size) - (events ? 0 : 2), 2);
        long used = area(memory, "used ring", usedUser, SplitLayout.usedBytes(size) - (events ? 0 : 2), 4);
        int start = position >= 0 ? position : Memory.getUnsignedShort(used + SplitLayout.USED_IDX);
        return new SplitVirtqueue(memory, features, size, descriptors, avail, used, start & 0xffff);
    }

    // ---- guest → us

    @Override
    public int receive(PacketVectors v) {
        bytes = 0;
        int last = lastAvail;
        // acquire: pairs with the driver's barrier between ring entry and idx, §2.7.13.
        int waiting = Memory.getShortAcquire(avail + SplitLayout.AVAIL_IDX) - last & 0xffff;
        if (waiting == 0 || broken() != null) {
            return 0;
        }
        if (waiting > this.size) {
            fail("avail index ran more than the queue size ahead");
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
        // SplitVirtqueueBenchmark: -2 ns per packet.
        long descriptors = this.descriptors;
        long availRing = this.availRing;
        long usedRing = this.usedRing;
        int mask = this.mask;
        int size = this.size;
        boolean offloads = this.offloads;
        int before = v.packets;
        int packets = before;
        int segments = v.segments;
        int usedAt = usedIdx;
        long sum = 0;
        long any = 0;
        // A malformed chain gives no packet: unbounded, 32768 long ones would hold up the worker for seconds.
        waiting = Math.min(waiting, first.length);
        work[0] = WORK_PER_BURST;
        while (waiting > 0 && packets < first.length && segments < segmentAddress.length) {
            int head = Memory.getUnsignedShort(availRing + 2L * (last & mask));
            if (outside(head)) {
                fail("avail ring names a descriptor beyond the queue size");
                break;
            }
            long descriptor = descriptors + ((long) head << 4);
            long address = Memory.getLong(descriptor);
            long meta = Memory.getLong(descriptor + 8);
            long total = meta & 0xffff_ffffL;
            long offset = address - region;
            if ((offset < 0 || offset > regionBytes - total) && moveRegion(address, total)) {
                region = regionGuest;
                regionBytes = regionSize;
                delta = regionHost - region;
                offset = address - region;
            }
            if ((meta & 0xffff_0000_0000L) == 0
                    && total >= netHeader + MIN_FRAME
                    && total <= netHeader + MAX_FRAME
                    && offset >= 0
                    && offset <= regionBytes - total) {
                long at = address + delta;
                int frame = (int) total - netHeader;
                long firstEight = Memory.getLong(at);
                segmentAddress[segments] = at + netHeader;
                segmentLength[segments] = frame;
                first[packets] = segments++;
                count[packets] = 1;
                length[packets] = frame;
                long word = (firstEight & 0xffff) == 0 || !offloads ? 0 : NetHeader.word(firstEight, at);
                any |= word;
                offload[packets++] = word;
                sum += frame;
            } else {
                v.packets = packets;
                v.segments = segments;
                if (!receiveChain(v, head)) {
                    break;
                }
                if (v.packets > packets) {
                    sum += length[packets];
                    any |= offload[packets];
                }
                packets = v.packets;
                segments = v.segments;
                if (work[0] <= 0) {
                    waiting = 1;
                }
            }
            // len 0: the device wrote nothing into a transmit buffer, §2.7.8.2.
            Memory.putLong(usedRing + 8L * (usedAt & mask), head);
            usedAt++;
            last++;
            waiting--;
        }
        v.packets = packets;
        v.segments = segments;
        v.anyOffload = any;
        lastAvail = last & 0xffff;
        usedIdx = usedAt & 0xffff;
        bytes = sum;
        return packets - before;
    }

    /** A chain of several buffers, an indirect one, or a wrong one. False: no room for it in this burst, take it next time. */
    private boolean receiveChain(PacketVectors v, int head) {
        int at = v.segments;
        int limit = Math.min(v.segmentAddress.length, at + MAX_PACKET_SEGMENTS);
        int n = DescriptorChain.gather(
                table,
                descriptors,
                size,
                head,
                indirect,
                false,
                headerBytes + MAX_FRAME,
                v.segmentAddress,
                v.segmentLength,
                at,
                limit,
                work);
        if (n == DescriptorChain.NO_ROOM && at > 0) {
            return false;
        }
        receiveSegments(v, n);
        return true;
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
            return transmitLogged(v, from, to);
        }
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
        // SplitVirtqueueBenchmark: -2 ns per packet.
        long descriptors = this.descriptors;
        long availRing = this.availRing;
        long usedRing = this.usedRing;
        int mask = this.mask;
        int size = this.size;
        int last = lastAvail;
        int usedAt = usedIdx;
        int free = availSeen - last & 0xffff;
        int sent = 0;
        long sum = 0;
        for (int p = from; p < to; p++) {
            if (free == 0) {
                lastAvail = last & 0xffff;
                free = look();
                if (free <= 0) {
                    drop(free == 0 ? DROP_FULL : DROP_STOPPED, to - p);
                    break;
                }
            }
            int head = Memory.getUnsignedShort(availRing + 2L * (last & mask));
            if (outside(head)) {
                fail("avail ring names a descriptor beyond the queue size");
                drop(DROP_STOPPED, to - p);
                break;
            }
            long descriptor = descriptors + ((long) head << 4);
            long address = Memory.getLong(descriptor);
            long meta = Memory.getLong(descriptor + 8);
            long room = meta & 0xffff_ffffL;
            long offset = address - region;
            if ((offset < 0 || offset > regionBytes - room) && moveRegion(address, room)) {
                region = regionGuest;
                regionBytes = regionSize;
                delta = regionHost - region;
                offset = address - region;
            }
            int frame = length[p];
            int need = netHeader + frame;
            if ((meta & 0xffff_0000_0000L) == (long) DescriptorChain.F_WRITE << 32
                    && need <= room
                    && count[p] == 1
                    && offset >= 0
                    && offset <= regionBytes - room) {
                long at = address + delta;
                NetHeader.write(at, netHeader, offload[p], 1);
                Memory.copy(segmentAddress[first[p]], at + netHeader, frame);
                Memory.putLong(usedRing + 8L * (usedAt & mask), head | (long) need << 32);
                usedAt++;
                last++;
                free--;
                sent++;
                sum += frame;
            } else {
                lastAvail = last & 0xffff;
                usedIdx = usedAt & 0xffff;
                if (transmitChained(v, p)) {
                    sent++;
                    sum += frame;
                }
                last = lastAvail;
                usedAt = usedIdx;
                free = availSeen - last & 0xffff;
            }
        }
        lastAvail = last & 0xffff;
        usedIdx = usedAt & 0xffff;
        bytes = sum;
        return sent;
    }

    /** Reads the avail index again: chains free, or -1 when the guest broke the queue. */
    private int look() {
        // acquire: pairs with the driver's barrier between ring entry and idx, §2.7.13.
        int seen = Memory.getShortAcquire(avail + SplitLayout.AVAIL_IDX) & 0xffff;
        int free = seen - lastAvail & 0xffff;
        if (free > size) {
            fail("avail index ran more than the queue size ahead");
            return -1;
        }
        availSeen = seen;
        return free;
    }

    /**
     * Whether the ring holds no such descriptor. JDK 17 goes on behind a load whose page has vanished with whatever the register held, an upper half
     * included that the compiler takes for zero: so unsigned, which nothing passes but an index.
     */
    private boolean outside(int head) {
        return Integer.compareUnsigned(head, size) >= 0;
    }

    @Override
    int nextChain(int ahead, int wanted, long[] addresses, int[] lengths, int at, int limit) {
        if (ahead == (availSeen - lastAvail & 0xffff) && look() <= ahead) {
            return ahead == size && broken() == null ? QUEUE_EXHAUSTED : NONE_LEFT;
        }
        int head = Memory.getUnsignedShort(availRing + 2L * (lastAvail + ahead & mask));
        if (outside(head)) {
            fail("avail ring names a descriptor beyond the queue size");
            return NONE_LEFT;
        }
        chainHead[ahead] = head;
        return DescriptorChain.gather(
                table, descriptors, size, head, indirect, true, wanted, addresses, lengths, at, limit, work);
    }

    @Override
    void use(int n, boolean written) {
        for (int i = 0; i < n; i++) {
            long length = written ? (long) chainBytes[i] << 32 : 0;
            Memory.putLong(usedRing + 8L * (usedIdx + i & mask), chainHead[i] | length);
        }
        usedIdx = usedIdx + n & 0xffff;
        lastAvail = lastAvail + n & 0xffff;
    }

    // ---- notification

    @Override
    void publishTaken() {
        if (usedIdx != published) {
            publishAgain();
        }
    }

    @Override
    void publishAgain() {
        published = usedIdx;
        // release: entries and buffers before the index; pairs with the driver's read of used idx, §2.7.14.
        Memory.putShortRelease(used + SplitLayout.USED_IDX, (short) usedIdx);
        markUsed();
    }

    /** The device writes to the used area only; all of it shares one byte of a log, or two. */
    private void markUsed() {
        DirtyLog log = dirtyLog;
        if (log != null) {
            markRing(log);
        }
    }

    @Override
    void markRing(DirtyLog log) {
        log.mark(usedGuest, SplitLayout.usedBytes(size) - (eventIdx ? 0 : 2));
    }

    @Override
    boolean callNeeded() {
        int now = published;
        int old = called;
        if (now == old) {
            return false;
        }
        called = now;
        // Store of used idx before load of the suppression field, §2.7.7: else a driver that re-enables in between
        // sleeps for ever.
        Memory.fullFence();
        if (!everCalled) {
            everCalled = true;
            return true;
        }
        if (eventIdx) {
            return SplitLayout.passed(Memory.getUnsignedShort(avail + SplitLayout.usedEvent(size)), now, old);
        }
        return (Memory.getShort(avail + SplitLayout.AVAIL_FLAGS) & SplitLayout.AVAIL_F_NO_INTERRUPT) == 0;
    }

    @Override
    public boolean enableKicks() {
        if (eventIdx) {
            Memory.putShort(used + SplitLayout.availEvent(size), (short) lastAvail);
        } else {
            Memory.putShort(used + SplitLayout.USED_FLAGS, (short) 0);
        }
        markUsed();
        // Store of the suppression field before another load of avail idx, §2.7.10: else a kick suppressed just before
        // is lost.
        Memory.fullFence();
        return broken() == null && (Memory.getShortAcquire(avail + SplitLayout.AVAIL_IDX) & 0xffff) != lastAvail;
    }

    @Override
    public void disableKicks() {
        if (eventIdx) {
            // An event index just behind is passed only after a whole turn of 65536.
            Memory.putShort(used + SplitLayout.availEvent(size), (short) (lastAvail - 1));
        } else {
            Memory.putShort(used + SplitLayout.USED_FLAGS, (short) SplitLayout.USED_F_NO_NOTIFY);
        }
        markUsed();
    }

    @Override
    public boolean liesIn(GuestRegion region) {
        return region.holds(descriptors) || region.holds(avail) || region.holds(used);
    }

    @Override
    public int position() {
        return published;
    }
}

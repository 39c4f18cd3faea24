package io.jspp.frontend;

import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.memory.Alignment;
import io.jspp.memory.Memory;
import io.jspp.virtio.Features;

/**
 * One split virtqueue seen by the driver (virtio 1.2 §2.7): where it lies, its two eventfds, and the index words with their ordering. What is
 * in the descriptors is the business of {@link FrameTx}, {@link FrameRx}, {@link GeneratorTx} and {@link GeneratorRx}.
 *
 * <pre>
 *   descriptors  16 × size      page-aligned    driver writes
 *   avail        6 + 2 × size   page-aligned    driver writes: flags u16, idx u16, ring u16[size], used_event u16
 *   used         6 + 8 × size   page-aligned    device writes: flags u16, idx u16, ring {id u32, len u32}[size], avail_event u16
 * </pre>
 *
 * <p>One thread at a time uses the queue; the session thread reads {@link #deviceUsedIdx()} for a new connection.
 */
public final class DriverVirtqueue implements AutoCloseable {
    public static final int F_NEXT = 1;
    public static final int F_WRITE = 2;
    public static final int F_INDIRECT = 4;
    public static final int DESCRIPTOR_BYTES = 16;
    static final int RING_OFFSET = 4;
    private static final int NO_INTERRUPT = 1;
    private static final int NO_NOTIFY = 1;

    private final FrontendMemory memory;
    private final int size;
    private final boolean eventIndex;
    private final long descriptors;
    private final long avail;
    private final long used;
    private final FileDescriptor kick;
    private final FileDescriptor call;
    private int availIdx;
    private int usedIdx;
    private int kickedIdx;
    private long kicks;

    /** A fresh queue of {@code size} (a power of two up to 32768) in {@code memory}; {@code features} as offered to the device. */
    public DriverVirtqueue(FrontendMemory memory, int size, long features) {
        if (!Alignment.isPowerOfTwo(size) || size > 32768) {
            throw new IllegalArgumentException("queue size " + size + " (a power of two from 1 to 32768)");
        }
        this.memory = memory;
        this.size = size;
        this.eventIndex = Features.has(features, Features.EVENT_IDX);
        this.descriptors = memory.allocate((long) DESCRIPTOR_BYTES * size, Alignment.PAGE);
        this.avail = memory.allocate(6 + 2L * size, Alignment.PAGE);
        this.used = memory.allocate(6 + 8L * size, Alignment.PAGE);
        this.kick = Linux.eventfd();
        this.call = Linux.eventfd();
    }

    /** Bytes a queue of {@code size} takes of the memory, alignment included. */
    public static long bytes(int size) {
        return 3L * Alignment.PAGE + Alignment.up(26L * size + 12, Alignment.PAGE);
    }

    public FrontendMemory memory() {
        return memory;
    }

    public int size() {
        return size;
    }

    public long descriptors() {
        return descriptors;
    }

    public long avail() {
        return avail;
    }

    public long used() {
        return used;
    }

    /** Written by us, read by the device. */
    public FileDescriptor kickDescriptor() {
        return kick;
    }

    /** Written by the device, read by us: poll it to sleep until buffers were used. */
    public FileDescriptor callDescriptor() {
        return call;
    }

    /** Fills a descriptor; {@code address} is one of this process. */
    public void putDescriptor(int index, long address, int length, int flags, int next) {
        putDescriptorAt(
                descriptors + (long) index * DESCRIPTOR_BYTES, memory.guestAddress(address), length, flags, next);
    }

    /** Fills a descriptor anywhere, such as in an indirect table; {@code guestAddress} as the device shall see it. */
    public static void putDescriptorAt(long at, long guestAddress, int length, int flags, int next) {
        Memory.putLong(at, guestAddress);
        Memory.putInt(at + 8, length);
        Memory.putInt(at + 12, flags | next << 16);
    }

    /** Sets entry {@code position} (16-bit, wraps) of the avail ring; {@link #publish} makes it visible. */
    public void putAvail(int position, int head) {
        Memory.putShort(avail + RING_OFFSET + 2L * (position & size - 1), (short) head);
    }

    /** Position of the next avail entry, 16 bit. */
    public int availIdx() {
        return availIdx;
    }

    /** Position of the next used element to look at, 16 bit. */
    public int usedIdx() {
        return usedIdx;
    }

    /** Offers {@code entries} avail entries that were put. */
    public void publish(int entries) {
        availIdx = availIdx + entries & 0xffff;
        // release: pairs with the device's acquire of avail idx, virtio 1.2 §2.7.13.3
        Memory.putShortRelease(avail + 2, (short) availIdx);
    }

    /** Used elements that wait to be taken; checked against what is outstanding: a device that lies yields an exception. */
    public int usedReady() {
        int ready = deviceUsedIdx() - usedIdx & 0xffff;
        if (ready > (availIdx - usedIdx & 0xffff)) {
            throw new FrontendException("device used " + ready + " buffers, only " + (availIdx - usedIdx & 0xffff)
                    + " were available: the back-end's used index is wrong");
        }
        return ready;
    }

    /** Buffers that are with the device or used and not taken yet. */
    public int outstanding() {
        return availIdx - usedIdx & 0xffff;
    }

    /** The device's own index, acquired: pairs with its release, virtio 1.2 §2.7.14. Any thread. */
    public int deviceUsedIdx() {
        return Memory.getShortAcquire(used + 2) & 0xffff;
    }

    /** Address of the used element at {@code position}: id at 0, length at 4. */
    public long usedElement(int position) {
        return used + RING_OFFSET + 8L * (position & size - 1);
    }

    /** Marks {@code elements} used elements as taken. */
    public void takeUsed(int elements) {
        usedIdx = usedIdx + elements & 0xffff;
    }

    /** Kicks the device if it wants to know what was published since the last kick. Full fence, at most one system call. */
    public void kick() {
        // Store avail idx, then load the device's suppression word: without the fence both sides could miss each other
        // (§2.7.10).
        Memory.fullFence();
        kickUnfenced();
    }

    /**
     * Like {@link #kick} without the fence, for a caller that polls for ever: it may miss a device that falls asleep at the same moment, so the
     * caller repeats a {@link #kick} when nothing moves.
     */
    public void kickUnfenced() {
        boolean wanted;
        if (eventIndex) {
            int event = Memory.getShortOpaque(used + RING_OFFSET + 8L * size) & 0xffff;
            wanted = (availIdx - event - 1 & 0xffff) < (availIdx - kickedIdx & 0xffff);
        } else {
            wanted = availIdx != kickedIdx && (Memory.getShortOpaque(used) & NO_NOTIFY) == 0;
        }
        kickedIdx = availIdx;
        if (wanted) {
            forceKick();
        }
    }

    /** Kicks whatever the device says, for instance after a new connection. */
    public void forceKick() {
        kicks++;
        Linux.eventfdWrite(kick.value());
    }

    /** Kicks after a stall: what {@link #kickUnfenced} may have missed. */
    public void kickAgain() {
        if (eventIndex) {
            Memory.fullFence();
            int event = Memory.getShortOpaque(used + RING_OFFSET + 8L * size) & 0xffff;
            // The device waits for entry `event`; it lies behind us although nothing was used: its sleep began between
            // our store and load.
            if (outstanding() > 0 && (availIdx - event - 1 & 0xffff) < outstanding()) {
                forceKick();
            }
        } else {
            Memory.fullFence();
            if (outstanding() > 0 && (Memory.getShortOpaque(used) & NO_NOTIFY) == 0) {
                forceKick();
            }
        }
    }

    /** Asks the device not to call. Advice only: a call may still come. */
    public void disableCalls() {
        if (eventIndex) {
            // The element just taken: the device reaches it again after 65536 elements, one call then does no harm.
            Memory.putShortOpaque(avail + RING_OFFSET + 2L * size, (short) (usedIdx - 1));
        } else {
            Memory.putShortOpaque(avail, (short) NO_INTERRUPT);
        }
    }

    /** Asks for a call; true when elements are there already, then do not sleep. */
    public boolean enableCalls() {
        if (eventIndex) {
            Memory.putShortOpaque(avail + RING_OFFSET + 2L * size, (short) usedIdx);
        } else {
            Memory.putShortOpaque(avail, (short) 0);
        }
        // Store the wish, then load used idx: else a device that used a buffer in between saw no wish and we no buffer
        // (§2.7.7).
        Memory.fullFence();
        return usedReady() > 0;
    }

    /** System calls made to kick. */
    public long kicks() {
        return kicks;
    }

    @Override
    public void close() {
        kick.close();
        call.close();
    }
}

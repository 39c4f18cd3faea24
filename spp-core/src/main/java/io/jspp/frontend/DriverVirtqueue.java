package io.jspp.frontend;

import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.memory.Alignment;
import io.jspp.memory.Memory;
import io.jspp.virtio.Features;

/**
 * One virtqueue seen by the driver: its memory, its two eventfds, chains offered and taken back. Split rings are {@link SplitDriverQueue}, packed ones
 * {@link PackedDriverQueue}; the generators work on those directly, everything else by chains.
 *
 * <p>Everything the device writes is checked; a device that breaks the rules yields a {@link FrontendException}. One thread at a time uses the
 * queue; the session thread calls {@link #restartBase} for a new connection.
 */
public abstract class DriverVirtqueue implements AutoCloseable {
    public static final int F_NEXT = 1;
    public static final int F_WRITE = 2;
    public static final int F_INDIRECT = 4;
    public static final int DESCRIPTOR_BYTES = 16;

    private final FrontendMemory memory;
    private final int size;
    final boolean eventIndex;
    private final FileDescriptor kick;
    private final FileDescriptor call;
    private long tables;
    private int tableEntries;
    private long kicks;

    DriverVirtqueue(FrontendMemory memory, int size, long features) {
        if (!Alignment.isPowerOfTwo(size) || size > 32768) {
            throw new IllegalArgumentException("queue size " + size + " (a power of two from 1 to 32768)");
        }
        this.memory = memory;
        this.size = size;
        this.eventIndex = Features.has(features, Features.EVENT_IDX);
        this.kick = Linux.eventfd();
        this.call = Linux.eventfd();
    }

    /** A fresh queue of {@code size} (a power of two up to 32768) in {@code memory}; {@code features} as agreed with the device. */
    public static DriverVirtqueue create(FrontendMemory memory, int size, long features) {
        return Features.has(features, Features.RING_PACKED)
                ? new PackedDriverQueue(memory, size, features)
                : new SplitDriverQueue(memory, size, features);
    }

    /** Bytes a queue of {@code size} takes of the memory at most, alignment included. */
    public static long bytes(int size) {
        return 3L * Alignment.PAGE + Alignment.up(26L * size + 12, Alignment.PAGE);
    }

    // ---- what the back-end is told

    /** Descriptor table, or packed ring: {@code descriptor} of SET_VRING_ADDR. */
    public abstract long descriptors();

    /** Avail ring, or driver event area: {@code available} of SET_VRING_ADDR. */
    public abstract long avail();

    /** Used ring, or device event area: {@code used} of SET_VRING_ADDR. */
    public abstract long used();

    /** Payload of SET_VRING_BASE for a back-end that starts on the ring as it is, what QEMU sends. Any thread. */
    abstract int restartBase();

    public final FrontendMemory memory() {
        return memory;
    }

    public final int size() {
        return size;
    }

    /** Written by us, read by the device. */
    public final FileDescriptor kickDescriptor() {
        return kick;
    }

    /** Written by the device, read by us: poll it to sleep until buffers were used. */
    public final FileDescriptor callDescriptor() {
        return call;
    }

    // ---- chains

    /** Makes room for indirect tables of up to {@code entries}, one per chain; once, before the first {@link #offer}. */
    final void makeTables(int entries) {
        tableEntries = entries;
        tables = memory.allocate(tableBytes(size, entries), Alignment.CACHE_LINE);
    }

    static long tableBytes(int size, int entries) {
        return (long) size * entries * DESCRIPTOR_BYTES;
    }

    final long table(int index) {
        return tables + (long) index * tableEntries * DESCRIPTOR_BYTES;
    }

    /** Whether {@link #offer} of {@code n} buffers takes an indirect table: when there are tables, and one spares descriptors. */
    final boolean indirect(int n) {
        return n > 1 && n <= tableEntries;
    }

    /**
     * Offers a chain of buffers, visible to the device from {@link #publish} on.
     *
     * @param addresses of this process; {@code lengths} in bytes; {@code n} of them
     * @param deviceWrites whether the device writes all of them, or reads
     * @param token comes back with {@link #take}
     * @return false when too few descriptors are free
     */
    abstract boolean offer(long[] addresses, int[] lengths, int n, boolean deviceWrites, int token);

    /** Makes all chains offered so far visible. */
    abstract void publish();

    /**
     * Takes the next chain that the device has used; {@link #takenToken}, {@link #takenLength} tell about it.
     *
     * @throws FrontendException when the device used what it did not have
     */
    abstract boolean take();

    abstract int takenToken();

    /** Bytes the device says it wrote. */
    abstract int takenLength();

    /** Descriptors (split: chains) that are with the device or used and not taken yet. */
    public abstract int outstanding();

    // ---- notification

    /** Kicks the device if it wants to know what was published since the last kick. Full fence, at most one system call. */
    public abstract void kick();

    /**
     * Like {@link #kick} without the fence, for a caller that polls for ever: it may miss a device that falls asleep at the same moment, so the
     * caller repeats a {@link #kick} when nothing moves.
     */
    public abstract void kickUnfenced();

    /** Kicks after a stall: what {@link #kickUnfenced} may have missed. */
    public abstract void kickAgain();

    /** Asks the device not to call. Advice only: a call may still come. */
    public abstract void disableCalls();

    /** Asks for a call; true when elements are there already, then do not sleep. */
    public abstract boolean enableCalls();

    /** Kicks whatever the device says, for instance after a new connection. */
    public final void forceKick() {
        kicks++;
        Linux.eventfdWrite(kick.value());
    }

    /** System calls made to kick. */
    public final long kicks() {
        return kicks;
    }

    /** Fills a split descriptor anywhere, such as in an indirect table; {@code guestAddress} as the device shall see it. */
    static void putDescriptorAt(long at, long guestAddress, int length, int flags, int next) {
        Memory.putLong(at, guestAddress);
        Memory.putInt(at + 8, length);
        Memory.putInt(at + 12, flags | next << 16);
    }

    @Override
    public final void close() {
        kick.close();
        call.close();
    }
}

package io.jspp.ring;

import io.jspp.memory.Alignment;
import io.jspp.memory.Memory;

/**
 * A ring of {@code int} handles in shared memory, from one producer to one consumer, which may be different processes. It knows nothing of what a
 * handle names. {@link RingProducer} and {@link RingConsumer} are the two ends; this class is the layout and what an onlooker may ask.
 *
 * <pre>
 *     0  tail    long   handles ever published; written by the producer, release
 *   128  head    long   handles ever consumed;  written by the consumer, release
 *   256  slot 0  int
 *        ...            handle n lies in slot n mod slots
 * </pre>
 *
 * <p>Indexes are 64 bits and don't wrap. One slot stays empty, so {@code slots} of 128 hold 127 handles, as DPDK's rings do. The producer is dead
 * or alive at any store without harm: slots beyond the tail are invisible.
 */
public final class SharedRing {
    static final int TAIL = 0;
    static final int HEAD = Alignment.WRITER_GAP;
    static final int SLOTS = 2 * Alignment.WRITER_GAP;

    final long address;
    final int slots;

    /**
     * A view on {@link #bytes(int)} bytes, zeroed by their maker.
     *
     * @param slots a power of two, at least 2; never read from shared memory
     */
    public SharedRing(long address, int slots) {
        if (!Alignment.isPowerOfTwo(slots) || slots < 2) {
            throw new IllegalArgumentException("ring of " + slots + " slots: a power of two, at least 2");
        }
        this.address = address;
        this.slots = slots;
    }

    /** Bytes of a ring, a multiple of the distance kept between writers. */
    public static long bytes(int slots) {
        return Alignment.up(SLOTS + 4L * slots, Alignment.WRITER_GAP);
    }

    public int slots() {
        return slots;
    }

    /** Handles that fit. */
    public int capacity() {
        return slots - 1;
    }

    /** Acquire: slots below it are visible. */
    public long tail() {
        return Memory.getLongAcquire(address + TAIL);
    }

    /** Acquire: what the consumer did to handles below it is visible. */
    public long head() {
        return Memory.getLongAcquire(address + HEAD);
    }

    /** Whether {@code [head, tail)} is a possible content of this ring. */
    public boolean isConsistent(long head, long tail) {
        return head >= 0 && tail >= head && tail - head <= slots - 1;
    }

    /** Handles inside now, by any thread; 0 when the indexes make no sense. */
    public int size() {
        long head = head();
        long tail = tail();
        return isConsistent(head, tail) ? (int) (tail - head) : 0;
    }

    /** The handle at a position between head and tail; a position beyond reads an old value. */
    public int get(long position) {
        return Memory.getIntOpaque(slot(position));
    }

    long slot(long position) {
        return address + SLOTS + ((position & slots - 1) << 2);
    }

    /** Moves the head for a consumer that is gone. Release, as the consumer would. */
    public void putHead(long head) {
        Memory.putLongRelease(address + HEAD, head);
    }

    /** Moves the tail for a producer that is gone and left an impossible one. */
    public void putTail(long tail) {
        Memory.putLongRelease(address + TAIL, tail);
    }
}

package io.jspp.ring;

import io.jspp.memory.Memory;

/**
 * The producing end of a {@link SharedRing}: {@link #free}, then {@link #set} slots, then one {@link #publish} per burst. One thread at a time; a
 * new producer continues where the ring's tail stands.
 */
public final class RingProducer {
    private final long tailAddress;
    private final long headAddress;
    private final long slotsAddress;
    private final int mask;
    private long tail;
    private long cachedHead;
    private long corruptions;

    /**
     * Continues where the ring's tail stands.
     *
     * @throws IllegalStateException when head and tail make no sense together
     */
    public RingProducer(SharedRing ring) {
        this(ring, ring.tail());
        if (!ring.isConsistent(ring.head(), tail)) {
            throw new IllegalStateException(
                    "ring with head " + ring.head() + " and tail " + tail + " of " + ring.slots);
        }
    }

    /** Continues at a tail the caller has checked; where the consumer's index makes no sense the ring counts as full. */
    public RingProducer(SharedRing ring, long checkedTail) {
        tailAddress = ring.address + SharedRing.TAIL;
        headAddress = ring.address + SharedRing.HEAD;
        slotsAddress = ring.address + SharedRing.SLOTS;
        mask = ring.slots - 1;
        tail = checkedTail;
        // as if full: the first look at the room reads and checks the consumer's index
        cachedHead = Math.max(0, tail - mask);
    }

    /** Room for at most {@code wanted} handles. Looks at the consumer's index only when the one seen last does not do. */
    public int free(int wanted) {
        long free = cachedHead + mask - tail;
        if (free < wanted) {
            // acquire: pairs with the consumer's release of head, its loads of the slots are done
            long head = Memory.getLongAcquire(headAddress);
            if (head < cachedHead || head > tail) {
                corruptions++;
                return 0;
            }
            cachedHead = head;
            free = head + mask - tail;
        }
        return (int) Math.min(free, wanted);
    }

    /** Stores a handle at {@code i} of the room found free; invisible until published. */
    public void set(int i, int handle) {
        Memory.putIntOpaque(slotsAddress + ((tail + i & mask) << 2), handle);
    }

    /** Shows the first {@code count} handles to the consumer. */
    public void publish(int count) {
        tail += count;
        // release: pairs with the consumer's acquire of tail; slots, contents and owner words before it are visible
        Memory.putLongRelease(tailAddress, tail);
    }

    /** Times the consumer's index made no sense: that side is broken or hostile, the ring counts as full. */
    public long corruptions() {
        return corruptions;
    }
}

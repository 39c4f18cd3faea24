package io.jspp.ring;

import io.jspp.memory.Memory;

/**
 * The consuming end of a {@link SharedRing}: {@link #available}, then {@link #get} handles and note who owns them now, then one {@link #release}
 * per burst. One thread at a time; a new consumer continues where the ring's head stands.
 */
public final class RingConsumer {
    private final long tailAddress;
    private final long headAddress;
    private final long slotsAddress;
    private final int mask;
    private long head;
    private long cachedTail;
    private long corruptions;

    public RingConsumer(SharedRing ring) {
        tailAddress = ring.address + SharedRing.TAIL;
        headAddress = ring.address + SharedRing.HEAD;
        slotsAddress = ring.address + SharedRing.SLOTS;
        mask = ring.slots - 1;
        head = ring.head();
        cachedTail = head;
        if (!ring.isConsistent(head, ring.tail())) {
            throw new IllegalStateException(
                    "ring with head " + head + " and tail " + ring.tail() + " of " + ring.slots);
        }
    }

    /** Handles that can be taken, at most {@code wanted}. Looks at the producer's index only when what it showed last is used up. */
    public int available(int wanted) {
        long available = cachedTail - head;
        if (available == 0) {
            // acquire: pairs with the producer's release of tail
            long tail = Memory.getLongAcquire(tailAddress);
            available = tail - head;
            if (available < 0 || available > mask) {
                corruptions++;
                return 0;
            }
            cachedTail = tail;
        }
        return (int) Math.min(available, wanted);
    }

    /** The handle at {@code i} of those available; a value of the producer, to be checked. */
    public int get(int i) {
        return Memory.getIntOpaque(slotsAddress + ((head + i & mask) << 2));
    }

    /** Gives the first {@code count} slots back to the producer. */
    public void release(int count) {
        head += count;
        // release: pairs with the producer's acquire of head; slot loads and owner stores before it are done
        Memory.putLongRelease(headAddress, head);
    }

    /** Times the producer's index made no sense: that side is broken or hostile, the ring counts as empty. */
    public long corruptions() {
        return corruptions;
    }
}

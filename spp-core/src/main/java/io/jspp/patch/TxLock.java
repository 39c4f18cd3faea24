package io.jspp.patch;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Right to use one transmit queue that several workers share. Never waited for: who doesn't get it leaves its packets where they are and goes on
 * with something else, so a holder that lost its CPU holds up nothing but that queue.
 */
final class TxLock {
    private static final int FREE = 0;

    private final AtomicInteger holder = new AtomicInteger(FREE);

    /** @param me the worker, from 1 */
    boolean tryLock(int me) {
        return holder.get() == FREE && holder.compareAndSet(FREE, me);
    }

    /** Ends what {@link #tryLock} began; nothing when another worker, or nobody, holds it. */
    void unlock(int me) {
        if (holder.get() == me) {
            holder.set(FREE);
        }
    }
}

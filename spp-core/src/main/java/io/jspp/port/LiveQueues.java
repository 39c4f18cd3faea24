package io.jspp.port;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Which queues of a port, in one direction, may carry packets now: bit k is queue k. A worker reads {@link #bits} once per poll, so that queues a
 * guest doesn't use cost nothing. Changed by one thread of the port (a vhost port's session thread); observed by any.
 */
public final class LiveQueues {
    /** Queues that fit, and so the most that one patch of a whole port uses. */
    public static final int MAX = Long.SIZE;

    private final List<Runnable> observers = new CopyOnWriteArrayList<>();
    private volatile long bits;

    /** None. */
    public LiveQueues() {}

    /** Queues that are live for ever: {@code 0 .. queues-1}. */
    public static LiveQueues all(int queues) {
        LiveQueues live = new LiveQueues();
        live.bits = queues >= MAX ? -1L : (1L << queues) - 1;
        return live;
    }

    /** Bit k: queue k is live. */
    public long bits() {
        return bits;
    }

    /** Whether queue {@code queue} is live; any number. */
    public boolean has(int queue) {
        return queue < MAX && (bits >>> queue & 1) != 0;
    }

    /** Changes one queue, then tells the observers on this thread; returns when all of them have followed. The changing thread only. */
    public void set(int queue, boolean live) {
        long bit = 1L << queue;
        long next = live ? bits | bit : bits & ~bit;
        if (next != bits) {
            bits = next;
            observers.forEach(Runnable::run);
        }
    }

    /** Has {@code observer} run after each change from now on, by the changing thread; it must not wait for that thread. */
    public void observe(Runnable observer) {
        observers.add(observer);
    }

    /** Ends {@link #observe}; a run that has begun may still be under way. */
    public void forget(Runnable observer) {
        observers.remove(observer);
    }

    /** Whether anybody observes. */
    public boolean observed() {
        return !observers.isEmpty();
    }
}

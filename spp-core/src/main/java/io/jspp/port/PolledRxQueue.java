package io.jspp.port;

import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;

/** A receive queue that nothing notifies of: workers come by timer. What it hands out stays as it is and need not be given back. */
public abstract class PolledRxQueue implements RxQueue {
    private final QueueCounters counters;

    /** @param counters closed with the queue */
    protected PolledRxQueue(QueueCounters counters) {
        this.counters = counters;
    }

    @Override
    public void release(Burst burst) {
        // nothing was lent
    }

    @Override
    public void disarm() {
        // nothing was armed
    }

    @Override
    public final int wakeFd() {
        return -1;
    }

    @Override
    public final QueueCounters counters() {
        return counters;
    }

    @Override
    public void close() {
        counters.close();
    }
}

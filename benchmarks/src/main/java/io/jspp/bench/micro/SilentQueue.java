package io.jspp.bench.micro;

import io.jspp.counters.CounterAllocator;
import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;
import io.jspp.port.PolledRxQueue;

/** A source without packets. */
final class SilentQueue extends PolledRxQueue {
    SilentQueue(CounterAllocator counters) {
        super(new QueueCounters(counters, "silent"));
    }

    @Override
    public int rxBurst(Burst burst) {
        return 0;
    }

    @Override
    public boolean arm() {
        return false;
    }
}

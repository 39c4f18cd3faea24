package io.jspp.secondary;

import io.jspp.counters.CounterAllocator;
import io.jspp.counters.CounterArea;
import io.jspp.mbuf.SwitchSegment;

/**
 * Counters of one secondary. Those of devices and rings belong to the primary, which made them when it granted the claim, so
 * that they count on when the next process takes the queue; all others lie in the secondary's own area.
 */
final class ProcessCounters implements CounterAllocator {
    private static final int PRIMARY_AREA = 0;

    private final CounterArea primary;
    private final CounterArea own;

    /** @param area the primary gave to this process; forgets what is in it */
    ProcessCounters(SwitchSegment segment, int area) {
        int bytes = segment.geometry().counterAreaBytes();
        primary = new CounterArea(segment.counterArea(PRIMARY_AREA), bytes);
        own = new CounterArea(segment.counterArea(area), bytes);
        own.clear();
    }

    @Override
    public long allocate(String label) {
        long shared = primary.find(label);
        return shared != 0 ? shared : own.allocate(label);
    }

    @Override
    public void free(long address) {
        if (own.contains(address)) {
            own.free(address);
        }
    }
}

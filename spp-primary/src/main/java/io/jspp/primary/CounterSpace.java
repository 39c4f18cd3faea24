package io.jspp.primary;

import io.jspp.counters.DropReason;
import io.jspp.memory.Alignment;
import org.agrona.concurrent.status.CountersReader;

/** How much of the segment the counters of the primary's devices and rings take. */
final class CounterSpace {
    private static final int PER_QUEUE = 2 + DropReason.values().length;
    private static final int RESERVE = 16;

    private CounterSpace() {}

    /** Bytes for the counters of {@code queues} directions of queues, whole pages. */
    static int bytes(int queues) {
        return (int) Alignment.up(
                (long) (queues * PER_QUEUE + RESERVE)
                        * (CountersReader.METADATA_LENGTH + CountersReader.COUNTER_LENGTH),
                Alignment.PAGE);
    }
}

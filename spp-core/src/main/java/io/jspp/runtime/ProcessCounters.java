package io.jspp.runtime;

import io.jspp.counters.CounterAllocator;
import io.jspp.counters.CounterArea;
import io.jspp.mbuf.SwitchSegment;
import io.jspp.memory.NativeMemory;
import java.util.HashMap;
import java.util.Map;

/**
 * Counters of one process. Those of devices and rings belong to the primary, which made them when it began, so
 * that they count on when the next process takes the queue; all others lie in a secondary's own area, and in private memory when that is full:
 * a guest that uses more queues than the area has room for must not fail for it. Only other processes don't see those.
 */
public final class ProcessCounters implements CounterAllocator, AutoCloseable {
    private static final int PRIMARY_AREA = 0;

    private final CounterArea primary;
    private final CounterArea own;
    private final Map<Long, NativeMemory> unshared = new HashMap<>();

    /** @param area that the primary gave to this secondary; forgets what is in it. In the primary, its own one */
    public ProcessCounters(SwitchSegment segment, int area) {
        int bytes = segment.geometry().counterAreaBytes();
        primary = new CounterArea(segment.counterArea(PRIMARY_AREA), bytes);
        own = area == PRIMARY_AREA ? null : new CounterArea(segment.counterArea(area), bytes);
        if (own != null) {
            own.clear();
        }
    }

    @Override
    public synchronized long allocate(String label) {
        long shared = primary.find(label);
        if (shared != 0) {
            return shared;
        }
        return own != null && own.hasRoom() ? own.allocate(label) : privately();
    }

    private long privately() {
        NativeMemory memory = NativeMemory.allocate(Long.BYTES);
        unshared.put(memory.address(), memory);
        return memory.address();
    }

    @Override
    public void free(long address) {
        if (own != null && own.contains(address)) {
            own.free(address);
        } else {
            freePrivate(address);
        }
    }

    private synchronized void freePrivate(long address) {
        NativeMemory memory = unshared.remove(address);
        if (memory != null) {
            memory.close();
        }
    }

    /** Frees what is left; after all queues. */
    @Override
    public synchronized void close() {
        unshared.values().forEach(NativeMemory::close);
        unshared.clear();
    }
}

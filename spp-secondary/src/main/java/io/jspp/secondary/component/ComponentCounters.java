package io.jspp.secondary.component;

import io.jspp.counters.CounterAllocator;
import io.jspp.memory.Memory;
import java.util.Locale;

/**
 * What a component counts itself, so that for each of them {@code received + COPIED = sent + dropped by its tx queues + RUNT + UNMATCHED +
 * MALFORMED_HEADER}. Written by its worker, readable by any process; made and closed by the control thread.
 */
public final class ComponentCounters implements AutoCloseable {
    /** One counter each; the first two are no drops. */
    public enum Count {
        /** Multicast and broadcast frames that went to all ports of their VLAN. */
        FLOODED,
        /** Frames sent beyond those received: the second and later destinations of flooded and mirrored ones. */
        COPIED,
        /** Dropped: shorter than an Ethernet header. */
        RUNT,
        /** Dropped: no entry and no default for this frame. */
        UNMATCHED,
        /** Dropped: offload facts that a change of the header would make wrong. */
        MALFORMED_HEADER;

        /** Name in status and counter labels. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        public boolean isDrop() {
            return compareTo(RUNT) >= 0;
        }
    }

    private final CounterAllocator allocator;
    private final long[] addresses = new long[Count.values().length];

    /** @param component its name, part of the labels */
    public ComponentCounters(CounterAllocator allocator, String component) {
        this.allocator = allocator;
        try {
            for (Count count : Count.values()) {
                addresses[count.ordinal()] = allocator.allocate("component " + component + ' ' + count.id());
            }
        } catch (RuntimeException noRoom) {
            close();
            throw noRoom;
        }
    }

    /** One more; worker thread. */
    public void count(Count what) {
        add(what, 1);
    }

    /** Some more; worker thread. */
    public void add(Count what, int packets) {
        long address = addresses[what.ordinal()];
        Memory.putLong(address, Memory.getLong(address) + packets);
    }

    public long get(Count what) {
        return Memory.getLong(addresses[what.ordinal()]);
    }

    @Override
    public void close() {
        for (long address : addresses) {
            if (address != 0) {
                allocator.free(address);
            }
        }
    }
}

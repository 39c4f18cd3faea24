package io.jspp.secondary.component;

import io.jspp.counters.CounterAllocator;
import io.jspp.memory.Memory;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * What a component counts itself, so that for each of them {@code received + COPIED = sent + dropped by its tx queues + its own drops}. Each type
 * counts some of these. Written by its worker, readable by any process; made and closed by the control thread.
 */
public final class ComponentCounters implements AutoCloseable {
    /** One counter each. */
    public enum Count {
        /** Frames that went to all ports (of their VLAN): multicast, broadcast, in a bridge also those whose destination is not known. */
        FLOODED(false),
        /** Frames sent beyond those received: the second and later destinations of flooded and mirrored ones. */
        COPIED(false),
        /** Addresses a bridge learned. */
        LEARNED(false),
        /** Addresses that a bridge saw at another port than before. */
        MOVED(false),
        /** Addresses that a bridge forgot because nothing came from them for too long. */
        AGED(false),
        /** Frames whose source address a bridge could not learn: its table was full. */
        UNLEARNED(false),
        /** Frames whose source address a bridge did not learn: as many are known at their port as one may have. */
        PORT_LIMIT(false),
        /** Packets that were to be printed and were not: too many of them. */
        UNPRINTED(false),
        /** Dropped: shorter than an Ethernet header. */
        RUNT(true),
        /** Dropped: no entry and no default for this frame, no other port to flood, nothing that a responder answers. */
        UNMATCHED(true),
        /** Dropped: offload facts or headers that contradict each other or the frame. */
        MALFORMED_HEADER(true),
        /** Dropped: to an address that bridges keep to themselves, 01-80-C2-00-00-00 to -0F. */
        RESERVED_ADDRESS(true),
        /** Dropped: its destination is where it came from. */
        SAME_PORT(true),
        /** Dropped: more frames to flood from this port than its limit per second. */
        STORM(true),
        /** Dropped: a fragment. */
        FRAGMENT(true),
        /** Dropped: a checksum is wrong. */
        BAD_CHECKSUM(true);

        private final boolean drop;

        Count(boolean drop) {
            this.drop = drop;
        }

        /** Name in status and counter labels. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        public boolean isDrop() {
            return drop;
        }
    }

    /** What components count that only choose ports. */
    public static final Set<Count> BASIC = Collections.unmodifiableSet(
            EnumSet.of(Count.FLOODED, Count.COPIED, Count.RUNT, Count.UNMATCHED, Count.MALFORMED_HEADER));

    private final CounterAllocator allocator;
    private final Set<Count> counts;
    private final long[] addresses = new long[Count.values().length];

    /** As the other, for {@link #BASIC}. */
    public ComponentCounters(CounterAllocator allocator, String component) {
        this(allocator, component, BASIC);
    }

    /**
     * @param component its name, part of the labels
     * @param counts all that it counts
     */
    public ComponentCounters(CounterAllocator allocator, String component, Set<Count> counts) {
        this.allocator = allocator;
        this.counts = counts;
        try {
            for (Count count : counts) {
                addresses[count.ordinal()] = allocator.allocate("component " + component + ' ' + count.id());
            }
        } catch (RuntimeException noRoom) {
            close();
            throw noRoom;
        }
    }

    /** What is counted, in the order of status. */
    public Set<Count> counts() {
        return counts;
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

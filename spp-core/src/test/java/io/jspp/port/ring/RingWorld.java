package io.jspp.port.ring;

import io.jspp.counters.CounterAllocator;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.mbuf.Mempool;
import io.jspp.mbuf.Reaper;
import io.jspp.mbuf.RingClaims;
import io.jspp.mbuf.SegmentGeometry;
import io.jspp.mbuf.SwitchSegment;
import io.jspp.memory.NativeMemory;
import io.jspp.port.Attachment;
import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.PortContext;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.Quiescence;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The shared segment and the primary's half of claims, in one process; any number of client ids. */
final class RingWorld implements AutoCloseable {
    private final SwitchSegment segment;
    private final RingClaims claims;
    private final Reaper reaper;
    private final FileDescriptor[] eventfds;
    private final NativeMemory counterMemory = NativeMemory.allocate(256 * 1024);
    private final Map<String, Long> counters = new HashMap<>();

    RingWorld(int rings, int slots, int mbufs) {
        segment = SwitchSegment.create("ring-test", SegmentGeometry.of(rings, slots, mbufs), false);
        claims = new RingClaims(segment);
        reaper = new Reaper(segment);
        eventfds = new FileDescriptor[rings];
        for (int i = 0; i < rings; i++) {
            eventfds[i] = Linux.eventfd();
        }
    }

    Mempool.Count count() {
        return segment.pool().count();
    }

    /** Empties the rings that nobody uses, as the primary does. */
    void tidy() {
        for (int i = 0; i < eventfds.length; i++) {
            reaper.flush(i);
            reaper.sweep(i);
        }
    }

    int mbufs() {
        return segment.pool().size();
    }

    /** The world as a secondary with this id sees it. */
    PortContext client(int id) {
        return new PortContext() {
            @Override
            public Claims claims() {
                return new ClientClaims(id);
            }

            @Override
            public CounterAllocator counters() {
                return new LabelledCounters(id);
            }

            @Override
            public Quiescence quiescence() {
                return Quiescence.SINGLE_THREAD;
            }

            @Override
            public Attachment attachment() {
                return new Attachment(segment, id, 1);
            }

            @Override
            public Path socketDirectory() {
                return Path.of(".");
            }

            @Override
            public boolean vhostClient() {
                return false;
            }
        };
    }

    private final class LabelledCounters implements CounterAllocator {
        private final int client;

        LabelledCounters(int client) {
            this.client = client;
        }

        @Override
        public long allocate(String label) {
            return counters.computeIfAbsent(
                    client + " " + label, key -> counterMemory.address() + 8L * counters.size());
        }

        @Override
        public void free(long address) {}
    }

    private final class ClientClaims implements Claims {
        private final int client;

        ClientClaims(int client) {
            this.client = client;
        }

        @Override
        public Grant claim(PortId port, int queue, Direction direction) {
            RingClaims.Outcome outcome = claims.claim(port.index(), direction == Direction.TX, client, 1, 0);
            if (!outcome.granted()) {
                throw new PortException(
                        port + " is held by nfv " + outcome.holder().client());
            }
            return new Grant(List.of(eventfds[port.index()].duplicate()), Map.of());
        }

        @Override
        public void release(PortId port, int queue, Direction direction) {
            reaper.reap(port.index(), direction == Direction.TX);
        }
    }

    @Override
    public void close() {
        FileDescriptor.closeAll(List.of(eventfds));
        segment.close();
        counterMemory.close();
    }
}

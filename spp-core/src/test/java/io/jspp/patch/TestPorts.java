package io.jspp.patch;

import io.jspp.counters.CounterAllocator;
import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import io.jspp.port.PortType;
import io.jspp.port.Quiescence;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ports with behaviour and without a world behind them: a source hands out frames of eight bytes with its port's number and a sequence
 * number, a sink remembers per source what came last and whether it was in order. Claims are kept in one set, as the primary would.
 */
final class TestPorts implements PortContext, AutoCloseable {
    private final NativeMemory counterMemory = NativeMemory.allocate(64 * 1024);
    private final Map<String, Long> counters = new HashMap<>();
    final Set<String> claims = new TreeSet<>();
    final Map<PortId, Sink> sinks = new ConcurrentHashMap<>();

    /** A port type without any device. */
    PortType type(String name, boolean addable, int queues) {
        return new PortType() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public String sentence() {
                return "for tests";
            }

            @Override
            public boolean addable() {
                return addable;
            }

            @Override
            public Port open(PortId id, PortContext context) {
                return new TestPort(id, queues);
            }
        };
    }

    private void claim(PortId id, int queue, Direction direction) {
        if (!claims.add(key(id, queue, direction))) {
            throw new PortException(id + " " + direction.word() + " is claimed by nfv 7");
        }
    }

    static String key(PortId id, int queue, Direction direction) {
        return id + " " + queue + " " + direction.word();
    }

    @Override
    public Claims claims() {
        throw new AssertionError("not used by test ports");
    }

    @Override
    public synchronized CounterAllocator counters() {
        return new CounterAllocator() {
            @Override
            public long allocate(String label) {
                return counters.computeIfAbsent(label, l -> counterMemory.address() + 8L * counters.size());
            }

            @Override
            public void free(long address) {}
        };
    }

    @Override
    public Quiescence quiescence() {
        return Quiescence.SINGLE_THREAD;
    }

    @Override
    public Path socketDirectory() {
        return Path.of(".");
    }

    @Override
    public boolean vhostClient() {
        return false;
    }

    @Override
    public void close() {
        counterMemory.close();
    }

    private final class TestPort implements Port {
        private final PortId id;
        private final int queues;

        TestPort(PortId id, int queues) {
            this.id = id;
            this.queues = queues;
        }

        @Override
        public PortId id() {
            return id;
        }

        @Override
        public PortState state() {
            return PortState.UP;
        }

        @Override
        public int rxQueues() {
            return queues;
        }

        @Override
        public int txQueues() {
            return queues;
        }

        @Override
        public RxQueue openRx(int queue) {
            claim(id, queue, Direction.RX);
            return new Source(id, queue);
        }

        @Override
        public TxQueue openTx(int queue) {
            claim(id, queue, Direction.TX);
            return sinks.compute(id, (key, old) -> new Sink(id, queue, old));
        }

        @Override
        public void close() {}
    }

    /** Never runs dry; hands out its frame again only after release. */
    private final class Source implements RxQueue {
        private static final int FRAMES = 16;
        private final PortId id;
        private final int queue;
        private final QueueCounters counters;
        private final NativeMemory frames = NativeMemory.allocate(8L * FRAMES);
        private int sequence;
        private int lent;

        Source(PortId id, int queue) {
            this.id = id;
            this.queue = queue;
            counters = new QueueCounters(TestPorts.this.counters(), id + " q" + queue + " rx");
        }

        @Override
        public int rxBurst(Burst burst) {
            if (lent != 0) {
                throw new IllegalStateException(id + ": asked for more before release");
            }
            lent = Math.min(FRAMES, burst.capacity());
            for (int i = 0; i < lent; i++) {
                long address = frames.address() + 8L * i;
                Memory.putInt(address, id.index());
                Memory.putInt(address + 4, sequence++);
                burst.add(address, 8, 0, Burst.BORROWED);
            }
            counters.passed(lent, 8L * lent);
            return lent;
        }

        @Override
        public void release(Burst burst) {
            lent = 0;
        }

        @Override
        public boolean arm() {
            return true;
        }

        @Override
        public void disarm() {}

        @Override
        public int wakeFd() {
            return -1;
        }

        @Override
        public QueueCounters counters() {
            return counters;
        }

        @Override
        public void close() {
            claims.remove(key(id, queue, Direction.RX));
            frames.close();
        }
    }

    /** Takes all it gets; notices disorder and a second thread. */
    final class Sink implements TxQueue {
        private final PortId id;
        private final int queue;
        private final QueueCounters counters;
        private final int[] last = new int[32];
        private final List<String> faults = new ArrayList<>();
        private volatile Thread inside;
        private volatile int seenSources;
        private volatile boolean closed;

        Sink(PortId id, int queue, Sink former) {
            this.id = id;
            this.queue = queue;
            counters = new QueueCounters(TestPorts.this.counters(), id + " q" + queue + " tx");
            if (former != null && !former.closed) {
                throw new IllegalStateException(id + " is open twice");
            }
        }

        @Override
        public int txBurst(Burst burst) {
            if (closed) {
                faults.add("used after close");
            }
            if (inside != null) {
                faults.add("used by two threads");
            }
            inside = Thread.currentThread();
            for (int i = 0; i < burst.packets; i++) {
                long address = burst.segmentAddress[burst.first[i]];
                int source = Memory.getInt(address);
                int sequence = Memory.getInt(address + 4);
                if (last[source] != 0 && sequence != last[source] + 1) {
                    faults.add("frame " + sequence + " of source " + source + " after " + last[source]);
                }
                last[source] = sequence;
                seenSources |= 1 << source;
            }
            counters.passed(burst.packets, 8L * burst.packets);
            inside = null;
            return burst.packets;
        }

        @Override
        public void flush() {}

        @Override
        public QueueCounters counters() {
            return counters;
        }

        /** Bit N: a frame of source N arrived. */
        int seenSources() {
            return seenSources;
        }

        List<String> faults() {
            return faults;
        }

        @Override
        public void close() {
            closed = true;
            claims.remove(key(id, queue, Direction.TX));
        }
    }
}

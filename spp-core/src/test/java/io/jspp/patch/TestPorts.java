package io.jspp.patch;

import io.jspp.counters.CounterAllocator;
import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;
import io.jspp.mbuf.Frames;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.net.VlanTag;
import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.LiveQueues;
import io.jspp.port.PolledRxQueue;
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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ports with behaviour and without a world behind them: a source queue hands out UDP frames of several flows, each with a sequence number, a sink
 * compares it with what came last of that flow, at whatever sink, and notices a second user. Claims are kept in one set, as the primary would.
 */
public final class TestPorts implements PortContext, AutoCloseable {
    public static final int FLOWS = 64;

    private static final int FRAME = 64;
    private static final int SOURCE_AT = 42;
    private final NativeMemory counterMemory = NativeMemory.allocate(64 * 1024);
    private final Map<String, Long> counters = new HashMap<>();
    public final Set<String> claims = new TreeSet<>();
    public final Map<QueueId, Sink> sinks = new ConcurrentHashMap<>();
    public final Map<PortId, TestPort> ports = new ConcurrentHashMap<>();

    /** Ports opened and not closed yet. */
    int openPorts;

    /** Sequence number that came last, by source and flow: written by the worker that polls the source. */
    private final int[][] last = new int[64][FLOWS];

    /** A port type without any device. */
    public PortType type(String name, boolean addable, int queues) {
        return type(name, addable, queues, false);
    }

    /** @param spreads whether one sender uses all queues, as towards a guest */
    public PortType type(String name, boolean addable, int queues, boolean spreads) {
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
                TestPort port = new TestPort(id, queues, spreads);
                ports.put(id, port);
                openPorts++;
                return port;
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

    public final class TestPort implements Port {
        private final PortId id;
        private final int queues;
        private final boolean spreads;
        private final LiveQueues liveRx;
        private final LiveQueues liveTx;

        TestPort(PortId id, int queues, boolean spreads) {
            this.id = id;
            this.queues = queues;
            this.spreads = spreads;
            liveRx = LiveQueues.all(queues);
            liveTx = LiveQueues.all(queues);
        }

        @Override
        public LiveQueues liveRx() {
            return liveRx;
        }

        @Override
        public LiveQueues liveTx() {
            return liveTx;
        }

        @Override
        public boolean spreadsFlows() {
            return spreads;
        }

        /** As a vhost port does when its guest begins or ends to use a queue pair: a pair that ended must see no packet any more. */
        public void enable(int queue, boolean live, Quiescence workers) {
            if (live) {
                sinks.get(new QueueId(id, queue)).disabled = false;
            }
            liveRx.set(queue, live);
            liveTx.set(queue, live);
            if (!live) {
                workers.synchronize();
                sinks.get(new QueueId(id, queue)).disabled = true;
            }
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
            return sinks.compute(new QueueId(id, queue), (key, old) -> new Sink(id, queue, old));
        }

        @Override
        public void close() {
            openPorts--;
        }
    }

    /** Never runs dry; hands out its frames again only after release. */
    private final class Source extends PolledRxQueue {
        private static final int FRAMES = 16;
        private final PortId id;
        private final int queue;
        private final int number;
        private final NativeMemory frames = NativeMemory.allocate((long) FRAME * FRAMES);
        private final int[] sequence = new int[FLOWS];
        private int flow;
        private int lent;
        private volatile Thread inside;

        Source(PortId id, int queue) {
            super(new QueueCounters(TestPorts.this.counters(), id + " q" + queue + " rx"));
            this.id = id;
            this.queue = queue;
            number = source(id, queue);
            Arrays.fill(last[number], 0);
        }

        @Override
        public int rxBurst(Burst burst) {
            if (lent != 0 || inside != null) {
                throw new IllegalStateException(id + ": asked for more before release");
            }
            inside = Thread.currentThread();
            lent = Math.min(FRAMES, burst.capacity());
            for (int i = 0; i < lent; i++) {
                long address = frames.address() + (long) FRAME * i;
                Memory.putInt(address + 12, 0x45_0008); // IPv4
                Memory.putByte(address + 23, (byte) 17); // UDP
                Memory.putInt(address + 34, flow << 16 | number);
                Memory.putInt(address + SOURCE_AT, number);
                Memory.putInt(address + SOURCE_AT + 4, flow);
                Memory.putInt(address + SOURCE_AT + 8, ++sequence[flow]);
                flow = (flow + 1) % FLOWS;
                burst.add(address, FRAME, 0, Burst.BORROWED);
            }
            counters().passed(lent, (long) FRAME * lent);
            inside = null;
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
        public void close() {
            claims.remove(key(id, queue, Direction.RX));
            frames.close();
        }
    }

    /** Bit of a source queue in {@link Sink#seenSources}. */
    public static int source(PortId id, int queue) {
        return id.index() | queue << 2;
    }

    /** Takes all it gets; notices loss, disorder, a second thread, and use when it must not be used. */
    public final class Sink implements TxQueue {
        private final PortId id;
        private final int queue;
        private final QueueCounters counters;
        private final List<String> faults = new ArrayList<>();
        private volatile Thread inside;
        private volatile long seenSources;
        private volatile boolean closed;
        private volatile boolean disabled;
        private volatile int tci = -1;
        private final NativeMemory frame = NativeMemory.allocate(FRAME + VlanTag.LENGTH);

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
            if (closed || disabled) {
                fault("used after " + (closed ? "close" : "disable"));
            }
            if (inside != null) {
                fault("used by two threads");
            }
            inside = Thread.currentThread();
            for (int i = 0; i < burst.packets; i++) {
                int tag = burst.length[i] - FRAME;
                Frames.copy(burst, i, 0, burst.length[i], frame.address());
                tci = tag == 0 ? -1 : VlanTag.tci(frame.address());
                long address = frame.address() + SOURCE_AT + tag;
                int source = Memory.getInt(address);
                int flow = Memory.getInt(address + 4);
                int sequence = Memory.getInt(address + 8);
                if (last[source][flow] != 0 && sequence != last[source][flow] + 1) {
                    fault("frame " + sequence + " of source " + source + " flow " + flow + " after "
                            + last[source][flow]);
                }
                last[source][flow] = sequence;
                seenSources |= 1L << source;
            }
            counters.passed(burst.packets, (long) FRAME * burst.packets);
            inside = null;
            return burst.packets;
        }

        @Override
        public void flush() {}

        @Override
        public QueueCounters counters() {
            return counters;
        }

        /** Of the last frame: the tag control information of its only tag, -1 without. */
        public int tci() {
            return tci;
        }

        /** Bit N: a frame of source N arrived. */
        public long seenSources() {
            return seenSources;
        }

        private void fault(String text) {
            if (faults.size() < 5) {
                faults.add(text);
            }
        }

        public List<String> faults() {
            return faults;
        }

        @Override
        public void close() {
            closed = true;
            frame.close();
            claims.remove(key(id, queue, Direction.TX));
        }
    }
}

package io.jspp.port.nullpmd;

import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;
import io.jspp.memory.NativeMemory;
import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.PolledRxQueue;
import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import java.util.Map;

/** A port with no world behind it: every poll finds frames of zeros, everything sent is counted and forgotten. */
final class NullPort implements Port {
    private final PortId id;
    private final PortContext context;

    NullPort(PortId id, PortContext context) {
        this.id = id;
        this.context = context;
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
        return NullPortType.MAX_QUEUES;
    }

    @Override
    public int txQueues() {
        return NullPortType.MAX_QUEUES;
    }

    @Override
    public RxQueue openRx(int queue) {
        Map<String, String> attributes = claim(queue, Direction.RX).attributes();
        try {
            int size = Integer.parseInt(attributes.getOrDefault("size", Integer.toString(NullPortType.DEFAULT_SIZE)));
            boolean silent = "1".equals(attributes.get("no-rx"));
            return new Source(queue, counters(queue, Direction.RX), size, silent);
        } catch (RuntimeException e) {
            context.claims().release(id, queue, Direction.RX);
            throw e;
        }
    }

    @Override
    public TxQueue openTx(int queue) {
        claim(queue, Direction.TX);
        try {
            return new Sink(queue, counters(queue, Direction.TX));
        } catch (RuntimeException e) {
            context.claims().release(id, queue, Direction.TX);
            throw e;
        }
    }

    private Claims.Grant claim(int queue, Direction direction) {
        if (queue < 0 || queue >= NullPortType.MAX_QUEUES) {
            throw new PortException(id + ": no queue " + queue + ", 0.." + (NullPortType.MAX_QUEUES - 1) + " exist");
        }
        return context.claims().claim(id, queue, direction);
    }

    private QueueCounters counters(int queue, Direction direction) {
        return new QueueCounters(context.counters(), id + " q" + queue + " " + direction.word());
    }

    private void end(int queue, Direction direction, QueueCounters counters) {
        counters.close();
        context.claims().release(id, queue, direction);
    }

    @Override
    public void close() {
        // holds nothing
    }

    private final class Source extends PolledRxQueue {
        private final int queue;
        private final NativeMemory frame;
        private final boolean silent;

        Source(int queue, QueueCounters counters, int size, boolean silent) {
            super(counters);
            this.queue = queue;
            this.silent = silent;
            frame = NativeMemory.allocate(size);
        }

        @Override
        public int rxBurst(Burst burst) {
            if (silent) {
                return 0;
            }
            int size = (int) frame.length();
            int packets = burst.capacity();
            for (int i = 0; i < packets; i++) {
                burst.add(frame.address(), size, 0, Burst.BORROWED);
            }
            counters().passed(packets, (long) packets * size);
            return packets;
        }

        @Override
        public boolean arm() {
            return !silent;
        }

        @Override
        public void close() {
            frame.close();
            end(queue, Direction.RX, counters());
        }
    }

    private final class Sink implements TxQueue {
        private final int queue;
        private final QueueCounters counters;

        Sink(int queue, QueueCounters counters) {
            this.queue = queue;
            this.counters = counters;
        }

        @Override
        public int txBurst(Burst burst) {
            long bytes = 0;
            for (int i = 0; i < burst.packets; i++) {
                bytes += burst.length[i];
            }
            counters.passed(burst.packets, bytes);
            return burst.packets;
        }

        @Override
        public void flush() {
            // nobody to tell
        }

        @Override
        public QueueCounters counters() {
            return counters;
        }

        @Override
        public void close() {
            end(queue, Direction.TX, counters);
        }
    }
}

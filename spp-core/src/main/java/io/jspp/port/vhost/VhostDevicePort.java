package io.jspp.port.vhost;

import io.jspp.counters.CounterAllocator;
import io.jspp.memory.KeptRecords;
import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.LiveQueues;
import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortEvents;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import io.jspp.port.Quiescence;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.state.Cause;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A vhost port whose settings the primary has ({@code --vdev net_vhost0}). Every process knows it, one serves it: the socket is opened with
 * the first queue, when the claim has brought its settings, and closed with the last. Control thread; {@link #state} and {@link #facts}: any.
 */
final class VhostDevicePort implements Port {
    private final PortId id;
    private final PortContext context;
    private final VhostPortType type;
    private final LiveRings live = LiveRings.none();
    private volatile VhostPort served;
    private int openQueues;

    VhostDevicePort(PortId id, PortContext context, VhostPortType type) {
        this.id = id;
        this.context = context;
        this.type = type;
    }

    @Override
    public PortId id() {
        return id;
    }

    @Override
    public PortState state() {
        VhostPort port = served;
        return port == null ? PortState.down(Cause.UNUSED) : port.state();
    }

    @Override
    public Map<String, String> facts() {
        VhostPort port = served;
        return port == null ? Map.of() : port.facts();
    }

    @Override
    public int rxQueues() {
        return VhostSettings.MAX_QUEUE_PAIRS;
    }

    @Override
    public int txQueues() {
        return VhostSettings.MAX_QUEUE_PAIRS;
    }

    @Override
    public LiveQueues liveRx() {
        return live.rx();
    }

    @Override
    public LiveQueues liveTx() {
        return live.tx();
    }

    @Override
    public boolean spreadsFlows() {
        return true;
    }

    @Override
    public RxQueue openRx(int queue) {
        return open(queue, Direction.RX, port -> port.openRx(queue));
    }

    @Override
    public TxQueue openTx(int queue) {
        return open(queue, Direction.TX, port -> port.openTx(queue));
    }

    /** Claims first, since the claim brings the settings; the port then finds its claim granted. */
    private <Q> Q open(int queue, Direction direction, Function<VhostPort, Q> opening) {
        Claims.Grant grant = context.claims().claim(id, queue, direction);
        openQueues++;
        try {
            if (served == null) {
                served = type.serve(id, VhostSettings.granted(grant), live, new Granted());
            }
            return opening.apply(served);
        } catch (RuntimeException e) {
            released(queue, direction);
            throw e instanceof PortException ? e : new PortException("open " + id + ": " + e.getMessage(), e);
        }
    }

    private void released(int queue, Direction direction) {
        openQueues--;
        if (openQueues == 0) {
            closeServed();
        }
        context.claims().release(id, queue, direction);
    }

    private void closeServed() {
        VhostPort port = served;
        served = null;
        if (port != null) {
            port.close();
        }
    }

    @Override
    public void close() {
        closeServed();
    }

    /** The process's context, but claims have been made by this port, and their end may be the socket's. */
    private final class Granted implements PortContext, Claims {
        @Override
        public Claims claims() {
            return this;
        }

        @Override
        public Grant claim(PortId port, int queue, Direction direction) {
            return new Grant(List.of(), Map.of());
        }

        @Override
        public void release(PortId port, int queue, Direction direction) {
            released(queue, direction);
        }

        @Override
        public CounterAllocator counters() {
            return context.counters();
        }

        @Override
        public Quiescence quiescence() {
            return context.quiescence();
        }

        @Override
        public KeptRecords keptRecords() {
            return context.keptRecords();
        }

        @Override
        public PortEvents events() {
            return context.events();
        }

        @Override
        public Path socketDirectory() {
            return context.socketDirectory();
        }

        @Override
        public int socketMode() {
            return context.socketMode();
        }

        @Override
        public boolean vhostMemorySlots() {
            return context.vhostMemorySlots();
        }

        @Override
        public int socketGroup() {
            return context.socketGroup();
        }

        @Override
        public boolean vhostClient() {
            return context.vhostClient();
        }
    }
}

package io.jspp.port.afpacket;

import io.jspp.counters.QueueCounters;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.LinuxException;
import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.InterfaceLink;
import io.jspp.port.LinkMonitor;
import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.state.Cause;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A kernel interface. Each open queue has its own sockets, granted by the primary with the claim; this process needs no
 * privilege and need not share the interface's network namespace.
 */
final class PhyPort implements Port {
    /** Queues per direction at most; how many there are is the primary's {@code qpairs}. */
    static final int MAX_QUEUES = 16;

    private static final PortState UNUSED = PortState.down(Cause.UNUSED);

    private final PortId id;
    private final PortContext context;
    private final LinkMonitor monitor;
    private final List<InterfaceLink> links = new CopyOnWriteArrayList<>();

    PhyPort(PortId id, PortContext context) {
        this.id = id;
        this.context = context;
        monitor = new LinkMonitor("link-" + id, () -> context.events().observe(id, state()));
    }

    @Override
    public PortId id() {
        return id;
    }

    @Override
    public PortState state() {
        PortState first = UNUSED;
        for (InterfaceLink link : links) {
            PortState state = link.state();
            if (state.phase() != PortState.Phase.UP) {
                return state;
            }
            first = state;
        }
        return first;
    }

    @Override
    public int rxQueues() {
        return MAX_QUEUES;
    }

    @Override
    public int txQueues() {
        return MAX_QUEUES;
    }

    @Override
    public RxQueue openRx(int queue) {
        return (RxQueue) open(queue, Direction.RX);
    }

    @Override
    public TxQueue openTx(int queue) {
        return (TxQueue) open(queue, Direction.TX);
    }

    private AutoCloseable open(int queue, Direction direction) {
        Claims.Grant grant = context.claims().claim(id, queue, direction);
        try {
            String label = id + " q" + queue + " " + direction.word();
            grant.requireDescriptors(PacketQueue.descriptors(direction, grant), label);
            QueueCounters counters = new QueueCounters(context.counters(), label);
            PacketQueue common = null;
            try {
                common = new PacketQueue(this, queue, direction, grant, counters);
                return direction == Direction.RX ? new PacketRxQueue(common) : new PacketTxQueue(common);
            } catch (RuntimeException e) {
                if (common != null) {
                    common.abandon();
                }
                counters.close();
                throw e;
            }
        } catch (RuntimeException e) {
            FileDescriptor.closeAll(grant.fds());
            context.claims().release(id, queue, direction);
            if (e instanceof LinuxException) {
                throw new PortException(
                        "open " + id + " queue " + queue + " " + direction.word() + ": " + e.getMessage(), e);
            }
            throw e;
        }
    }

    /** A queue is complete: its interface is looked after from now on. */
    void opened(InterfaceLink link, LinkMonitor.Watched watched) {
        links.add(link);
        monitor.add(watched);
    }

    /** A queue is about to close its descriptors. */
    void closing(InterfaceLink link, LinkMonitor.Watched watched) {
        monitor.remove(watched);
        links.remove(link);
    }

    void release(int queue, Direction direction) {
        context.claims().release(id, queue, direction);
    }

    @Override
    public void close() {
        // queues hold everything there is
    }
}

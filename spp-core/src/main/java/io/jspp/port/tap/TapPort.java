package io.jspp.port.tap;

import io.jspp.counters.QueueCounters;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.NetDevice;
import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.FrameVector;
import io.jspp.port.InterfaceLink;
import io.jspp.port.LinkMonitor;
import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.state.Cause;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A tap interface in this process: one read or write per frame, with its virtio-net header. */
final class TapPort implements Port {
    static final int MAX_QUEUES = 16;

    /** Size of the header before each frame, set by the primary. */
    static final int VNET_HEADER = FrameVector.HEADER;

    private static final PortState UNUSED = PortState.down(Cause.UNUSED);

    private final PortId id;
    private final PortContext context;
    private final LinkMonitor monitor;
    private final List<TapQueue> queues = new CopyOnWriteArrayList<>();

    TapPort(PortId id, PortContext context) {
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
        PortState state = UNUSED;
        for (TapQueue queue : queues) {
            state = queue.state();
        }
        return state;
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
        List<FileDescriptor> fds = grant.fds();
        String label = id + " q" + queue + " " + direction.word();
        try {
            grant.requireDescriptors(2, label);
            QueueCounters counters = new QueueCounters(context.counters(), label);
            Runnable end = () -> context.claims().release(id, queue, direction);
            try {
                TapQueue common = new TapQueue(fds.get(0), fds.get(1), link(fds.get(1), grant), counters, this, end);
                return direction == Direction.RX ? new TapRxQueue(common) : new TapTxQueue(common);
            } catch (RuntimeException e) {
                counters.close();
                throw e;
            }
        } catch (RuntimeException e) {
            FileDescriptor.closeAll(fds);
            context.claims().release(id, queue, direction);
            throw e;
        }
    }

    /** A tap that was deleted and made again is another device: its queues stay with the old one. */
    private InterfaceLink link(FileDescriptor query, Claims.Grant grant) {
        String iface = grant.attributes().getOrDefault("iface", "");
        return new InterfaceLink(query.value(), iface, NetDevice.index(query.value(), iface), index -> false);
    }

    void opened(TapQueue queue) {
        queues.add(queue);
        monitor.add(queue);
    }

    void closing(TapQueue queue) {
        monitor.remove(queue);
        queues.remove(queue);
    }

    @Override
    public void close() {
        // queues hold everything there is
    }
}

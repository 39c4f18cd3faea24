package io.jspp.port.pcap;

import io.jspp.counters.QueueCounters;
import io.jspp.linux.FileDescriptor;
import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Two capture files as a port with one queue. Files of its own are made when the first queue is opened. */
final class PcapPort implements Port {
    private final PortId id;
    private final PortContext context;
    private boolean txBegun;

    /** Set by the queues when they can't go on; any thread. */
    private volatile PortState state = PortState.UP;

    PcapPort(PortId id, PortContext context) {
        this.id = id;
        this.context = context;
    }

    @Override
    public PortId id() {
        return id;
    }

    @Override
    public PortState state() {
        return state;
    }

    void failed(PortState down) {
        state = down;
    }

    @Override
    public int rxQueues() {
        return 1;
    }

    @Override
    public int txQueues() {
        return 1;
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
        if (queue != 0) {
            throw new PortException(id + ": no queue " + queue + ", it has only queue 0");
        }
        Claims.Grant grant = context.claims().claim(id, 0, direction);
        List<FileDescriptor> fds = new ArrayList<>(grant.fds());
        QueueCounters counters = null;
        try {
            if (fds.isEmpty()) {
                fds.add(openOwn(direction));
            }
            counters = new QueueCounters(context.counters(), id + " q0 " + direction.word());
            Map<String, String> attributes = grant.attributes();
            String file = attributes.getOrDefault("file", ownFile(direction));
            boolean repeat = "1".equals(attributes.get("repeat"));
            Runnable end = () -> context.claims().release(id, 0, direction);
            return direction == Direction.RX
                    ? new PcapRxQueue(this, fds.get(0), file, repeat, counters, end)
                    : new PcapTxQueue(this, fds.get(0), file, counters, end);
        } catch (RuntimeException e) {
            if (counters != null) {
                counters.close();
            }
            FileDescriptor.closeAll(fds);
            context.claims().release(id, 0, direction);
            throw e;
        }
    }

    private String ownFile(Direction direction) {
        return context.socketDirectory()
                .resolve("spp-" + direction.word() + id.index() + ".pcap")
                .toString();
    }

    private FileDescriptor openOwn(Direction direction) {
        String path = ownFile(direction);
        if (direction == Direction.RX) {
            PcapFiles.makeIfMissing(path);
            return PcapFiles.forReading(path);
        }
        if (!txBegun) {
            PcapFiles.makeEmpty(path);
            txBegun = true;
        }
        return PcapFiles.forAppending(path);
    }

    @Override
    public void close() {
        // queues hold everything there is
    }
}

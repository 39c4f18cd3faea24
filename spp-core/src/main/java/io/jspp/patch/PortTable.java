package io.jspp.patch;

import io.jspp.counters.QueueCounters;
import io.jspp.port.LiveQueues;
import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortType;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.state.Cause;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The ports a process knows: those of the primary's devices, there from the start, and those that were added. Control thread
 * only, as {@link PatchPanel}.
 */
public final class PortTable implements AutoCloseable {
    private final PortContext context;
    private final Map<String, PortType> types = new TreeMap<>();
    private final Map<PortId, Port> ports = new LinkedHashMap<>();
    private final Map<PortId, Queues> devices = new HashMap<>();

    /** Queues that a device has; its port knows only how many it could have. */
    private record Queues(int rx, int tx) {}

    /** All port types of the class path. */
    public PortTable(PortContext context) {
        this(context, ServiceLoader.load(PortType.class));
    }

    /** These port types only. */
    public PortTable(PortContext context, Iterable<PortType> portTypes) {
        this.context = context;
        portTypes.forEach(type -> types.put(type.name(), type));
    }

    /** Names of all port types, sorted. */
    public List<String> typeNames() {
        return List.copyOf(types.keySet());
    }

    /** Makes the port of one of the primary's devices known; one that is known already stays. */
    public void addDevice(PortId id, int rxQueues, int txQueues) {
        if (!ports.containsKey(id)) {
            ports.put(id, type(id).openDevice(id, context));
        }
        devices.put(id, new Queues(rxQueues, txQueues));
    }

    /**
     * Receive queues of a port, at most {@link LiveQueues#MAX}.
     *
     * @throws PortException when it isn't known
     */
    public int rxQueues(PortId id) {
        int most = Math.min(find(id).rxQueues(), LiveQueues.MAX);
        return devices.containsKey(id) ? Math.min(most, devices.get(id).rx()) : most;
    }

    /** As {@link #rxQueues}, for transmit queues. */
    public int txQueues(PortId id) {
        int most = Math.min(find(id).txQueues(), LiveQueues.MAX);
        return devices.containsKey(id) ? Math.min(most, devices.get(id).tx()) : most;
    }

    /** Whether a component must name one of the port's queues: a device has several, and nobody spreads flows over them. */
    public boolean mustNameQueue(PortId id) {
        return devices.containsKey(id) && Math.max(rxQueues(id), txQueues(id)) > 1 && !find(id).spreadsFlows();
    }

    /**
     * Adds a port. One that is there already stays as it is.
     *
     * @throws PortException with a sentence for the operator
     */
    public void add(PortId id) {
        if (ports.containsKey(id)) {
            return;
        }
        PortType type = type(id);
        if (!type.addable()) {
            throw new PortException("port " + id + " can't be added: a " + id.type()
                    + " port exists when the primary has its device (--vdev of the primary)");
        }
        ports.put(id, type.open(id, context));
    }

    /**
     * Forgets an added port whose queues are closed.
     *
     * @throws PortException when it isn't known, or belongs to a device
     */
    public void remove(PortId id) {
        requireRemovable(id);
        ports.remove(id).close();
    }

    /** Forgets the port of a device that is gone; its queues are closed. */
    public void removeDevice(PortId id) {
        if (devices.remove(id) != null) {
            ports.remove(id).close();
        }
    }

    /** @throws PortException when {@link #remove} would be refused */
    public void requireRemovable(PortId id) {
        find(id);
        if (devices.containsKey(id)) {
            throw new PortException("port " + id + " can't be deleted: it belongs to a device of the primary");
        }
    }

    /** @throws PortException when it isn't known */
    public Port find(PortId id) {
        Port port = ports.get(id);
        if (port == null) {
            boolean addable = types.containsKey(id.type()) && type(id).addable();
            throw new PortException(
                    Cause.NO_DEVICE,
                    "port " + id + " is not known here: "
                            + (addable ? "add " + id + " first" : "the ports are " + listText()),
                    null);
        }
        return port;
    }

    /** Whether a port of this id is there. */
    public boolean contains(PortId id) {
        return ports.containsKey(id);
    }

    /**
     * Claims and opens what one user receives from: a queue, or all queues of a port as one.
     *
     * @throws PortException port or queue unknown, or claimed by somebody else
     */
    public RxQueue openRx(PatchEnd end) {
        Port port = find(end.port());
        requireQueue(end, port.rxQueues(), "receive");
        int queues = rxQueues(end.port());
        if (!end.isWhole() || queues == 1) {
            RxQueue queue = port.openRx(Math.max(0, end.queue()));
            queue.counters(); // drops count whether or not anybody is there
            return queue;
        }
        SortedMap<Integer, RxQueue> opened = new TreeMap<>();
        try {
            for (int queue = 0; queue < queues; queue++) {
                opened.put(queue, port.openRx(queue));
            }
            return new WholeRxQueue(port.liveRx(), opened);
        } catch (RuntimeException e) {
            closeAll(opened.values());
            throw e;
        }
    }

    /**
     * Claims and opens what one user sends to, as {@link #openRx}.
     *
     * @param burstCapacity packets sent at once, at most
     */
    public TxQueue openTx(PatchEnd end, int burstCapacity) {
        Port port = find(end.port());
        requireQueue(end, port.txQueues(), "transmit");
        int queues = Layout.wholeQueues(port, txQueues(end.port()), 1);
        if (!end.isWhole() || queues == 1) {
            TxQueue queue = port.openTx(Math.max(0, end.queue()));
            queue.counters(); // drops count whether or not anybody is there
            return queue;
        }
        SortedMap<Integer, TxQueue> opened = new TreeMap<>();
        try {
            for (int queue = 0; queue < queues; queue++) {
                opened.put(queue, port.openTx(queue));
            }
            return new WholeTxQueue(port.liveTx(), opened, burstCapacity);
        } catch (RuntimeException e) {
            closeAll(opened.values());
            throw e;
        }
    }

    /** @throws PortException when a queue is named that doesn't exist, or a port that has none */
    static void requireQueue(PatchEnd end, int queues, String kind) {
        int needed = end.isWhole() ? 0 : end.queue();
        if (needed >= Math.min(queues, LiveQueues.MAX)) {
            throw new PortException("port " + end.port() + " has no " + kind + " queue " + needed + ": "
                    + (queues == 0 ? "it has none" : "0.." + (queues - 1)));
        }
    }

    /** What the queues behind {@link #openRx} count, those that were ever live. */
    public static SortedMap<QueueId, QueueCounters> counters(PatchEnd end, RxQueue queue) {
        SortedMap<QueueId, QueueCounters> all = new TreeMap<>();
        if (queue instanceof WholeRxQueue whole) {
            whole.queues().forEach((number, one) -> all.putAll(counters(new PatchEnd(end.port(), number), one)));
        } else if (queue.everLive()) {
            all.put(new QueueId(end.port(), Math.max(0, end.queue())), queue.counters());
        }
        return all;
    }

    /** What the queues behind {@link #openTx} count, those that were ever live. */
    public static SortedMap<QueueId, QueueCounters> counters(PatchEnd end, TxQueue queue) {
        SortedMap<QueueId, QueueCounters> all = new TreeMap<>();
        if (queue instanceof WholeTxQueue whole) {
            whole.queues().forEach((number, one) -> all.putAll(counters(new PatchEnd(end.port(), number), one)));
        } else if (queue.everLive()) {
            all.put(new QueueId(end.port(), Math.max(0, end.queue())), queue.counters());
        }
        return all;
    }

    /**
     * Closes queues and what belongs to them, all of it whatever happens.
     *
     * @throws IllegalStateException when one of them could not be closed
     */
    public static void closeAll(Collection<? extends AutoCloseable> queues) {
        IllegalStateException failure = null;
        for (AutoCloseable queue : queues) {
            try {
                queue.close();
            } catch (Exception e) {
                failure = new IllegalStateException("close of a queue failed: " + e.getMessage(), e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Ports in the order in which they became known. */
    public List<Port> all() {
        return new ArrayList<>(ports.values());
    }

    /** Ports that were added, not those of devices. */
    public List<PortId> added() {
        return ports.keySet().stream().filter(id -> !devices.containsKey(id)).toList();
    }

    private PortType type(PortId id) {
        PortType type = types.get(id.type());
        if (type == null) {
            throw new PortException(
                    "port type \"" + id.type() + "\" is not known: one of " + String.join(", ", types.keySet()));
        }
        return type;
    }

    private String listText() {
        return ports.isEmpty()
                ? "none"
                : String.join(
                        ", ", ports.keySet().stream().map(PortId::toString).toList());
    }

    /** Closes all ports, the last one first. */
    @Override
    public void close() {
        List<Port> all = all();
        for (int i = all.size() - 1; i >= 0; i--) {
            all.get(i).close();
        }
        ports.clear();
    }
}

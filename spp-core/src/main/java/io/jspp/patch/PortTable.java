package io.jspp.patch;

import io.jspp.port.LiveQueues;
import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortType;
import io.jspp.state.Cause;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
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

    PortTable(PortContext context, Iterable<PortType> portTypes) {
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
    void remove(PortId id) {
        requireRemovable(id);
        ports.remove(id).close();
    }

    void requireRemovable(PortId id) {
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

    boolean contains(PortId id) {
        return ports.containsKey(id);
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

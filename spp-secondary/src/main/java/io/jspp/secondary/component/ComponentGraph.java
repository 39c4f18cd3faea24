package io.jspp.secondary.component;

import io.jspp.counters.CounterAllocator;
import io.jspp.net.VlanOperation;
import io.jspp.patch.PatchEnd;
import io.jspp.patch.PortTable;
import io.jspp.port.Direction;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.secondary.component.GraphException.Subject;
import io.jspp.worker.Component;
import io.jspp.worker.WorkerGroup;
import io.jspp.worker.WorkerStuckException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The components of one process with their ports, and what the workers run of them. A queue belongs to one component, which claims and opens it when
 * the port is added to it. Every change concerns one component, hence one worker, which goes from the old plan to the new one between two cycles: no
 * packet is lost, and when the change returns it is in effect. A change happens as a whole or not at all.
 *
 * <p>Called by control threads, one at a time (synchronized).
 */
public final class ComponentGraph implements AutoCloseable {
    private final WorkerGroup workers;
    private final PortTable ports;
    private final CounterAllocator counters;
    private final int burstCapacity;
    private final Map<String, ComponentType> types = new TreeMap<>();
    private final Map<String, Node> nodes = new LinkedHashMap<>();

    /**
     * @param workers started; outlives the graph
     * @param ports owned by the caller, closed after the graph
     * @param offered what this kind of process can start
     */
    public ComponentGraph(
            WorkerGroup workers,
            PortTable ports,
            CounterAllocator counters,
            int burstCapacity,
            List<ComponentType> offered) {
        this.workers = workers;
        this.ports = ports;
        this.counters = counters;
        this.burstCapacity = burstCapacity;
        offered.forEach(type -> types.put(type.name(), type));
    }

    /**
     * A component as status shows it.
     *
     * @param worker index of its worker
     */
    public record View(
            String name,
            int worker,
            String type,
            List<Input> inputs,
            List<Output> outputs,
            ComponentCounters counters) {}

    /** One component; its maps are replaced as a whole. */
    private static final class Node {
        final String name;
        final int worker;
        final ComponentType type;
        final ComponentCounters counters;
        final StartedComponent started;
        Map<PatchEnd, Input> inputs = new LinkedHashMap<>();
        Map<PatchEnd, Output> outputs = new LinkedHashMap<>();

        /** What the worker runs, or null while the ports are not complete. */
        Component running;

        Node(String name, int worker, ComponentType type, ComponentCounters counters, int burstCapacity) {
            this.name = name;
            this.worker = worker;
            this.type = type;
            this.counters = counters;
            started = type.start(name, counters, burstCapacity);
        }

        boolean uses(PatchEnd id, Direction direction) {
            return ends(direction).contains(id);
        }

        /** Whether it has the queue, be it as one of a whole port's. */
        boolean overlaps(PatchEnd id, Direction direction) {
            return uses(id, direction)
                    || ends(direction).stream()
                            .anyMatch(own -> own.port().equals(id.port()) && (own.isWhole() || id.isWhole()));
        }

        private Set<PatchEnd> ends(Direction direction) {
            return direction == Direction.RX ? inputs.keySet() : outputs.keySet();
        }
    }

    /**
     * Starts a component without ports.
     *
     * @param worker index in the group
     */
    public synchronized void start(String name, int worker, String typeName) {
        if (nodes.containsKey(name)) {
            throw new GraphException(Subject.COMPONENT_NAME, "a component " + name + " is running already");
        }
        ComponentType type = types.get(typeName);
        if (type == null) {
            throw new GraphException(
                    Subject.COMPONENT_TYPE, "type " + typeName + ": one of " + String.join(", ", types.keySet()));
        }
        ComponentCounters own = new ComponentCounters(counters, name, type.counts());
        try {
            nodes.put(name, new Node(name, worker, type, own, burstCapacity));
        } catch (RuntimeException e) {
            own.close();
            throw e;
        }
    }

    /** Stops a component and ends its claims; nothing happens when there is none of this name, as in SPP. */
    public synchronized void stop(String name) {
        Node node = nodes.get(name);
        if (node == null) {
            return;
        }
        run(node, null);
        nodes.remove(name);
        List<AutoCloseable> parts = new ArrayList<>();
        node.inputs.values().forEach(input -> parts.add(input.queue()));
        node.outputs.values().forEach(output -> {
            parts.add(output.queue());
            parts.add(output);
        });
        parts.add(node.started);
        parts.add(node.counters);
        try {
            PortTable.closeAll(parts);
        } finally {
            node.inputs.keySet().forEach(id -> forgetUnused(id.port()));
            node.outputs.keySet().forEach(id -> forgetUnused(id.port()));
        }
    }

    /**
     * Adds a port to a component, or changes the VLAN operation of one it has.
     *
     * @param vlan null when none was named
     */
    public synchronized void addPort(PatchEnd id, Direction direction, String name, VlanOperation vlan) {
        Node node = find(name);
        if (node.uses(id, direction) && vlan != null) {
            change(node, id, direction, vlan, null);
            return;
        }
        requireUnused(id, direction);
        int have = direction == Direction.RX ? node.inputs.size() : node.outputs.size();
        int most = direction == Direction.RX ? node.type.maxRx() : node.type.maxTx();
        if (have >= most) {
            throw new GraphException(
                    Subject.EXECUTION,
                    "component " + name + " of type " + node.type.name() + " has " + have + " " + direction.word()
                            + " port" + (have == 1 ? "" : "s") + ", it can have no more");
        }
        boolean added = !ports.contains(id.port());
        AutoCloseable queue = null;
        try {
            ports.add(id.port());
            requireSeveralIfNamed(id);
            queue = direction == Direction.RX ? ports.openRx(id) : ports.openTx(id, burstCapacity);
            change(node, id, direction, vlan == null ? VlanOperation.NONE : vlan, queue);
        } catch (WorkerStuckException stuck) {
            throw stuck; // a worker may still use what was opened
        } catch (RuntimeException e) {
            if (queue != null) {
                closeQueue(queue);
            }
            if (added && ports.contains(id.port())) {
                ports.remove(id.port());
            }
            throw e;
        }
    }

    /** Takes a port from a component and ends its claim; nothing happens when it doesn't have it, as in SPP. */
    public synchronized void removePort(PatchEnd id, Direction direction, String name) {
        Node node = find(name);
        Map<PatchEnd, Input> inputs = new LinkedHashMap<>(node.inputs);
        Map<PatchEnd, Output> outputs = new LinkedHashMap<>(node.outputs);
        Input input = direction == Direction.RX ? inputs.remove(id) : null;
        Output output = direction == Direction.TX ? outputs.remove(id) : null;
        if (input == null && output == null) {
            return;
        }
        adopt(node, inputs, outputs);
        try {
            PortTable.closeAll(input != null ? List.of(input.queue()) : List.of(output.queue(), output));
        } finally {
            forgetUnused(id.port());
        }
    }

    /** Something changed that decides whether components can run: runs those that now can, stops those that can't. */
    public synchronized void refresh() {
        for (Node node : nodes.values()) {
            List<Input> inputs = List.copyOf(node.inputs.values());
            List<Output> outputs = List.copyOf(node.outputs.values());
            if (node.started.isComplete(inputs, outputs) != (node.running != null)) {
                adopt(node, node.inputs, node.outputs);
            }
        }
    }

    /** Has a component's worker begin with a running form made anew, before its next frame. */
    public synchronized void rebuild(String name) {
        Node node = find(name);
        adopt(node, node.inputs, node.outputs);
    }

    /** Components in the order in which they were started. */
    public synchronized List<View> components() {
        return nodes.values().stream()
                .map(node -> new View(
                        node.name,
                        node.worker,
                        node.type.name(),
                        List.copyOf(node.inputs.values()),
                        List.copyOf(node.outputs.values()),
                        node.counters))
                .toList();
    }

    /** Whether packets are moved by this component. */
    public synchronized boolean isRunning(String name) {
        Node node = nodes.get(name);
        return node != null && node.running != null;
    }

    private Node find(String name) {
        Node node = nodes.get(name);
        if (node == null) {
            throw new GraphException(Subject.COMPONENT_NAME, "no component " + name + ": start it first");
        }
        return node;
    }

    /** As in SPP: the queue of a port with a single one is not named. */
    private void requireSeveralIfNamed(PatchEnd id) {
        if (!id.isWhole() && Math.max(ports.rxQueues(id.port()), ports.txQueues(id.port())) == 1) {
            throw new GraphException(Subject.PORT, id.port() + " has a single queue: leave \"nq\" out");
        }
    }

    private void requireUnused(PatchEnd id, Direction direction) {
        Node same = user(id, direction);
        Direction opposite = direction == Direction.RX ? Direction.TX : Direction.RX;
        if (same != null) {
            boolean both = user(id, opposite) != null;
            throw new GraphException(
                    both ? Subject.PORT : Subject.DIRECTION,
                    id + " is " + (both ? "rx and tx" : direction.word()) + " port already, of component " + same.name);
        }
    }

    /** The component that has the queue, or one of the port's when {@code id} is whole. */
    private Node user(PatchEnd id, Direction direction) {
        for (Node node : nodes.values()) {
            if (node.overlaps(id, direction)) {
                return node;
            }
        }
        return null;
    }

    /** @param opened the queue of a new port, or null to change the operation of one that is there */
    private void change(Node node, PatchEnd id, Direction direction, VlanOperation vlan, AutoCloseable opened) {
        Map<PatchEnd, Input> inputs = new LinkedHashMap<>(node.inputs);
        Map<PatchEnd, Output> outputs = new LinkedHashMap<>(node.outputs);
        if (direction == Direction.RX) {
            inputs.put(id, new Input(id, opened == null ? inputs.get(id).queue() : (RxQueue) opened, vlan));
            adopt(node, inputs, outputs);
            return;
        }
        Output former = outputs.get(id);
        Output output = new Output(id, opened == null ? former.queue() : (TxQueue) opened, vlan, burstCapacity);
        outputs.put(id, output);
        try {
            adopt(node, inputs, outputs);
        } catch (WorkerStuckException stuck) {
            throw stuck;
        } catch (RuntimeException e) {
            output.close();
            throw e;
        }
        if (former != null) {
            former.close();
        }
    }

    /** Makes the workers run a component with these ports; from then on they are the component's. */
    private void adopt(Node node, Map<PatchEnd, Input> inputs, Map<PatchEnd, Output> outputs) {
        List<Input> in = List.copyOf(inputs.values());
        List<Output> out = List.copyOf(outputs.values());
        try {
            node.started.prepare(out);
            run(node, node.started.isComplete(in, out) ? node.started.build(in, out) : null);
        } catch (WorkerStuckException stuck) {
            throw stuck;
        } catch (RuntimeException e) {
            node.started.settle(List.copyOf(node.inputs.values()), List.copyOf(node.outputs.values()));
            throw e;
        }
        node.inputs = inputs;
        node.outputs = outputs;
        node.started.settle(in, out);
    }

    private void run(Node changed, Component next) {
        List<List<Component>> assignment = new ArrayList<>();
        workers.workers().forEach(worker -> assignment.add(new ArrayList<>()));
        for (Node node : nodes.values()) {
            Component running = node == changed ? next : node.running;
            if (running != null) {
                assignment.get(node.worker).add(running);
            }
        }
        workers.apply(assignment);
        changed.running = next;
    }

    /** An added port that no component uses is gone, with its socket or file. */
    private void forgetUnused(PortId id) {
        boolean used = nodes.values().stream()
                .anyMatch(node -> node.inputs.keySet().stream()
                                .anyMatch(queue -> queue.port().equals(id))
                        || node.outputs.keySet().stream()
                                .anyMatch(queue -> queue.port().equals(id)));
        if (!used && ports.added().contains(id)) {
            ports.remove(id);
        }
    }

    private static void closeQueue(AutoCloseable queue) {
        try {
            queue.close();
        } catch (PortException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("close of a queue failed: " + e.getMessage(), e);
        }
    }

    /** Stops all components. */
    @Override
    public synchronized void close() {
        for (String name : List.copyOf(nodes.keySet())) {
            stop(name);
        }
    }
}

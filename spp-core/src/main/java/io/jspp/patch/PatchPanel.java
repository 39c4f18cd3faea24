package io.jspp.patch;

import io.jspp.counters.QueueCounters;
import io.jspp.port.Direction;
import io.jspp.port.LiveQueues;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.worker.Component;
import io.jspp.worker.WorkerGroup;
import io.jspp.worker.WorkerStuckException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The patches of one process, and the queues and components that carry them out. A source has one destination, the last one
 * named; several sources may share a destination; a port may be patched to itself.
 *
 * <p>A patch claims and opens its queues when it is made, whether packets move or not, and a change either happens as a whole or
 * not at all. Who polls which queue is a {@link Layout}, who sends to which queue is divided by a {@link Destination}. Called by control
 * threads, one at a time (synchronized).
 */
public final class PatchPanel implements AutoCloseable {
    private final WorkerGroup workers;
    private final PortTable ports;
    private final QueueMap queueMap;
    private final int burstCapacity;

    private Map<PatchEnd, PatchEnd> patches = new LinkedHashMap<>();
    private SortedMap<QueueId, RxQueue> rx = new TreeMap<>();
    private SortedMap<QueueId, TxQueue> tx = new TreeMap<>();
    private Map<Layout.Part, PatchComponent> components = new LinkedHashMap<>();
    private Map<PatchEnd, Integer> placement = new HashMap<>();
    private final Map<PortId, Destination> destinations = new HashMap<>();
    private boolean running;

    /**
     * @param workers started; outlives the panel
     * @param ports owned by the caller, closed after the panel
     * @param burstCapacity packets moved at once
     */
    public PatchPanel(WorkerGroup workers, PortTable ports, QueueMap queueMap, int burstCapacity) {
        this.workers = workers;
        this.ports = ports;
        this.queueMap = queueMap;
        this.burstCapacity = burstCapacity;
    }

    /**
     * What an open queue counts and who uses it.
     *
     * @param workers indexes; none while nothing moves, several when they take turns
     * @param live whether the queue can carry packets now
     */
    public record OpenQueue(
            QueueId id, Direction direction, QueueCounters counters, List<Integer> workers, boolean live) {}

    /**
     * Patches a source to a destination, replacing the source's former patch.
     *
     * @throws PortException port or queue unknown, or claimed by somebody else; nothing has changed then
     */
    public synchronized void patch(PatchEnd source, PatchEnd destination) {
        Map<PatchEnd, PatchEnd> desired = new LinkedHashMap<>(patches);
        PortTable.requireQueue(source, ports.find(source.port()).rxQueues(), "receive");
        PortTable.requireQueue(destination, ports.find(destination.port()).txQueues(), "transmit");
        desired.put(
                named(source, ports.rxQueues(source.port())), named(destination, ports.txQueues(destination.port())));
        change(desired, running);
    }

    /** The only queue is the whole port, however it is named. */
    private static PatchEnd named(PatchEnd end, int queues) {
        return queues == 1 && end.queue() == 0 ? PatchEnd.whole(end.port()) : end;
    }

    /**
     * Puts another port into every patch of one, in one step: its sources and destinations become the other's. Both ports stay known.
     *
     * @throws PortException when the former is in no patch, or the latter in one or without a queue that is patched; nothing has changed then
     */
    public synchronized void move(PortId from, PortId to) {
        requireMovable(from, to);
        Map<PatchEnd, PatchEnd> desired = new LinkedHashMap<>();
        patches.forEach((source, destination) -> {
            PatchEnd newSource = moved(source, from, to);
            PatchEnd newDestination = moved(destination, from, to);
            desired.put(
                    named(newSource, ports.rxQueues(newSource.port())),
                    named(newDestination, ports.txQueues(newDestination.port())));
        });
        change(desired, running);
    }

    /** Throws what {@link #move} would. */
    public synchronized void requireMovable(PortId from, PortId to) {
        ports.find(from);
        ports.find(to);
        if (!patched(from)) {
            throw new PortException("port " + from + " is in no patch: patch it first");
        }
        if (patched(to)) {
            throw new PortException("port " + to + " is in a patch already: its own patches would be lost");
        }
        patches.forEach((source, destination) -> {
            if (source.port().equals(from)) {
                PortTable.requireQueue(moved(source, from, to), ports.find(to).rxQueues(), "receive");
            }
            if (destination.port().equals(from)) {
                PortTable.requireQueue(
                        moved(destination, from, to), ports.find(to).txQueues(), "transmit");
            }
        });
    }

    private boolean patched(PortId port) {
        return patches.entrySet().stream()
                .anyMatch(patch -> patch.getKey().port().equals(port)
                        || patch.getValue().port().equals(port));
    }

    private static PatchEnd moved(PatchEnd end, PortId from, PortId to) {
        return end.port().equals(from) ? new PatchEnd(to, end.queue()) : end;
    }

    /** State of a port. */
    public synchronized PortState state(PortId id) {
        return ports.find(id).state();
    }

    /**
     * Removes the patch of one source; the others go on.
     *
     * @throws PortException when it has none
     */
    public synchronized void unpatch(PatchEnd source) {
        Map<PatchEnd, PatchEnd> desired = new LinkedHashMap<>(patches);
        if (desired.remove(named(source, ports.rxQueues(source.port()))) == null) {
            throw new PortException("port " + source + " is in no patch as a source");
        }
        change(desired, running);
    }

    /** Removes all patches and ends their claims. */
    public synchronized void reset() {
        change(new LinkedHashMap<>(), running);
    }

    /** Starts moving packets. */
    public synchronized void forward() {
        change(patches, true);
    }

    /** Stops moving packets; patches and claims stay. */
    public synchronized void stop() {
        change(patches, false);
    }

    /** Adds a port; one that is there already stays as it is. */
    public synchronized void add(PortId id) {
        ports.add(id);
    }

    /**
     * Deletes a port with all patches that use it; the others go on.
     *
     * @throws PortException when it isn't known, or belongs to a device
     */
    public synchronized void delete(PortId id) {
        ports.requireRemovable(id);
        Map<PatchEnd, PatchEnd> desired = new LinkedHashMap<>(patches);
        desired.entrySet()
                .removeIf(patch -> patch.getKey().port().equals(id)
                        || patch.getValue().port().equals(id));
        change(desired, running);
        ports.remove(id);
    }

    /** Whether a port of this id is there. */
    public synchronized boolean knows(PortId id) {
        return ports.contains(id);
    }

    public synchronized boolean running() {
        return running;
    }

    /** Patches in the order in which their sources were first patched. */
    public synchronized List<Patch> patches() {
        return patches.entrySet().stream()
                .map(entry -> new Patch(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** Open queues that have ever been live, sources first. */
    public synchronized List<OpenQueue> queues() {
        Map<QueueId, List<Integer>> users = running ? users() : Map.of();
        List<OpenQueue> all = new ArrayList<>();
        rx.forEach((id, queue) -> {
            if (queue.everLive()) {
                boolean live = ports.find(id.port()).liveRx().has(id.queue());
                all.add(new OpenQueue(id, Direction.RX, queue.counters(), users.getOrDefault(id, List.of()), live));
            }
        });
        tx.forEach((id, queue) -> {
            if (queue.everLive()) {
                boolean live = ports.find(id.port()).liveTx().has(id.queue());
                List<Integer> senders = running ? destinations.get(id.port()).workers(id.queue()) : List.of();
                all.add(new OpenQueue(id, Direction.TX, queue.counters(), senders, live));
            }
        });
        return all;
    }

    /** Who polls which source queue. */
    private Map<QueueId, List<Integer>> users() {
        Map<QueueId, List<Integer>> users = new HashMap<>();
        components
                .keySet()
                .forEach(part -> part.queues()
                        .forEach(queue -> users.put(new QueueId(part.source().port(), queue), List.of(part.worker()))));
        return users;
    }

    /** Moves to another set of patches: opens, publishes, waits until the workers follow, closes. */
    private void change(Map<PatchEnd, PatchEnd> desired, boolean run) {
        int count = workers.workers().size();
        SortedMap<QueueId, RxQueue> newRx = new TreeMap<>(rx);
        SortedMap<QueueId, TxQueue> newTx = new TreeMap<>(tx);
        Set<QueueId> used = new HashSet<>();
        Map<Layout.Part, PatchComponent> newComponents = new LinkedHashMap<>();
        List<AutoCloseable> opened = new ArrayList<>();
        Layout layout = Layout.of(desired, ports, queueMap, count, placement);
        try {
            desired.values().forEach(destination -> openTx(destination, newTx, used, opened));
            for (Layout.Part part : layout.parts()) {
                PatchComponent old = components.get(part);
                newComponents.put(part, old != null ? old : open(part, newRx, opened));
            }
            workers.apply(run ? assignment(newComponents) : nothing());
        } catch (WorkerStuckException stuck) {
            throw stuck; // a worker may still use what was opened
        } catch (RuntimeException e) {
            for (int i = opened.size() - 1; i >= 0; i--) {
                closeNow(opened.get(i));
            }
            throw e;
        }
        Map<Layout.Part, PatchComponent> former = components;
        patches = new LinkedHashMap<>(desired);
        components = newComponents;
        placement = layout.placement();
        running = run;
        redivide(newTx, used);
        workers.synchronize(); // nobody is left with a share of what closes now
        former.forEach((part, component) -> {
            if (newComponents.get(part) != component) {
                component.close();
            }
        });
        Set<QueueId> polled = new HashSet<>();
        layout.parts()
                .forEach(part -> part.queues()
                        .forEach(q -> polled.add(new QueueId(part.source().port(), q))));
        rx = retire(newRx, polled);
        tx = retire(newTx, used);
    }

    private PatchComponent open(Layout.Part part, Map<QueueId, RxQueue> queues, List<AutoCloseable> opened) {
        PortId port = part.source().port();
        SortedMap<Integer, RxQueue> byNumber = new TreeMap<>();
        for (int queue : part.queues()) {
            QueueId id = new QueueId(port, queue);
            RxQueue open = queues.computeIfAbsent(
                    id, absent -> opened(opened, ports.find(port).openRx(queue)));
            if (!part.source().isWhole()) {
                open.counters();
            }
            byNumber.put(queue, open);
        }
        LiveQueues live = ports.find(port).liveRx();
        return opened(opened, new PatchComponent(part.name(), live, byNumber, part.worker(), burstCapacity));
    }

    private void openTx(
            PatchEnd destination, Map<QueueId, TxQueue> queues, Set<QueueId> used, List<AutoCloseable> opened) {
        PortId port = destination.port();
        int first = destination.isWhole() ? 0 : destination.queue();
        int last = destination.isWhole() ? wholeQueues(port) - 1 : first;
        for (int queue = first; queue <= last; queue++) {
            QueueId id = new QueueId(port, queue);
            int number = queue;
            TxQueue open = queues.computeIfAbsent(
                    id, absent -> opened(opened, ports.find(port).openTx(number)));
            if (!destination.isWhole()) {
                open.counters();
            }
            used.add(id);
        }
    }

    private int wholeQueues(PortId port) {
        return Layout.wholeQueues(
                ports.find(port), ports.txQueues(port), workers.workers().size());
    }

    /** Gives every component its share of its destination. */
    private void redivide(Map<QueueId, TxQueue> queues, Set<QueueId> used) {
        Map<PortId, SortedMap<Integer, TxQueue>> open = new HashMap<>();
        used.forEach(
                id -> open.computeIfAbsent(id.port(), port -> new TreeMap<>()).put(id.queue(), queues.get(id)));
        Map<PortId, List<Destination.Feed>> feeds = new HashMap<>();
        components.forEach(
                (part, component) -> feeds.computeIfAbsent(part.destination().port(), port -> new ArrayList<>())
                        .add(new Destination.Feed(component, part.destination().queue())));
        open.keySet()
                .forEach(port -> destinations.computeIfAbsent(
                        port,
                        id -> new Destination(
                                ports.find(id).liveTx(), ports.find(id).spreadsFlows(), wholeQueues(id), workers)));
        destinations.forEach((port, destination) ->
                destination.change(open.getOrDefault(port, new TreeMap<>()), feeds.getOrDefault(port, List.of())));
        destinations.keySet().retainAll(open.keySet());
    }

    private List<List<Component>> assignment(Map<Layout.Part, PatchComponent> from) {
        List<List<Component>> lists = nothing();
        from.forEach((part, component) -> lists.get(part.worker()).add(component));
        return lists;
    }

    private List<List<Component>> nothing() {
        List<List<Component>> lists = new ArrayList<>();
        workers.workers().forEach(worker -> lists.add(new ArrayList<>()));
        return lists;
    }

    private static <Q extends AutoCloseable> Q opened(List<AutoCloseable> all, Q queue) {
        all.add(queue);
        return queue;
    }

    /** Closes and leaves out the queues that no patch uses; no worker knows them any more. */
    private static <Q extends AutoCloseable> SortedMap<QueueId, Q> retire(
            SortedMap<QueueId, Q> queues, Set<QueueId> used) {
        SortedMap<QueueId, Q> kept = new TreeMap<>();
        queues.forEach((id, queue) -> {
            if (used.contains(id)) {
                kept.put(id, queue);
            } else {
                closeNow(queue);
            }
        });
        return kept;
    }

    private static void closeNow(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new IllegalStateException("close of a queue failed: " + e.getMessage(), e);
        }
    }

    /** Takes everything from the workers and ends all claims. */
    @Override
    public synchronized void close() {
        change(new LinkedHashMap<>(), false);
    }
}

package io.jspp.patch;

import io.jspp.counters.QueueCounters;
import io.jspp.port.Direction;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
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
import java.util.TreeMap;

/**
 * The patches of one process, and the queues and components that carry them out. A source has one destination, the last one
 * named; several sources may share a destination; a queue may be patched to itself.
 *
 * <p>A patch claims and opens its two queues when it is made, whether packets move or not, and a change either happens as a whole or
 * not at all. All patches to one destination queue run on one worker, so that a tx queue has one user. Called by control
 * threads, one at a time (synchronized).
 */
public final class PatchPanel implements AutoCloseable {
    private final WorkerGroup workers;
    private final PortTable ports;
    private final int burstCapacity;

    private Map<QueueId, QueueId> patches = new LinkedHashMap<>();
    private Map<QueueId, RxQueue> rx = new TreeMap<>();
    private Map<QueueId, TxQueue> tx = new TreeMap<>();
    private Map<Patch, PatchComponent> components = new HashMap<>();
    private Map<QueueId, Integer> placement = new HashMap<>();
    private boolean running;

    /**
     * @param workers started; outlives the panel
     * @param ports owned by the caller, closed after the panel
     * @param burstCapacity packets moved at once
     */
    public PatchPanel(WorkerGroup workers, PortTable ports, int burstCapacity) {
        this.workers = workers;
        this.ports = ports;
        this.burstCapacity = burstCapacity;
    }

    /** What an open queue counts, and on which worker it is used (-1 while nothing moves). */
    public record OpenQueue(QueueId id, Direction direction, QueueCounters counters, int worker) {}

    /**
     * Patches a source to a destination, replacing the source's former patch.
     *
     * @throws PortException port or queue unknown, or claimed by somebody else; nothing has changed then
     */
    public synchronized void patch(QueueId source, QueueId destination) {
        Map<QueueId, QueueId> desired = new LinkedHashMap<>(patches);
        desired.put(source, destination);
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
        Map<QueueId, QueueId> desired = new LinkedHashMap<>(patches);
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

    /** Open queues, sources first. */
    public synchronized List<OpenQueue> queues() {
        List<OpenQueue> all = new ArrayList<>();
        rx.forEach(
                (id, queue) -> all.add(new OpenQueue(id, Direction.RX, queue.counters(), workerOf(patches.get(id)))));
        tx.forEach((id, queue) -> all.add(new OpenQueue(id, Direction.TX, queue.counters(), workerOf(id))));
        return all;
    }

    private int workerOf(QueueId destination) {
        return running ? placement.getOrDefault(destination, -1) : -1;
    }

    /** Moves to another set of patches: opens, publishes, waits until the workers follow, closes. */
    private void change(Map<QueueId, QueueId> desired, boolean run) {
        Map<QueueId, RxQueue> newRx = new TreeMap<>(rx);
        Map<QueueId, TxQueue> newTx = new TreeMap<>(tx);
        Map<Patch, PatchComponent> newComponents = new HashMap<>();
        Map<QueueId, Integer> newPlacement = new HashMap<>(placement);
        newPlacement.keySet().retainAll(new HashSet<>(desired.values()));
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            desired.forEach((source, destination) -> {
                RxQueue from = newRx.computeIfAbsent(source, id -> opened(opened, openRx(id)));
                TxQueue to = newTx.computeIfAbsent(destination, id -> opened(opened, openTx(id)));
                Patch patch = new Patch(source, destination);
                PatchComponent old = components.get(patch);
                newComponents.put(
                        patch, old != null ? old : new PatchComponent(patch.toString(), from, to, burstCapacity));
                newPlacement.computeIfAbsent(destination, id -> leastLoaded(newPlacement));
            });
            workers.apply(run ? assignment(desired, newComponents, newPlacement) : nothing());
        } catch (WorkerStuckException stuck) {
            throw stuck; // a worker may still use what was opened
        } catch (RuntimeException e) {
            opened.forEach(PatchPanel::closeQueue);
            throw e;
        }
        patches = new LinkedHashMap<>(desired);
        components = newComponents;
        placement = newPlacement;
        running = run;
        rx = retire(newRx, desired.keySet());
        tx = retire(newTx, new HashSet<>(desired.values()));
    }

    private int leastLoaded(Map<QueueId, Integer> load) {
        int[] uses = new int[workers.workers().size()];
        load.values().forEach(worker -> uses[worker]++);
        int best = 0;
        for (int i = 1; i < uses.length; i++) {
            if (uses[i] < uses[best]) {
                best = i;
            }
        }
        return best;
    }

    private List<List<Component>> assignment(
            Map<QueueId, QueueId> desired, Map<Patch, PatchComponent> from, Map<QueueId, Integer> where) {
        List<List<Component>> lists = nothing();
        desired.forEach((source, destination) ->
                lists.get(where.get(destination)).add(from.get(new Patch(source, destination))));
        return lists;
    }

    private List<List<Component>> nothing() {
        List<List<Component>> lists = new ArrayList<>();
        workers.workers().forEach(worker -> lists.add(new ArrayList<>()));
        return lists;
    }

    private RxQueue openRx(QueueId id) {
        int queues = ports.find(id.port()).rxQueues();
        requireQueue(id, queues, "receive");
        return ports.find(id.port()).openRx(id.queue());
    }

    private TxQueue openTx(QueueId id) {
        int queues = ports.find(id.port()).txQueues();
        requireQueue(id, queues, "transmit");
        return ports.find(id.port()).openTx(id.queue());
    }

    private static void requireQueue(QueueId id, int queues, String kind) {
        if (id.queue() >= queues) {
            throw new PortException("port " + id.port() + " has no " + kind + " queue " + id.queue() + ": "
                    + (queues == 0 ? "it has none" : "0.." + (queues - 1)));
        }
    }

    private static <Q extends AutoCloseable> Q opened(List<AutoCloseable> all, Q queue) {
        all.add(queue);
        return queue;
    }

    /** Closes and leaves out the queues that no patch uses; no worker knows them any more. */
    private static <Q extends AutoCloseable> Map<QueueId, Q> retire(Map<QueueId, Q> queues, Set<QueueId> used) {
        Map<QueueId, Q> kept = new TreeMap<>();
        queues.forEach((id, queue) -> {
            if (used.contains(id)) {
                kept.put(id, queue);
            } else {
                closeQueue(queue);
            }
        });
        return kept;
    }

    private static void closeQueue(AutoCloseable queue) {
        try {
            queue.close();
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

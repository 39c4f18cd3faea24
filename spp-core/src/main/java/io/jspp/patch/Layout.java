package io.jspp.patch;

import io.jspp.port.Port;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What each worker has to do for a set of patches. A source queue that a patch of its own names belongs to that patch, all others of the port to the
 * patch of the whole port.
 *
 * @param parts one per patch and worker
 * @param placement the worker that each destination began with; kept while the destination has patches
 */
record Layout(List<Part> parts, Map<PatchEnd, Integer> placement) {
    /** Queues of one source that go to one destination on one worker. */
    record Part(PatchEnd source, PatchEnd destination, SortedSet<Integer> queues, int worker) {
        String name() {
            return source + " -> " + destination;
        }
    }

    /**
     * @param desired source to destination
     * @param former placement so far
     */
    static Layout of(
            Map<PatchEnd, PatchEnd> desired,
            PortTable ports,
            QueueMap map,
            int workers,
            Map<PatchEnd, Integer> former) {
        Map<PatchEnd, Integer> placement = new HashMap<>(former);
        placement.keySet().retainAll(new HashSet<>(desired.values()));
        List<Part> parts = new ArrayList<>();
        desired.forEach((source, destination) -> {
            int first = placement.computeIfAbsent(destination, end -> leastLoaded(placement, workers));
            TreeMap<Integer, SortedSet<Integer>> byWorker = new TreeMap<>();
            for (int queue : queues(source, desired.keySet(), ports)) {
                int usual = source.isWhole() ? (first + queue) % workers : first;
                byWorker.computeIfAbsent(map.worker(source.port(), queue, usual), w -> new TreeSet<>())
                        .add(queue);
            }
            byWorker.forEach((worker, queues) -> parts.add(new Part(source, destination, queues, worker)));
        });
        return new Layout(parts, placement);
    }

    private static SortedSet<Integer> queues(PatchEnd source, Set<PatchEnd> sources, PortTable ports) {
        SortedSet<Integer> queues = new TreeSet<>();
        if (!source.isWhole()) {
            queues.add(source.queue());
            return queues;
        }
        for (int queue = 0; queue < ports.rxQueues(source.port()); queue++) {
            if (!sources.contains(new PatchEnd(source.port(), queue))) {
                queues.add(queue);
            }
        }
        return queues;
    }

    private static int leastLoaded(Map<PatchEnd, Integer> load, int workers) {
        int[] uses = new int[workers];
        load.values().forEach(worker -> uses[worker]++);
        int best = 0;
        for (int i = 1; i < uses.length; i++) {
            if (uses[i] < uses[best]) {
                best = i;
            }
        }
        return best;
    }

    /** Queues of {@code port} that are for those who send to all of it: one per worker unless flows are spread. */
    static int wholeQueues(Port port, int queues, int workers) {
        return port.spreadsFlows() ? queues : Math.min(queues, workers);
    }
}

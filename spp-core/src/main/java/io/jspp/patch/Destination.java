package io.jspp.patch;

import io.jspp.port.LiveQueues;
import io.jspp.port.Quiescence;
import io.jspp.port.TxQueue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The transmit queues of one port, divided between the components that send to it, and divided anew whenever a queue of the port or of a source
 * becomes live or ceases to be.
 *
 * <p>Workers with a live source share the live queues out among each other, so that a queue has one user and needs no lock; when there are more
 * workers than queues, those that got the same one take turns by its {@link TxLock}. A port without a live queue gets everything at its lowest
 * one, which counts the drops.
 *
 * <p>A queue passes from one worker to another in two steps, like a plan: first everybody's share shrinks to what it has before and after, then
 * all workers pass a quiescent point, then the shares grow. Whoever has an empty share in between leaves its packets in the source. Called by
 * control thread and session thread; workers read the shares.
 */
final class Destination implements Runnable {
    /** Highest queue number and one. */
    static final int MAX_QUEUES = LiveQueues.MAX;

    /**
     * One user.
     *
     * @param pinned the only queue it may use, or {@link PatchEnd#WHOLE}
     */
    record Feed(PatchComponent component, int pinned) {}

    private final LiveQueues live;
    private final boolean spread;
    private final int wholeQueues;
    private final Quiescence quiescence;
    private final Map<Integer, TxLock> locks = new HashMap<>();
    private SortedMap<Integer, TxQueue> open = new TreeMap<>();
    private List<Feed> feeds = List.of();

    /**
     * @param live of the port
     * @param spread whether one worker uses all queues it can have, see {@link io.jspp.port.Port#spreadsFlows}
     * @param wholeQueues queues {@code 0 .. wholeQueues-1} are for those who send to the whole port
     */
    Destination(LiveQueues live, boolean spread, int wholeQueues, Quiescence quiescence) {
        this.live = live;
        this.spread = spread;
        this.wholeQueues = wholeQueues;
        this.quiescence = quiescence;
    }

    /** Other queues, other users. Those who use it no more are out of all plans already. */
    synchronized void change(SortedMap<Integer, TxQueue> queues, List<Feed> users) {
        observed().forEach(queuesThere -> queuesThere.forget(this));
        open = queues;
        feeds = List.copyOf(users);
        if (!feeds.isEmpty()) {
            observed().forEach(queuesThere -> queuesThere.observe(this));
            divide();
        }
    }

    private List<LiveQueues> observed() {
        List<LiveQueues> all = new ArrayList<>();
        if (!feeds.isEmpty()) {
            all.add(live);
            feeds.stream()
                    .map(feed -> feed.component().live())
                    .filter(sources -> sources != live)
                    .distinct()
                    .forEach(all::add);
        }
        return all;
    }

    /** A queue became live or ceased to be. */
    @Override
    public synchronized void run() {
        if (!feeds.isEmpty()) {
            divide();
        }
    }

    /** Workers that may send to a queue now. */
    synchronized List<Integer> workers(int queue) {
        return feeds.stream()
                .map(Feed::component)
                .filter(component -> component.share().entries().containsKey(queue))
                .map(PatchComponent::worker)
                .distinct()
                .sorted()
                .toList();
    }

    private void divide() {
        Map<PatchComponent, Share> next = next();
        boolean passes = feeds.stream().anyMatch(feed -> takesFromAnother(feed.component(), next));
        if (passes) {
            for (Feed feed : feeds) {
                PatchComponent component = feed.component();
                give(component, common(component.share(), next.get(component)));
            }
            quiescence.synchronize();
        }
        next.forEach(Destination::give);
    }

    private static void give(PatchComponent component, Share share) {
        if (!share.equals(component.share())) {
            component.share(share);
        }
    }

    /** Everybody's share as things are now. */
    private Map<PatchComponent, Share> next() {
        // Once only: a source may become live meanwhile, and then everything is divided again.
        Set<Feed> fed =
                feeds.stream().filter(feed -> feed.component().hasLiveSource()).collect(Collectors.toSet());
        Map<Integer, Set<Integer>> ofWorkers = divideWhole(fed);
        Map<Feed, Set<Integer>> numbers = new HashMap<>();
        Map<Integer, Set<Integer>> users = new HashMap<>();
        for (Feed feed : feeds) {
            int worker = feed.component().worker();
            Set<Integer> allowed = !fed.contains(feed)
                    ? Set.of()
                    : feed.pinned() != PatchEnd.WHOLE ? Set.of(feed.pinned()) : ofWorkers.get(worker);
            numbers.put(feed, allowed);
            allowed.forEach(
                    queue -> users.computeIfAbsent(queue, q -> new TreeSet<>()).add(worker));
        }
        Map<PatchComponent, Share> next = new HashMap<>();
        numbers.forEach((feed, allowed) -> {
            TreeMap<Integer, Share.Entry> entries = new TreeMap<>();
            for (int queue : allowed) {
                boolean shared = users.get(queue).size() > 1;
                TxLock lock = shared ? locks.computeIfAbsent(queue, q -> new TxLock()) : null;
                entries.put(queue, new Share.Entry(open.get(queue), lock));
            }
            next.put(feed.component(), entries.isEmpty() ? Share.NONE : new Share(entries));
        });
        return next;
    }

    /** By worker, the queues for those of its components that send to the whole port. */
    private Map<Integer, Set<Integer>> divideWhole(Set<Feed> fed) {
        int[] workers = fed.stream()
                .filter(feed -> feed.pinned() == PatchEnd.WHOLE)
                .mapToInt(feed -> feed.component().worker())
                .distinct()
                .sorted()
                .toArray();
        int[] queues = IntStream.range(0, wholeQueues).filter(live::has).toArray();
        if (queues.length == 0) {
            queues = new int[] {0};
        }
        Map<Integer, Set<Integer>> division = new HashMap<>();
        int rounds = spread ? Math.max(queues.length, workers.length) : workers.length;
        for (int i = 0; i < rounds && workers.length > 0; i++) {
            division.computeIfAbsent(workers[i % workers.length], w -> new TreeSet<>())
                    .add(queues[i % queues.length]);
        }
        return division;
    }

    /** Whether a queue of the component's next share is one that another worker may be using at this moment, and not by turns. */
    private boolean takesFromAnother(PatchComponent component, Map<PatchComponent, Share> next) {
        for (Map.Entry<Integer, Share.Entry> wanted :
                next.get(component).entries().entrySet()) {
            for (Feed other : feeds) {
                Share.Entry used = other.component().share().entries().get(wanted.getKey());
                boolean byTurns =
                        used != null && used.lock() != null && wanted.getValue().lock() != null;
                if (used != null && !byTurns && other.component().worker() != component.worker()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Share common(Share before, Share after) {
        TreeMap<Integer, Share.Entry> entries = new TreeMap<>();
        before.entries().forEach((queue, old) -> {
            Share.Entry wanted = after.entries().get(queue);
            if (wanted != null) {
                entries.put(queue, wanted.lock() != null ? wanted : old);
            }
        });
        return entries.isEmpty() ? Share.NONE : new Share(entries);
    }
}

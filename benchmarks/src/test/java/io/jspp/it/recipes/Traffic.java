package io.jspp.it.recipes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Frames sent at far ends and looked for at all of them. Each frame has to come out, whole, in order and once, at each end where it is due,
 * and nowhere else: then or ever after.
 */
final class Traffic {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long QUIET_NS = TimeUnit.MILLISECONDS.toNanos(30);
    private static final long PAUSE_NS = 100_000;

    private final Map<String, FarEnd> ends = new LinkedHashMap<>();
    private final Map<String, String> cables = new HashMap<>();
    private final List<List<byte[]>> groups = new ArrayList<>();

    /** For each group, at each end, the number that has to come next; an end at which nothing is due is not there. */
    private final List<Map<String, Integer>> next = new ArrayList<>();

    private final Map<Integer, Set<String>> passed = new HashMap<>();

    void add(String name, FarEnd end) {
        ends.put(name, end);
    }

    FarEnd end(String name) {
        return ends.get(name);
    }

    List<String> names() {
        return List.copyOf(ends.keySet());
    }

    void remove(String name) {
        poll();
        FarEnd end = ends.remove(name);
        if (end != null) {
            end.close();
        }
    }

    /** Joins two far ends, or lets one send back what it gets. */
    void cable(String a, String b) {
        cables.put(a, b);
        cables.put(b, a);
    }

    void removeCables() {
        cables.clear();
    }

    /** Sends a group of frames, which are due at these ends; returns which group. */
    int send(String from, String destination, List<String> due) {
        int group = groups.size();
        groups.add(NumberedFrames.of(group, destination));
        next.add(new HashMap<>());
        passed.put(group, new HashSet<>());
        due(group, due);
        ends.get(from).send(groups.get(group));
        return group;
    }

    /** From now on a group is due at these ends. */
    void due(int group, List<String> names) {
        for (String name : names) {
            assertNotNull(ends.get(name), name);
            next.get(group).put(name, 0);
        }
    }

    /** Waits until all frames of a group have come out where they are due. */
    void await(int group) {
        long begin = System.nanoTime();
        while (next.get(group).values().stream().anyMatch(number -> number < NumberedFrames.COUNT)) {
            assertTrue(
                    System.nanoTime() - begin < LIMIT_NS,
                    () -> "of " + NumberedFrames.COUNT + " frames came out: " + next.get(group));
            if (!poll()) {
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    /** Looks a moment longer. */
    void awaitQuiet() {
        for (long begin = System.nanoTime(); System.nanoTime() - begin < QUIET_NS; ) {
            if (poll()) {
                begin = System.nanoTime();
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    /** The guests that a group has passed. */
    Set<String> guestsPassed(int group) {
        Set<String> guests = new HashSet<>(passed.get(group));
        guests.removeIf(name -> !name.contains("vhost:"));
        return guests;
    }

    /** Takes what has come out; false when nothing has. */
    private boolean poll() {
        boolean any = false;
        for (Map.Entry<String, FarEnd> end : ends.entrySet()) {
            for (byte[] frame = end.getValue().receive();
                    frame != null;
                    frame = end.getValue().receive()) {
                if (NumberedFrames.isOne(frame)) {
                    any = true;
                    arrived(end.getKey(), frame);
                }
            }
        }
        return any;
    }

    private void arrived(String end, byte[] frame) {
        int group = NumberedFrames.group(frame);
        int number = NumberedFrames.number(frame);
        assertTrue(group < groups.size() && number < NumberedFrames.COUNT, "a frame that nobody has sent, at " + end);
        String what = "frame " + number + " of group " + group + " at " + end;
        assertArrayEquals(groups.get(group).get(number), frame, what);
        if (cables.containsKey(end)) {
            passed.get(group).add(end);
            ends.get(cables.get(end)).send(List.of(frame));
            return;
        }
        Integer expected = next.get(group).get(end);
        assertNotNull(expected, what + ", where it is not due");
        assertEquals(expected, number, what + ": not the one that has to come next");
        next.get(group).put(end, number + 1);
    }

    void close() {
        ends.values().forEach(FarEnd::close);
        ends.clear();
    }
}

package io.jspp.it.matrix;

import io.jspp.testing.conformance.Feature;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One combination of the options that a virtio-net device has and a back-end sees. */
record Combination(boolean packed, boolean mergeable, boolean indirect, boolean eventIndex, int queueSize, int pairs) {
    private static final List<Boolean> BOTH = List.of(false, true);
    /** Queue sizes of virtio-net devices of QEMU. */
    static final List<Integer> QEMU_SIZES = List.of(256, 1024);

    static final List<Integer> ALL_SIZES = List.of(64, 256, 1024);
    private static final List<Integer> PAIRS = List.of(1, 2, 4);

    /** Every combination, neighbours unlike each other in many options. */
    static List<Combination> all(List<Integer> sizes) {
        List<Combination> all = new ArrayList<>();
        for (int pairs : PAIRS) {
            for (int size : sizes) {
                for (boolean mergeable : BOTH) {
                    for (boolean indirect : BOTH) {
                        for (boolean eventIndex : BOTH) {
                            for (boolean packed : BOTH) {
                                all.add(new Combination(packed, mergeable, indirect, eventIndex, size, pairs));
                            }
                        }
                    }
                }
            }
        }
        return all;
    }

    /** {@code count} combinations in which any two values of two options meet. */
    static List<Combination> pairwise(int count, List<Integer> sizes) {
        List<Combination> left = new ArrayList<>(all(sizes));
        Set<String> open = new HashSet<>();
        left.forEach(one -> open.addAll(one.meetings()));
        List<Combination> chosen = new ArrayList<>();
        while (chosen.size() < count) {
            Combination best = left.get(0);
            int bestNew = -1;
            for (Combination one : left) {
                int fresh = (int) one.meetings().stream().filter(open::contains).count();
                if (fresh > bestNew) {
                    best = one;
                    bestNew = fresh;
                }
            }
            left.remove(best);
            open.removeAll(best.meetings());
            chosen.add(best);
        }
        if (!open.isEmpty()) {
            throw new IllegalStateException(count + " combinations are too few, not met: " + open);
        }
        return chosen;
    }

    private Set<String> meetings() {
        List<String> values = List.of(
                "packed=" + packed,
                "mergeable=" + mergeable,
                "indirect=" + indirect,
                "event=" + eventIndex,
                "size=" + queueSize,
                "pairs=" + pairs);
        Set<String> meetings = new HashSet<>();
        for (int i = 0; i < values.size(); i++) {
            for (int j = i + 1; j < values.size(); j++) {
                meetings.add(values.get(i) + " " + values.get(j));
            }
        }
        return meetings;
    }

    String netdevOptions() {
        return pairs > 1 ? "queues=" + pairs : "";
    }

    String deviceOptions() {
        return String.join(
                ",",
                "packed=" + word(packed),
                "mrg_rxbuf=" + word(mergeable),
                "indirect_desc=" + word(indirect),
                "event_idx=" + word(eventIndex),
                "rx_queue_size=" + queueSize,
                "tx_queue_size=" + queueSize,
                "mq=" + word(pairs > 1));
    }

    private static String word(boolean on) {
        return on ? "on" : "off";
    }

    List<Feature> features() {
        List<Feature> features = new ArrayList<>(List.of(
                packed ? Feature.PACKED : Feature.SPLIT,
                mergeable ? Feature.MERGEABLE : Feature.NO_MERGEABLE,
                indirect ? Feature.INDIRECT : Feature.NO_INDIRECT,
                eventIndex ? Feature.EVENT_IDX : Feature.NO_EVENT_IDX,
                queueSize == 64 ? Feature.QUEUE_64 : queueSize == 256 ? Feature.QUEUE_256 : Feature.QUEUE_1024));
        if (pairs > 1) {
            features.add(pairs == 2 ? Feature.TWO_PAIRS : Feature.FOUR_PAIRS);
        }
        return features;
    }

    @Override
    public String toString() {
        return (packed ? "packed" : "split") + (mergeable ? " mergeable" : "") + (indirect ? " indirect" : "")
                + (eventIndex ? " event-index" : "") + " " + queueSize + " descriptors " + pairs + " pairs";
    }
}

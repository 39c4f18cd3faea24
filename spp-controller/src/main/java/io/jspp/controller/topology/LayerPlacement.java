package io.jspp.controller.topology;

import io.jspp.controller.topology.LayerOrdering.Joint;
import io.jspp.controller.topology.Parts.Item;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives every item its height above the others: as near to what it is joined to as the order within its layer and the
 * distances allow (least squares, pool adjacent violators). One use, one thread.
 */
final class LayerPlacement {
    private static final int ROUNDS = 10;
    private static final double GAP = 16;
    private static final double LINE_GAP = 6;

    private final List<List<Item>> layers;
    private final List<List<Joint>> gaps;

    LayerPlacement(final List<List<Item>> layers, final List<List<Joint>> gaps) {
        this.layers = layers;
        this.gaps = gaps;
    }

    /** Sets {@code y} of every item; the smallest is 0. */
    void run() {
        for (final List<Item> layer : layers) {
            double y = 0;
            for (final Item item : layer) {
                item.y = y;
                y += item.height + GAP;
            }
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 1; i < layers.size(); i++) {
                place(i, true, false);
            }
            for (int i = layers.size() - 2; i >= 0; i--) {
                place(i, false, true);
            }
        }
        for (int i = 0; i < layers.size(); i++) {
            place(i, true, true);
        }
        final double top = layers.stream()
                .flatMap(List::stream)
                .mapToDouble(item -> item.y)
                .min()
                .orElse(0);
        layers.forEach(layer -> layer.forEach(item -> item.y -= top));
    }

    private void place(final int layer, final boolean lookLeft, final boolean lookRight) {
        final List<Item> items = layers.get(layer);
        final Map<Item, double[]> sums = new HashMap<>();
        if (lookLeft && layer > 0) {
            for (final Joint joint : gaps.get(layer - 1)) {
                add(sums, joint.right(), joint.rightFraction(), joint.left(), joint.leftFraction());
            }
        }
        if (lookRight && layer < gaps.size()) {
            for (final Joint joint : gaps.get(layer)) {
                add(sums, joint.left(), joint.leftFraction(), joint.right(), joint.rightFraction());
            }
        }
        // Wishes less the room the items above need: then only the order of the values has to be kept.
        final double[] values = new double[items.size()];
        final double[] weights = new double[items.size()];
        final double[] room = new double[items.size()];
        for (int i = 0; i < items.size(); i++) {
            final Item item = items.get(i);
            if (i > 0) {
                final Item above = items.get(i - 1);
                final boolean lines = above.width == 0 && item.width == 0;
                room[i] = room[i - 1] + above.height + (lines ? LINE_GAP : GAP);
            }
            final double[] sum = sums.get(item);
            values[i] = (sum == null ? item.y : sum[0] / sum[1]) - room[i];
            weights[i] = sum == null ? 0.1 : sum[1];
        }
        pool(values, weights);
        for (int i = 0; i < items.size(); i++) {
            items.get(i).y = values[i] + room[i];
        }
    }

    private static void add(
            final Map<Item, double[]> sums,
            final Item item,
            final double fraction,
            final Item other,
            final double otherFraction) {
        final double[] sum = sums.computeIfAbsent(item, key -> new double[2]);
        sum[0] += other.y + other.height * otherFraction - item.height * fraction;
        sum[1]++;
    }

    /** The nearest sequence that never falls. */
    private static void pool(final double[] values, final double[] weights) {
        final int[] begin = new int[values.length];
        final double[] mean = new double[values.length];
        final double[] weight = new double[values.length];
        int count = 0;
        for (int i = 0; i < values.length; i++) {
            begin[count] = i;
            mean[count] = values[i];
            weight[count++] = weights[i];
            while (count > 1 && mean[count - 2] > mean[count - 1]) {
                final double total = weight[count - 2] + weight[count - 1];
                mean[count - 2] = (mean[count - 2] * weight[count - 2] + mean[count - 1] * weight[count - 1]) / total;
                weight[count - 2] = total;
                count--;
            }
        }
        for (int i = values.length - 1; i >= 0; i--) {
            if (i < begin[count - 1]) {
                count--;
            }
            values[i] = mean[count - 1];
        }
    }
}

package io.jspp.controller.topology;

import io.jspp.controller.topology.Parts.Item;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Orders the items of each layer so that few lines cross: every item goes to the middle of what it is joined to, from left
 * to right and back, and the best order seen is kept. One use, one thread.
 */
final class LayerOrdering {
    private static final int ROUNDS = 12;
    /** Beyond this many joints the crossings are not counted, the last order is taken. */
    private static final int MAX_COUNTED = 3_000;

    /** A piece of a line between two neighbouring layers; the fractions say where in the item it ends. */
    record Joint(Item left, double leftFraction, Item right, double rightFraction) {}

    private final List<List<Item>> layers;
    private final List<List<Joint>> gaps;

    /** @param gaps joints between layer i and i + 1 */
    LayerOrdering(final List<List<Item>> layers, final List<List<Joint>> gaps) {
        this.layers = layers;
        this.gaps = gaps;
    }

    void run() {
        layers.forEach(LayerOrdering::number);
        final boolean counted = gaps.stream().mapToInt(List::size).sum() <= MAX_COUNTED;
        List<List<Item>> best = copy();
        long fewest = counted ? crossings() : Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && fewest > 0; round++) {
            for (int i = 1; i < layers.size(); i++) {
                sort(i, gaps.get(i - 1), true);
            }
            for (int i = layers.size() - 2; i >= 0; i--) {
                sort(i, gaps.get(i), false);
            }
            final long now = counted ? crossings() : 0;
            if (now < fewest || !counted) {
                fewest = counted ? now : Long.MAX_VALUE;
                best = copy();
            }
        }
        for (int i = 0; i < layers.size(); i++) {
            layers.set(i, best.get(i));
            number(layers.get(i));
        }
    }

    private void sort(final int layer, final List<Joint> gap, final boolean lookLeft) {
        final Map<Item, double[]> sums = new HashMap<>();
        for (final Joint joint : gap) {
            final double[] sum = sums.computeIfAbsent(lookLeft ? joint.right : joint.left, item -> new double[2]);
            sum[0] += lookLeft ? joint.left.position + joint.leftFraction : joint.right.position + joint.rightFraction;
            sum[1]++;
        }
        final Map<Item, Double> wishes = new HashMap<>();
        for (final Item item : layers.get(layer)) {
            final double[] sum = sums.get(item);
            wishes.put(item, sum == null ? item.position : sum[0] / sum[1]);
        }
        layers.get(layer).sort(Comparator.comparing(wishes::get));
        number(layers.get(layer));
    }

    private long crossings() {
        long count = 0;
        for (final List<Joint> gap : gaps) {
            for (int i = 0; i < gap.size(); i++) {
                final Joint a = gap.get(i);
                for (int j = i + 1; j < gap.size(); j++) {
                    final Joint b = gap.get(j);
                    final double left = a.left.position + a.leftFraction - b.left.position - b.leftFraction;
                    final double right = a.right.position + a.rightFraction - b.right.position - b.rightFraction;
                    count += left * right < 0 ? 1 : 0;
                }
            }
        }
        return count;
    }

    private List<List<Item>> copy() {
        final List<List<Item>> copy = new ArrayList<>();
        layers.forEach(layer -> copy.add(new ArrayList<>(layer)));
        return copy;
    }

    private static void number(final List<Item> layer) {
        for (int i = 0; i < layer.size(); i++) {
            layer.get(i).position = i;
        }
    }
}

package io.jspp.controller.topology;

import io.jspp.controller.topology.Parts.Block;
import io.jspp.controller.topology.Parts.Link;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides which block of a connected graph stands in which column: a line of blocks is found in which few edges go back,
 * and each block stands one column behind the last of those that lead to it. One use, one thread.
 */
final class Layering {
    private final List<Block> blocks;
    private final List<Link> links;
    private final Map<Block, Integer> index = new HashMap<>();
    private final List<List<Integer>> neighbours = new ArrayList<>();
    private final int[] in;
    private final int[] out;

    Layering(final List<Block> blocks, final List<Link> links) {
        this.blocks = blocks;
        this.links = links;
        in = new int[blocks.size()];
        out = new int[blocks.size()];
        for (final Block block : blocks) {
            index.put(block, index.size());
            neighbours.add(new ArrayList<>());
        }
        for (final Link link : links) {
            final int from = index.get(link.source.block);
            final int to = index.get(link.target.block);
            neighbours.get(from).add(to);
            neighbours.get(to).add(from);
            if (!link.edge.bothWays()) {
                out[from]++;
                in[to]++;
            }
        }
    }

    /** Turns links so that all go to the right; returns the column of each block. */
    int[] run() {
        final int[] place = new int[blocks.size()];
        final List<Integer> line = line();
        for (int i = 0; i < line.size(); i++) {
            place[line.get(i)] = i;
        }
        final List<List<Integer>> before = new ArrayList<>();
        final List<List<Integer>> after = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            before.add(new ArrayList<>());
            after.add(new ArrayList<>());
        }
        for (final Link link : links) {
            final int from = index.get(link.source.block);
            final int to = index.get(link.target.block);
            link.reversed = place[from] > place[to];
            before.get(link.reversed ? from : to).add(link.reversed ? to : from);
            after.get(link.reversed ? to : from).add(link.reversed ? from : to);
        }
        final int[] column = new int[blocks.size()];
        for (final int block : line) {
            for (final int previous : before.get(block)) {
                column[block] = Math.max(column[block], column[previous] + 1);
            }
        }
        // A block that leads to more than leads to it stands close to what it leads to.
        for (int i = line.size() - 1; i >= 0; i--) {
            final int block = line.get(i);
            if (after.get(block).size() > before.get(block).size()) {
                column[block] = after.get(block).stream()
                                .mapToInt(next -> column[next])
                                .min()
                                .orElseThrow()
                        - 1;
            }
        }
        return column;
    }

    /** Blocks such that most edges lead forward: whoever has nothing before it goes first, near ones before far ones. */
    private List<Integer> line() {
        final int[] distance = distances(start());
        final int[] open = in.clone();
        final boolean[] placed = new boolean[blocks.size()];
        final List<Integer> line = new ArrayList<>();
        while (line.size() < blocks.size()) {
            int best = -1;
            for (int block = 0; block < blocks.size(); block++) {
                if (!placed[block] && (best < 0 || isBetter(block, best, open, distance))) {
                    best = block;
                }
            }
            placed[best] = true;
            line.add(best);
            for (final Link link : links) {
                if (!link.edge.bothWays() && index.get(link.source.block) == best) {
                    open[index.get(link.target.block)]--;
                }
            }
        }
        return line;
    }

    private boolean isBetter(final int block, final int other, final int[] open, final int[] distance) {
        final boolean free = open[block] == 0;
        if (free != (open[other] == 0)) {
            return free;
        }
        if (!free && out[block] - open[block] != out[other] - open[other]) {
            return out[block] - open[block] > out[other] - open[other];
        }
        return distance[block] < distance[other];
    }

    /** A block with edges out and none in; else an end of a long way. */
    private int start() {
        for (int block = 0; block < blocks.size(); block++) {
            if (in[block] == 0 && out[block] > 0) {
                return block;
            }
        }
        final int end = farthest(0);
        return Math.min(end, farthest(end));
    }

    private int farthest(final int from) {
        final int[] distance = distances(from);
        int best = from;
        for (int block = 0; block < distance.length; block++) {
            if (distance[block] > distance[best]) {
                best = block;
            }
        }
        return best;
    }

    private int[] distances(final int from) {
        final int[] distance = new int[blocks.size()];
        Arrays.fill(distance, -1);
        final Deque<Integer> queue = new ArrayDeque<>(List.of(from));
        distance[from] = 0;
        while (!queue.isEmpty()) {
            final int block = queue.remove();
            for (final int next : neighbours.get(block)) {
                if (distance[next] < 0) {
                    distance[next] = distance[block] + 1;
                    queue.add(next);
                }
            }
        }
        return distance;
    }
}

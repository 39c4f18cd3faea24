package io.jspp.controller.topology;

import io.jspp.controller.topology.LayerOrdering.Joint;
import io.jspp.controller.topology.Parts.Block;
import io.jspp.controller.topology.Parts.Cell;
import io.jspp.controller.topology.Parts.Item;
import io.jspp.controller.topology.Parts.Link;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Lays out blocks that hang together, from left to right: blocks in even layers, labels and passing lines in between. Lines
 * bend only between the layers' columns, where there is nothing else. One use, one thread.
 */
final class ComponentLayout {
    private static final double COLUMN_GAP = 26;
    private static final double MAX_EXTRA_GAP = 70;

    private final List<Block> blocks;
    private final List<Link> links;
    private final List<List<Item>> layers = new ArrayList<>();
    private final List<List<Joint>> gaps = new ArrayList<>();
    private double[] columnX;
    private double[] columnWidth;

    ComponentLayout(final List<Block> blocks, final List<Link> links) {
        this.blocks = blocks;
        this.links = links;
    }

    /** Lays out and draws, from 0,0 on; the captions stay empty. */
    Drawing run() {
        final int[] column = new Layering(blocks, links).run();
        for (final Link link : links) {
            link.leftCell().right.add(link);
            link.rightCell().left.add(link);
        }
        int last = 0;
        for (int i = 0; i < column.length; i++) {
            last = Math.max(last, column[i]);
        }
        for (int i = 0; i <= 2 * last; i++) {
            layers.add(new ArrayList<>());
            gaps.add(new ArrayList<>());
        }
        gaps.remove(2 * last);
        for (int i = 0; i < column.length; i++) {
            blocks.get(i).measure();
            put(new Item(blocks.get(i)), 2 * column[i]);
        }
        links.forEach(this::putBetween);
        joinAll();
        new LayerOrdering(layers, gaps).run();
        new LayerPlacement(layers, gaps).run();
        // Where lines meet a box follows from where they come from; that moves the lines a little, hence once more.
        sortSides();
        gaps.forEach(List::clear);
        joinAll();
        new LayerPlacement(layers, gaps).run();
        sortSides();
        columns();
        return draw();
    }

    private void put(final Item item, final int layer) {
        item.layer = layer;
        layers.get(layer).add(item);
    }

    private void putBetween(final Link link) {
        final int from = link.leftCell().block.item.layer;
        final int to = link.rightCell().block.item.layer;
        for (int layer = from + 1; layer < to; layer++) {
            final Item item = new Item(link, layer == from + 1 ? link.edge.label() : "");
            link.between.add(item);
            put(item, layer);
        }
    }

    private void joinAll() {
        for (final Link link : links) {
            Item left = link.leftCell().block.item;
            double fraction = fraction(link.leftCell(), link);
            for (final Item item : link.between) {
                gaps.get(left.layer).add(new Joint(left, fraction, item, 0.5));
                left = item;
                fraction = 0.5;
            }
            final Cell target = link.rightCell();
            gaps.get(left.layer).add(new Joint(left, fraction, target.block.item, fraction(target, link)));
        }
    }

    private static double fraction(final Cell cell, final Link link) {
        return (cell.port(link) - cell.block.item.y) / cell.block.height;
    }

    private void sortSides() {
        for (final Block block : blocks) {
            for (final Cell cell : block.cells) {
                cell.right.sort(
                        Comparator.comparingDouble(link -> link.between.get(0).middle()));
                cell.left.sort(Comparator.comparingDouble(
                        link -> link.between.get(link.between.size() - 1).middle()));
            }
        }
    }

    private void columns() {
        columnX = new double[layers.size()];
        columnWidth = new double[layers.size()];
        double x = 0;
        for (int i = 0; i < layers.size(); i++) {
            columnX[i] = x;
            columnWidth[i] =
                    layers.get(i).stream().mapToDouble(item -> item.width).max().orElse(0);
            double tallest = 0;
            if (i < gaps.size()) {
                for (final Joint joint : gaps.get(i)) {
                    final double leftY = joint.left().y + joint.leftFraction() * joint.left().height;
                    final double rightY = joint.right().y + joint.rightFraction() * joint.right().height;
                    tallest = Math.max(tallest, Math.abs(leftY - rightY));
                }
            }
            x += columnWidth[i] + COLUMN_GAP + Math.min(MAX_EXTRA_GAP, tallest / 5);
        }
    }

    private Drawing draw() {
        final List<Drawing.Box> boxes = new ArrayList<>();
        final List<Drawing.Frame> frames = new ArrayList<>();
        final List<Drawing.Label> labels = new ArrayList<>();
        final List<Drawing.Line> lines = new ArrayList<>();
        for (final Block block : blocks) {
            drawBlock(block, x(block.item), block.item.y, boxes, frames);
        }
        for (final Link link : links) {
            final List<Drawing.Point> points = new ArrayList<>();
            final Cell from = link.leftCell();
            final Cell to = link.rightCell();
            addPiece(points, right(from), end(from.block.item), from.port(link));
            for (final Item item : link.between) {
                if (!item.text.isEmpty()) {
                    labels.add(new Drawing.Label(area(item), item.text, link.edge.clientId()));
                }
                // A column without labels is nothing to go round: the line crosses it in one bend.
                if (columnWidth[item.layer] > 0) {
                    addPiece(points, columnX[item.layer], end(item), item.middle());
                }
            }
            addPiece(points, columnX[to.block.item.layer], left(to), to.port(link));
            final boolean both = link.edge.bothWays();
            lines.add(new Drawing.Line(
                    List.copyOf(points),
                    link.edge.clientId(),
                    link.edge.running(),
                    both || link.reversed,
                    both || !link.reversed));
        }
        double width = 0;
        double height = 0;
        for (final List<Item> layer : layers) {
            for (final Item item : layer) {
                width = Math.max(width, x(item) + item.width);
                height = Math.max(height, item.y + item.height);
            }
        }
        return new Drawing(width, height, boxes, frames, labels, lines, List.of());
    }

    /** Draws a block at a place. */
    static void drawBlock(
            final Block block,
            final double x,
            final double y,
            final List<Drawing.Box> boxes,
            final List<Drawing.Frame> frames) {
        final double inset = block.title == null ? 0 : Parts.FRAME_PADDING;
        if (block.title != null) {
            frames.add(new Drawing.Frame(new Drawing.Area(x, y, block.width, block.height), block.title));
        }
        for (final Cell cell : block.cells) {
            boxes.add(new Drawing.Box(
                    new Drawing.Area(x + inset, y + cell.offset, block.width - 2 * inset, cell.height),
                    List.copyOf(cell.rows),
                    cell.node.type()));
        }
    }

    private static void addPiece(
            final List<Drawing.Point> points, final double begin, final double end, final double y) {
        points.add(new Drawing.Point(begin, y));
        if (end > begin) {
            points.add(new Drawing.Point(end, y));
        }
    }

    private double x(final Item item) {
        return columnX[item.layer] + (columnWidth[item.layer] - item.width) / 2;
    }

    /** Right end of an item's column. */
    private double end(final Item item) {
        return columnX[item.layer] + columnWidth[item.layer];
    }

    private double left(final Cell cell) {
        return x(cell.block.item) + (cell.block.title == null ? 0 : Parts.FRAME_PADDING);
    }

    private double right(final Cell cell) {
        return x(cell.block.item) + cell.block.width - (cell.block.title == null ? 0 : Parts.FRAME_PADDING);
    }

    private Drawing.Area area(final Item item) {
        return new Drawing.Area(x(item), item.y, item.width, item.height);
    }
}

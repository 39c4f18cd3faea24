package io.jspp.controller.topology;

import java.util.ArrayList;
import java.util.List;

/** What the layout moves around before there is a {@link Drawing}. Mutable; one thread, one layout. */
final class Parts {
    static final double CELL_PADDING = 8;
    static final double FRAME_PADDING = 10;
    private static final double CELL_GAP = 8;
    private static final double LINE_GAP = 12;

    private Parts() {}

    /** A box and the places where lines meet it. */
    static final class Cell {
        final Topology.Node node;
        final List<String> rows = new ArrayList<>();
        final List<Link> left = new ArrayList<>();
        final List<Link> right = new ArrayList<>();
        Block block;
        double offset;
        double height;

        Cell(final Topology.Node node) {
            this.node = node;
            rows.add(node.type().equals("component") ? node.name().replaceFirst(".*:", "") : node.name());
            if (node.type().equals("component")) {
                rows.add(node.detail() + ' ' + node.name().replaceFirst(":[^:]*$", ""));
            } else if (!node.detail().isEmpty()) {
                rows.add(node.detail());
            }
        }

        double width() {
            return rows.stream().mapToInt(String::length).max().orElse(1) * Drawing.CHAR + 2 * CELL_PADDING + 4;
        }

        double y() {
            return block.item.y + offset;
        }

        /** Where this link meets the side it is on. */
        double port(final Link link) {
            final List<Link> side = left.contains(link) ? left : right;
            return y() + height * (side.indexOf(link) + 1) / (side.size() + 1);
        }
    }

    /** One box alone, or the boxes of a subgraph, below each other in a frame. */
    static final class Block {
        final List<Cell> cells = new ArrayList<>();
        final String title;
        Item item;
        double width;
        double height;

        Block(final String title) {
            this.title = title;
        }

        void add(final Cell cell) {
            cells.add(cell);
            cell.block = this;
        }

        /** Sizes, once all links are known. */
        void measure() {
            double y = title == null ? 0 : Drawing.ROW + CELL_PADDING;
            width = title == null ? 0 : title.length() * Drawing.CHAR;
            for (final Cell cell : cells) {
                final int lines = Math.max(cell.left.size(), cell.right.size());
                cell.height = Math.max(cell.rows.size() * Drawing.ROW + CELL_PADDING, (lines + 1) * LINE_GAP);
                cell.offset = y;
                y += cell.height + CELL_GAP;
                width = Math.max(width, cell.width());
            }
            height = y - CELL_GAP + (title == null ? 0 : FRAME_PADDING);
            width += title == null ? 0 : 2 * FRAME_PADDING;
        }
    }

    /** Something that has a place in a layer: a block, a label, or where a line passes. */
    static final class Item {
        final Block block;
        final Link link;
        final String text;
        final double width;
        final double height;
        int layer;
        double y;
        /** Place in the layer, while the order is sought. */
        int position;

        Item(final Block block) {
            this.block = block;
            this.link = null;
            this.text = "";
            this.width = block.width;
            this.height = block.height;
            block.item = this;
        }

        Item(final Link link, final String text) {
            this.block = null;
            this.link = link;
            this.text = text;
            this.width = text.isEmpty() ? 0 : text.length() * Drawing.CHAR + 6;
            this.height = text.isEmpty() ? 8 : Drawing.ROW;
        }

        double middle() {
            return y + height / 2;
        }
    }

    /** An edge as it is drawn: from a box to another one further right. */
    static final class Link {
        final Topology.Edge edge;
        final Cell source;
        final Cell target;
        /** Set when the layout has decided that {@code target} is the left one. */
        boolean reversed;
        /** Labels and passages between the two boxes, one for each layer in between. */
        final List<Item> between = new ArrayList<>();

        Link(final Topology.Edge edge, final Cell source, final Cell target) {
            this.edge = edge;
            this.source = source;
            this.target = target;
        }

        Cell leftCell() {
            return reversed ? target : source;
        }

        Cell rightCell() {
            return reversed ? source : target;
        }
    }
}

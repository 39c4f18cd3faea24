package io.jspp.controller.topology;

import io.jspp.controller.topology.Parts.Block;
import io.jspp.controller.topology.Parts.Cell;
import io.jspp.controller.topology.Parts.Item;
import io.jspp.controller.topology.Parts.Link;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes a {@link Drawing} of a {@link Topology}: what hangs together is laid out by itself, then all is put on one page. */
final class Layouter {
    private static final double MARGIN = 16;
    private static final double DISTANCE = 34;
    private static final double GRID_GAP = 14;
    private static final double PAGE_WIDTH = 900;

    private final List<Block> blocks = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private final List<Drawing> parts = new ArrayList<>();

    private Layouter() {}

    static Drawing layout(final Topology topology) {
        final Layouter layouter = new Layouter();
        final Topology merged = topology.merged();
        layouter.build(merged);
        layouter.layoutConnected();
        layouter.layoutRest();
        return layouter.page(merged);
    }

    private void build(final Topology topology) {
        final Map<String, Block> frames = new LinkedHashMap<>();
        final Map<String, Cell> cells = new HashMap<>();
        for (final Topology.Node node : topology.nodes()) {
            final String label = topology.subgraphOf(node.name());
            final Block block = label == null ? new Block(null) : frames.computeIfAbsent(label, Block::new);
            if (block.cells.isEmpty()) {
                blocks.add(block);
            }
            final Cell cell = new Cell(node);
            block.add(cell);
            cells.put(node.name(), cell);
        }
        for (final Topology.Edge edge : topology.edges()) {
            final Cell from = cells.get(edge.from());
            final Cell to = cells.get(edge.to());
            if (from.block == to.block) {
                from.rows.add((edge.bothWays() ? "<-> " : "-> ") + edge.to() + ' ' + edge.label());
            } else {
                links.add(new Link(edge, from, to));
            }
        }
    }

    private void layoutConnected() {
        final Map<Block, Block> leaders = new HashMap<>();
        for (final Link link : links) {
            leaders.put(leader(leaders, link.source.block), leader(leaders, link.target.block));
        }
        final Map<Block, List<Block>> groups = new LinkedHashMap<>();
        for (final Block block : blocks) {
            groups.computeIfAbsent(leader(leaders, block), key -> new ArrayList<>())
                    .add(block);
        }
        for (final List<Block> group : groups.values()) {
            final Set<Block> members = new HashSet<>(group);
            final List<Link> own = links.stream()
                    .filter(link -> members.contains(link.source.block))
                    .toList();
            if (!own.isEmpty()) {
                parts.add(new ComponentLayout(group, own).run());
                blocks.removeAll(members);
            }
        }
    }

    private static Block leader(final Map<Block, Block> leaders, final Block block) {
        Block leader = block;
        while (leaders.getOrDefault(leader, leader) != leader) {
            leader = leaders.get(leader);
        }
        return leader;
    }

    /** Blocks without a line, in rows. */
    private void layoutRest() {
        if (blocks.isEmpty()) {
            return;
        }
        final List<Drawing.Box> boxes = new ArrayList<>();
        final List<Drawing.Frame> frames = new ArrayList<>();
        final String text = "not connected:";
        double width = text.length() * Drawing.CHAR;
        double x = 0;
        double y = Drawing.ROW + GRID_GAP / 2;
        double rowHeight = 0;
        for (final Block block : blocks) {
            block.measure();
            new Item(block);
            if (x > 0 && x + block.width > PAGE_WIDTH) {
                x = 0;
                y += rowHeight + GRID_GAP;
                rowHeight = 0;
            }
            ComponentLayout.drawBlock(block, x, y, boxes, frames);
            width = Math.max(width, x + block.width);
            rowHeight = Math.max(rowHeight, block.height);
            x += block.width + GRID_GAP;
        }
        final Drawing.Area area = new Drawing.Area(0, 0, text.length() * Drawing.CHAR, Drawing.ROW);
        parts.add(new Drawing(
                width, y + rowHeight, boxes, frames, List.of(), List.of(), List.of(new Drawing.Caption(area, text))));
    }

    /** The parts in rows, and what the dashes mean. */
    private Drawing page(final Topology topology) {
        double limit = PAGE_WIDTH;
        for (final Drawing part : parts) {
            limit = Math.max(limit, part.width());
        }
        final List<Drawing.Box> boxes = new ArrayList<>();
        final List<Drawing.Frame> frames = new ArrayList<>();
        final List<Drawing.Label> labels = new ArrayList<>();
        final List<Drawing.Line> lines = new ArrayList<>();
        final List<Drawing.Caption> captions = new ArrayList<>();
        double x = MARGIN;
        double y = MARGIN;
        double rowHeight = 0;
        double width = 0;
        for (final Drawing part : parts) {
            final boolean restOfPorts = !part.captions().isEmpty();
            if (x > MARGIN && (restOfPorts || x + part.width() > limit)) {
                x = MARGIN;
                y += rowHeight + DISTANCE;
                rowHeight = 0;
            }
            final double dx = x;
            final double dy = y;
            part.boxes().forEach(box -> boxes.add(new Drawing.Box(box.area().shifted(dx, dy), box.rows(), box.type())));
            part.frames()
                    .forEach(frame -> frames.add(new Drawing.Frame(frame.area().shifted(dx, dy), frame.title())));
            part.labels()
                    .forEach(label -> labels.add(
                            new Drawing.Label(label.area().shifted(dx, dy), label.text(), label.clientId())));
            part.lines().forEach(line -> lines.add(shifted(line, dx, dy)));
            part.captions()
                    .forEach(caption ->
                            captions.add(new Drawing.Caption(caption.area().shifted(dx, dy), caption.text())));
            width = Math.max(width, x + part.width());
            rowHeight = Math.max(rowHeight, part.height());
            x += part.width() + 2 * DISTANCE;
        }
        double bottom = y + rowHeight;
        for (final String note : notes(topology)) {
            final double noteWidth = note.length() * Drawing.CHAR;
            captions.add(
                    new Drawing.Caption(new Drawing.Area(MARGIN, bottom + GRID_GAP, noteWidth, Drawing.ROW), note));
            bottom += GRID_GAP + Drawing.ROW;
            width = Math.max(width, MARGIN + noteWidth);
        }
        return new Drawing(width + MARGIN, bottom + MARGIN, boxes, frames, labels, lines, captions);
    }

    private static List<String> notes(final Topology topology) {
        final List<String> notes = new ArrayList<>();
        if (topology.nodes().isEmpty()) {
            notes.add("no ports");
        }
        if (!topology.edges().stream().allMatch(Topology.Edge::running)) {
            notes.add("dashed: not forwarding");
        }
        notes.addAll(topology.notes());
        return notes;
    }

    private static Drawing.Line shifted(final Drawing.Line line, final double dx, final double dy) {
        return new Drawing.Line(
                line.points().stream()
                        .map(point -> new Drawing.Point(point.x() + dx, point.y() + dy))
                        .toList(),
                line.clientId(),
                line.running(),
                line.arrowAtStart(),
                line.arrowAtEnd());
    }
}

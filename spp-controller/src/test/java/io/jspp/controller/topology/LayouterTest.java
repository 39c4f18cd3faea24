package io.jspp.controller.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What makes a picture readable, checked on the geometry. */
class LayouterTest {
    @Test
    void shouldShowEveryPortOnceAndEveryWay() {
        final Topology topology = Graphs.sixNetworks();
        final Drawing drawing = Layouter.layout(topology);
        assertEquals(topology.nodes().size(), drawing.boxes().size());
        assertEquals(topology.merged().edges().size(), drawing.lines().size());
        assertEquals(8, drawing.frames().size());
        assertTrue(drawing.lines().stream().allMatch(line -> line.arrowAtStart() && line.arrowAtEnd()));
        check(drawing);
    }

    @Test
    void shouldGoFromLeftToRight() {
        final Drawing drawing = Layouter.layout(Graphs.classifyIcmp());
        final List<String> byColumn = drawing.boxes().stream()
                .sorted((a, b) -> Double.compare(a.area().x(), b.area().x()))
                .map(box -> box.rows().get(0))
                .toList();
        assertEquals("phy:0", byColumn.get(0));
        assertEquals("phy:1", byColumn.get(5));
        assertTrue(drawing.lines().stream().noneMatch(Drawing.Line::arrowAtStart));
        assertEquals(6, drawing.labels().size());
        check(drawing);
    }

    @Test
    void shouldSayWhatIsNotConnectedAndWhatTheDashesMean() {
        final Drawing drawing = Layouter.layout(Graphs.twoSubgraphs(false));
        assertEquals(
                List.of("not connected:", "dashed: not forwarding"),
                drawing.captions().stream().map(Drawing.Caption::text).toList());
        check(drawing);
        final Drawing nothing = Layouter.layout(new TopologyReader().read(Map.of()));
        assertEquals("no ports", nothing.captions().get(0).text());
    }

    @Test
    void shouldKeepEverythingApartWhateverTheGraph() {
        for (long seed = 0; seed < 40; seed++) {
            final Drawing drawing = Layouter.layout(Graphs.random(seed));
            try {
                check(drawing);
            } catch (final AssertionError failed) {
                throw new AssertionError("seed " + seed + ": " + failed.getMessage(), failed);
            }
        }
    }

    /** Nothing overlaps, nothing lies outside, no line runs through a box or a label. */
    private static void check(final Drawing drawing) {
        final List<Drawing.Area> apart = new ArrayList<>();
        drawing.boxes().forEach(box -> apart.add(box.area()));
        drawing.labels().forEach(label -> apart.add(label.area()));
        drawing.captions().forEach(caption -> apart.add(caption.area()));
        for (int i = 0; i < apart.size(); i++) {
            final Drawing.Area area = apart.get(i);
            assertTrue(
                    area.x() >= 0
                            && area.y() >= 0
                            && area.right() <= drawing.width()
                            && area.bottom() <= drawing.height(),
                    () -> area + " lies outside");
            for (int j = i + 1; j < apart.size(); j++) {
                assertFalse(area.overlaps(apart.get(j)), area + " overlaps " + apart.get(j));
            }
        }
        for (final Drawing.Frame frame : drawing.frames()) {
            for (final Drawing.Frame other : drawing.frames()) {
                assertFalse(frame != other && frame.area().overlaps(other.area()), frame + " overlaps " + other);
            }
            for (final Drawing.Area area : apart) {
                final boolean inside = area.x() >= frame.area().x()
                        && area.right() <= frame.area().right()
                        && area.y() >= frame.area().y()
                        && area.bottom() <= frame.area().bottom();
                assertTrue(inside || !area.overlaps(frame.area()), area + " crosses " + frame);
            }
        }
        for (final Drawing.Box box : drawing.boxes()) {
            for (final String row : box.rows()) {
                assertTrue(row.length() * Drawing.CHAR <= box.area().width(), row + " is wider than its box");
            }
        }
        for (final Drawing.Line line : drawing.lines()) {
            for (int i = 1; i < line.points().size(); i++) {
                checkPiece(drawing, line.points().get(i - 1), line.points().get(i));
            }
        }
    }

    /** Points of the curve that the renderers draw; only where it begins and ends may it touch a box. */
    private static void checkPiece(final Drawing drawing, final Drawing.Point from, final Drawing.Point to) {
        assertTrue(to.x() > from.x(), "a line goes back at " + from);
        final double middle = (from.x() + to.x()) / 2;
        for (double t = 0.05; t < 0.96; t += 0.05) {
            final double u = 1 - t;
            final double x = u * u * u * from.x() + 3 * u * t * middle + t * t * t * to.x();
            final double y = (u * u * u + 3 * u * u * t) * from.y() + (3 * u * t * t + t * t * t) * to.y();
            for (final Drawing.Box box : drawing.boxes()) {
                final Drawing.Area area = box.area();
                assertFalse(
                        x > area.x() + 0.01 && x < area.right() - 0.01 && y > area.y() && y < area.bottom(),
                        () -> "a line from " + from + " to " + to + " runs through " + box);
            }
        }
    }
}

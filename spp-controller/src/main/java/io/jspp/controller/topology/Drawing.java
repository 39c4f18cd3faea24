package io.jspp.controller.topology;

import java.util.List;

/**
 * A finished picture, in pixels from the upper left corner. No box, label or frame touches another, and no line runs
 * through a box. Immutable.
 *
 * @param boxes ports and components
 * @param frames subgraphs, around their boxes
 * @param labels texts on lines; the line is interrupted there
 * @param captions free texts
 */
record Drawing(
        double width,
        double height,
        List<Box> boxes,
        List<Frame> frames,
        List<Label> labels,
        List<Line> lines,
        List<Caption> captions) {

    /** Width of a character of the texts, which are all in one fixed pitch. */
    static final double CHAR = 7.8;

    /** Height of a row of text. */
    static final double ROW = 18;

    /** Extent of something. */
    record Area(double x, double y, double width, double height) {
        double right() {
            return x + width;
        }

        double bottom() {
            return y + height;
        }

        boolean overlaps(final Area other) {
            return x < other.right() && other.x < right() && y < other.bottom() && other.y < bottom();
        }

        Area shifted(final double dx, final double dy) {
            return new Area(x + dx, y + dy, width, height);
        }
    }

    /** A port or a component; the rows are centred. */
    record Box(Area area, List<String> rows, String type) {}

    /** A subgraph; its label stands in the first row. */
    record Frame(Area area, String title) {}

    /** Who moves packets along a line. */
    record Label(Area area, String text, int clientId) {}

    /** Text that starts at a point. */
    record Caption(Area area, String text) {}

    /** A point. */
    record Point(double x, double y) {}

    /**
     * A line from left to right. Where y stays it is straight, else a curve that leaves and arrives horizontally.
     *
     * @param points at least two
     * @param running dashed when false
     */
    record Line(List<Point> points, int clientId, boolean running, boolean arrowAtStart, boolean arrowAtEnd) {}
}

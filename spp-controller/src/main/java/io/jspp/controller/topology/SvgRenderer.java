package io.jspp.controller.topology;

import java.util.List;
import java.util.Locale;

/** A {@link Drawing} as SVG; texts are squeezed into the width that the layout gave them, whatever the reader's font. */
public final class SvgRenderer {
    private static final double BASELINE = 13;
    private static final double ARROW = 8;

    private final StringBuilder svg = new StringBuilder();

    private SvgRenderer() {}

    public static String render(final Topology topology) {
        final SvgRenderer renderer = new SvgRenderer();
        renderer.write(Layouter.layout(topology));
        return renderer.svg.toString();
    }

    private void write(final Drawing drawing) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\""
                        + " font-family=\"DejaVu Sans Mono,Consolas,monospace\" font-size=\"13\">%n",
                drawing.width(), drawing.height(), drawing.width(), drawing.height());
        add("<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n");
        for (final Drawing.Frame frame : drawing.frames()) {
            rectangle(frame.area(), 8, Palette.FRAME, Palette.FRAME_BORDER);
            text(
                    frame.area().x() + Parts.FRAME_PADDING,
                    frame.area().y() + 4,
                    frame.title(),
                    Palette.TEXT,
                    " font-weight=\"bold\"");
        }
        drawing.lines().forEach(this::line);
        for (final Drawing.Box box : drawing.boxes()) {
            rectangle(box.area(), 4, Palette.fill(box.type()), Palette.BORDER);
            double y = box.area().y() + (box.area().height() - box.rows().size() * Drawing.ROW) / 2;
            for (final String row : box.rows()) {
                final double width = row.length() * Drawing.CHAR;
                text(box.area().x() + (box.area().width() - width) / 2, y, row, Palette.TEXT, "");
                y += Drawing.ROW;
            }
        }
        for (final Drawing.Label label : drawing.labels()) {
            final Drawing.Area area = label.area();
            add(
                    "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#ffffff\"/>%n",
                    area.x(), area.y(), area.width(), area.height());
            text(area.x() + 3, area.y(), label.text(), Palette.line(label.clientId()), "");
        }
        for (final Drawing.Caption caption : drawing.captions()) {
            text(caption.area().x(), caption.area().y(), caption.text(), Palette.TEXT, "");
        }
        svg.append("</svg>\n");
    }

    private void line(final Drawing.Line line) {
        final List<Drawing.Point> points = line.points();
        final String colour = Palette.hex(Palette.line(line.clientId()));
        add(
                "<path fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\"%s d=\"M%.1f %.1f",
                colour,
                line.running() ? "" : " stroke-dasharray=\"6 4\"",
                points.get(0).x(),
                points.get(0).y());
        for (int i = 1; i < points.size(); i++) {
            final Drawing.Point from = points.get(i - 1);
            final Drawing.Point to = points.get(i);
            if (from.y() == to.y()) {
                add("H%.1f", to.x());
            } else {
                final double middle = (from.x() + to.x()) / 2;
                add("C%.1f %.1f %.1f %.1f %.1f %.1f", middle, from.y(), middle, to.y(), to.x(), to.y());
            }
        }
        svg.append("\"/>\n");
        if (line.arrowAtStart()) {
            arrow(points.get(0), ARROW, colour);
        }
        if (line.arrowAtEnd()) {
            arrow(points.get(points.size() - 1), -ARROW, colour);
        }
    }

    private void arrow(final Drawing.Point tip, final double back, final String colour) {
        add("<path fill=\"%s\" d=\"M%.1f %.1fl%.1f -4v8z\"/>%n", colour, tip.x(), tip.y(), back);
    }

    private void rectangle(final Drawing.Area area, final int radius, final int fill, final int border) {
        add(
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"%d\" fill=\"%s\" stroke=\"%s\"/>%n",
                area.x(), area.y(), area.width(), area.height(), radius, Palette.hex(fill), Palette.hex(border));
    }

    private void text(final double x, final double y, final String text, final int colour, final String more) {
        add(
                "<text x=\"%.1f\" y=\"%.1f\" textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\" fill=\"%s\"%s"
                        + " xml:space=\"preserve\">%s</text>%n",
                x, y + BASELINE, text.length() * Drawing.CHAR, Palette.hex(colour), more, escaped(text));
    }

    private void add(final String format, final Object... values) {
        svg.append(String.format(Locale.ROOT, format.replace("%n", "\n"), values));
    }

    private static String escaped(final String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}

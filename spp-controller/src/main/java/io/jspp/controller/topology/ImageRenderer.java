package io.jspp.controller.topology;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;

/** A {@link Drawing} as PNG, JPEG or BMP. Needs neither a screen nor fonts. */
public final class ImageRenderer {
    /** Pixels per unit of the drawing; smaller for pictures that would not fit into {@link #MAX_PIXELS}. */
    private static final double SCALE = 2;

    private static final double MAX_PIXELS = 4_000_000;
    private static final float LINE_WIDTH = 1.6f;
    private static final double ARROW = 8;

    private final Graphics2D graphics;

    private ImageRenderer(final Graphics2D graphics) {
        this.graphics = graphics;
    }

    /**
     * The picture's bytes.
     *
     * @param format {@code png}, {@code jpg} or {@code bmp}
     * @throws IOException when this Java has no graphics, with what to install
     */
    public static byte[] render(final Topology topology, final String format) throws IOException {
        final BufferedImage image = image(topology, 1);
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.setUseCache(false);
        if (!ImageIO.write(image, format, bytes)) {
            throw new IOException("this Java writes no " + format + " images");
        }
        return bytes.toByteArray();
    }

    /**
     * The picture's pixels.
     *
     * @param size 1 as in files, less for a smaller picture
     * @throws IOException when this Java has no graphics, with what to install
     */
    static BufferedImage image(final Topology topology, final double size) throws IOException {
        System.setProperty("java.awt.headless", "true");
        try {
            return draw(Layouter.layout(topology), size);
        } catch (final LinkageError | java.awt.AWTError noGraphics) {
            throw new IOException(
                    "this Java draws no images (" + noGraphics.getMessage()
                            + "): install a whole JDK and libfreetype6, or write .svg, which needs neither",
                    noGraphics);
        }
    }

    private static BufferedImage draw(final Drawing drawing, final double size) {
        final double scale = size * Math.min(SCALE, Math.sqrt(MAX_PIXELS / (drawing.width() * drawing.height())));
        final BufferedImage image = new BufferedImage(
                (int) Math.max(1, Math.ceil(drawing.width() * scale)),
                (int) Math.max(1, Math.ceil(drawing.height() * scale)),
                BufferedImage.TYPE_INT_RGB);
        final Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.scale(scale, scale);
        new ImageRenderer(graphics).paint(drawing);
        graphics.dispose();
        return image;
    }

    private void paint(final Drawing drawing) {
        for (final Drawing.Frame frame : drawing.frames()) {
            rectangle(frame.area(), 16, Palette.FRAME, Palette.FRAME_BORDER);
            text(frame.area().x() + Parts.FRAME_PADDING, frame.area().y() + 4, frame.title(), Palette.TEXT, true);
        }
        drawing.lines().forEach(this::line);
        for (final Drawing.Box box : drawing.boxes()) {
            rectangle(box.area(), 8, Palette.fill(box.type()), Palette.BORDER);
            double y = box.area().y() + (box.area().height() - box.rows().size() * Drawing.ROW) / 2;
            for (final String row : box.rows()) {
                final double width = row.length() * Drawing.CHAR;
                text(box.area().x() + (box.area().width() - width) / 2, y, row, Palette.TEXT, false);
                y += Drawing.ROW;
            }
        }
        for (final Drawing.Label label : drawing.labels()) {
            final Drawing.Area area = label.area();
            graphics.setColor(Color.WHITE);
            graphics.fill(new Rectangle2D.Double(area.x(), area.y(), area.width(), area.height()));
            text(area.x() + 3, area.y(), label.text(), Palette.line(label.clientId()), false);
        }
        for (final Drawing.Caption caption : drawing.captions()) {
            text(caption.area().x(), caption.area().y(), caption.text(), Palette.TEXT, false);
        }
    }

    private void line(final Drawing.Line line) {
        final List<Drawing.Point> points = line.points();
        final Path2D path = new Path2D.Double();
        path.moveTo(points.get(0).x(), points.get(0).y());
        for (int i = 1; i < points.size(); i++) {
            final Drawing.Point from = points.get(i - 1);
            final Drawing.Point to = points.get(i);
            final double middle = (from.x() + to.x()) / 2;
            path.curveTo(middle, from.y(), middle, to.y(), to.x(), to.y());
        }
        graphics.setColor(new Color(Palette.line(line.clientId())));
        graphics.setStroke(
                line.running()
                        ? new BasicStroke(LINE_WIDTH)
                        : new BasicStroke(
                                LINE_WIDTH, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {6, 4}, 0));
        graphics.draw(path);
        if (line.arrowAtStart()) {
            arrow(points.get(0), ARROW);
        }
        if (line.arrowAtEnd()) {
            arrow(points.get(points.size() - 1), -ARROW);
        }
    }

    private void arrow(final Drawing.Point tip, final double back) {
        final Path2D path = new Path2D.Double();
        path.moveTo(tip.x(), tip.y());
        path.lineTo(tip.x() + back, tip.y() - 4);
        path.lineTo(tip.x() + back, tip.y() + 4);
        path.closePath();
        graphics.fill(path);
    }

    private void rectangle(final Drawing.Area area, final double arc, final int fill, final int border) {
        final RoundRectangle2D shape =
                new RoundRectangle2D.Double(area.x(), area.y(), area.width(), area.height(), arc, arc);
        graphics.setColor(new Color(fill));
        graphics.fill(shape);
        graphics.setColor(new Color(border));
        graphics.setStroke(new BasicStroke(1));
        graphics.draw(shape);
    }

    private void text(final double x, final double y, final String text, final int colour, final boolean bold) {
        graphics.setColor(new Color(colour));
        graphics.setStroke(new BasicStroke(bold ? 1.9f : 1.25f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.draw(StrokeFont.path(text, x, y));
    }
}

package io.jspp.controller.topology;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.BitSet;

/**
 * A picture as sixel graphics of DEC's VT300 terminals, which xterm, mlterm, foot, WezTerm and others draw:
 *
 * <pre>
 *   ESC P q  "1;1;WIDTH;HEIGHT  #N;2;R;G;B …  bands  ESC \
 *   band:    for each of its colours #N and a character per column, whose six low bits are six pixels from top to bottom; $ goes back to
 *            the left, - to the next band
 * </pre>
 */
public final class SixelRenderer {
    /** Steps of each of red, green and blue: 216 colours, as the terminals that have fewest registers allow. */
    private static final int STEPS = 6;

    private static final int BAND = 6;
    private static final int FIRST = 63;
    private static final int SHORTEST_RUN = 4;

    private final BufferedImage image;
    private final StringBuilder text = new StringBuilder();

    private SixelRenderer(final BufferedImage image) {
        this.image = image;
    }

    /**
     * The characters to send to a terminal, with a line feed behind.
     *
     * @param size 1 for as many pixels as a file has, less for a smaller picture
     * @throws IOException when this Java has no graphics, with what to install
     */
    public static String render(final Topology topology, final double size) throws IOException {
        return new SixelRenderer(ImageRenderer.image(topology, size)).encode();
    }

    private String encode() {
        text.append("\u001bPq\"1;1;").append(image.getWidth()).append(';').append(image.getHeight());
        final BitSet used = colours(0, image.getHeight());
        used.stream()
                .forEach(colour -> text.append('#')
                        .append(colour)
                        .append(";2;")
                        .append(percent(colour / (STEPS * STEPS)))
                        .append(';')
                        .append(percent(colour / STEPS % STEPS))
                        .append(';')
                        .append(percent(colour % STEPS)));
        for (int y = 0; y < image.getHeight(); y += BAND) {
            band(y);
        }
        return text.append("\u001b\\\n").toString();
    }

    private static int percent(final int step) {
        return step * 100 / (STEPS - 1);
    }

    private void band(final int top) {
        final int bottom = Math.min(top + BAND, image.getHeight());
        colours(top, bottom).stream().forEach(colour -> {
            text.append('#').append(colour);
            int run = 0;
            int last = 0;
            for (int x = 0; x < image.getWidth(); x++) {
                final int sixel = sixel(x, top, bottom, colour);
                if (sixel != last) {
                    run(last, run);
                    run = 0;
                    last = sixel;
                }
                run++;
            }
            run(last, run);
            text.append('$');
        });
        text.append('-');
    }

    private void run(final int sixel, final int length) {
        if (length >= SHORTEST_RUN) {
            text.append('!').append(length).append((char) (FIRST + sixel));
        } else {
            text.append(Character.toString(FIRST + sixel).repeat(length));
        }
    }

    private int sixel(final int x, final int top, final int bottom, final int colour) {
        int bits = 0;
        for (int y = top; y < bottom; y++) {
            bits |= colour(x, y) == colour ? 1 << (y - top) : 0;
        }
        return bits;
    }

    private BitSet colours(final int top, final int bottom) {
        final BitSet used = new BitSet();
        for (int y = top; y < bottom; y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                used.set(colour(x, y));
            }
        }
        return used;
    }

    private int colour(final int x, final int y) {
        final int rgb = image.getRGB(x, y);
        return (step(rgb >> 16) * STEPS + step(rgb >> 8)) * STEPS + step(rgb);
    }

    private static int step(final int value) {
        return ((value & 0xff) * (STEPS - 1) + 127) / 255;
    }
}

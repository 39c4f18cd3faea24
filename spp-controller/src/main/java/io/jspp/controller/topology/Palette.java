package io.jspp.controller.topology;

import java.util.List;
import java.util.Map;

/** Colours: SPP's for dot, calmer ones for the pictures that we draw. */
final class Palette {
    /** SPP's colours of processes, by client id; SPP itself fails beyond the last. */
    private static final List<String> SPP_LINES = List.of(
            "blue", "green", "orange", "chocolate", "black", "cyan3", "green3", "indianred", "lawngreen", "limegreen");

    private static final Map<String, String> SPP_FILLS = Map.of(
            "phy", "white",
            "ring", "yellow",
            "vhost", "antiquewhite",
            "tap", "cornsilk",
            "nullpmd", "cyan",
            "spppcap", "gold2",
            "pcap", "lightgrey",
            "memif", "lavender",
            "pipe", "palegreen",
            "component", "lightblue");

    private static final int[] LINES = {
        0x4b5563, 0x1d7a3a, 0xb45309, 0x1d4ed8, 0x9d174d, 0x0f766e, 0x6d28d9, 0xb91c1c, 0x4d7c0f, 0x0369a1
    };

    private static final Map<String, Integer> FILLS = Map.of(
            "phy", 0xffffff,
            "ring", 0xfef3c7,
            "vhost", 0xffe4d6,
            "tap", 0xfdf6e3,
            "nullpmd", 0xe5e7eb,
            "spppcap", 0xfde68a,
            "pcap", 0xe0e7ff,
            "memif", 0xede9fe,
            "pipe", 0xdcfce7,
            "component", 0xd6eaf8);

    static final int FRAME = 0xf3f4f6;
    static final int BORDER = 0x374151;
    static final int FRAME_BORDER = 0x9ca3af;
    static final int TEXT = 0x111827;
    private static final int OTHER_FILL = 0xf1f5f9;

    private Palette() {}

    static String sppLine(final int clientId) {
        return SPP_LINES.get(Math.floorMod(clientId, SPP_LINES.size()));
    }

    static String sppFill(final String type) {
        return SPP_FILLS.getOrDefault(type, "white");
    }

    static int line(final int clientId) {
        return LINES[Math.floorMod(clientId, LINES.length)];
    }

    static int fill(final String type) {
        return FILLS.getOrDefault(type, OTHER_FILL);
    }

    static String hex(final int rgb) {
        return String.format("#%06x", rgb);
    }
}

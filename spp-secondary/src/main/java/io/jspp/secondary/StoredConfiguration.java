package io.jspp.secondary;

import io.jspp.patch.Patch;
import io.jspp.patch.PatchEnd;
import io.jspp.patch.PatchPanel;
import io.jspp.patch.PortTable;
import io.jspp.port.PortId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * What an nfv must know to go on where the last one with its id stopped: one line per fact, as in
 *
 * <pre>
 *   nfv 1
 *   add ring:0
 *   patch phy:0nq1 ring:0
 *   forward
 * </pre>
 *
 * @param added ports that were added
 * @param patches in the order in which they were made
 * @param running whether packets move
 */
record StoredConfiguration(List<PortId> added, List<Patch> patches, boolean running) {
    private static final String VERSION_LINE = "nfv 1";
    /** First byte of a zlib stream (RFC 1950) with the usual window. */
    private static final byte DEFLATED = 0x78;

    private static final int MAX_TEXT = 1 << 20;

    StoredConfiguration {
        added = List.copyOf(added);
        patches = List.copyOf(patches);
    }

    static StoredConfiguration of(PatchPanel panel, PortTable ports) {
        return new StoredConfiguration(ports.added(), panel.patches(), panel.running());
    }

    /** Reads what {@link #encode} wrote; lines that make no sense (of another version) are left out. */
    static StoredConfiguration decode(String text) {
        List<PortId> added = new ArrayList<>();
        List<Patch> patches = new ArrayList<>();
        boolean running = false;
        String[] lines = text.split("\n");
        if (!lines[0].equals(VERSION_LINE)) {
            return new StoredConfiguration(added, patches, false);
        }
        for (String line : lines) {
            String[] words = line.split(" ");
            try {
                if (words[0].equals("add") && words.length == 2) {
                    added.add(PortId.parse(words[1]));
                } else if (words[0].equals("patch") && words.length == 3) {
                    patches.add(new Patch(PatchEnd.parse(words[1]), PatchEnd.parse(words[2])));
                } else if (words[0].equals("forward")) {
                    running = true;
                }
            } catch (IllegalArgumentException notOurs) {
                continue;
            }
        }
        return new StoredConfiguration(added, patches, running);
    }

    /** Reads what {@link #toBytes} made. */
    static StoredConfiguration ofBytes(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != DEFLATED) {
            return decode(new String(bytes, StandardCharsets.US_ASCII));
        }
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(bytes);
            byte[] text = new byte[MAX_TEXT];
            int length = inflater.inflate(text);
            return decode(new String(text, 0, length, StandardCharsets.US_ASCII));
        } catch (DataFormatException notOurs) {
            return decode("");
        } finally {
            inflater.end();
        }
    }

    /** The text as it is when {@code most} bytes hold it, else deflated, which begins with another byte than any text. */
    byte[] toBytes(int most) {
        byte[] text = encode().getBytes(StandardCharsets.US_ASCII);
        if (text.length <= most || text.length > MAX_TEXT) {
            return text;
        }
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try {
            deflater.setInput(text);
            deflater.finish();
            byte[] deflated = new byte[text.length];
            int length = deflater.deflate(deflated);
            return deflater.finished() ? Arrays.copyOf(deflated, length) : text;
        } finally {
            deflater.end();
        }
    }

    String encode() {
        StringBuilder text = new StringBuilder(VERSION_LINE).append('\n');
        added.forEach(port -> text.append("add ").append(port).append('\n'));
        patches.forEach(patch -> text.append("patch ")
                .append(patch.source().wire())
                .append(' ')
                .append(patch.destination().wire())
                .append('\n'));
        if (running) {
            text.append("forward\n");
        }
        return text.toString();
    }
}

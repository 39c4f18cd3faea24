package io.jspp.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The lines that SPP's how-to of spp_vf has its reader type, letter by letter and in its order; the file holds its console blocks. */
record SppVfHowTo(List<String> lines) {
    /** What of ours stands in a program's place. */
    private static final Map<String, String> PROGRAMS =
            Map.of("spp_vf.py", "ctl", "spp_primary", "primary", "spp_vf", "vf");

    static SppVfHowTo read() {
        try (InputStream file = SppVfHowTo.class.getResourceAsStream("spp-vf-how-to.txt")) {
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8).replaceAll("\\\\\n\\s*", "");
            return new SppVfHowTo(text.lines()
                    .map(String::strip)
                    .filter(line -> line.startsWith("$ "))
                    .map(line -> line.substring(2))
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Line {@code index} as words of {@code ./spp}: all but the program's path is as typed. */
    List<String> words(int index) {
        List<String> words = new ArrayList<>(Arrays.asList(line(index).split(" ")));
        if (words.get(0).equals("python")) {
            words.remove(0);
        }
        String path = words.get(0);
        words.set(0, PROGRAMS.get(path.substring(path.lastIndexOf('/') + 1)));
        return words;
    }

    /** Line {@code index} without {@code sudo}: who runs it here is root. */
    String line(int index) {
        return lines.get(index).replaceFirst("^sudo ", "");
    }
}

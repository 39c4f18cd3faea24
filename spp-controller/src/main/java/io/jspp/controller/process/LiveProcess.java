package io.jspp.controller.process;

import java.util.List;

/** A process somebody waits for: what its messages call it, whether it lives, and what it said last. Thread-safe. */
public interface LiveProcess {
    /** What messages call it. */
    String name();

    boolean isAlive();

    /** Its last lines, each on a line of its own that begins with a line separator; for messages. */
    String tail();

    /** The last of these lines, each behind the name, as {@link #tail} gives them. */
    static String tail(String name, List<String> lines) {
        StringBuilder text = new StringBuilder();
        for (String line : lines.subList(Math.max(0, lines.size() - 15), lines.size())) {
            text.append(System.lineSeparator())
                    .append("    ")
                    .append(name)
                    .append(": ")
                    .append(line);
        }
        return text.toString();
    }
}

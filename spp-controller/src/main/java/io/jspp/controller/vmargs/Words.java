package io.jspp.controller.vmargs;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Arguments as lines of a shell command: quoted where needed, joined by backslashes. */
final class Words {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

    private final List<String> lines = new ArrayList<>();

    /** Words that belong together, on one line. */
    Words line(String... words) {
        StringBuilder text = new StringBuilder();
        for (String word : words) {
            text.append(text.isEmpty() ? "" : " ").append(quoted(word));
        }
        lines.add(text.toString());
        return this;
    }

    /** All but the last line end with a backslash. */
    List<String> joined() {
        List<String> joined = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            joined.add(lines.get(i) + (i + 1 < lines.size() ? " \\" : ""));
        }
        return joined;
    }

    /** A word as a POSIX shell reads it back. */
    static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}

package io.jspp.controller.vmargs;

import io.jspp.config.ShellWords;
import java.util.ArrayList;
import java.util.List;

/** Arguments as lines of a shell command: quoted where needed, joined by backslashes. */
final class Words {
    private final List<String> lines = new ArrayList<>();

    /** Words that belong together, on one line. */
    Words line(String... words) {
        lines.add(ShellWords.typed(List.of(words)));
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
}

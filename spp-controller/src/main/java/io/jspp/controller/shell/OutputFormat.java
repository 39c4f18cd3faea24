package io.jspp.controller.shell;

import io.jspp.controller.json.Json;
import java.io.PrintStream;

/** Whether reading commands print SPP's texts or one JSON value each: {@code -o json} of the shell, or of a single line. */
final class OutputFormat {
    static final String TEXT = "text";
    static final String JSON = "json";

    private boolean json;

    boolean isJson() {
        return json;
    }

    void setJson(final boolean wanted) {
        json = wanted;
    }

    /** Prints a value as JSON, when that is wanted; tells whether it was. */
    boolean print(final PrintStream out, final Object value) {
        if (json) {
            out.println(Json.write(value));
        }
        return json;
    }
}

package io.jspp.controller.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;

/** Reads lines of a script. A line beyond the shell's limit is cut one character after it, so that it is refused. */
final class LineReaderWithLimit {
    private final BufferedReader in;

    LineReaderWithLimit(final Reader in) {
        this.in = new BufferedReader(in);
    }

    /** The next line without its end, or null at the end. */
    String next() throws IOException {
        final StringBuilder line = new StringBuilder();
        int c = in.read();
        if (c < 0) {
            return null;
        }
        while (c >= 0 && c != '\n') {
            if (line.length() <= Shell.MAX_LINE_LENGTH) {
                line.append((char) c);
            }
            c = in.read();
        }
        return line.toString();
    }
}

package io.jspp.testing;

import java.io.BufferedReader;
import java.io.IOException;

/** Server-sent events. */
public final class EventStream {
    private EventStream() {}

    /** The next event as {@code NAME DATA}. */
    public static String next(BufferedReader reader) throws IOException {
        String name = "";
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("data: ")) {
                return name + ' ' + line.substring(6);
            }
        }
        throw new IOException("the stream has ended");
    }
}

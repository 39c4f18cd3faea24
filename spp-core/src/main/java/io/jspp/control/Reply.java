package io.jspp.control;

import java.util.function.Consumer;

/** What a handler answers. The codec turns it into the reply text that SPP's processes send for the same command. */
public final class Reply {
    private static final Reply OK = new Reply(null, "", "", null, null);

    private final String failure;
    private final String code;
    private final String next;
    private final String json;
    private final Runnable afterwards;

    private Reply(
            final String failure, final String code, final String next, final String json, final Runnable afterwards) {
        this.failure = failure;
        this.code = code;
        this.next = next;
        this.json = json;
        this.afterwards = afterwards;
    }

    /** Done, nothing more to say. */
    public static Reply ok() {
        return OK;
    }

    /** Done; {@code afterwards} runs on the control thread once the reply was sent and the connection is closed ({@code exit}). */
    public static Reply okThen(final Runnable afterwards) {
        return new Reply(null, "", "", null, afterwards);
    }

    /** A status: {@code members} writes what lies between the braces of the object. */
    public static Reply status(final Consumer<JsonWriter> members) {
        final JsonWriter writer = new JsonWriter().object();
        members.accept(writer);
        return new Reply(null, "", "", writer.endObject().toString(), null);
    }

    /** Not done, nothing was changed; the message reaches the operator through wire, REST and shell. */
    public static Reply failed(final String message) {
        return failed(message, "", "");
    }

    /** As {@link #failed(String)}, with {@link CommandException#code} and {@link CommandException#next}. */
    static Reply failed(final String message, final String code, final String next) {
        return new Reply(message, code, next, null, null);
    }

    /** Word for programs, empty when there is none. */
    public String code() {
        return code;
    }

    /** Next step for the operator, may be empty. */
    public String next() {
        return next;
    }

    /** The operator's message, or null when the command succeeded. */
    public String failure() {
        return failure;
    }

    /** The object written by a status, or null. */
    public String json() {
        return json;
    }

    /** What to run after the reply was sent, or null. */
    public Runnable afterwards() {
        return afterwards;
    }
}

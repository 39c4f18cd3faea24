package io.jspp.controller.process;

/** A process somebody waits for: what its messages call it, whether it lives, and what it said last. Thread-safe. */
public interface LiveProcess {
    /** What messages call it. */
    String name();

    boolean isAlive();

    /** Its last lines, each on a line of its own that begins with a line separator; for messages. */
    String tail();
}

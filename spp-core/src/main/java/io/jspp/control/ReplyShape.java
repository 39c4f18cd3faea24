package io.jspp.control;

/** What a successful command answers. */
public enum ReplyShape {
    /** Only that it succeeded: REST 204. */
    DONE,
    /** A JSON object that the process writes: REST 200 with that object. */
    OBJECT
}

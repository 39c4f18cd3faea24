package io.jspp.control;

/** What a successful command answers. */
public enum ReplyShape {
    /** Only that it succeeded: REST 204. */
    DONE,
    /** A JSON object that the process writes: REST 200 with that object. */
    OBJECT,
    /** As {@link #OBJECT}, with the members {@code result} and {@code message}, which the shell prints. */
    MESSAGE,
    /** As {@link #OBJECT}: the addresses a bridge learned. */
    BRIDGE_TABLE,
    /** The status of a process with components: REST 200 with SPP's selection of its members, ours behind them. */
    COMPONENTS
}

package io.jspp.secondary.component;

/**
 * One kind of component: a package below this one. A kind of process offers some of them, in a list of its own; nothing else knows their names.
 * Control thread.
 */
public interface ComponentType {
    /** Value for "as many as you like". */
    int ANY = Integer.MAX_VALUE;

    /** The word in {@code component start NAME CORE TYPE}. */
    String name();

    /** rx ports it may have. */
    int maxRx();

    /** tx ports it may have. */
    int maxTx();

    /** A component without ports; lives until {@link StartedComponent#close}. */
    StartedComponent start(String name, ComponentCounters counters, int burstCapacity);
}

package io.jspp.secondary.component;

import io.jspp.secondary.component.ComponentCounters.Count;
import java.util.Set;

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

    /** What its components count. */
    default Set<Count> counts() {
        return ComponentCounters.BASIC;
    }

    /** A component without ports; lives until {@link StartedComponent#close}. */
    StartedComponent start(String name, ComponentCounters counters, int burstCapacity);
}

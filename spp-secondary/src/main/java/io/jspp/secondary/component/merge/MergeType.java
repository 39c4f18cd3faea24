package io.jspp.secondary.component.merge;

import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.ComponentType;
import io.jspp.secondary.component.Funnel;
import io.jspp.secondary.component.StartedComponent;

/** {@code merge}: all rx ports, in turn, to one tx port. */
public final class MergeType implements ComponentType {
    @Override
    public String name() {
        return "merge";
    }

    @Override
    public int maxRx() {
        return ANY;
    }

    @Override
    public int maxTx() {
        return 1;
    }

    @Override
    public StartedComponent start(String name, ComponentCounters counters, int burstCapacity) {
        return new Funnel(name, counters, burstCapacity);
    }
}

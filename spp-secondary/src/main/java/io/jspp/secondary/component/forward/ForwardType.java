package io.jspp.secondary.component.forward;

import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.ComponentType;
import io.jspp.secondary.component.Funnel;
import io.jspp.secondary.component.StartedComponent;

/** {@code forward}: one rx port to one tx port. */
public final class ForwardType implements ComponentType {
    @Override
    public String name() {
        return "forward";
    }

    @Override
    public int maxRx() {
        return 1;
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

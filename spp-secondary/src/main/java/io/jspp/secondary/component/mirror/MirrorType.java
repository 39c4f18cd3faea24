package io.jspp.secondary.component.mirror;

import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.ComponentType;
import io.jspp.secondary.component.StartedComponent;

/** {@code mirror}: one rx port to two tx ports, the first added of which gets the original and the other the copy. */
public final class MirrorType implements ComponentType {
    private final boolean deep;

    /** @param deep whether frames that a guest could rewrite are copied before either port gets them */
    public MirrorType(boolean deep) {
        this.deep = deep;
    }

    @Override
    public String name() {
        return "mirror";
    }

    @Override
    public int maxRx() {
        return 1;
    }

    @Override
    public int maxTx() {
        return 2;
    }

    @Override
    public StartedComponent start(String name, ComponentCounters counters, int burstCapacity) {
        return new Mirror(name, deep, counters, burstCapacity);
    }
}

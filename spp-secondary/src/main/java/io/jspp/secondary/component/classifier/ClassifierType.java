package io.jspp.secondary.component.classifier;

import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.ComponentType;
import io.jspp.secondary.component.StartedComponent;

/** {@code classifier}: one rx port, any tx ports, chosen by VLAN and destination address. */
public final class ClassifierType implements ComponentType {
    private final ClassifierEntries entries;

    /** @param entries of the process, shared by all its classifiers */
    public ClassifierType(ClassifierEntries entries) {
        this.entries = entries;
    }

    @Override
    public String name() {
        return "classifier";
    }

    @Override
    public int maxRx() {
        return 1;
    }

    @Override
    public int maxTx() {
        return ANY;
    }

    @Override
    public StartedComponent start(String name, ComponentCounters counters, int burstCapacity) {
        return new StartedClassifier(name, entries, counters, burstCapacity);
    }
}

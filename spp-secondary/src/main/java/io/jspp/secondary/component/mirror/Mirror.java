package io.jspp.secondary.component.mirror;

import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.Input;
import io.jspp.secondary.component.Output;
import io.jspp.secondary.component.StartedComponent;
import io.jspp.worker.Component;
import java.util.List;

/** One mirror from start to stop. As SPP's it waits for both tx ports. */
final class Mirror implements StartedComponent {
    private final String name;
    private final ComponentCounters counters;
    private final int burstCapacity;

    /** Null for shallow copies. */
    private final Snapshot snapshot;

    Mirror(String name, boolean deep, ComponentCounters counters, int burstCapacity) {
        this.name = name;
        this.counters = counters;
        this.burstCapacity = burstCapacity;
        snapshot = deep ? new Snapshot(burstCapacity) : null;
    }

    @Override
    public boolean isComplete(List<Input> inputs, List<Output> outputs) {
        return inputs.size() == 1 && outputs.size() == 2;
    }

    @Override
    public Component build(List<Input> inputs, List<Output> outputs) {
        return new RunningMirror(name, inputs, outputs, snapshot, counters, burstCapacity);
    }

    @Override
    public void close() {
        if (snapshot != null) {
            snapshot.close();
        }
    }
}

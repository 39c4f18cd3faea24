package io.jspp.secondary.component;

import io.jspp.mbuf.Burst;
import io.jspp.mbuf.HeaderValues;
import io.jspp.net.VlanOperation;
import io.jspp.worker.Component;
import java.util.List;

/** Everything from some inputs goes to one output, in order: what forward and merge are. */
public final class Funnel implements StartedComponent {
    private final String name;
    private final ComponentCounters counters;
    private final int burstCapacity;
    private final HeaderValues header = new HeaderValues();

    public Funnel(String name, ComponentCounters counters, int burstCapacity) {
        this.name = name;
        this.counters = counters;
        this.burstCapacity = burstCapacity;
    }

    @Override
    public boolean isComplete(List<Input> inputs, List<Output> outputs) {
        return !inputs.isEmpty() && !outputs.isEmpty();
    }

    @Override
    public Component build(List<Input> inputs, List<Output> outputs) {
        return new Running(this, inputs, outputs);
    }

    @Override
    public void close() {
        header.close();
    }

    private static final class Running extends BurstComponent {
        private final HeaderValues header;
        private final ComponentCounters counters;
        private final Output output;

        Running(Funnel funnel, List<Input> inputs, List<Output> outputs) {
            super(funnel.name, inputs, outputs, funnel.burstCapacity);
            header = funnel.header;
            counters = funnel.counters;
            output = outputs.get(0);
        }

        @Override
        protected boolean pass(Input input, Burst packets) {
            if (input.vlan().kind() == VlanOperation.Kind.NONE && output.vlan().kind() == VlanOperation.Kind.NONE) {
                output.sendAsIs(packets);
            } else {
                rewrite(input, packets);
            }
            return output.isCongested();
        }

        private void rewrite(Input input, Burst packets) {
            for (int i = 0; i < packets.packets; i++) {
                if (read(header, input, packets, i, counters) && !output.add(header, packets, i, true)) {
                    counters.count(ComponentCounters.Count.MALFORMED_HEADER);
                }
            }
            output.send();
        }
    }
}

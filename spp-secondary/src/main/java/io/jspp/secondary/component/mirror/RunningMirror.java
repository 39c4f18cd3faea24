package io.jspp.secondary.component.mirror;

import io.jspp.mbuf.Burst;
import io.jspp.secondary.component.BurstComponent;
import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.ComponentCounters.Count;
import io.jspp.secondary.component.Input;
import io.jspp.secondary.component.Output;
import java.util.List;

/**
 * Sends each burst twice, the copy first. Within the worker a copy is references to the same memory; each tx queue copies it into buffers of its
 * own, so that no receiver sees what another one does to its frame. Only the original may hand its mbufs over to a ring.
 */
final class RunningMirror extends BurstComponent {
    private final Output original;
    private final Output copy;
    private final Snapshot snapshot;
    private final ComponentCounters counters;
    private final Burst references;

    /**
     * @param outputs the original's, then the copy's
     * @param snapshot null for shallow copies
     */
    RunningMirror(
            String name,
            List<Input> inputs,
            List<Output> outputs,
            Snapshot snapshot,
            ComponentCounters counters,
            int burstCapacity) {
        super(name, inputs, outputs, burstCapacity);
        original = outputs.get(0);
        copy = outputs.get(1);
        this.snapshot = snapshot;
        this.counters = counters;
        references = new Burst(burstCapacity);
    }

    @Override
    protected boolean pass(Input input, Burst packets) {
        if (snapshot == null) {
            sendTwice(packets);
        } else {
            for (int from = 0; from < packets.packets; ) {
                from = snapshot.take(packets, from);
                sendTwice(snapshot.burst());
            }
        }
        counters.add(Count.COPIED, packets.packets);
        // A copy that nobody takes is dropped and counted; it doesn't slow the original.
        return original.isCongested();
    }

    private void sendTwice(Burst packets) {
        references.clear();
        for (int i = 0; i < packets.packets; i++) {
            references.addReference(packets, i);
        }
        copy.sendAsIs(references);
        original.sendAsIs(packets);
    }
}

package io.jspp.secondary.component.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.mbuf.Burst;
import io.jspp.net.VlanOperation;
import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.ComponentCounters.Count;
import io.jspp.secondary.component.Input;
import io.jspp.secondary.component.Lane;
import io.jspp.secondary.component.Output;
import io.jspp.worker.Component;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** A bridge on some lanes, each rx and tx port of it, with a clock by hand; changes its ports as a graph does. */
final class BridgeFixture implements AutoCloseable {
    static final long SECOND_NS = 1_000_000_000;

    final Bridges bridges = new Bridges();
    final List<Lane> lanes;
    final ComponentCounters counters;
    long nowNs = 1_000 * SECOND_NS;

    private final Lane.Counters counterMemory = new Lane.Counters();
    private final List<Output> made = new ArrayList<>();
    private final StartedBridge bridge;
    private Component running;

    BridgeFixture(BridgeOptions options, int ports) {
        BridgeType type = new BridgeType(bridges, options);
        counters = new ComponentCounters(counterMemory, "br", type.counts());
        bridge = (StartedBridge) type.start("br", counters, Burst.DEFAULT_CAPACITY);
        lanes = IntStream.range(0, ports).mapToObj(i -> new Lane("vhost:" + i)).toList();
        Set<Integer> all = new TreeSet<>(IntStream.range(0, ports).boxed().toList());
        use(all, all);
    }

    /** Gives the bridge these rx and tx ports. */
    void use(Set<Integer> rx, Set<Integer> tx) {
        use(
                rx.stream()
                        .map(lane -> lanes.get(lane).input(VlanOperation.NONE))
                        .toList(),
                tx.stream().map(lane -> output(lane, VlanOperation.NONE)).toList());
    }

    void use(List<Input> inputs, List<Output> outputs) {
        bridge.prepare(outputs);
        running = bridge.isComplete(inputs, outputs) ? bridge.build(inputs, outputs) : null;
        bridge.settle(inputs, outputs);
    }

    Output output(int lane, VlanOperation vlan) {
        Output output = lanes.get(lane).output(vlan);
        made.add(output);
        return output;
    }

    boolean isRunning() {
        return running != null;
    }

    StartedBridge bridge() {
        return bridge;
    }

    Component running() {
        return running;
    }

    void poll() {
        running.poll(nowNs);
    }

    /** Has a port receive frames; what each lane sent then, as {@code 1:frame 3:frame}. */
    String outcome(int lane, String... frames) {
        lanes.get(lane).put(frames);
        poll();
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < lanes.size(); i++) {
            for (String frame : lanes.get(i).take()) {
                sent.add(i + ":" + frame);
            }
        }
        return String.join(" ", sent);
    }

    /** Ports that got the frame, as digits; nothing else may have been sent. */
    String ports(int lane, String frame) {
        String sent = outcome(lane, frame);
        StringBuilder ports = new StringBuilder();
        for (String one : sent.isEmpty() ? new String[0] : sent.split(" ")) {
            assertEquals(frame, one.substring(2));
            ports.append(one.charAt(0));
        }
        return ports.toString();
    }

    long count(Count what) {
        return counters.get(what);
    }

    /** All drops. */
    long drops() {
        return counters.counts().stream()
                .filter(Count::isDrop)
                .mapToLong(counters::get)
                .sum();
    }

    @Override
    public void close() {
        bridge.close();
        made.forEach(Output::close);
        counters.close();
        assertEquals(0, counterMemory.inUse());
        lanes.forEach(Lane::close);
    }

    /** @param vid negative for an untagged frame */
    static String frame(long destination, long source, int vid) {
        String tag = vid < 0 ? "" : String.format("8100%04x", 0x6000 | vid);
        return String.format("%012x%012x%s0800", destination, source, tag) + "ab".repeat(46);
    }
}

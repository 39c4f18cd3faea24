package io.jspp.secondary.component.bridge;

import io.jspp.mbuf.Burst;
import io.jspp.mbuf.HeaderValues;
import io.jspp.net.MacAddress;
import io.jspp.secondary.component.BurstComponent;
import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.ComponentCounters.Count;
import io.jspp.secondary.component.Input;
import io.jspp.secondary.component.Output;
import java.util.List;

/**
 * The running form: reads each header once, learns its source, and gathers the packet at the port where its destination was seen, or at all others
 * (IEEE 802.1Q §8.6, §8.7 with independent learning: one filtering database per VLAN, which all ports belong to).
 */
final class Bridge extends BurstComponent {
    /** 01-80-C2-00-00-00 to -0F, which no bridge forwards: IEEE 802.1Q table 8-1. */
    private static final long RESERVED = 0x0180_c200_0000L;

    private static final int SWEEP_MOST = 256;

    /** Sweeps per life of an entry. */
    private static final int SWEEPS = 8;

    private final BridgePort[] sources;

    /** By port number; null for a port that only receives. */
    private final Output[] byNumber;

    private final Output[] outputs;
    private final LearningPorts ports;
    private final BridgeTable table;
    private final int floodRate;
    private final int ticksPerSweep;
    private final HeaderValues header;
    private final ComponentCounters counters;
    private int nowTicks;
    private int sweptTicks;
    private boolean sweeping;

    /**
     * @param sources ports of the inputs, in their order
     * @param ports from which addresses are learned
     */
    Bridge(
            String name,
            List<Input> inputs,
            List<Output> outputs,
            BridgePort[] sources,
            Output[] byNumber,
            LearningPorts ports,
            BridgeTable table,
            BridgeOptions options,
            HeaderValues header,
            ComponentCounters counters,
            int burstCapacity) {
        super(name, inputs, outputs, burstCapacity);
        this.sources = sources;
        this.byNumber = byNumber;
        this.outputs = outputs.toArray(new Output[0]);
        this.ports = ports;
        this.table = table;
        this.header = header;
        this.counters = counters;
        floodRate = options.floodRate();
        ticksPerSweep = Math.max(1, (int) (options.ageSeconds() * (1_000_000_000L / BridgeTable.TICK_NS) / SWEEPS));
    }

    /** The clock of the table. */
    static int ticks(long nowNs) {
        return (int) (nowNs / BridgeTable.TICK_NS);
    }

    @Override
    protected void beforePoll() {
        nowTicks = ticks(nowNs());
        int elapsed = sweeping ? nowTicks - sweptTicks : 0;
        if (!sweeping) {
            sweeping = true;
            sweptTicks = nowTicks;
        }
        if (elapsed > 0) {
            sweptTicks = nowTicks;
            long slots = (long) table.slots() * elapsed / ticksPerSweep + 1;
            table.sweep((int) Math.min(slots, SWEEP_MOST), ports, nowTicks);
            countAged();
        }
    }

    @Override
    protected boolean pass(Input input, Burst packets) {
        BridgePort source = sources[currentInput()];
        int tag = ports.tag(source.number());
        for (int i = 0; i < packets.packets; i++) {
            if (!read(header, input, packets, i, counters)) {
                continue;
            }
            long destination = header.destination();
            if ((destination & ~0xfL) == RESERVED) {
                counters.count(Count.RESERVED_ADDRESS);
                continue;
            }
            // VLAN 0 is a priority without a VLAN: 802.1Q §6.9
            int vlan = Math.max(0, header.vid());
            if (tag != PortTag.NONE) {
                learn(BridgeTable.key(vlan, header.source()), tag);
            }
            forward(source, BridgeTable.key(vlan, destination), destination, packets, i);
        }
        boolean congested = false;
        for (Output output : outputs) {
            output.send();
            congested |= output.isCongested();
        }
        return congested;
    }

    private void learn(long key, int tag) {
        long address = BridgeTable.address(key);
        if (address == 0 || MacAddress.isGroup(address)) {
            return;
        }
        switch (table.learn(key, tag, ports, nowTicks)) {
            case KNOWN -> {
                // as before
            }
            case LEARNED, RELEARNED -> {
                counters.count(Count.LEARNED);
                countAged();
            }
            case MOVED -> counters.count(Count.MOVED);
            case FULL -> {
                counters.count(Count.UNLEARNED);
                countAged();
            }
            case PORT_FULL -> {
                counters.count(Count.PORT_LIMIT);
                countAged();
            }
        }
    }

    private void countAged() {
        int aged = table.takeAged();
        if (aged != 0) {
            counters.add(Count.AGED, aged);
        }
    }

    private void forward(BridgePort source, long key, long destination, Burst packets, int i) {
        int found = MacAddress.isGroup(destination) ? BridgeTable.UNKNOWN : table.find(key, ports, nowTicks);
        if (found == BridgeTable.UNKNOWN) {
            flood(source, packets, i);
            return;
        }
        int number = PortTag.number(found);
        if (number == source.number()) {
            counters.count(Count.SAME_PORT);
        } else if (!byNumber[number].add(header, packets, i, true)) {
            counters.count(Count.MALFORMED_HEADER);
        }
    }

    /** To all ports but its own. */
    private void flood(BridgePort source, Burst packets, int i) {
        Output own = byNumber[source.number()];
        int others = own == null ? outputs.length : outputs.length - 1;
        if (others == 0) {
            counters.count(Count.UNMATCHED);
            return;
        }
        if (floodRate != 0 && !source.mayFlood(nowNs(), floodRate)) {
            counters.count(Count.STORM);
            return;
        }
        counters.count(Count.FLOODED);
        counters.add(Count.COPIED, others - 1);
        for (Output output : outputs) {
            if (output != own && !output.add(header, packets, i, others == 1)) {
                counters.count(Count.MALFORMED_HEADER);
            }
        }
    }
}

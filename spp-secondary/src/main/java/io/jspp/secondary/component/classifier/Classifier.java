package io.jspp.secondary.component.classifier;

import io.jspp.mbuf.Burst;
import io.jspp.mbuf.HeaderValues;
import io.jspp.net.BigEndian;
import io.jspp.net.EthernetHeader;
import io.jspp.net.MacAddress;
import io.jspp.net.VlanTag;
import io.jspp.secondary.component.BurstComponent;
import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.ComponentCounters.Count;
import io.jspp.secondary.component.Input;
import io.jspp.secondary.component.Output;
import java.util.List;

/**
 * The running form: reads each header once, looks it up, and gathers the packet at the output found; sends what each output got at the end of the
 * burst.
 */
final class Classifier extends BurstComponent {
    /** Slots of a table that does not lie in the first cache anyway: 16 KiB. */
    private static final int LARGE = 2048;

    private static final int HEADER = EthernetHeader.LENGTH + VlanTag.LENGTH;

    private final HeaderValues header;
    private final ClassifierTable table;
    private final ComponentCounters counters;

    /** By port number; null where a port has gone. */
    private final Output[] outputs;

    /** Outputs that got something of the present burst. */
    private final Output[] touched;

    private int touchedCount;

    /** What {@link #lookAhead} found: keys of a burst's packets (0: none, no key is), and the first word of each in the table. */
    private final long[] keys;

    private final long[] words;

    /** @param byNumber outputs at their port numbers, null elsewhere */
    Classifier(
            String name,
            List<Input> inputs,
            List<Output> outputs,
            Output[] byNumber,
            ClassifierTable table,
            HeaderValues header,
            ComponentCounters counters,
            int burstCapacity) {
        super(name, inputs, outputs, burstCapacity);
        this.outputs = byNumber;
        this.table = table;
        this.header = header;
        this.counters = counters;
        touched = new Output[outputs.size()];
        keys = new long[burstCapacity];
        words = new long[burstCapacity];
    }

    @Override
    protected boolean pass(Input input, Burst packets) {
        MacTable.Snapshot addresses = table.addresses().snapshot();
        touchedCount = 0;
        boolean ahead = addresses.slots() > LARGE;
        if (ahead) {
            lookAhead(addresses, packets);
        }
        for (int i = 0; i < packets.packets; i++) {
            if (!read(header, input, packets, i, counters)) {
                continue;
            }
            int vid = header.vid();
            int vlan = vid == HeaderValues.UNTAGGED ? ClassifierTable.UNTAGGED : vid;
            long destination = header.destination();
            long key = MacTable.key(vlan, destination);
            int port = ahead && keys[i] == key ? MacTable.get(addresses, key, words[i]) : MacTable.get(addresses, key);
            if (!isHere(port)) {
                port = table.fallback(vlan, MacAddress.isGroup(destination));
                if (port != ClassifierTable.FLOOD && !isHere(port)) {
                    port = table.untaggedDefault();
                }
            }
            if (port == ClassifierTable.FLOOD) {
                flood(vlan, packets, i);
            } else if (!give(port, packets, i, true)) {
                counters.count(Count.UNMATCHED);
            }
        }
        boolean congested = false;
        for (int k = 0; k < touchedCount; k++) {
            Output output = touched[k];
            output.send();
            congested |= output.isCongested();
        }
        return congested;
    }

    /**
     * Reads the keys of a burst, then the words of all of them: in two short loops many accesses to memory go on at the same time. What is read here
     * decides nothing by itself, since a guest may still change it: a header that has another key when it counts is looked up again.
     */
    private void lookAhead(MacTable.Snapshot addresses, Burst packets) {
        int n = packets.packets;
        for (int i = 0; i < n; i++) {
            int s = packets.first[i];
            long key = 0;
            if (packets.segmentLength[s] >= HEADER) {
                long at = packets.segmentAddress[s];
                boolean tagged = BigEndian.getShort(at + EthernetHeader.ETHERTYPE) == VlanTag.TPID_8021Q;
                int vlan = tagged ? VlanTag.vid(VlanTag.tci(at)) : ClassifierTable.UNTAGGED;
                key = MacTable.key(vlan, EthernetHeader.destination(at));
            }
            keys[i] = key;
        }
        MacTable.first(addresses, keys, n, words);
    }

    /** To all ports of the VLAN and, for a tagged frame, to the default for untagged ones. */
    private void flood(int vlan, Burst packets, int i) {
        int given = 0;
        int[] ports = table.flood(vlan);
        int further = vlan == ClassifierTable.UNTAGGED ? ClassifierTable.NOWHERE : table.untaggedDefault();
        for (int port : ports) {
            given += give(port, packets, i, false) ? 1 : 0;
            further = port == further ? ClassifierTable.NOWHERE : further;
        }
        given += give(further, packets, i, false) ? 1 : 0;
        if (given == 0) {
            counters.count(Count.UNMATCHED);
        } else {
            counters.count(Count.FLOODED);
            counters.add(Count.COPIED, given - 1);
        }
    }

    /** While a port comes or goes the table has its entries and this plan does not have the port; they count as absent then. */
    private boolean isHere(int port) {
        return port >= 0 && port < outputs.length && outputs[port] != null;
    }

    /** False when there is no such port. */
    private boolean give(int port, Burst packets, int i, boolean only) {
        if (!isHere(port)) {
            return false;
        }
        Output output = outputs[port];
        if (!output.isWaiting()) {
            touch(output);
        }
        if (!output.add(header, packets, i, only)) {
            counters.count(Count.MALFORMED_HEADER);
        }
        return true;
    }

    /** An output may come here twice when its first packet was not added, or when it was sent because it was full. */
    private void touch(Output output) {
        for (int k = 0; k < touchedCount; k++) {
            if (touched[k] == output) {
                return;
            }
        }
        touched[touchedCount++] = output;
    }
}

package io.jspp.secondary.component.bridge;

import io.jspp.mbuf.HeaderValues;
import io.jspp.port.PortId;
import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.GraphException;
import io.jspp.secondary.component.GraphException.Subject;
import io.jspp.secondary.component.Input;
import io.jspp.secondary.component.Output;
import io.jspp.secondary.component.StartedComponent;
import io.jspp.secondary.component.bridge.Bridges.Address;
import io.jspp.secondary.component.bridge.Bridges.Table;
import io.jspp.worker.Component;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One bridge from start to stop: its table, and its ports with their tags. All queues of a port are one port of the bridge. Control thread. */
final class StartedBridge implements StartedComponent {
    private static final int TICKS_PER_SECOND = (int) (1_000_000_000 / BridgeTable.TICK_NS);

    private final String name;
    private final BridgeOptions options;
    private final Bridges bridges;
    private final ComponentCounters counters;
    private final int burstCapacity;
    private final BridgeTable table;
    private final HeaderValues header = new HeaderValues();
    private final Map<PortId, BridgePort> ports = new HashMap<>();
    private int lastLife;

    /** Ports from which addresses are learned, as of the last change. */
    private Set<PortId> learning = Set.of();

    StartedBridge(String name, BridgeOptions options, Bridges bridges, ComponentCounters counters, int burstCapacity) {
        this.name = name;
        this.options = options;
        this.bridges = bridges;
        this.counters = counters;
        this.burstCapacity = burstCapacity;
        table = new BridgeTable(options.entries(), options.ageSeconds() * TICKS_PER_SECOND);
        bridges.add(name, this);
    }

    @Override
    public boolean isComplete(List<Input> inputs, List<Output> outputs) {
        return inputs.stream()
                .anyMatch(input -> outputs.stream()
                        .anyMatch(
                                output -> !output.id().port().equals(input.id().port())));
    }

    @Override
    public void prepare(List<Output> outputs) {
        Set<PortId> seen = new HashSet<>();
        for (Output output : outputs) {
            if (!seen.add(output.id().port())) {
                throw new GraphException(
                        Subject.EXECUTION,
                        "bridge " + name + " sends to " + output.id().port()
                                + " already: a second queue of it would get every flooded frame again");
            }
        }
    }

    @Override
    public Component build(List<Input> inputs, List<Output> outputs) {
        used(inputs, outputs).forEach(id -> ports.computeIfAbsent(id, absent -> newPort()));
        Output[] byNumber = new Output[numbers()];
        outputs.forEach(output -> byNumber[ports.get(output.id().port()).number()] = output);
        BridgePort[] sources =
                inputs.stream().map(input -> ports.get(input.id().port())).toArray(BridgePort[]::new);
        return new Bridge(
                name,
                inputs,
                outputs,
                sources,
                byNumber,
                learning(both(inputs, outputs)),
                table,
                options,
                header,
                counters,
                burstCapacity);
    }

    @Override
    public void settle(List<Input> inputs, List<Output> outputs) {
        Set<PortId> used = used(inputs, outputs);
        ports.keySet().retainAll(used);
        used.forEach(id -> ports.computeIfAbsent(id, absent -> newPort()));
        Set<PortId> now = both(inputs, outputs);
        learning.stream()
                .filter(id -> !now.contains(id) && ports.containsKey(id))
                .forEach(id -> renew(ports.get(id)));
        learning = now;
    }

    private static Set<PortId> used(List<Input> inputs, List<Output> outputs) {
        return Stream.concat(
                        inputs.stream().map(input -> input.id().port()),
                        outputs.stream().map(output -> output.id().port()))
                .collect(Collectors.toSet());
    }

    /** Addresses are learned where they can be reached: at ports with both directions. */
    private static Set<PortId> both(List<Input> inputs, List<Output> outputs) {
        Set<PortId> sources = inputs.stream().map(input -> input.id().port()).collect(Collectors.toSet());
        return outputs.stream()
                .map(output -> output.id().port())
                .filter(sources::contains)
                .collect(Collectors.toSet());
    }

    private int numbers() {
        return 1 + ports.values().stream().mapToInt(BridgePort::number).max().orElse(-1);
    }

    private LearningPorts learning(Set<PortId> ids) {
        int[] tags = new int[numbers()];
        BridgePort[] byNumber = new BridgePort[tags.length];
        for (PortId id : ids) {
            BridgePort port = ports.get(id);
            tags[port.number()] = port.tag();
            byNumber[port.number()] = port;
        }
        return new LearningPorts(tags, byNumber, options.entriesPerPort());
    }

    private BridgePort newPort() {
        Set<Integer> taken = ports.values().stream().map(BridgePort::number).collect(Collectors.toSet());
        int number = 0;
        while (taken.contains(number)) {
            number++;
        }
        BridgePort port = new BridgePort(number);
        renew(port);
        return port;
    }

    private void renew(BridgePort port) {
        lastLife = lastLife == 0xffff ? 1 : lastLife + 1;
        port.renew(lastLife);
    }

    void flush() {
        ports.values().forEach(this::renew);
    }

    Table table(long nowNs, int most) {
        String[] names = new String[numbers()];
        Map<String, Integer> atPorts = new TreeMap<>();
        learning.forEach(id -> {
            names[ports.get(id).number()] = id.toString();
            atPorts.put(id.toString(), 0);
        });
        int[] total = {0};
        List<Address> all = new ArrayList<>();
        table.forEach(learning(learning), Bridge.ticks(nowNs), (key, tag, age) -> {
            total[0]++;
            atPorts.merge(names[PortTag.number(tag)], 1, Integer::sum);
            if (most != 0) {
                all.add(new Address(
                        BridgeTable.vlan(key),
                        BridgeTable.address(key),
                        names[PortTag.number(tag)],
                        age / TICKS_PER_SECOND));
            }
        });
        all.sort(Comparator.comparingInt(Address::vlan).thenComparingLong(Address::address));
        return new Table(
                name,
                total[0],
                table.capacity(),
                options.entriesPerPort(),
                atPorts,
                List.copyOf(all.subList(0, Math.min(most, all.size()))));
    }

    @Override
    public void close() {
        bridges.remove(name);
        header.close();
    }
}

package io.jspp.primary;

import io.jspp.flow.FlowException;
import io.jspp.flow.FlowRule;
import io.jspp.port.Device;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The flow rules of all devices, numbered port by port. Guarded by the {@link Registry}. */
final class FlowTable {
    private static final String WORD = "flow";

    private final DeviceTable devices;
    private final Map<PortId, SortedMap<Integer, FlowRule>> rules = new TreeMap<>();

    FlowTable(DeviceTable devices) {
        this.devices = devices;
    }

    private Device device(PortId port) {
        Device device = devices.find(port);
        if (device == null) {
            throw new PortException("Invalid port " + port.index());
        }
        return device;
    }

    private List<FlowRule> with(PortId port, FlowRule more) {
        List<FlowRule> all = new ArrayList<>(of(port).values());
        all.add(more);
        return all;
    }

    /** @throws PortException why the rule can't be created */
    void validate(PortId port, FlowRule rule) {
        device(port).requireFlows(with(port, rule));
    }

    /**
     * Adds a rule.
     *
     * @return its number, one more than the highest of the port
     * @throws PortException nothing has changed then
     */
    int create(PortId port, FlowRule rule) {
        device(port).useFlows(with(port, rule));
        SortedMap<Integer, FlowRule> ofPort = rules.computeIfAbsent(port, p -> new TreeMap<>());
        int id = ofPort.isEmpty() ? 0 : ofPort.lastKey() + 1;
        ofPort.put(id, rule);
        return id;
    }

    /** @return false when there is no such rule */
    boolean destroy(PortId port, int id) {
        Device device = device(port);
        SortedMap<Integer, FlowRule> left = new TreeMap<>(of(port));
        if (left.remove(id) == null) {
            return false;
        }
        device.useFlows(List.copyOf(left.values()));
        rules.put(port, left);
        return true;
    }

    void destroyAll(PortId port) {
        device(port).useFlows(List.of());
        rules.remove(port);
    }

    /** Rules of a port by their numbers. */
    SortedMap<Integer, FlowRule> of(PortId port) {
        return rules.getOrDefault(port, new TreeMap<>());
    }

    /** {@code flow phy:0 3 ingress pattern eth / end actions queue index 0 / end}: what the next primary is to know. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        rules.forEach((port, ofPort) ->
                ofPort.forEach((id, rule) -> lines.add(WORD + ' ' + port + ' ' + id + ' ' + rule.words())));
        return lines;
    }

    /** Takes up a line of {@link #lines}; others are not for flow rules. */
    void resume(String line) {
        String[] words = line.split(" ");
        if (!words[0].equals(WORD) || words.length < 4) {
            return;
        }
        PortId port = PortId.parse(words[1]);
        try {
            FlowRule rule = FlowRule.parse(List.of(words).subList(3, words.length));
            device(port).useFlows(with(port, rule));
            rules.computeIfAbsent(port, p -> new TreeMap<>()).put(Integer.parseInt(words[2]), rule);
        } catch (FlowException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}

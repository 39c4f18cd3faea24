package io.jspp.primary;

import io.jspp.flow.FlowRule;
import io.jspp.port.Claims;
import io.jspp.port.Device;
import io.jspp.port.Direction;
import io.jspp.port.PortState;
import java.util.List;

/**
 * A device of which fewer queues are used than it has: {@code --port-num N rxq 4 txq 1}. Owns the device.
 *
 * @param rxQueues at most the device's
 * @param txQueues at most the device's
 */
record LimitedDevice(Device device, int rxQueues, int txQueues) implements Device {
    @Override
    public String macAddress() {
        return device.macAddress();
    }

    @Override
    public PortState state() {
        return device.state();
    }

    @Override
    public Claims.Grant open(int queue, Direction direction) {
        return device.open(queue, direction);
    }

    @Override
    public void released(int queue, Direction direction) {
        device.released(queue, direction);
    }

    @Override
    public void useFlows(List<FlowRule> rules) {
        device.useFlows(rules);
    }

    @Override
    public void requireFlows(List<FlowRule> rules) {
        device.requireFlows(rules);
    }

    @Override
    public boolean exclusive() {
        return device.exclusive();
    }

    @Override
    public List<String> notes() {
        return device.notes();
    }

    @Override
    public void close() {
        device.close();
    }
}

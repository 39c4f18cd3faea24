package io.jspp.primary;

import io.jspp.config.EalOptions.Vdev;
import io.jspp.config.ExitCode;
import io.jspp.config.ProcessException;
import io.jspp.config.UsageException;
import io.jspp.port.Device;
import io.jspp.port.DeviceType;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The devices of this primary and the ports they became. Opened at start, asked by the attach loop and the control thread (not at the same
 * time: the primary's lock), closed at exit.
 */
final class DeviceTable implements AutoCloseable {
    /** Port type of a bit of {@code -p} that has no device. */
    private static final String DEFAULT_TYPE = "phy";

    private final Map<PortId, Device> devices = new TreeMap<>();
    private final List<PortId> missing = new ArrayList<>();

    private record Wanted(PortId port, DeviceType type, Vdev vdev) {}

    /**
     * Opens the selected devices.
     *
     * @param types by vdev prefix
     * @throws UsageException unknown kind of device, malformed argument
     * @throws ProcessException absent interface, missing right
     */
    static DeviceTable open(List<Vdev> vdevs, PrimaryOptions options, Map<String, DeviceType> types) {
        DeviceTable table = new DeviceTable();
        List<Wanted> all = number(vdevs, types);
        for (int port : options.queues().keySet()) {
            if (!options.selects(port)) {
                throw new UsageException("--port-num " + port + ": -p selects no such port");
            }
        }
        try {
            for (int i = 0; i < all.size(); i++) {
                if (options.selects(i)) {
                    table.openOne(all.get(i), options.queues().get(i));
                }
            }
        } catch (RuntimeException e) {
            table.close();
            throw e;
        }
        long next = all.stream().filter(w -> w.port.type().equals(DEFAULT_TYPE)).count();
        for (int bit = all.size(); bit < options.selectedBound(); bit++) {
            if (options.selects(bit)) {
                table.missing.add(new PortId(DEFAULT_TYPE, (int) next));
            }
            next++;
        }
        return table;
    }

    /** Which port each device becomes, in option order. */
    private static List<Wanted> number(List<Vdev> vdevs, Map<String, DeviceType> types) {
        List<Wanted> all = new ArrayList<>();
        Map<String, Integer> nextOfType = new HashMap<>();
        for (Vdev vdev : vdevs) {
            String prefix = vdev.name().replaceFirst("[0-9]+$", "");
            // DPDK's old names: eth_tap0 is net_tap0
            DeviceType type = types.get(prefix.replaceFirst("^eth_", "net_"));
            if (type == null) {
                throw new UsageException("--vdev " + vdev.name() + ": no such kind of device, known are "
                        + String.join(", ", types.keySet().stream().sorted().toList()));
            }
            String digits = vdev.name().substring(prefix.length());
            int index = type.numberedByOrder()
                    ? nextOfType.merge(type.portType(), 1, Integer::sum) - 1
                    : digits.length() > 4 ? PortId.MAX_INDEX + 1 : Integer.parseInt(digits);
            PortId port;
            try {
                port = new PortId(type.portType(), index);
            } catch (IllegalArgumentException e) {
                throw new UsageException("--vdev " + vdev.name() + ": " + e.getMessage());
            }
            if (all.stream().anyMatch(w -> w.port.equals(port) || w.vdev.name().equals(vdev.name()))) {
                throw new UsageException("--vdev " + vdev.name() + " is given twice");
            }
            all.add(new Wanted(port, type, vdev));
        }
        return all;
    }

    private void openOne(Wanted wanted, PrimaryOptions.Queues queues) {
        Map<String, String> arguments = new LinkedHashMap<>(wanted.vdev.arguments());
        if (queues != null && Math.max(queues.rx(), queues.tx()) > 1) {
            arguments.putIfAbsent("qpairs", Integer.toString(Math.max(queues.rx(), queues.tx())));
        }
        try {
            Device device = wanted.type.open(wanted.vdev.name(), arguments);
            devices.put(wanted.port, queues == null ? device : limited(device, queues));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--vdev " + wanted.vdev.name() + ": " + e.getMessage());
        } catch (PortException e) {
            throw new ProcessException(ExitCode.FAILED, wanted.port + ": " + e.getMessage(), e);
        }
    }

    /** With fewer queues than the device has, where that is asked for; the device is closed when that can't be. */
    private static Device limited(Device device, PrimaryOptions.Queues queues) {
        if (device.sharesOut() && queues.rx() < device.rxQueues()) {
            device.close();
            throw new IllegalArgumentException(
                    "with flow=1 a port has as many receive queues as transmit queues, not rxq " + queues.rx() + " txq "
                            + queues.tx());
        }
        boolean fewer = queues.rx() < device.rxQueues() || queues.tx() < device.txQueues();
        return fewer
                ? new LimitedDevice(
                        device, Math.min(queues.rx(), device.rxQueues()), Math.min(queues.tx(), device.txQueues()))
                : device;
    }

    /** The device behind a port, or null. */
    Device find(PortId port) {
        return devices.get(port);
    }

    /** Devices by port, in the order of their ports. */
    Map<PortId, Device> all() {
        return Collections.unmodifiableMap(devices);
    }

    /** Ports selected by {@code -p} for which there is no device. */
    List<PortId> missing() {
        return Collections.unmodifiableList(missing);
    }

    /** What to say about a port without a device. */
    static String missingText(PortId port) {
        return port + ": no device, add --vdev net_af_packet" + port.index() + ",iface=… to the primary";
    }

    @Override
    public void close() {
        devices.values().forEach(Device::close);
        devices.clear();
    }
}

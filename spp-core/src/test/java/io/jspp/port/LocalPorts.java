package io.jspp.port;

import io.jspp.counters.CounterAllocator;
import io.jspp.linux.FileDescriptor;
import io.jspp.memory.Memory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/**
 * Primary and secondary in one: opens devices by their {@code --vdev} words and ports by their type, and grants claims as the
 * primary does. What is left claimed or counted at the end can be asked for.
 */
public final class LocalPorts implements PortContext, Claims, CounterAllocator, AutoCloseable {
    private final Path directory;
    private final Map<PortId, Device> devices = new HashMap<>();
    private final Map<String, Integer> byOrder = new HashMap<>();
    private final Map<String, Long> counters = new HashMap<>();
    private final Set<String> claimed = new TreeSet<>();

    public LocalPorts(Path directory) {
        this.directory = directory;
    }

    /** Opens a device: {@code net_tap0} with {@code iface=tap0}. */
    public PortId device(String name, Map<String, String> arguments) {
        for (DeviceType type : ServiceLoader.load(DeviceType.class)) {
            String number = name.startsWith(type.vdevPrefix())
                    ? name.substring(type.vdevPrefix().length())
                    : "";
            if (number.matches("[0-9]+")) {
                int index = type.numberedByOrder()
                        ? byOrder.merge(type.portType(), 1, Integer::sum) - 1
                        : Integer.parseInt(number);
                PortId id = new PortId(type.portType(), index);
                devices.put(id, type.open(name, arguments));
                return id;
            }
        }
        throw new IllegalArgumentException("no device type for " + name);
    }

    public Device device(PortId id) {
        return devices.get(id);
    }

    public Port open(PortId id) {
        for (PortType type : ServiceLoader.load(PortType.class)) {
            if (type.name().equals(id.type())) {
                return devices.containsKey(id) ? type.openDevice(id, this) : type.open(id, this);
            }
        }
        throw new IllegalArgumentException("no port type for " + id);
    }

    public Set<String> claimed() {
        return claimed;
    }

    public int countersInUse() {
        return counters.size();
    }

    @Override
    public Grant claim(PortId port, int queue, Direction direction) {
        String key = port + " " + queue + " " + direction.word();
        if (!claimed.add(key)) {
            throw new PortException(key + " is claimed already");
        }
        Device device = devices.get(port);
        try {
            return device == null ? new Grant(List.of(), Map.of()) : device.open(queue, direction);
        } catch (RuntimeException e) {
            claimed.remove(key);
            throw e;
        }
    }

    @Override
    public void release(PortId port, int queue, Direction direction) {
        claimed.remove(port + " " + queue + " " + direction.word());
        Device device = devices.get(port);
        if (device != null) {
            device.released(queue, direction);
        }
    }

    @Override
    public synchronized long allocate(String label) {
        return counters.computeIfAbsent(label, l -> Memory.allocate(8));
    }

    @Override
    public synchronized void free(long address) {
        counters.values().remove(address);
        Memory.free(address);
    }

    @Override
    public Claims claims() {
        return this;
    }

    @Override
    public CounterAllocator counters() {
        return this;
    }

    @Override
    public Quiescence quiescence() {
        return Quiescence.SINGLE_THREAD;
    }

    @Override
    public Path socketDirectory() {
        return directory;
    }

    @Override
    public boolean vhostClient() {
        return false;
    }

    /** Descriptors open in this process that have an owner. */
    public static int descriptors() {
        return FileDescriptor.live();
    }

    @Override
    public void close() {
        devices.values().forEach(Device::close);
    }
}

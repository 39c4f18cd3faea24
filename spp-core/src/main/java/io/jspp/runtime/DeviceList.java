package io.jspp.runtime;

import io.jspp.attach.AttachClient;
import io.jspp.patch.PortTable;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The primary's devices as this process last heard of them: each is a port from the start. Control thread. */
public final class DeviceList {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceList.class);

    private final Supplier<List<AttachClient.DeviceInfo>> source;
    private final PortTable ports;
    private final Map<PortId, Integer> queues = new ConcurrentHashMap<>();

    /** @param source what the primary has now; throws a {@link PortException} when no primary answers */
    public DeviceList(Supplier<List<AttachClient.DeviceInfo>> source, PortTable ports) {
        this.source = source;
        this.ports = ports;
    }

    /**
     * Asks the primary and makes new devices known; those that went away stay known, their claims are refused.
     *
     * @throws PortException when no primary answers
     */
    public void refresh() {
        for (AttachClient.DeviceInfo device : source.get()) {
            ports.addDevice(device.port(), device.rxQueues(), device.txQueues());
            queues.put(device.port(), Math.max(device.rxQueues(), device.txQueues()));
        }
    }

    /** The same; without a primary what is known stays. A primary that was started again may have more. */
    public void refreshIfPossible() {
        try {
            refresh();
        } catch (PortException noPrimary) {
            LOG.debug("devices as before: {}", noPrimary.getMessage());
        }
    }

    /** Forgets a device that the primary has no more and no patch uses. */
    public void forget(PortId id) {
        if (queues.remove(id) != null) {
            ports.removeDevice(id);
        }
    }

    /** Whether a port belongs to a device of the primary. */
    public boolean isDevice(PortId id) {
        return queues.containsKey(id);
    }

    /** Queues of a port as status lists them. */
    public int queues(PortId id) {
        return queues.getOrDefault(id, 1);
    }
}

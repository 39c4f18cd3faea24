package io.jspp.secondary;

import io.jspp.attach.AttachClient;
import io.jspp.patch.PortTable;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The primary's devices as this process last heard of them: each is a port from the start. Control thread. */
public final class DeviceList {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceList.class);

    private final AttachClient client;
    private final PortTable ports;
    private final Map<PortId, Integer> queues = new ConcurrentHashMap<>();

    DeviceList(AttachClient client, PortTable ports) {
        this.client = client;
        this.ports = ports;
    }

    /**
     * Asks the primary and makes new devices known; those that went away stay known, their claims are refused.
     *
     * @throws PortException when no primary answers
     */
    public void refresh() {
        for (AttachClient.DeviceInfo device : client.devices()) {
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

    /** Whether a port belongs to a device of the primary. */
    public boolean isDevice(PortId id) {
        return queues.containsKey(id);
    }

    /** Queues of a port as status lists them. */
    public int queues(PortId id) {
        return queues.getOrDefault(id, 1);
    }
}

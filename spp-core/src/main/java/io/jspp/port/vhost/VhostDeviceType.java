package io.jspp.port.vhost;

import io.jspp.linux.SocketAddress;
import io.jspp.port.Claims;
import io.jspp.port.Device;
import io.jspp.port.DeviceArguments;
import io.jspp.port.DeviceType;
import io.jspp.port.Direction;
import io.jspp.port.PortState;
import io.jspp.state.Cause;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * {@code --vdev net_vhost0,iface=PATH[,client=1][,queues=2]}: a vhost port with a socket of any name. The words are those of DPDK. The
 * primary keeps the settings only; the process that claims the port serves the socket.
 */
public final class VhostDeviceType implements DeviceType {
    /** Of DPDK's net_vhost, decided by negotiation here. */
    private static final List<String> WITHOUT_MEANING =
            List.of("tso", "iommu-support", "postcopy-support", "linear-buffer", "ext-buf", "legacy-ol-flags");

    @Override
    public String vdevPrefix() {
        return "net_vhost";
    }

    @Override
    public String portType() {
        return VhostPortType.NAME;
    }

    @Override
    public Device open(String name, Map<String, String> arguments) {
        DeviceArguments words = new DeviceArguments(name, arguments);
        String path = words.required("iface", "/tmp/sock0");
        boolean client = words.integer("client", 0, 0, 1) == 1;
        int asked = words.integer("qpairs", 1, 1, VhostSettings.MAX_QUEUE_PAIRS);
        int queues = words.integer("queues", asked, 1, VhostSettings.MAX_QUEUE_PAIRS);
        WITHOUT_MEANING.forEach(word -> words.integer(word, 0, 0, 1));
        words.finish();
        String absolute = Path.of(path).toAbsolutePath().toString();
        SocketAddress.unix(absolute); // refuses a path that is too long
        return new VhostDevice(name, new VhostSettings(absolute, client, queues));
    }

    private record VhostDevice(String name, VhostSettings settings) implements Device {
        @Override
        public int rxQueues() {
            return settings.queuePairs();
        }

        @Override
        public int txQueues() {
            return settings.queuePairs();
        }

        @Override
        public PortState state() {
            return PortState.upBut(Cause.SERVED_ELSEWHERE, settings.path());
        }

        /** One socket has one server. */
        @Override
        public boolean exclusive() {
            return true;
        }

        @Override
        public Claims.Grant open(int queue, Direction direction) {
            Device.requireQueue(name, queue, settings.queuePairs(), "queues");
            return new Claims.Grant(List.of(), settings.toAttributes());
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}

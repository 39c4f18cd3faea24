package io.jspp.port.nullpmd;

import io.jspp.port.Claims;
import io.jspp.port.Device;
import io.jspp.port.DeviceArguments;
import io.jspp.port.DeviceType;
import io.jspp.port.Direction;
import io.jspp.port.PortState;
import java.util.List;
import java.util.Map;

/** {@code --vdev net_null0[,size=64][,no-rx=1][,qpairs=2]}: a source of equal frames and a sink. The words are those of DPDK. */
public final class NullDeviceType implements DeviceType {
    @Override
    public String vdevPrefix() {
        return "net_null";
    }

    @Override
    public String portType() {
        return NullPortType.NAME;
    }

    @Override
    public Device open(String name, Map<String, String> arguments) {
        DeviceArguments words = new DeviceArguments(name, arguments);
        int size = words.integer("size", NullPortType.DEFAULT_SIZE, NullPortType.MIN_SIZE, NullPortType.MAX_SIZE);
        int silent = words.integer("no-rx", 0, 0, 1);
        words.integer("copy", 0, 0, 1);
        int queues = words.integer("qpairs", 1, 1, NullPortType.MAX_QUEUES);
        words.finish();
        Map<String, String> attributes = Map.of("size", Integer.toString(size), "no-rx", Integer.toString(silent));
        return new NullDevice(queues, attributes);
    }

    private record NullDevice(int queues, Map<String, String> attributes) implements Device {
        @Override
        public int rxQueues() {
            return queues;
        }

        @Override
        public int txQueues() {
            return queues;
        }

        @Override
        public PortState state() {
            return PortState.UP;
        }

        @Override
        public Claims.Grant open(int queue, Direction direction) {
            return new Claims.Grant(List.of(), attributes);
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}

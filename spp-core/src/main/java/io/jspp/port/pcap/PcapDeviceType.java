package io.jspp.port.pcap;

import io.jspp.linux.FileDescriptor;
import io.jspp.port.Claims;
import io.jspp.port.Device;
import io.jspp.port.DeviceArguments;
import io.jspp.port.DeviceType;
import io.jspp.port.Direction;
import io.jspp.port.PortException;
import io.jspp.port.PortState;
import java.util.List;
import java.util.Map;

/**
 * {@code --vdev net_pcap0,rx_pcap=FILE,tx_pcap=FILE[,infinite_rx=1]}: frames of one file are received, frames sent go to another.
 * The words are those of DPDK. The file sent to begins empty with each start of the primary; claims append to it.
 */
public final class PcapDeviceType implements DeviceType {
    @Override
    public String vdevPrefix() {
        return "net_pcap";
    }

    @Override
    public String portType() {
        return PcapPortType.NAME;
    }

    @Override
    public Device open(String name, Map<String, String> arguments) {
        DeviceArguments words = new DeviceArguments(name, arguments);
        String rx = words.optional("rx_pcap", "");
        String tx = words.optional("tx_pcap", "");
        int repeat = words.integer("infinite_rx", 0, 0, 1);
        words.finish();
        if (rx.isEmpty() && tx.isEmpty()) {
            throw new IllegalArgumentException(
                    name + ": rx_pcap= or tx_pcap= is missing, as in " + name + ",rx_pcap=in.pcap,tx_pcap=out.pcap");
        }
        if (!rx.isEmpty()) {
            try (FileDescriptor fd = PcapFiles.forReading(rx)) {
                new PcapReader(fd.value(), rx).close();
            }
        }
        if (!tx.isEmpty()) {
            PcapFiles.makeEmpty(tx);
        }
        return new PcapDevice(name, rx, tx, repeat);
    }

    private record PcapDevice(String name, String rx, String tx, int repeat) implements Device {
        @Override
        public int rxQueues() {
            return rx.isEmpty() ? 0 : 1;
        }

        @Override
        public int txQueues() {
            return tx.isEmpty() ? 0 : 1;
        }

        @Override
        public PortState state() {
            return PortState.UP;
        }

        @Override
        public Claims.Grant open(int queue, Direction direction) {
            String path = direction == Direction.RX ? rx : tx;
            if (queue != 0 || path.isEmpty()) {
                throw new PortException(name + ": no " + direction.word() + " queue " + queue
                        + (queue == 0 ? ": give " + direction.word() + "_pcap=FILE to the primary" : ", only queue 0"));
            }
            FileDescriptor fd = direction == Direction.RX ? PcapFiles.forReading(path) : PcapFiles.forAppending(path);
            return new Claims.Grant(List.of(fd), Map.of("file", path, "repeat", Integer.toString(repeat)));
        }

        @Override
        public void close() {
            // files are open per claim
        }
    }
}

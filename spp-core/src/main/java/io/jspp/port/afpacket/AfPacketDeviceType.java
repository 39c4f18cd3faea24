package io.jspp.port.afpacket;

import io.jspp.linux.NetDevice;
import io.jspp.port.Device;
import io.jspp.port.DeviceArguments;
import io.jspp.port.DeviceType;
import java.util.Map;

/**
 * {@code --vdev net_af_packet0,iface=eth0[,qpairs=2][,qdisc_bypass=1][,framesz=2048][,framecnt=2048][,blocksz=…][,flow=1]}: a kernel
 * interface through packet sockets. The words are those of DPDK, but {@code flow=1}, which several queues need for flow
 * rules; {@code blocksz} is accepted and chosen by us.
 */
public final class AfPacketDeviceType implements DeviceType {
    @Override
    public String vdevPrefix() {
        return "net_af_packet";
    }

    @Override
    public String portType() {
        return PhyPortType.NAME;
    }

    @Override
    public boolean numberedByOrder() {
        return true;
    }

    @Override
    public Device open(String name, Map<String, String> arguments) {
        DeviceArguments words = new DeviceArguments(name, arguments);
        String iface = NetDevice.checkName(words.required("iface", "eth0"));
        int queuePairs = words.integer("qpairs", 1, 1, PhyPort.MAX_QUEUES);
        boolean bypass = words.integer("qdisc_bypass", 1, 0, 1) == 1;
        int frameBytes = words.integer("framesz", 0, 0, PacketRing.MAX_FRAME_BYTES);
        int frames = words.integer("framecnt", PacketRing.DEFAULT_FRAMES, 64, PacketRing.MAX_FRAMES);
        words.integer("blocksz", 4096, 1, 1 << 27);
        words.optional("fanout_mode", "hash");
        boolean flow = words.integer("flow", 0, 0, 1) == 1;
        words.finish();
        return new AfPacketDevice(name, iface, new PacketSettings(queuePairs, bypass, frameBytes, frames), flow);
    }
}

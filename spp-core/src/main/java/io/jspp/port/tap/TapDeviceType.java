package io.jspp.port.tap;

import io.jspp.linux.NetDevice;
import io.jspp.port.Device;
import io.jspp.port.DeviceArguments;
import io.jspp.port.DeviceType;
import java.util.Map;

/** {@code --vdev net_tap0,iface=vtap0[,qpairs=2]}: a tap interface that lives as long as the primary or a claimant. */
public final class TapDeviceType implements DeviceType {
    @Override
    public String vdevPrefix() {
        return "net_tap";
    }

    @Override
    public String portType() {
        return TapPortType.NAME;
    }

    @Override
    public Device open(String name, Map<String, String> arguments) {
        DeviceArguments words = new DeviceArguments(name, arguments);
        String number = name.substring(Math.min(name.length(), vdevPrefix().length()));
        String iface = NetDevice.checkName(words.optional("iface", "dtap" + number));
        int queues = words.integer("qpairs", 1, 1, TapPort.MAX_QUEUES);
        words.finish();
        return new TapDevice(name, iface, queues);
    }
}

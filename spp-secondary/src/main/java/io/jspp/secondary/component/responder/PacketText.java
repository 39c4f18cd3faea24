package io.jspp.secondary.component.responder;

import io.jspp.control.IpAddresses;
import java.util.Arrays;

/**
 * A ping as text, in the form of seL4's {@code vm_virtio_net} demonstration, which prints numbers as they lie in memory of a little-endian machine:
 *
 * <pre>
 * Packet Contents:
 * 0:	45 0 0 54 a1 92 40 0 40 1 15 c3 c0 a8 1
 * 15:	1 c0 a8 1 2 8 0 60 65 7d 0 0 0 cf 99
 * IP Header - Version: IPv4 protocol: 1 | src address: 192.168.1.1 | dest address: 192.168.1.2
 * ICMP Header - Type: 8 | id: 125 | seq: 0
 * </pre>
 */
final class PacketText {
    private static final int PER_LINE = 15;
    private static final String END = "\n";

    private PacketText() {}

    /**
     * Text of an IP packet that was found to be a ping.
     *
     * @param length bytes that are there
     * @param of bytes the packet had
     */
    static String of(byte[] packet, int length, int of) {
        StringBuilder text = new StringBuilder(512);
        text.append("Packet Contents:");
        for (int i = 0; i < length; i++) {
            text.append(i % PER_LINE == 0 ? END + i + ":\t" : " ").append(Integer.toHexString(packet[i] & 0xff));
        }
        text.append(END);
        if (of > length) {
            text.append("… ").append(of - length).append(" more bytes").append(END);
        }
        boolean v4 = packet[0] >>> 4 == 4;
        int icmp = v4 ? (packet[0] & 15) * 4 : 40;
        text.append("IP Header - Version: IPv")
                .append(v4 ? 4 : 6)
                .append(" protocol: ")
                .append(packet[v4 ? 9 : 6] & 0xff)
                .append(" | src address: ")
                .append(address(packet, v4 ? 12 : 8, v4))
                .append(" | dest address: ")
                .append(address(packet, v4 ? 16 : 24, v4))
                .append(END);
        text.append("ICMP Header - Type: ")
                .append(packet[icmp] & 0xff)
                .append(" | id: ")
                .append(littleEndian(packet, icmp + 4))
                .append(" | seq: ")
                .append(littleEndian(packet, icmp + 6))
                .append(END)
                .append(END);
        return text.toString();
    }

    private static String address(byte[] packet, int at, boolean v4) {
        return IpAddresses.format(Arrays.copyOfRange(packet, at, at + (v4 ? 4 : 16)));
    }

    private static int littleEndian(byte[] packet, int at) {
        return (packet[at + 1] & 0xff) << 8 | packet[at] & 0xff;
    }
}

package io.jspp.secondary.echo;

import io.jspp.memory.Memory;
import io.jspp.net.BigEndian;
import io.jspp.net.Checksum;
import io.jspp.net.EthernetHeader;
import io.jspp.net.IpHeader;
import io.jspp.net.MacAddress;

/** Neighbour solicitations (RFC 4861 §4.3, §7.1.1) and the advertisements that answer them (§7.2.4). Belongs to one {@link EchoHost}. */
final class Neighbour {
    private static final int TARGET = 8;
    private static final int OPTIONS = 24;
    private static final int SOURCE_OPTION = 1;
    private static final int TARGET_OPTION = 2;
    private static final int HOP_LIMIT = 255;
    private static final int LENGTH = OPTIONS + 8;
    private static final int SOLICITED = 0x40;
    private static final int OVERRIDE = 0x20;
    private static final long ALL_NODES_MAC = 0x3333_0000_0001L;
    private static final long ALL_NODES_HIGH = 0xff02L << 48;

    /** ff02::1:ff00:0 but its last 24 bits. */
    private static final long SOLICITED_NODE_LOW = 0x1_ff00_0000L;

    private long mac;
    private boolean probe;

    /** MAC address of the target judged last. */
    long mac() {
        return mac;
    }

    /** Judges all but the checksum. */
    Verdict judge(long frame, long ip, int payload, HostAddresses hosts) {
        long message = ip + IpHeader.V6_LENGTH;
        if (payload < OPTIONS || Memory.getUnsignedByte(message + 1) != 0) {
            return Verdict.MALFORMED;
        }
        long high = Icmp.getLong(message + TARGET);
        long low = Icmp.getLong(message + TARGET + 8);
        mac = hosts.find6(high, low);
        if (mac == HostAddresses.ABSENT || !isToUs(frame)) {
            return Verdict.NOT_OURS;
        }
        long destinationHigh = Icmp.getLong(ip + IpHeader.V6_DESTINATION);
        long destinationLow = Icmp.getLong(ip + IpHeader.V6_DESTINATION + 8);
        boolean toGroup =
                destinationHigh == ALL_NODES_HIGH && destinationLow == (SOLICITED_NODE_LOW | low & 0xff_ffffL);
        if (!toGroup && (destinationHigh != high || destinationLow != low)) {
            return Verdict.NOT_OURS;
        }
        probe = (Memory.getLong(ip + IpHeader.V6_SOURCE) | Memory.getLong(ip + IpHeader.V6_SOURCE + 8)) == 0;
        boolean allowed = Memory.getUnsignedByte(ip + Icmp.V6_HOP_LIMIT) == HOP_LIMIT
                && (probe ? toGroup : Icmp.isHost6(ip + IpHeader.V6_SOURCE));
        return allowed && optionsFit(message, payload) ? Verdict.SOLICITATION : Verdict.MALFORMED;
    }

    private boolean isToUs(long frame) {
        long destination = EthernetHeader.destination(frame);
        return destination == mac || MacAddress.isGroup(destination);
    }

    /** No option has length 0 or passes the end, and one without address names no link-layer address. */
    private boolean optionsFit(long message, int payload) {
        int at = OPTIONS;
        while (at < payload) {
            if (at + 2 > payload) {
                return false;
            }
            int bytes = 8 * Memory.getUnsignedByte(message + at + 1);
            if (bytes == 0 || at + bytes > payload || probe && Memory.getUnsignedByte(message + at) == SOURCE_OPTION) {
                return false;
            }
            at += bytes;
        }
        return true;
    }

    /**
     * Makes the advertisement.
     *
     * @return bytes of the frame
     */
    int answer(long frame, int l3) {
        long ip = frame + l3;
        long message = ip + IpHeader.V6_LENGTH;
        long asker = EthernetHeader.source(frame);
        EthernetHeader.putDestination(frame, probe ? ALL_NODES_MAC : asker);
        EthernetHeader.putSource(frame, mac);
        BigEndian.putInt(ip, 0x6000_0000);
        BigEndian.putShort(ip + IpHeader.V6_PAYLOAD_LENGTH, LENGTH);
        Memory.putByte(ip + Icmp.V6_HOP_LIMIT, (byte) HOP_LIMIT);
        for (int i = 0; i < 16; i += 8) {
            Memory.putLong(ip + IpHeader.V6_DESTINATION + i, Memory.getLong(ip + IpHeader.V6_SOURCE + i));
            Memory.putLong(ip + IpHeader.V6_SOURCE + i, Memory.getLong(message + TARGET + i));
        }
        if (probe) {
            Icmp.putLong(ip + IpHeader.V6_DESTINATION, ALL_NODES_HIGH);
            Icmp.putLong(ip + IpHeader.V6_DESTINATION + 8, 1);
        }
        BigEndian.putInt(message + 4, (probe ? OVERRIDE : OVERRIDE | SOLICITED) << 24);
        Memory.putByte(message + OPTIONS, (byte) TARGET_OPTION);
        Memory.putByte(message + OPTIONS + 1, (byte) 1);
        Icmp.putMac(message + OPTIONS + 2, mac);
        long pseudo = Checksum.pseudoHeader6(ip, IpHeader.PROTOCOL_ICMPV6, LENGTH);
        Icmp.complete(message, Icmp.ADVERTISEMENT, pseudo, LENGTH);
        return l3 + IpHeader.V6_LENGTH + LENGTH;
    }
}

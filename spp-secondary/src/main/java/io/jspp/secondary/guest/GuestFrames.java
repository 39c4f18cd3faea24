package io.jspp.secondary.guest;

import java.nio.ByteBuffer;

/** The few frames that the guest speaks: ARP (RFC 826) and ICMP echo over IPv4 (RFC 791, 792) on Ethernet. Network byte order. */
final class GuestFrames {
    static final int ETHERNET_BYTES = 14;
    static final int ARP_BYTES = ETHERNET_BYTES + 28;
    static final int IPV4_BYTES = 20;
    static final int ICMP_BYTES = 8;
    static final int TYPE_ARP = 0x0806;
    static final int TYPE_IPV4 = 0x0800;
    static final int ARP_REQUEST = 1;
    static final int ARP_REPLY = 2;
    static final int PROTOCOL_ICMP = 1;
    static final int ECHO_REPLY = 0;
    static final int ECHO_REQUEST = 8;
    static final int ECHO_OFFSET = ETHERNET_BYTES + IPV4_BYTES;
    private static final int ARP_ETHERNET_IPV4_START = ETHERNET_BYTES;
    private static final byte[] BROADCAST = {-1, -1, -1, -1, -1, -1};

    private GuestFrames() {}

    static int etherType(byte[] frame) {
        return u16(frame, 12);
    }

    /** ARP operation when the frame is a well-formed Ethernet/IPv4 ARP, else 0. */
    static int arpOperation(byte[] frame, int length) {
        boolean arp = length >= ARP_BYTES
                && etherType(frame) == TYPE_ARP
                && u16(frame, ARP_ETHERNET_IPV4_START) == 1
                && u16(frame, ARP_ETHERNET_IPV4_START + 2) == TYPE_IPV4
                && frame[ARP_ETHERNET_IPV4_START + 4] == 6
                && frame[ARP_ETHERNET_IPV4_START + 5] == 4;
        return arp ? u16(frame, ARP_ETHERNET_IPV4_START + 6) : 0;
    }

    static int arpSenderAddress(byte[] frame) {
        return ByteBuffer.wrap(frame).getInt(ETHERNET_BYTES + 14);
    }

    static byte[] arpSenderMac(byte[] frame) {
        byte[] mac = new byte[6];
        System.arraycopy(frame, ETHERNET_BYTES + 8, mac, 0, 6);
        return mac;
    }

    /** Writes an ARP frame of {@value #ARP_BYTES} bytes; a null {@code targetMac} is a broadcast question. */
    static int putArp(
            byte[] frame, int operation, byte[] senderMac, int senderAddress, byte[] targetMac, int targetAddress) {
        ByteBuffer b = ByteBuffer.wrap(frame);
        b.put(targetMac == null ? BROADCAST : targetMac).put(senderMac).putShort((short) TYPE_ARP);
        b.putShort((short) 1)
                .putShort((short) TYPE_IPV4)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) operation);
        b.put(senderMac).putInt(senderAddress);
        b.put(targetMac == null ? new byte[6] : targetMac).putInt(targetAddress);
        return ARP_BYTES;
    }

    /** Whether the frame is an unfragmented IPv4 packet with an ICMP message that fits, both checksums ignored. */
    static boolean isIcmp(byte[] frame, int length) {
        if (length < ECHO_OFFSET + ICMP_BYTES || etherType(frame) != TYPE_IPV4 || frame[ETHERNET_BYTES] != 0x45) {
            return false;
        }
        int total = u16(frame, ETHERNET_BYTES + 2);
        boolean fragment = (u16(frame, ETHERNET_BYTES + 6) & 0x3fff) != 0;
        return frame[ETHERNET_BYTES + 9] == PROTOCOL_ICMP
                && !fragment
                && total >= IPV4_BYTES + ICMP_BYTES
                && total <= length - ETHERNET_BYTES;
    }

    /** End of the IPv4 packet in the frame; padding may follow. */
    static int ipv4End(byte[] frame) {
        return ETHERNET_BYTES + u16(frame, ETHERNET_BYTES + 2);
    }

    static int ipv4Source(byte[] frame) {
        return ByteBuffer.wrap(frame).getInt(ETHERNET_BYTES + 12);
    }

    static int ipv4Destination(byte[] frame) {
        return ByteBuffer.wrap(frame).getInt(ETHERNET_BYTES + 16);
    }

    static int icmpType(byte[] frame) {
        return frame[ECHO_OFFSET] & 0xff;
    }

    static int echoIdentifier(byte[] frame) {
        return u16(frame, ECHO_OFFSET + 4);
    }

    static int echoSequence(byte[] frame) {
        return u16(frame, ECHO_OFFSET + 6);
    }

    /** Whether the ICMP checksum is right. */
    static boolean icmpChecksumValid(byte[] frame) {
        return checksum(frame, ECHO_OFFSET, ipv4End(frame)) == 0;
    }

    /** Writes an echo request with {@code dataBytes} of a counting pattern; returns the frame's length. */
    static int putEchoRequest(
            byte[] frame,
            byte[] destinationMac,
            byte[] sourceMac,
            int source,
            int destination,
            int identifier,
            int sequence,
            int dataBytes) {
        int total = IPV4_BYTES + ICMP_BYTES + dataBytes;
        ByteBuffer b = ByteBuffer.wrap(frame);
        b.put(destinationMac).put(sourceMac).putShort((short) TYPE_IPV4);
        b.put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) total)
                .putShort((short) sequence)
                .putShort((short) 0x4000);
        b.put((byte) 64)
                .put((byte) PROTOCOL_ICMP)
                .putShort((short) 0)
                .putInt(source)
                .putInt(destination);
        b.put((byte) ECHO_REQUEST).put((byte) 0).putShort((short) 0);
        b.putShort((short) identifier).putShort((short) sequence);
        for (int i = 0; i < dataBytes; i++) {
            b.put((byte) i);
        }
        b.putShort(ETHERNET_BYTES + 10, (short) checksum(frame, ETHERNET_BYTES, ECHO_OFFSET));
        b.putShort(ECHO_OFFSET + 2, (short) checksum(frame, ECHO_OFFSET, ETHERNET_BYTES + total));
        return Math.max(60, ETHERNET_BYTES + total);
    }

    /** Internet checksum (RFC 1071) of {@code [from, to)}. */
    static int checksum(byte[] bytes, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i += 2) {
            int low = i + 1 < to ? bytes[i + 1] & 0xff : 0;
            sum += (bytes[i] & 0xff) << 8 | low;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }
}

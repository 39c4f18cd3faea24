package io.jspp.net;

import io.jspp.memory.Memory;

/**
 * A number that is the same for all frames of a flow, both directions, and differs between flows: from addresses and ports of TCP, UDP, UDP-Lite,
 * DCCP and SCTP; from the IP addresses alone for other protocols and for fragments (which of a datagram's fragments carry the ports must not
 * matter); from the MAC addresses when the frame is not IP. VLAN tags are skipped.
 *
 * <p>Owned by one thread. The bytes are hostile and may change while they are read: each is read once and decides nothing but the number.
 */
public final class FlowHash {
    /** Bytes looked at, for all frames alike: those of one flow must not differ by how their sender cut them into segments. */
    public static final int HEADER_BYTES = 128;

    private static final int IPV4_AT = EthernetHeader.LENGTH;
    private static final int PORTS_AT = IPV4_AT + IpHeader.V4_MIN_LENGTH;

    /** Ethertype 0x0800, version 4, header of 20 bytes, as bytes 12..14 of a frame lie in memory; TOS behind is masked. */
    private static final int PLAIN_IPV4 = 0x45_0008;

    /** Transport protocols that begin with two ports: bit = number. UDP-Lite is 136. */
    private static final int UDP_LITE = 136;

    private static final int DCCP = 33;
    private static final int SCTP = 132;

    private final FrameHeaders headers = new FrameHeaders();

    /** @param length readable bytes at {@code frame}, at least an Ethernet header; more than {@link #HEADER_BYTES} are not looked at */
    public int of(long frame, int length) {
        // Nearly all frames: IPv4 without options, tag and fragmentation.
        if (length >= PORTS_AT + Integer.BYTES
                && (Memory.getInt(frame + EthernetHeader.ETHERTYPE) & 0xff_ffff) == PLAIN_IPV4) {
            long ip = frame + IPV4_AT;
            int fragment = BigEndian.getShort(ip + IpHeader.V4_FRAGMENT) & 0x3fff;
            int sum = mix(Memory.getInt(ip + IpHeader.V4_SOURCE)) + mix(Memory.getInt(ip + IpHeader.V4_DESTINATION));
            boolean ports = fragment == 0 && hasPorts(Memory.getUnsignedByte(ip + IpHeader.V4_PROTOCOL));
            return finish(ports ? sum + ports(frame + PORTS_AT) : sum);
        }
        return ofAny(frame, Math.min(length, HEADER_BYTES));
    }

    private int ofAny(long frame, int length) {
        FrameHeaders h = headers;
        if (!h.parse(frame, length) || h.ipVersion == 0) {
            return finish(mac(frame) + mac(frame + EthernetHeader.SOURCE));
        }
        long ip = frame + h.networkOffset;
        int sum;
        if (h.ipVersion == 4) {
            sum = mix(Memory.getInt(ip + IpHeader.V4_SOURCE)) + mix(Memory.getInt(ip + IpHeader.V4_DESTINATION));
        } else {
            sum = address6(ip + IpHeader.V6_SOURCE) + address6(ip + IpHeader.V6_DESTINATION);
        }
        if (!h.fragment && hasPorts(h.protocol) && h.transportOffset + Integer.BYTES <= length) {
            sum += ports(frame + h.transportOffset);
        }
        return finish(sum);
    }

    private static boolean hasPorts(int protocol) {
        return protocol == IpHeader.PROTOCOL_TCP
                || protocol == IpHeader.PROTOCOL_UDP
                || protocol == SCTP
                || protocol == UDP_LITE
                || protocol == DCCP;
    }

    private static int mac(long address) {
        return mix(Memory.getInt(address) * 31 + Memory.getUnsignedShort(address + Integer.BYTES));
    }

    private static int address6(long address) {
        long both = Memory.getLong(address) * 31 + Memory.getLong(address + Long.BYTES);
        return mix((int) (both ^ both >>> 32));
    }

    /** Source and destination port. */
    private static int ports(long address) {
        int both = Memory.getInt(address);
        return mix((both & 0xffff) + 0x1_0000) + mix((both >>> 16) + 0x1_0000);
    }

    /** Spreads neighbours over all bits; multipliers of MurmurHash3. What it makes of two sides is added, so that they may change places. */
    private static int mix(int value) {
        int h = value * 0x85eb_ca6b;
        h = (h ^ h >>> 13) * 0xc2b2_ae35;
        return h ^ h >>> 16;
    }

    private static int finish(int sum) {
        return mix(sum);
    }
}

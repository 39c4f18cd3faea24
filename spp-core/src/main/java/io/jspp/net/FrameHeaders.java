package io.jspp.net;

import io.jspp.memory.Memory;

/**
 * Where the headers of one frame lie. A reusable parser: {@link #parse} fills the fields. Owned by one thread. The bytes are
 * hostile; every offset that comes out lies inside the given range. Parse a private copy when what was found must still hold later.
 */
public final class FrameHeaders {
    private static final int MAX_TAGS = 4;
    private static final int MAX_EXTENSIONS = 8;

    /** Ethertype behind all tags. */
    public int etherType;

    /** Offset of the network header. */
    public int networkOffset;

    /** 4, 6, or 0 when the frame is not IP. */
    public int ipVersion;

    /** Transport protocol of an IP packet, behind IPv6 extension headers; -1 when there is none or it is not reachable. */
    public int protocol;

    /** Offset of the transport header when {@link #protocol} is not -1; inside the range or equal to its end. */
    public int transportOffset;

    /** Whether the IP packet is a fragment (first or later), so that its transport length can't be known. */
    public boolean fragment;

    /** Tags skipped. */
    public int tags;

    /**
     * Looks at {@code length} readable bytes at {@code frame}.
     *
     * @return false when there is no whole Ethernet header, or an IP header contradicts itself or the length
     */
    public boolean parse(long frame, int length) {
        etherType = 0;
        ipVersion = 0;
        protocol = -1;
        transportOffset = 0;
        fragment = false;
        tags = 0;
        if (length < EthernetHeader.LENGTH) {
            return false;
        }
        int at = EthernetHeader.ETHERTYPE;
        int type = BigEndian.getShort(frame + at);
        while (VlanTag.isTag(type) && tags < MAX_TAGS) {
            at += VlanTag.LENGTH;
            tags++;
            if (at + 2 > length) {
                return false;
            }
            type = BigEndian.getShort(frame + at);
        }
        etherType = type;
        networkOffset = at + 2;
        if (type == EthernetHeader.ETHERTYPE_IPV4) {
            return parse4(frame, length);
        }
        if (type == EthernetHeader.ETHERTYPE_IPV6) {
            return parse6(frame, length);
        }
        return true;
    }

    private boolean parse4(long frame, int length) {
        long ip = frame + networkOffset;
        if (networkOffset + IpHeader.V4_MIN_LENGTH > length) {
            return false;
        }
        int first = Memory.getUnsignedByte(ip);
        int headerLength = (first & 15) * 4;
        if (first >>> 4 != 4 || headerLength < IpHeader.V4_MIN_LENGTH || networkOffset + headerLength > length) {
            return false;
        }
        ipVersion = 4;
        int fragmentWord = BigEndian.getShort(ip + IpHeader.V4_FRAGMENT);
        fragment = (fragmentWord & IpHeader.V4_FRAGMENTED) != 0;
        protocol = Memory.getUnsignedByte(ip + IpHeader.V4_PROTOCOL);
        transportOffset = networkOffset + headerLength;
        return true;
    }

    private boolean parse6(long frame, int length) {
        long ip = frame + networkOffset;
        if (networkOffset + IpHeader.V6_LENGTH > length || Memory.getUnsignedByte(ip) >>> 4 != 6) {
            return false;
        }
        ipVersion = 6;
        int next = Memory.getUnsignedByte(ip + IpHeader.V6_NEXT_HEADER);
        int at = networkOffset + IpHeader.V6_LENGTH;
        for (int i = 0; i < MAX_EXTENSIONS; i++) {
            boolean options = IpHeader.isV6Options(next);
            if (!options && next != IpHeader.PROTOCOL_FRAGMENT) {
                protocol = next;
                transportOffset = at;
                return true;
            }
            if (at + 8 > length) {
                return true;
            }
            fragment |= next == IpHeader.PROTOCOL_FRAGMENT;
            int size = options ? 8 + 8 * Memory.getUnsignedByte(frame + at + 1) : IpHeader.V6_FRAGMENT_LENGTH;
            next = Memory.getUnsignedByte(frame + at);
            if (Integer.compareUnsigned(size, length - at) > 0) { // any number, when the memory has vanished meanwhile
                return true;
            }
            at += size;
        }
        return true;
    }
}

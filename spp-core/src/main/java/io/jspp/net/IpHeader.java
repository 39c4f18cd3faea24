package io.jspp.net;

/** Field offsets of IPv4 (RFC 791), IPv6 (RFC 8200), TCP (RFC 9293) and UDP (RFC 768) headers. */
public final class IpHeader {
    public static final int V4_TOTAL_LENGTH = 2;
    public static final int V4_ID = 4;
    public static final int V4_FRAGMENT = 6;
    public static final int V4_TTL = 8;
    public static final int V4_PROTOCOL = 9;
    public static final int V4_CHECKSUM = 10;
    public static final int V4_SOURCE = 12;
    public static final int V4_DESTINATION = 16;
    public static final int V4_MIN_LENGTH = 20;
    public static final int V4_MORE_FRAGMENTS = 0x2000;
    public static final int V4_DONT_FRAGMENT = 0x4000;
    /** Set in part or in whole: a fragment, first or later. */
    public static final int V4_FRAGMENTED = 0x3fff;

    public static final int V6_PAYLOAD_LENGTH = 4;
    public static final int V6_NEXT_HEADER = 6;
    public static final int V6_SOURCE = 8;
    public static final int V6_DESTINATION = 24;
    public static final int V6_LENGTH = 40;
    public static final int V6_FRAGMENT_LENGTH = 8;

    public static final int PROTOCOL_ICMP = 1;
    public static final int PROTOCOL_TCP = 6;
    public static final int PROTOCOL_UDP = 17;
    public static final int PROTOCOL_FRAGMENT = 44;
    public static final int PROTOCOL_ICMPV6 = 58;

    public static final int TCP_SEQUENCE = 4;
    public static final int TCP_DATA_OFFSET = 12;
    public static final int TCP_FLAGS = 13;
    public static final int TCP_CHECKSUM = 16;
    public static final int TCP_MIN_LENGTH = 20;
    public static final int TCP_FIN = 0x01;
    public static final int TCP_PSH = 0x08;
    public static final int TCP_CWR = 0x80;

    public static final int UDP_LENGTH_FIELD = 4;
    public static final int UDP_CHECKSUM = 6;
    public static final int UDP_LENGTH = 8;

    private IpHeader() {}

    /** RFC 8200 §4: hop-by-hop 0, routing 43, destination options 60 share one form: next header, length in 8 bytes less 1, contents. */
    public static boolean isV6Options(int header) {
        return header == 0 || header == 43 || header == 60;
    }
}

package io.jspp.secondary.echo;

import io.jspp.memory.Memory;
import io.jspp.net.BigEndian;
import io.jspp.net.Checksum;

/** Fields of ICMP (RFC 792) and ICMPv6 (RFC 4443, 4861) messages and of what carries them. Stateless. */
final class Icmp {
    static final int V4_ECHO_REPLY = 0;
    static final int V4_ECHO_REQUEST = 8;
    static final int V6_ECHO_REQUEST = 128;
    static final int V6_ECHO_REPLY = 129;
    static final int SOLICITATION = 135;
    static final int ADVERTISEMENT = 136;
    static final int CHECKSUM = 2;

    /** Offset in an IPv6 header. */
    static final int V6_HOP_LIMIT = 7;

    private Icmp() {}

    /**
     * Gives a message its type and checksum.
     *
     * @param pseudo sum of the pseudo header, 0 without one
     */
    static void complete(long icmp, int type, long pseudo, int bytes) {
        Memory.putByte(icmp, (byte) type);
        Memory.putShort(icmp + CHECKSUM, (short) 0);
        Memory.putShort(icmp + CHECKSUM, Checksum.finish(Checksum.add(pseudo, icmp, bytes)));
    }

    /** Eight bytes, the first on top. */
    static long getLong(long at) {
        return Long.reverseBytes(Memory.getLong(at));
    }

    static void putLong(long at, long value) {
        Memory.putLong(at, Long.reverseBytes(value));
    }

    static void putMac(long at, long mac) {
        BigEndian.putShort(at, (int) (mac >>> 32));
        BigEndian.putInt(at + 2, (int) mac);
    }

    /** Whether an IPv6 address can be answered: neither multicast nor unspecified. */
    static boolean isHost6(long at) {
        return Memory.getUnsignedByte(at) != 0xff && (Memory.getLong(at) | Memory.getLong(at + 8)) != 0;
    }
}

package io.jspp.net;

import io.jspp.memory.Memory;

/**
 * The Internet checksum (RFC 1071) over off-heap memory. Sums are taken over 16-bit words in machine order (little-endian on
 * every machine this runs on) and stored in machine order, which gives the wire's bytes without swapping (RFC 1071 §2 B).
 *
 * <p>A running sum is a {@code long} that is folded only at the end; 2 GiB may be summed before it overflows. A piece that begins
 * at an odd offset of the summed data goes through {@link #addAt}. No allocation; any thread.
 */
public final class Checksum {
    private static final long LOW = 0xffff_ffffL;

    private Checksum() {}

    /** Adds {@code length} bytes that begin at an even offset of the summed data. */
    public static long add(long sum, long address, int length) {
        long a = sum;
        long b = 0;
        long at = address;
        long end = address + (length & ~31);
        while (at < end) {
            long v = Memory.getLong(at);
            long w = Memory.getLong(at + 8);
            long x = Memory.getLong(at + 16);
            long y = Memory.getLong(at + 24);
            a += (v & LOW) + (v >>> 32) + (w & LOW) + (w >>> 32);
            b += (x & LOW) + (x >>> 32) + (y & LOW) + (y >>> 32);
            at += 32;
        }
        end = address + (length & ~7);
        while (at < end) {
            long v = Memory.getLong(at);
            a += (v & LOW) + (v >>> 32);
            at += 8;
        }
        if ((length & 4) != 0) {
            a += Memory.getInt(at) & LOW;
            at += 4;
        }
        if ((length & 2) != 0) {
            a += Memory.getUnsignedShort(at);
            at += 2;
        }
        if ((length & 1) != 0) {
            a += Memory.getUnsignedByte(at);
        }
        return a + b;
    }

    /** Adds a piece that begins at {@code offset} of the summed data, odd or even. */
    public static long addAt(long sum, int offset, long address, int length) {
        if ((offset & 1) == 0) {
            return add(sum, address, length);
        }
        return sum + swap(fold(add(0, address, length)));
    }

    /** Adds a value that stands in the data as a big-endian 16-bit word at an even offset. */
    public static long addWord(long sum, int value) {
        return sum + swap(value & 0xffff);
    }

    /** The sum in 16 bits, machine order, not complemented: what a partial checksum holds. */
    public static int fold(long sum) {
        long s = (sum & LOW) + (sum >>> 32);
        s = (s & 0xffff) + (s >>> 16 & 0xffff) + (s >>> 32);
        s = (s & 0xffff) + (s >>> 16);
        return (int) ((s & 0xffff) + (s >>> 16));
    }

    /** The checksum field for a sum, machine order, to be stored by {@link Memory#putShort}. */
    public static short finish(long sum) {
        return (short) ~fold(sum);
    }

    /** As {@link #finish}, but 0 becomes 0xffff, since 0 means "no checksum" in UDP (RFC 768) and both are equal elsewhere. */
    public static short finishNonZero(long sum) {
        short checksum = finish(sum);
        return checksum == 0 ? (short) 0xffff : checksum;
    }

    /**
     * The pseudo header of TCP and UDP over IPv4 (RFC 793 §3.1).
     *
     * @param ip address of the IPv4 header
     * @param length bytes of the transport header and its data
     */
    public static long pseudoHeader4(long ip, int protocol, int length) {
        return addWord(addWord(add(0, ip + IpHeader.V4_SOURCE, 8), protocol), length);
    }

    /** The pseudo header over IPv6 (RFC 8200 §8.1). */
    public static long pseudoHeader6(long ip, int protocol, int length) {
        long sum = add(0, ip + IpHeader.V6_SOURCE, 32);
        return addWord(addWord(addWord(sum, protocol), length >>> 16), length);
    }

    private static int swap(int word) {
        return (word & 0xff) << 8 | word >>> 8;
    }
}

package io.jspp.secondary.echo;

import java.nio.ByteBuffer;
import java.util.Map;

/** The IP addresses that are answered for, each with its MAC address. Immutable; looked up at constant cost without allocation. */
public final class HostAddresses {
    /** No address at all. */
    public static final HostAddresses NONE = new HostAddresses(Map.of());

    /** What look-ups return for an address that is not ours. No MAC address. */
    public static final long ABSENT = -1;

    private static final long V4 = 0xffff_0000_0000L;

    /** Three words per slot: both halves of the address (IPv4 as ::ffff:a.b.c.d), and the MAC address or {@link #ABSENT}. */
    private final long[] words;

    private final int mask;

    /** @param macs by address of 4 or 16 bytes */
    public HostAddresses(Map<ByteBuffer, Long> macs) {
        int slots = Integer.highestOneBit(Math.max(2, macs.size())) * 4;
        mask = slots - 1;
        words = new long[3 * slots];
        for (int i = 2; i < words.length; i += 3) {
            words[i] = ABSENT;
        }
        macs.forEach((address, mac) -> {
            boolean v4 = address.remaining() == 4;
            put(v4 ? 0 : address.getLong(0), v4 ? V4 | address.getInt(0) & 0xffff_ffffL : address.getLong(8), mac);
        });
    }

    /** One address of 4 or 16 bytes. */
    public static HostAddresses of(byte[] address, long mac) {
        return new HostAddresses(Map.of(ByteBuffer.wrap(address), mac));
    }

    private void put(long high, long low, long mac) {
        int at = slot(high, low);
        while (words[3 * at + 2] != ABSENT) {
            at = at + 1 & mask;
        }
        words[3 * at] = high;
        words[3 * at + 1] = low;
        words[3 * at + 2] = mac;
    }

    /** MAC address of an IPv4 address in host order, or {@link #ABSENT}. */
    public long find4(int address) {
        return find6(0, V4 | address & 0xffff_ffffL);
    }

    /** MAC address of an IPv6 address, first byte on top of {@code high}, or {@link #ABSENT}. */
    public long find6(long high, long low) {
        int at = slot(high, low);
        while (words[3 * at + 2] != ABSENT) {
            if (words[3 * at] == high && words[3 * at + 1] == low) {
                return words[3 * at + 2];
            }
            at = at + 1 & mask;
        }
        return ABSENT;
    }

    private int slot(long high, long low) {
        return (int) ((high * 31 + low) * 0x9e37_79b9_7f4a_7c15L >>> 40) & mask;
    }
}

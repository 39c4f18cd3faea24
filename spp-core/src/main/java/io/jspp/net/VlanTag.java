package io.jspp.net;

import io.jspp.memory.Memory;

/**
 * The four bytes of an IEEE 802.1Q tag between source address and ethertype: TPID (16), PCP (3), DEI (1), VID (12). Frames are
 * given by address; the caller has checked lengths.
 */
public final class VlanTag {
    public static final int LENGTH = 4;
    public static final int TPID_8021Q = 0x8100;
    public static final int TPID_8021AD = 0x88a8;

    /** Largest VLAN id a tag can carry. */
    public static final int MAX_VID = 4095;

    /** Highest priority. */
    public static final int MAX_PCP = 7;

    private static final int ADDRESSES = 12;

    private VlanTag() {}

    /** Whether an ethertype is a tag's TPID. */
    public static boolean isTag(int etherType) {
        return etherType == TPID_8021Q || etherType == TPID_8021AD;
    }

    /** TCI of a tagged frame (at least 16 bytes). */
    public static int tci(long frame) {
        return BigEndian.getShort(frame + ADDRESSES + 2);
    }

    public static int vid(int tci) {
        return tci & 0xfff;
    }

    public static int pcp(int tci) {
        return tci >>> 13;
    }

    public static int tci(int pcp, int vid) {
        return pcp << 13 | vid;
    }

    /**
     * Inserts a tag by moving the addresses down; {@link #LENGTH} bytes before the frame must be writable.
     *
     * @return the frame's new address, {@code frame - 4}
     */
    public static long insertBefore(long frame, int tpid, int tci) {
        long first = Memory.getLong(frame);
        int last = Memory.getInt(frame + 8);
        long moved = frame - LENGTH;
        Memory.putLong(moved, first);
        Memory.putInt(moved + 8, last);
        BigEndian.putShort(moved + ADDRESSES, tpid);
        BigEndian.putShort(moved + ADDRESSES + 2, tci);
        return moved;
    }
}

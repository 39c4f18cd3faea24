package io.jspp.net;

import io.jspp.memory.Memory;

/**
 * View of an Ethernet II header at an address; the caller has checked that {@link #LENGTH} bytes are readable there.
 *
 * <pre>
 *   0            6            12          14
 *   ┌────────────┬────────────┬───────────┬─
 *   │ destination│ source     │ ethertype │ payload, or TCI when the ethertype is a tag ({@link VlanTag})
 *   └────────────┴────────────┴───────────┴─
 * </pre>
 */
public final class EthernetHeader {
    public static final int DESTINATION = 0;
    public static final int SOURCE = 6;
    public static final int ETHERTYPE = 12;

    /** Bytes without tags. */
    public static final int LENGTH = 14;

    public static final int ETHERTYPE_IPV4 = 0x0800;
    public static final int ETHERTYPE_ARP = 0x0806;
    public static final int ETHERTYPE_IPV6 = 0x86dd;

    private EthernetHeader() {}

    /** As {@link MacAddress} has it. Reads the eight bytes that begin the frame. */
    public static long destination(long frame) {
        return Long.reverseBytes(Memory.getLong(frame)) >>> 16;
    }

    /** As {@link MacAddress} has it. */
    public static long source(long frame) {
        return Long.reverseBytes(Memory.getLong(frame + SOURCE)) >>> 16;
    }

    public static void putDestination(long frame, long address) {
        put(frame + DESTINATION, address);
    }

    public static void putSource(long frame, long address) {
        put(frame + SOURCE, address);
    }

    /** The two bytes after the addresses: a protocol, or a tag's TPID. */
    public static int etherType(long frame) {
        return BigEndian.getShort(frame + ETHERTYPE);
    }

    public static void putEtherType(long frame, int etherType) {
        BigEndian.putShort(frame + ETHERTYPE, etherType);
    }

    private static void put(long at, long address) {
        BigEndian.putInt(at, (int) (address >>> 16));
        BigEndian.putShort(at + 4, (int) address & 0xffff);
    }
}

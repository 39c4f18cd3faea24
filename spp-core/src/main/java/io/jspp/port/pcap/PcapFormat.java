package io.jspp.port.pcap;

import io.jspp.memory.Memory;

/**
 * The classic capture file (draft-ietf-opsawg-pcap): a header of 24 bytes, then records of 16 bytes and a frame, in the byte order
 * of its writer.
 *
 * <pre>
 *   0 magic │ 4 major, minor │ 8 zone │ 12 accuracy │ 16 snaplen │ 20 link type
 *   0 seconds │ 4 micro- or nanoseconds │ 8 captured length │ 12 original length │ 16 frame …
 * </pre>
 */
final class PcapFormat {
    static final int FILE_HEADER = 24;
    static final int RECORD_HEADER = 16;
    static final int CAPTURED = 8;
    static final int ORIGINAL = 12;

    /** MAXIMUM_SNAPLEN of libpcap: a record that claims more is damaged. */
    static final int MAX_CAPTURED = 262_144;

    private static final int MAGIC_MICROSECONDS = 0xa1b2c3d4;
    private static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    private static final int MAGIC_PCAPNG = 0x0a0d0d0a;
    private static final int ETHERNET = 1;
    private static final int LINK_TYPE_BITS = 0x03ff_ffff;

    private PcapFormat() {}

    /** Writes the header of a file with microseconds in machine order. */
    static void putFileHeader(long address) {
        Memory.putInt(address, MAGIC_MICROSECONDS);
        Memory.putShort(address + 4, (short) 2);
        Memory.putShort(address + 6, (short) 4);
        Memory.putLong(address + 8, 0);
        Memory.putInt(address + 16, MAX_CAPTURED);
        Memory.putInt(address + 20, ETHERNET);
    }

    /** Writes a record's header. */
    static void putRecordHeader(long address, long microseconds, int length) {
        Memory.putInt(address, (int) (microseconds / 1_000_000));
        Memory.putInt(address + 4, (int) (microseconds % 1_000_000));
        Memory.putInt(address + CAPTURED, length);
        Memory.putInt(address + ORIGINAL, length);
    }

    /**
     * Looks at a file's first bytes.
     *
     * @return whether its numbers are in the other byte order
     * @throws IllegalArgumentException what is wrong and what to do, without the file's name
     */
    static boolean isSwapped(long address, long bytes) {
        int magic = bytes < 4 ? 0 : Memory.getInt(address);
        if (magic == MAGIC_PCAPNG) {
            throw new IllegalArgumentException("is a pcapng file; convert it: editcap -F pcap IN OUT");
        }
        boolean swapped =
                magic == Integer.reverseBytes(MAGIC_MICROSECONDS) || magic == Integer.reverseBytes(MAGIC_NANOSECONDS);
        if (!swapped && magic != MAGIC_MICROSECONDS && magic != MAGIC_NANOSECONDS) {
            throw new IllegalArgumentException(
                    bytes < 4
                            ? "has " + bytes + " bytes, too few for a pcap header"
                            : String.format("does not begin like a pcap file (0x%08x)", magic));
        }
        if (bytes < FILE_HEADER) {
            throw new IllegalArgumentException("ends within its pcap header (" + bytes + " bytes)");
        }
        int version = getShort(address + 4, swapped);
        if (version != 2) {
            throw new IllegalArgumentException("has pcap version " + version + ", only 2 is known");
        }
        int linkType = getInt(address + 20, swapped) & LINK_TYPE_BITS;
        if (linkType != ETHERNET) {
            throw new IllegalArgumentException(
                    "holds link type " + linkType + ", only 1 (Ethernet) can be sent to a port");
        }
        return swapped;
    }

    static int getInt(long address, boolean swapped) {
        int value = Memory.getInt(address);
        return swapped ? Integer.reverseBytes(value) : value;
    }

    private static int getShort(long address, boolean swapped) {
        short value = Memory.getShort(address);
        return Short.toUnsignedInt(swapped ? Short.reverseBytes(value) : value);
    }
}

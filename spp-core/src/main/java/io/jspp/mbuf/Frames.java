package io.jspp.mbuf;

import io.jspp.memory.Memory;
import io.jspp.net.Checksum;

/** Reads bytes of a burst's packet across its segments. Positions are checked by the caller against {@code length[i]}. */
public final class Frames {
    private Frames() {}

    /** Copies {@code [offset, offset + length)} of packet {@code i} to one place. */
    public static void copy(Burst burst, int i, int offset, int length, long destination) {
        int s = burst.first[i];
        int skip = offset;
        while (skip >= burst.segmentLength[s]) {
            skip -= burst.segmentLength[s++];
        }
        int left = length;
        long to = destination;
        while (left > 0) {
            int n = Math.min(left, burst.segmentLength[s] - skip);
            Memory.copy(burst.segmentAddress[s] + skip, to, n);
            to += n;
            left -= n;
            skip = 0;
            s++;
        }
    }

    /** Copies the whole packet. */
    public static void copy(Burst burst, int i, long destination) {
        int s = burst.first[i];
        int end = s + burst.count[i];
        long to = destination;
        for (; s < end; s++) {
            int n = burst.segmentLength[s];
            Memory.copy(burst.segmentAddress[s], to, n);
            to += n;
        }
    }

    /**
     * The byte at {@code offset}, 0..255; 0 outside of the packet. Offsets that follow from bytes of a guest's memory can be any number when that
     * memory vanishes in between (JDK 17 goes on behind such a load with whatever the register held).
     */
    public static int getByte(Burst burst, int i, int offset) {
        int s = burst.first[i];
        int end = s + burst.count[i];
        int skip = offset;
        while (s < end && Integer.compareUnsigned(skip, burst.segmentLength[s]) >= 0) {
            skip -= burst.segmentLength[s++];
        }
        return s == end ? 0 : Memory.getUnsignedByte(burst.segmentAddress[s] + skip);
    }

    /** The big-endian word at {@code offset}. */
    public static int getShort(Burst burst, int i, int offset) {
        return getByte(burst, i, offset) << 8 | getByte(burst, i, offset + 1);
    }

    /** Adds {@code [offset, end of packet)} to an Internet checksum; the range begins at an even offset of the summed data. */
    public static long sum(Burst burst, int i, int offset, long sum) {
        int s = burst.first[i];
        int end = s + burst.count[i];
        int skip = offset;
        while (s < end && skip >= burst.segmentLength[s]) {
            skip -= burst.segmentLength[s++];
        }
        int position = 0;
        long total = sum;
        for (; s < end; s++) {
            int n = burst.segmentLength[s] - skip;
            total = Checksum.addAt(total, position, burst.segmentAddress[s] + skip, n);
            position += n;
            skip = 0;
        }
        return total;
    }
}

package io.jspp.frontend;

import io.jspp.memory.Memory;

/**
 * The generator's frame: Ethernet with the local experimental ethertype 88B5 (IEEE 802), never looked at by a host stack.
 *
 * <pre>
 *    0  destination MAC (6)   source MAC (6)   0x88B5 (2)
 *   14  frame length u16      stream id u32              \  little-endian, at 8-byte boundaries when the
 *   20  sequence number u64   timestamp ns u64 or 0      /  12-byte virtio-net header precedes the frame
 *   36  padding, or the pattern of {@link #pattern}
 * </pre>
 *
 * <p>Header, stream and sequence number share one cache line of an aligned buffer, so that a packet costs sender and receiver one line each.
 */
public final class TrafficFrame {
    public static final int ETHERTYPE = 0x88B5;
    public static final int MIN_BYTES = 60;
    public static final int MAX_BYTES = 2048;
    static final int HEADER = 12;
    static final int TYPE_LENGTH_STREAM = HEADER + 12;
    static final int SEQUENCE = HEADER + 20;
    static final int TIMESTAMP = HEADER + 28;
    static final int PADDING = HEADER + 36;
    /** Bytes from one buffer to the next: an odd number of cache lines, so that buffers spread over all cache sets. */
    static final int STRIDE = 33 * 64;

    private TrafficFrame() {}

    /** Ethertype, length and stream as the eight bytes at {@link #TYPE_LENGTH_STREAM}, little-endian. */
    static long tag(int frameLength, int stream) {
        return Short.toUnsignedLong(Short.reverseBytes((short) ETHERTYPE))
                | (long) frameLength << 16
                | Integer.toUnsignedLong(stream) << 32;
    }

    static boolean isTraffic(long tag) {
        return (tag & 0xffff) == Short.toUnsignedLong(Short.reverseBytes((short) ETHERTYPE));
    }

    static int length(long tag) {
        return (int) (tag >>> 16) & 0xffff;
    }

    static int stream(long tag) {
        return (int) (tag >>> 32);
    }

    /** Fills a buffer (12-byte virtio-net header and frame) except for sequence number and timestamp. */
    static void prepare(long buffer, int frameLength, byte[] destination, byte[] source, int stream) {
        for (int i = 0; i < HEADER; i++) {
            Memory.putByte(buffer + i, (byte) 0);
        }
        Memory.put(buffer + HEADER, destination, 0, 6);
        Memory.put(buffer + HEADER + 6, source, 0, 6);
        Memory.putLong(buffer + TYPE_LENGTH_STREAM, tag(frameLength, stream));
        for (int i = PADDING; i < HEADER + frameLength; i++) {
            Memory.putByte(buffer + i, (byte) 0);
        }
    }

    /** Word {@code index} of the padding when payload is checked too: differs for each frame and place. */
    static long pattern(long sequence, int index) {
        long x = sequence * 0x9E3779B97F4A7C15L + index * 0xC2B2AE3D27D4EB4FL;
        return x ^ x >>> 29;
    }

    /** Writes the pattern to the padding of the frame in {@code buffer}. */
    static void putPattern(long buffer, int frameLength, long sequence) {
        int words = (HEADER + frameLength - PADDING) / 8;
        for (int i = 0; i < words; i++) {
            Memory.putLong(buffer + PADDING + 8L * i, pattern(sequence, i));
        }
    }

    /** Whether the padding of the frame in {@code buffer} carries the pattern of its sequence number. */
    static boolean hasPattern(long buffer, int frameLength, long sequence) {
        int words = (HEADER + frameLength - PADDING) / 8;
        for (int i = 0; i < words; i++) {
            if (Memory.getLong(buffer + PADDING + 8L * i) != pattern(sequence, i)) {
                return false;
            }
        }
        return true;
    }
}

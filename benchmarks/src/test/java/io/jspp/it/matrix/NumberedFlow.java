package io.jspp.it.matrix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * Frames of a flow, each of its own length and content, all of which follow from flow and number: Ethernet with the local experimental
 * ethertype, then flow, number and bytes that differ from frame to frame.
 */
final class NumberedFlow {
    static final int LONGEST = 1514;
    private static final int SHORTEST = 60;
    private static final int FLOW = 14;
    private static final int NUMBER = 18;
    private static final int CONTENT = 26;
    private static final short ETHERTYPE = (short) 0x88B5;

    private NumberedFlow() {}

    /** Writes a frame; returns its length. */
    static int put(byte[] frame, int flow, long number) {
        SplittableRandom random = new SplittableRandom((long) flow << 40 ^ number);
        int length = SHORTEST + random.nextInt(LONGEST + 1 - SHORTEST);
        ByteBuffer bytes = ByteBuffer.wrap(frame).order(ByteOrder.BIG_ENDIAN);
        bytes.put(new byte[] {2, 0, 0, 1, 0, 0});
        bytes.put(new byte[] {2, 0, 0, 0}).putShort((short) flow);
        bytes.putShort(ETHERTYPE).putInt(flow).putLong(number);
        long word = random.nextLong();
        for (int at = CONTENT; at < length; at += Long.BYTES, word += 0x9E3779B97F4A7C15L) {
            if (at + Long.BYTES <= length) {
                bytes.putLong(at, word);
            } else {
                bytes.position(at);
                bytes.put(new byte[length - at]);
            }
        }
        return length;
    }

    /** Whether it is one of these frames at all. */
    static boolean is(byte[] frame, int length) {
        return length >= SHORTEST && ByteBuffer.wrap(frame).getShort(12) == ETHERTYPE;
    }

    static int flow(byte[] frame) {
        return ByteBuffer.wrap(frame).getInt(FLOW);
    }

    static long number(byte[] frame) {
        return ByteBuffer.wrap(frame).getLong(NUMBER);
    }
}

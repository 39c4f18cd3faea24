package io.jspp.it.recipes;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Frames that say which they are: 64 bytes, an ethertype for experiments (IEEE 802), a group and a number within it. */
final class NumberedFrames {
    static final int ETHERTYPE = 0x88b5;
    static final int COUNT = 20;

    private static final int LENGTH = 64;
    private static final int TYPE = 12;
    private static final int GROUP = 14;
    private static final int NUMBER = 18;

    private NumberedFrames() {}

    /** Frames 0 to {@link #COUNT} - 1 of a group. */
    static List<byte[]> of(int group, String destination) {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            ByteBuffer frame = ByteBuffer.allocate(LENGTH);
            Arrays.fill(frame.array(), (byte) (group * 31 + i));
            frame.put(HexFormat.of().parseHex(destination.replace(":", "")));
            frame.put(HexFormat.of().parseHex("020000000099"));
            frame.putShort(TYPE, (short) ETHERTYPE);
            frame.putInt(GROUP, group);
            frame.putInt(NUMBER, i);
            frames.add(frame.array());
        }
        return frames;
    }

    /** Whether a frame is one of these; a guest's port sees others too, such as announcements. */
    static boolean isOne(byte[] frame) {
        return frame.length == LENGTH && ByteBuffer.wrap(frame).getShort(TYPE) == (short) ETHERTYPE;
    }

    static int group(byte[] frame) {
        return ByteBuffer.wrap(frame).getInt(GROUP);
    }

    static int number(byte[] frame) {
        return ByteBuffer.wrap(frame).getInt(NUMBER);
    }
}

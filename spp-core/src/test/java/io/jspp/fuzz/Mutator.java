package io.jspp.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes an input from others. */
final class Mutator {
    private static final long[] INTERESTING = {
        0,
        1,
        2,
        3,
        4,
        7,
        8,
        9,
        10,
        12,
        14,
        15,
        16,
        20,
        31,
        32,
        40,
        60,
        63,
        64,
        65,
        100,
        127,
        128,
        255,
        256,
        512,
        1023,
        1024,
        1025,
        4095,
        4096,
        0x7fff,
        0x8000,
        0xffff,
        0x10000,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        0x1_0000_0000L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1,
        -2,
        -8,
        -16,
        -4096
    };

    private final Random random;
    private final List<byte[]> dictionary;
    private final int maxLength;

    Mutator(Random random, List<byte[]> dictionary, int maxLength) {
        this.random = random;
        this.dictionary = dictionary;
        this.maxLength = maxLength;
    }

    /** A variant of {@code parent}; {@code other} lends pieces. */
    byte[] mutate(byte[] parent, byte[] other) {
        byte[] input = parent;
        int rounds = 1 << random.nextInt(6);
        for (int i = 0; i < rounds; i++) {
            input = once(input, other);
        }
        return input.length <= maxLength ? input : Arrays.copyOf(input, maxLength);
    }

    private byte[] once(byte[] in, byte[] other) {
        if (in.length == 0) {
            return random(1 + random.nextInt(32));
        }
        int at = random.nextInt(in.length);
        switch (random.nextInt(12)) {
            case 0 -> {
                byte[] out = in.clone();
                out[at] ^= (byte) (1 << random.nextInt(8));
                return out;
            }
            case 1, 2 -> {
                byte[] out = in.clone();
                out[at] = (byte) random.nextInt();
                return out;
            }
            case 3 -> {
                byte[] out = in.clone();
                out[at] += (byte) (random.nextInt(35) - 17);
                return out;
            }
            case 4 -> {
                return overwrite(in, at, number());
            }
            case 5 -> {
                return replace(in, at, Math.min(in.length - at, 1 + random.nextInt(8)), new byte[0]);
            }
            case 6 -> {
                return replace(in, at, 1 + random.nextInt(in.length - at), new byte[0]);
            }
            case 7 -> {
                return replace(in, at, 0, random(1 + random.nextInt(16)));
            }
            case 8 -> {
                return replace(in, at, 0, piece(in));
            }
            case 9 -> {
                return other.length == 0 ? in : replace(in, at, 0, piece(other));
            }
            case 10 -> {
                return other.length == 0 ? in : overwrite(in, at, piece(other));
            }
            default -> {
                byte[] word = dictionary.isEmpty() ? number() : dictionary.get(random.nextInt(dictionary.size()));
                return random.nextBoolean() ? overwrite(in, at, word) : replace(in, at, 0, word);
            }
        }
    }

    private byte[] number() {
        long value = INTERESTING[random.nextInt(INTERESTING.length)];
        byte[] bytes = new byte[1 << random.nextInt(4)];
        boolean big = random.nextInt(4) == 0;
        for (int i = 0; i < bytes.length; i++) {
            bytes[big ? bytes.length - 1 - i : i] = (byte) (value >>> 8 * i);
        }
        return bytes;
    }

    private byte[] piece(byte[] from) {
        int at = random.nextInt(from.length);
        return Arrays.copyOfRange(from, at, at + 1 + random.nextInt(Math.min(64, from.length - at)));
    }

    byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] overwrite(byte[] in, int at, byte[] with) {
        byte[] out = in.clone();
        System.arraycopy(with, 0, out, at, Math.min(with.length, in.length - at));
        return out;
    }

    static byte[] replace(byte[] in, int at, int count, byte[] with) {
        byte[] out = new byte[in.length - count + with.length];
        System.arraycopy(in, 0, out, 0, at);
        System.arraycopy(with, 0, out, at, with.length);
        System.arraycopy(in, at + count, out, at + with.length, in.length - at - count);
        return out;
    }
}

package io.jspp.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChecksumTest {
    /** RFC 1071 §4.1, the loop given there, over big-endian words. */
    static int reference(byte[] data, int offset, int length) {
        long sum = 0;
        for (int i = 0; i < length; i += 2) {
            int high = data[offset + i] & 0xff;
            int low = i + 1 < length ? data[offset + i + 1] & 0xff : 0;
            sum += high << 8 | low;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }

    @Test
    void shouldGiveTheExampleOfRfc1071() {
        // §3: 00 01 f2 03 f4 f5 f6 f7 has the sum ddf2
        try (NativeMemory memory = NativeMemory.allocate(8)) {
            Memory.putLong(memory.address(), Long.reverseBytes(0x0001f203f4f5f6f7L));
            assertEquals(Integer.reverseBytes(0xddf2) >>> 16, Checksum.fold(Checksum.add(0, memory.address(), 8)));
        }
    }

    @Test
    void shouldAgreeWithTheReferenceForAnyLengthAndAlignment() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (NativeMemory memory = NativeMemory.allocate(70_000)) {
            byte[] data = new byte[69_000];
            for (int round = 0; round < 3000; round++) {
                int length = round < 300 ? round : random.nextInt(round % 50 == 0 ? 65_536 : 2000);
                int at = random.nextInt(64);
                random.nextBytes(data);
                if (round % 7 == 0) {
                    java.util.Arrays.fill(data, (byte) 0xff);
                }
                Memory.put(memory.address() + at, data, 0, length);
                assertEquals(
                        reference(data, 0, length),
                        wire(Checksum.finish(Checksum.add(0, memory.address() + at, length))),
                        "length " + length);
            }
        }
    }

    @Test
    void shouldSumPiecesOfAnyLengthLikeTheWhole() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (NativeMemory memory = NativeMemory.allocate(4096)) {
            byte[] data = new byte[4096];
            for (int round = 0; round < 2000; round++) {
                random.nextBytes(data);
                Memory.put(memory.address(), data, 0, data.length);
                int length = 1 + random.nextInt(4000);
                long sum = 0;
                for (int at = 0; at < length; ) {
                    int piece = Math.min(length - at, 1 + random.nextInt(100));
                    sum = Checksum.addAt(sum, at, memory.address() + at, piece);
                    at += piece;
                }
                assertEquals(reference(data, 0, length), wire(Checksum.finish(sum)));
            }
        }
    }

    @Test
    void shouldNeverSendZeroForUdp() {
        // all ones sums to zero in one's complement
        assertEquals(0, Checksum.finish(0xffff));
        assertEquals((short) 0xffff, Checksum.finishNonZero(0xffff));
    }

    /** A field in machine order as the number a receiver reads. */
    private static int wire(short field) {
        return Short.toUnsignedInt(Short.reverseBytes(field));
    }
}

package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;

/** TCP over IPv4 frames, built and checked byte by byte (RFC 791, RFC 9293). */
final class TcpFrames {
    static final int HEADERS = 14 + 20 + 20;
    private static final int SEQUENCE = 1_000_000;

    private TcpFrames() {}

    /** A frame as a guest hands it over for segmentation: pseudo-header sum in the checksum field. */
    static byte[] tso4(int payload) {
        ByteBuffer b = ByteBuffer.allocate(HEADERS + payload);
        b.put(new byte[] {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2}).putShort((short) 0x0800);
        b.put((byte) 0x45).put((byte) 0).putShort((short) (40 + payload)).putShort((short) 7);
        b.putShort((short) 0x4000).put((byte) 64).put((byte) 6).putShort((short) 0);
        b.putInt(0x0a000001).putInt(0x0a000002);
        b.putShort((short) 1111).putShort((short) 2222).putInt(SEQUENCE).putInt(5);
        b.put((byte) 0x50)
                .put((byte) 0x18)
                .putShort((short) 512)
                .putShort((short) 0)
                .putShort((short) 0);
        for (int i = 0; i < payload; i++) {
            b.put((byte) (i * 31 >>> 3));
        }
        byte[] frame = b.array();
        int pseudo = fold(sum(frame, 26, 8) + 6 + 20 + payload);
        b.putShort(50, (short) pseudo);
        b.putShort(24, (short) ~fold(sum(frame, 14, 20)));
        return frame;
    }

    /** A plain frame with right lengths, checksums, sequence number, and the payload bytes from {@code offset} on. */
    static void checkSegment(byte[] frame, int offset) {
        ByteBuffer b = ByteBuffer.wrap(frame);
        int payload = frame.length - HEADERS;
        assertEquals(40 + payload, b.getShort(16) & 0xffff);
        assertEquals(0xffff, fold(sum(frame, 14, 20)), "IP checksum");
        assertEquals(0xffff, fold(sum(frame, 26, 8) + 6 + 20 + payload + sum(frame, 34, 20 + payload)), "TCP checksum");
        assertEquals(SEQUENCE + offset, b.getInt(38));
        for (int i = 0; i < payload; i++) {
            assertEquals((byte) ((offset + i) * 31 >>> 3), frame[HEADERS + i]);
        }
    }

    private static long sum(byte[] bytes, int from, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (bytes[from + i] & 0xff) << (i % 2 == 0 ? 8 : 0);
        }
        return sum;
    }

    private static int fold(long sum) {
        long s = sum;
        while (s > 0xffff) {
            s = (s & 0xffff) + (s >>> 16);
        }
        return (int) s;
    }
}

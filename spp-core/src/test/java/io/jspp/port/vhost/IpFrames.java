package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.net.Offload;
import java.nio.ByteBuffer;

/** TCP and UDP over IPv4 and IPv6 without options, as a driver hands them over, and what is right about them (RFC 768, 791, 8200, 9293). */
final class IpFrames {
    private static final int ETHERNET = 14;
    private static final int TCP = 6;

    private IpFrames() {}

    private static int transport(int version) {
        return ETHERNET + (version == 4 ? 20 : 40);
    }

    private static int transportBytes(int protocol) {
        return protocol == TCP ? 20 : 8;
    }

    private static int checksumOffset(int protocol) {
        return protocol == TCP ? 16 : 6;
    }

    /** Checksum and segmentation of such a frame; type 0: checksum only. */
    static long facts(int version, int protocol, int type, int size) {
        int gsoSize = type == 0 ? 0 : size;
        return Offload.pack(Offload.F_NEEDS_CSUM, type, gsoSize, transport(version), checksumOffset(protocol));
    }

    /** With the pseudo header's sum in the checksum field. */
    static byte[] frame(int version, int protocol, int payload) {
        int transport = transport(version);
        int length = transportBytes(protocol) + payload;
        ByteBuffer b = ByteBuffer.allocate(transport + length);
        b.put(new byte[] {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2}).putShort((short) (version == 4 ? 0x0800 : 0x86dd));
        if (version == 4) {
            b.putShort((short) 0x4500).putShort((short) (20 + length)).putShort((short) 7);
            b.putShort((short) 0x4000).put((byte) 64).put((byte) protocol).putShort((short) 0);
            b.putInt(0x0a000001).putInt(0x0a000002);
            b.putShort(24, (short) ~fold(sum(b, 14, 20)));
        } else {
            b.putInt(0x60000000).putShort((short) length).put((byte) protocol).put((byte) 64);
            b.putLong(0xfd00000000000000L)
                    .putLong(1)
                    .putLong(0xfd00000000000000L)
                    .putLong(2);
        }
        b.putShort((short) 1111).putShort((short) 2222);
        if (protocol == TCP) {
            b.putInt(1_000_000).putInt(5).putShort((short) 0x5018).putShort((short) 512);
        } else {
            b.putShort((short) length);
        }
        b.putShort(transport + checksumOffset(protocol), (short) fold(pseudo(b, version, protocol, length)));
        for (int at = transport + transportBytes(protocol); at < b.capacity(); at++) {
            b.put(at, (byte) (at * 31 >>> 3));
        }
        return b.array();
    }

    /** Lengths and checksums of a frame that nobody has to complete any more. */
    static void checkPlain(byte[] frame, int version, int protocol) {
        ByteBuffer b = ByteBuffer.wrap(frame);
        int transport = transport(version);
        int length = frame.length - transport;
        if (version == 4) {
            assertEquals(20 + length, b.getShort(16) & 0xffff);
            assertEquals(0xffff, fold(sum(b, 14, 20)), "IP checksum");
        } else {
            assertEquals(length, b.getShort(18) & 0xffff);
        }
        if (protocol != TCP) {
            assertEquals(length, b.getShort(transport + 4) & 0xffff);
        }
        assertEquals(
                0xffff, fold(pseudo(b, version, protocol, length) + sum(b, transport, length)), "transport checksum");
    }

    /** A virtio-net header that agrees with a frame of {@link #frame}, virtio 1.2 §5.1.6.2. */
    static void checkHeader(byte[] frame, long first, int checksumOffset) {
        int version = frame[ETHERNET] >>> 4;
        int protocol = frame[version == 4 ? 23 : 20];
        int flags = (int) first & 0xff;
        int type = (int) (first >>> 8) & 0xff;
        int headerLength = (int) (first >>> 16) & 0xffff;
        int size = (int) (first >>> 32) & 0xffff;
        int start = (int) (first >>> 48) & 0xffff;
        String what = "header " + Long.toHexString(first) + " " + checksumOffset + ", frame of " + frame.length;
        if (flags == 0) {
            assertEquals(0, type, what);
            return;
        }
        assertEquals(1, flags, what);
        assertTrue(start + checksumOffset + 2 <= frame.length, what);
        if (type == 0) {
            assertEquals(0, size, what);
            return;
        }
        boolean tcp = protocol == TCP;
        boolean known = tcp ? (type & 0x7f) == (version == 4 ? 1 : 4) : type == 3 || type == 5;
        assertTrue(known, what);
        assertEquals(transport(version), start, what);
        assertEquals(checksumOffset(protocol), checksumOffset, what);
        int headers = start + transportBytes(protocol);
        assertEquals(headers, headerLength, what);
        assertTrue(size > 0 && size < frame.length - headers, what);
    }

    private static long pseudo(ByteBuffer b, int version, int protocol, int length) {
        return (version == 4 ? sum(b, 26, 8) : sum(b, 22, 32)) + protocol + length;
    }

    private static long sum(ByteBuffer b, int from, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (b.get(from + i) & 0xff) << (i % 2 == 0 ? 8 : 0);
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

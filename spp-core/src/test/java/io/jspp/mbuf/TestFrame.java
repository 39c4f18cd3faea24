package io.jspp.mbuf;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Random;

/** Builds frames byte by byte and judges them by an own reading of the RFCs, independent of the product's. */
final class TestFrame {
    static final int ETHERNET = 14;

    private TestFrame() {}

    static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] ethernet(int tags, int type) {
        ByteBuffer b = ByteBuffer.allocate(ETHERNET + 4 * tags);
        b.put(new byte[] {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1});
        for (int i = 0; i < tags; i++) {
            b.putShort((short) 0x8100).putShort((short) (100 + i));
        }
        return b.putShort((short) type).array();
    }

    static byte[] ipv4(int protocol, int options, int payload) {
        ByteBuffer b = ByteBuffer.allocate(20 + options);
        b.put((byte) (0x40 | (20 + options) / 4)).put((byte) 2).putShort((short) (20 + options + payload));
        b.putShort((short) 0xfffe).putShort((short) 0x4000).put((byte) 64).put((byte) protocol);
        b.putShort((short) 0).putInt(0x0a000001).putInt(0x0a000002);
        while (b.hasRemaining()) {
            b.put((byte) 1);
        }
        return b.array();
    }

    static byte[] ipv6(int protocol, int payload) {
        ByteBuffer b = ByteBuffer.allocate(40);
        b.putInt(0x60000000).putShort((short) payload).put((byte) protocol).put((byte) 64);
        b.putLong(0xfd00000000000000L).putLong(1).putLong(0xfd00000000000000L).putLong(2);
        return b.array();
    }

    static byte[] tcp(int sequence, int flags, int options) {
        ByteBuffer b = ByteBuffer.allocate(20 + options);
        b.putShort((short) 1000).putShort((short) 2000).putInt(sequence).putInt(77);
        b.put((byte) ((20 + options) / 4 << 4)).put((byte) flags).putShort((short) 512);
        b.putShort((short) 0x1234).putShort((short) 0);
        while (b.hasRemaining()) {
            b.put((byte) 1);
        }
        return b.array();
    }

    static byte[] udp(int payload) {
        ByteBuffer b = ByteBuffer.allocate(8);
        return b.putShort((short) 1000)
                .putShort((short) 2000)
                .putShort((short) (8 + payload))
                .putShort((short) 0x4321)
                .array();
    }

    static int word(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }

    static int intAt(byte[] bytes, int at) {
        return word(bytes, at) << 16 | word(bytes, at + 2);
    }

    /** One's complement sum of big-endian words, folded; 0xffff for data with a right checksum in it. */
    static int sum(byte[] bytes, int from, int to, long start) {
        long sum = start;
        for (int i = from; i < to; i += 2) {
            sum += (bytes[i] & 0xff) << 8 | (i + 1 < to ? bytes[i + 1] & 0xff : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) sum;
    }

    /** Sum of pseudo header and transport of a frame without tags' influence: 0xffff when its checksum is right. */
    static int transportSum(byte[] frame, int ip, int transport, int protocol) {
        boolean v4 = frame[ip] >>> 4 == 4;
        long pseudo = v4 ? sum(frame, ip + 12, ip + 20, 0) : sum(frame, ip + 8, ip + 40, 0);
        int length = frame.length - transport;
        return sum(frame, transport, frame.length, pseudo + protocol + (length >>> 16) + (length & 0xffff));
    }

    /** Adds the frame to a burst, cut at random places. */
    static void add(Burst burst, NativeMemory memory, byte[] frame, long offload, int segments, Random random) {
        long address = memory.address() + 3; // odd, as guests may
        Memory.put(address, frame, 0, frame.length);
        int p = burst.packets++;
        burst.first[p] = burst.segments;
        burst.offload[p] = offload;
        burst.length[p] = frame.length;
        burst.mbuf[p] = Burst.BORROWED;
        int at = 0;
        for (int s = segments; s > 0 && at < frame.length; s--) {
            int left = frame.length - at;
            int n = s == 1 ? left : Math.min(left, 1 + random.nextInt(Math.max(1, 2 * left / s)));
            burst.segmentAddress[burst.segments] = address + at;
            burst.segmentLength[burst.segments++] = n;
            at += n;
        }
        burst.count[p] = burst.segments - burst.first[p];
    }

    static byte[] bytes(Burst burst, int i) {
        byte[] frame = new byte[burst.length[i]];
        int at = 0;
        for (int s = burst.first[i]; s < burst.first[i] + burst.count[i]; s++) {
            Memory.get(burst.segmentAddress[s], frame, at, burst.segmentLength[s]);
            at += burst.segmentLength[s];
        }
        if (at != frame.length) {
            throw new AssertionError("segments hold " + at + " of " + frame.length + " bytes");
        }
        return frame;
    }
}

package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.memory.Memory;
import io.jspp.virtio.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Rows 145 to 155: net headers and frames, on split and packed rings: each frame is passed on or dropped and counted, and the next one passes. */
final class BadHeaders {
    private static final int TX = HostileGuest.TX;
    private static final int NEXT = HostileGuest.NEXT;
    private static final int CSUM = 1;
    private static final int MANY = 64;
    private static final long OFFLOADS = Victim.PLAIN
            | Features.CSUM
            | Features.GUEST_CSUM
            | Features.HOST_TSO4
            | Features.GUEST_TSO4
            | Features.HOST_TSO6
            | Features.GUEST_TSO6
            | Features.HOST_ECN
            | Features.GUEST_ECN
            | Features.HOST_UFO
            | Features.GUEST_UFO;

    /** Net header fields of frame {@code i}, and its length. */
    private interface Shape {
        /** Writes the header; returns the frame's bytes. */
        int apply(HostileGuest g, int i);
    }

    private final List<BadInput> inputs = new ArrayList<>();

    private BadHeaders() {}

    static List<BadInput> all() {
        BadHeaders rows = new BadHeaders();
        rows.checksums();
        rows.segments();
        rows.frames();
        return rows.inputs;
    }

    private void frames(int row, String name, long features, int count, Shape shape) {
        inputs.add(new BadInput(row, name, v -> {
            try (HostileGuest g = v.started(features)) {
                long dropsBefore = v.txDrops();
                long takenBefore = v.taken();
                long deliveredBefore = v.delivered();
                for (int i = 0; i < count; i++) {
                    long seen = v.seen();
                    g.send(shape.apply(g, i));
                    g.kick();
                    VhostLab.await("taken or dropped", () -> v.seen() == seen + 1);
                    if (!g.packed) {
                        g.refill();
                    }
                }
                VhostLab.await(
                        "each frame was passed on or dropped",
                        () -> v.delivered() - deliveredBefore + v.txDrops() - dropsBefore == v.taken() - takenBefore);
                if (!g.packed) {
                    g.passes();
                }
            }
        }));
    }

    /** With the offloads negotiated, with none, and on a packed ring. */
    private void everywhere(int row, String name, int count, Shape shape) {
        frames(row, name, OFFLOADS, count, shape);
        frames(row, name + ", 151 nothing negotiated", Victim.PLAIN, count, shape);
        frames(row, name + ", packed", OFFLOADS | Features.RING_PACKED, Math.min(count, MANY), shape);
    }

    private static void ipv4(HostileGuest g, int protocol) {
        long at = g.here(HostileGuest.buffer(200)) + HostileGuest.HEADER;
        Memory.putShort(at + 12, (short) 0x0008);
        Memory.putByte(at + 14, (byte) 0x45);
        Memory.putShort(at + 16, (short) 0xe803);
        Memory.putByte(at + 23, (byte) protocol);
        Memory.putByte(at + 46, (byte) 0x50);
    }

    private void checksums() {
        everywhere(145, "checksum starts beyond the frame", 40, (g, i) -> {
            ipv4(g, 6);
            int[] starts = {60, 61, 59, 1000, 65535, 65534, 58, 100};
            g.header(CSUM, 0, 0, 0, i < starts.length ? starts[i] : 50 + i, 16, 0);
            return 60;
        });
        everywhere(146, "checksum offset beyond the frame", 20, (g, i) -> {
            ipv4(g, 6);
            int[] offsets = {25, 26, 27, 1000, 65535, 65501, 65502};
            g.header(CSUM, 0, 0, 0, 34, i < offsets.length ? offsets[i] : 20 + i, 0);
            return 60;
        });
    }

    private void segments() {
        int[] types = {1, 3, 4, 5, 0x81, 0x84};
        everywhere(147, "segments of no size", types.length, (g, i) -> {
            ipv4(g, 6);
            g.header(CSUM, types[i], 54, 0, 34, 16, 0);
            return 1400;
        });
        everywhere(148, "segment sizes 1 and 65535, lying header length", 16, (g, i) -> {
            ipv4(g, 6);
            int[] lengths = {0, 65535, 1401, 54};
            g.header(CSUM, 1, lengths[i % 4], i % 8 < 4 ? 1 : 65535, 34, 16, 0);
            return 1400;
        });
        everywhere(149, "unknown kinds of segments, all flags", 256, (g, i) -> {
            ipv4(g, 17);
            g.header(0xff, i, 42, 100, 34, 6, 0);
            return 1000;
        });
        everywhere(152, "number of buffers in a sent header", 3, (g, i) -> {
            g.header(0, 0, 0, 0, 0, 0, new int[] {0, 1, 65535}[i]);
            return 60;
        });
    }

    private void frames() {
        frames(152, "10 byte headers", Features.CSUM, 20, (g, i) -> {
            g.header(i % 2, i % 5, i, i, i, i, 0);
            return 60;
        });
        inputs.add(new BadInput(153, "frames of 1 to 59 bytes", v -> {
            try (HostileGuest g = v.started(OFFLOADS)) {
                long seen = v.seen();
                long drops = v.rxDrops();
                g.header(0, 0, 0, 0, 0, 0, 0);
                for (int length = 1; length < 60; length++) {
                    g.descriptor(TX, length, HostileGuest.buffer(200), HostileGuest.HEADER + length, 0, 0);
                    g.offer(TX, length);
                }
                g.kick();
                VhostLab.await("taken", () -> v.seen() == seen + 59);
                assertEquals(13, v.rxDrops() - drops, "shorter than an Ethernet header");
                g.passes();
            }
        }));
        inputs.add(new BadInput(153, "giants in 2 to 64 descriptors", v -> {
            try (HostileGuest g = v.started(OFFLOADS)) {
                for (int pieces = 2; pieces <= 64; pieces *= 2) {
                    long delivered = v.delivered();
                    long txDrops = v.txDrops();
                    int each = 65535 / pieces;
                    g.header(0, 0, 0, 0, 0, 0, 0);
                    g.descriptor(TX, 0, HostileGuest.buffer(200), HostileGuest.HEADER, NEXT, 1);
                    for (int i = 1; i <= pieces; i++) {
                        g.descriptor(TX, i, HostileGuest.buffer(210), each, i < pieces ? NEXT : 0, i + 1);
                    }
                    g.offer(TX, 0);
                    g.kick();
                    VhostLab.await("passed", () -> v.delivered() + v.txDrops() == delivered + txDrops + 1);
                    g.refill();
                }
                g.passes();
            }
        }));
        Random random = new Random(155);
        frames(155, "2000 random headers and frames", OFFLOADS, 2000, (g, i) -> {
            long at = g.here(HostileGuest.buffer(200));
            for (int word = 0; word < 16; word++) {
                Memory.putLong(at + 8L * word, random.nextLong());
            }
            if (random.nextBoolean()) {
                ipv4(g, random.nextBoolean() ? 6 : 17);
                g.header(
                        random.nextInt(2),
                        random.nextInt(6),
                        random.nextInt(100),
                        random.nextInt(1500),
                        random.nextInt(80),
                        random.nextInt(30),
                        0);
            }
            return 14 + random.nextInt(3000);
        });
    }
}

package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.linux.Linux;
import io.jspp.memory.Memory;
import io.jspp.virtio.Features;
import io.jspp.virtio.SplitLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Rows 90 to 127: split virtqueues. After each bad chain a good frame passes on the same ring, unless the ring itself was broken. */
final class BadSplitQueues {
    private static final int RX = HostileGuest.RX;
    private static final int TX = HostileGuest.TX;
    private static final int NEXT = HostileGuest.NEXT;
    private static final int WRITE = HostileGuest.WRITE;
    private static final int INDIRECT = HostileGuest.INDIRECT;
    private static final long PLAIN = Victim.PLAIN;
    private static final long TABLES = PLAIN | Features.INDIRECT_DESC;
    private static final long END = HostileGuest.GUEST + HostileGuest.SIZE;
    private static final long FAR = 0xdeadbeef000L;
    private static final long RACE_NS = 500_000_000L;

    private final List<BadInput> inputs = new ArrayList<>();

    private BadSplitQueues() {}

    static List<BadInput> all() {
        BadSplitQueues rows = new BadSplitQueues();
        rows.indexes();
        rows.chains();
        rows.addresses();
        rows.lengths();
        rows.receiveBuffers();
        rows.indirectTables();
        rows.races();
        return rows.inputs;
    }

    /** A ring that a guest breaks for good: it is told so. */
    private void breaks(int row, String name, Consumer<HostileGuest> act) {
        inputs.add(new BadInput(row, name, v -> {
            try (HostileGuest g = v.started(PLAIN)) {
                act.accept(g);
                g.awaitError();
            }
        }));
    }

    /** A chain at head 0 of the transmit queue that is dropped, once. */
    private void dropped(int row, String name, long features, Consumer<HostileGuest> chain) {
        inputs.add(new BadInput(row, name, v -> {
            try (HostileGuest g = v.started(features)) {
                long drops = v.rxDrops();
                long taken = v.taken();
                chain.accept(g);
                g.offer(TX, 0);
                g.kick();
                VhostLab.await("dropped", () -> v.rxDrops() == drops + 1);
                assertEquals(taken, v.taken(), "passed on");
                VhostLab.await("given back", () -> g.usedIdx(TX) == g.availIdx(TX));
                g.passes();
            }
        }));
    }

    /** One descriptor at head 0 of the transmit queue that is dropped. */
    private void dropped(int row, String name, long address, long length) {
        dropped(row, name, PLAIN, g -> g.descriptor(TX, 0, address, length, 0, 0));
    }

    /** Receive buffers at heads 0 and on, behind none: a frame for them is dropped. */
    private void notReceived(int row, String name, long features, int frame, Consumer<HostileGuest> buffers) {
        inputs.add(new BadInput(row, name, v -> {
            try (HostileGuest g = v.guest(features)) {
                g.negotiate();
                g.describe(RX);
                g.describe(TX);
                buffers.accept(g);
                long drops = v.txDrops();
                long delivered = v.delivered();
                g.send(frame);
                g.kick();
                VhostLab.await("dropped", () -> v.txDrops() > drops);
                assertEquals(delivered, v.delivered(), "delivered");
                g.refill();
                // what is left of the bad buffers costs a frame each
                VhostLab.await("a good frame passes at last", () -> {
                    long seen = v.seen();
                    g.send(60);
                    g.kick();
                    VhostLab.await("taken", () -> v.seen() > seen);
                    return v.delivered() > delivered;
                });
            }
        }));
    }

    private void notReceived(int row, String name, long address, long length, int flags) {
        notReceived(row, name, PLAIN, 60, g -> {
            g.descriptor(RX, 0, address, length, flags, 0);
            g.offer(RX, 0);
        });
    }

    private void indexes() {
        for (int jump : new int[] {257, 0x7fff, 0x8000, 0xffff}) {
            breaks(90, "avail index jumps by " + jump, g -> g.availIdx(TX, g.availIdx(TX) + jump));
        }
        breaks(91, "avail index goes back", g -> {
            g.send(60);
            g.kick();
            VhostLab.await("taken", () -> g.usedIdx(TX) == 1);
            g.availIdx(TX, 0);
        });
        for (int head : new int[] {256, 257, 0x7fff, 0xffff}) {
            breaks(92, "head " + head + " sent", g -> g.offer(TX, head));
            inputs.add(new BadInput(92, "head " + head + " to receive into", v -> {
                try (HostileGuest g = v.guest(PLAIN)) {
                    g.negotiate();
                    g.describe(RX);
                    g.describe(TX);
                    g.offer(RX, head);
                    g.send(60);
                    g.awaitError();
                }
            }));
        }
    }

    private void chains() {
        for (int next : new int[] {256, 0xffff}) {
            dropped(93, "next " + next, PLAIN, g -> g.descriptor(TX, 0, HostileGuest.buffer(0), 100, NEXT, next));
        }
        dropped(93, "next at the last descriptor", PLAIN, g -> {
            g.descriptor(TX, 0, HostileGuest.buffer(0), 100, NEXT, 254);
            g.descriptor(TX, 254, HostileGuest.buffer(0), 100, NEXT, 256);
        });
        dropped(94, "loop of one", PLAIN, g -> g.descriptor(TX, 0, HostileGuest.buffer(0), 100, NEXT, 0));
        dropped(95, "loop of two without bytes", PLAIN, g -> {
            g.descriptor(TX, 0, HostileGuest.buffer(0), 0, NEXT, 1);
            g.descriptor(TX, 1, HostileGuest.buffer(0), 0, NEXT, 0);
        });
        dropped(96, "1 MiB in 256 descriptors", PLAIN, g -> {
            for (int i = 0; i < 256; i++) {
                g.descriptor(TX, i, HostileGuest.buffer(i), 4096, i < 255 ? NEXT : 0, i + 1);
            }
        });
        inputs.add(new BadInput(96, "256 descriptors of a byte", v -> {
            try (HostileGuest g = v.started(PLAIN)) {
                for (int i = 0; i < 256; i++) {
                    g.descriptor(TX, i, HostileGuest.buffer(0) + i, 1, i < 255 ? NEXT : 0, i + 1);
                }
                long seen = v.seen();
                g.offer(TX, 0);
                g.kick();
                VhostLab.await("taken", () -> v.seen() == seen + 1);
                g.passes();
            }
        }));
        dropped(
                107,
                "writable descriptor sent",
                PLAIN,
                g -> g.descriptor(TX, 0, HostileGuest.buffer(0), 100, WRITE, 0));
        dropped(107, "readable, then writable descriptor sent", PLAIN, g -> {
            g.descriptor(TX, 0, HostileGuest.buffer(0), 100, NEXT, 1);
            g.descriptor(TX, 1, HostileGuest.buffer(1), 100, WRITE, 0);
        });
    }

    private void addresses() {
        for (long address : new long[] {1L << 63, -1, END, FAR, 0, HostileGuest.GUEST - 1}) {
            dropped(98, "buffer at 0x" + Long.toHexString(address), address, 100);
        }
        dropped(99, "address + length wraps", -16, 64);
        dropped(99, "length 2^32 - 1", HostileGuest.buffer(0), 0xffff_ffffL);
        dropped(100, "256 descriptors of 2^32 - 1", PLAIN, g -> {
            for (int i = 0; i < 256; i++) {
                g.descriptor(TX, i, HostileGuest.buffer(0), 0xffff_ffffL, i < 255 ? NEXT : 0, i + 1);
            }
        });
        dropped(101, "nothing, at a wrong address", FAR, 0);
        dropped(101, "nothing, at a right address", HostileGuest.buffer(0), 0);
        dropped(102, "buffer across the end of memory", END - 64, 128);
    }

    private void lengths() {
        for (int length : new int[] {1, 2, 5, 10, 11}) {
            dropped(104, "chain of " + length + " bytes", HostileGuest.buffer(0), length);
        }
        dropped(104, "chain of 0 + 11 bytes", PLAIN, g -> {
            g.descriptor(TX, 0, HostileGuest.buffer(0), 0, NEXT, 1);
            g.descriptor(TX, 1, HostileGuest.buffer(0), 11, 0, 0);
        });
        for (int length : new int[] {12, 13, 25}) {
            dropped(105, "header and a frame of " + (length - 12) + " bytes", HostileGuest.buffer(0), length);
        }
        dropped(126, "70000 bytes", HostileGuest.buffer(0), 70_000);
        dropped(126, "16 times 1 MiB", PLAIN, g -> {
            for (int i = 0; i < 16; i++) {
                g.descriptor(TX, i, HostileGuest.buffer(0), 1 << 20, i < 15 ? NEXT : 0, i + 1);
            }
        });
    }

    private void receiveBuffers() {
        inputs.add(new BadInput(94, "loop of one to receive into", v -> {
            try (HostileGuest g = v.guest(PLAIN)) {
                g.negotiate();
                g.describe(RX);
                g.describe(TX);
                g.descriptor(RX, 0, HostileGuest.buffer(0), 10, WRITE | NEXT, 0);
                g.offer(RX, 0);
                long seen = v.seen();
                g.send(1500);
                g.kick();
                VhostLab.await("taken", () -> v.seen() > seen);
            }
        }));
        inputs.add(new BadInput(108, "receive buffer that is not writable", v -> {
            try (HostileGuest g = v.guest(PLAIN)) {
                g.negotiate();
                g.describe(RX);
                g.describe(TX);
                long at = g.here(HostileGuest.buffer(0));
                Memory.fill(at, 4096, (byte) 0x33);
                g.descriptor(RX, 0, HostileGuest.buffer(0), 4096, 0, 0);
                g.offer(RX, 0);
                long drops = v.txDrops();
                g.send(60);
                g.kick();
                VhostLab.await("dropped", () -> v.txDrops() > drops);
                for (int i = 0; i < 4096; i++) {
                    assertEquals(0x33, Memory.getByte(at + i), "written to");
                }
            }
        }));
        for (int length : new int[] {0, 1, 11, 12, 13}) {
            notReceived(109, "receive buffer of " + length + " bytes", HostileGuest.buffer(0), length, WRITE);
        }
        notReceived(110, "16 byte buffers, merged", PLAIN, 600, g -> {
            for (int i = 0; i < 20; i++) {
                g.descriptor(RX, i, HostileGuest.buffer(i), 16, WRITE, 0);
                g.offer(RX, i);
            }
        });
        notReceived(110, "16 byte buffers, not merged", Features.VERSION_1, 600, g -> {
            for (int i = 0; i < 60; i++) {
                g.descriptor(RX, i, HostileGuest.buffer(i), 16, WRITE, 0);
                g.offer(RX, i);
            }
        });
        notReceived(112, "receive buffer outside memory", FAR, 4096, WRITE);
        notReceived(112, "receive buffer that wraps", -64, 4096, WRITE);
        notReceived(112, "receive buffer across the end", END - 8, 4096, WRITE);
    }

    private void indirectTables() {
        long table = HostileGuest.indirectTable(0);
        dropped(113, "indirect, not negotiated", PLAIN, g -> {
            goodTable(g, table, 2);
            g.descriptor(TX, 0, table, 32, INDIRECT, 0);
        });
        for (long bytes : new long[] {0, 1, 15, 17, 33}) {
            dropped(114, "table of " + bytes + " bytes", TABLES, g -> {
                goodTable(g, table, 2);
                g.descriptor(TX, 0, table, bytes, INDIRECT, 0);
            });
        }
        for (long bytes : new long[] {0xffff_fff0L, 1L << 30, 16L * 65537, 16L * 32768}) {
            dropped(115, "table of " + bytes + " bytes", TABLES, g -> g.descriptor(TX, 0, table, bytes, INDIRECT, 0));
        }
        dropped(115, "table across the end of memory", TABLES, g -> g.descriptor(TX, 0, END - 16, 32, INDIRECT, 0));
        dropped(116, "table in a table", TABLES, g -> {
            HostileGuest.entry(g.here(table), HostileGuest.indirectTable(1), 32, INDIRECT, 0);
            goodTable(g, HostileGuest.indirectTable(1), 2);
            g.descriptor(TX, 0, table, 16, INDIRECT, 0);
        });
        dropped(117, "table and a next descriptor", TABLES, g -> {
            goodTable(g, table, 2);
            g.descriptor(TX, 0, table, 32, INDIRECT | NEXT, 1);
            g.descriptor(TX, 1, HostileGuest.buffer(0), 100, 0, 0);
        });
        for (int next : new int[] {2, 0xffff, 0}) {
            dropped(118, "next " + next + " in a table of 2", TABLES, g -> {
                HostileGuest.entry(g.here(table), HostileGuest.buffer(0), 0, NEXT, next == 0 ? 0 : 1);
                HostileGuest.entry(g.here(table) + 16, HostileGuest.buffer(0), 0, NEXT, next);
                g.descriptor(TX, 0, table, 32, INDIRECT, 0);
            });
        }
    }

    private static void goodTable(HostileGuest g, long table, int entries) {
        for (int i = 0; i < entries; i++) {
            HostileGuest.entry(g.here(table) + 16L * i, HostileGuest.buffer(i), 100, i < entries - 1 ? NEXT : 0, i + 1);
        }
    }

    private void races() {
        inputs.add(new BadInput(120, "everything rewritten while in use, 91, 122", v -> {
            try (HostileGuest g = v.started(TABLES)) {
                Random random = new Random(120);
                long end = System.nanoTime() + RACE_NS;
                int at = 0;
                while (System.nanoTime() - end < 0) {
                    for (int i = 0; i < 16; i++) {
                        scribble(g, random);
                    }
                    g.offer(TX, random.nextInt(256));
                    if (++at % 8 == 0) {
                        g.kick();
                    }
                }
            }
        }));
        inputs.add(new BadInput(121, "random event indexes and flags", v -> {
            try (HostileGuest g = v.started(PLAIN | Features.EVENT_IDX)) {
                Random random = new Random(121);
                for (int i = 0; i < 500; i++) {
                    for (int ring = 0; ring < 2; ring++) {
                        long avail = g.ring(ring) + HostileGuest.AVAIL;
                        Memory.putShort(avail + SplitLayout.usedEvent(256), (short) random.nextInt());
                        Memory.putShort(avail, (short) random.nextInt());
                    }
                    long seen = v.seen();
                    g.send(60);
                    g.kick();
                    VhostLab.await("taken", () -> v.seen() > seen);
                    g.refill();
                }
            }
        }));
        inputs.add(new BadInput(122, "used ring overwritten", v -> {
            try (HostileGuest g = v.started(PLAIN)) {
                for (int i = 0; i < 100; i++) {
                    long delivered = v.delivered();
                    g.send(60);
                    g.kick();
                    VhostLab.await("passes", () -> v.delivered() > delivered);
                    for (int ring = 0; ring < 2; ring++) {
                        Memory.fill(g.ring(ring) + HostileGuest.USED, 4 + 8L * 256, (byte) 0xff);
                    }
                }
            }
        }));
        inputs.add(new BadInput(124, "200000 kicks", v -> {
            try (HostileGuest g = v.started(PLAIN)) {
                for (int i = 0; i < 200_000; i++) {
                    Linux.eventfdWrite(g.kick.value());
                }
                g.passes();
            }
        }));
        inputs.add(new BadInput(127, "random descriptors", v -> {
            for (int seed = 0; seed < 20; seed++) {
                try (HostileGuest g = v.started(TABLES)) {
                    Random random = new Random(seed);
                    for (int i = 0; i < 256; i++) {
                        scribble(g, random);
                        g.offer(TX, random.nextInt(256));
                    }
                    g.kick();
                    g.f.get(1);
                }
            }
        }));
    }

    /** One word of something that the switch reads. */
    private static void scribble(HostileGuest g, Random random) {
        int ring = random.nextInt(2);
        long address = random.nextInt(4) == 0 ? random.nextLong() : HostileGuest.buffer(random.nextInt(512));
        long length = random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(5000);
        int flags = random.nextInt(8);
        int next = random.nextInt(16) == 0 ? random.nextInt(65536) : random.nextInt(256);
        switch (random.nextInt(5)) {
            case 0, 1 -> g.descriptor(ring, random.nextInt(256), address, length, flags, next);
            case 2 ->
                HostileGuest.entry(
                        g.here(HostileGuest.indirectTable(0)) + 16L * random.nextInt(64), address, length, flags, next);
            case 3 -> Memory.putLong(g.here(HostileGuest.buffer(random.nextInt(512))), random.nextLong());
            default -> Memory.putInt(g.ring(ring) + HostileGuest.USED + 4L * random.nextInt(512), random.nextInt());
        }
    }
}

package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.virtio.Features;
import io.jspp.virtio.PackedLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Rows 130 to 143: packed virtqueues. After each bad chain a good frame passes on the same ring, unless the ring itself was broken. */
final class BadPackedQueues {
    private static final int RX = HostileGuest.RX;
    private static final int TX = HostileGuest.TX;
    private static final int NEXT = HostileGuest.NEXT;
    private static final int WRITE = HostileGuest.WRITE;
    private static final int INDIRECT = HostileGuest.INDIRECT;
    private static final long PLAIN = Victim.PLAIN | Features.RING_PACKED;
    private static final long TABLES = PLAIN | Features.INDIRECT_DESC;
    private static final long END = HostileGuest.GUEST + HostileGuest.SIZE;
    private static final long FAR = 0xdeadbeef000L;
    private static final long RACE_NS = 500_000_000L;

    private final List<BadInput> inputs = new ArrayList<>();

    private BadPackedQueues() {}

    static List<BadInput> all() {
        BadPackedQueues rows = new BadPackedQueues();
        rows.rings();
        rows.chains();
        rows.receiveBuffers();
        rows.races();
        return rows.inputs;
    }

    private void dropped(int row, String name, long features, int drops, Consumer<HostileGuest> chains) {
        inputs.add(new BadInput(row, name, v -> {
            try (HostileGuest g = v.started(features)) {
                long before = v.rxDrops();
                long taken = v.taken();
                chains.accept(g);
                g.kick();
                VhostLab.await("dropped", () -> v.rxDrops() == before + drops);
                assertEquals(taken, v.taken(), "passed on");
                g.passes();
            }
        }));
    }

    private void dropped(int row, String name, long address, long length) {
        dropped(row, name, PLAIN, 1, g -> g.offerPacked(TX, address, length, 0, 0));
    }

    /** What the switch may take or drop or stop at; then the next guest is served. */
    private void survived(int row, String name, long features, Consumer<HostileGuest> act) {
        inputs.add(new BadInput(row, name, v -> {
            try (HostileGuest g = v.started(features)) {
                act.accept(g);
                g.kick();
                g.f.get(1);
                g.kick();
                g.f.get(1);
            }
        }));
    }

    private void rings() {
        survived(130, "all descriptors available in both laps", PLAIN, g -> {
            for (int lap = 0; lap < 20; lap++) {
                for (int i = 0; i < 256; i++) {
                    int state = lap % 2 == 0 ? PackedLayout.F_AVAIL : PackedLayout.F_USED;
                    g.rawSlot(TX, i, HostileGuest.buffer(i), 100, i, state);
                    g.rawSlot(RX, i, HostileGuest.buffer(i), 2048, i, WRITE | state);
                }
                g.kick();
            }
        });
        survived(130, "random state bits", PLAIN, g -> {
            Random random = new Random(130);
            for (int i = 0; i < 20_000; i++) {
                int flags = random.nextInt() & (PackedLayout.F_AVAIL | PackedLayout.F_USED);
                g.rawSlot(TX, random.nextInt(256), HostileGuest.buffer(0), 100, i, flags);
                if (i % 100 == 0) {
                    g.kick();
                }
            }
        });
        for (int id : new int[] {256, 0x7fff, 0xffff}) {
            survived(132, "buffer id " + id, PLAIN, g -> {
                g.offerPacked(TX, HostileGuest.buffer(0), 100, 0, id);
            });
        }
        survived(132, "all the same id", PLAIN, g -> {
            for (int i = 0; i < 200; i++) {
                g.offerPacked(TX, HostileGuest.buffer(0), 100, 0, 7);
            }
        });
        survived(133, "chain that never ends", PLAIN, g -> {
            for (int i = 0; i < 256; i++) {
                g.offerPacked(TX, HostileGuest.buffer(0), 1, NEXT, 0);
            }
        });
        survived(133, "chain without bytes that never ends", PLAIN, g -> {
            for (int i = 0; i < 256; i++) {
                g.offerPacked(TX, HostileGuest.buffer(0), 0, NEXT, 0);
            }
        });
        inputs.add(new BadInput(134, "LEGAL chains around the end, 139 a ring of 100", v -> {
            HostileGuest g = v.guest(PLAIN);
            try (g) {
                g.entries = 100;
                g.negotiate();
                g.describe(RX);
                g.describe(TX);
                for (int i = 0; i < 330; i += 3) {
                    if (g.nextSlot(RX) == 0 || i == 0) {
                        g.offerPacked(RX, HostileGuest.buffer(0), 4096, WRITE, 0);
                    } else {
                        g.offerPacked(RX, HostileGuest.buffer(1), 4096, WRITE, 1);
                    }
                    long delivered = v.delivered();
                    g.offerPacked(TX, HostileGuest.buffer(200), 12, NEXT, 3);
                    g.offerPacked(TX, HostileGuest.buffer(201), 40, NEXT, 3);
                    g.offerPacked(TX, HostileGuest.buffer(202), 40, 0, 3);
                    g.kick();
                    VhostLab.await("a chain passes", () -> v.delivered() == delivered + 1);
                }
            }
        }));
    }

    private void chains() {
        for (long address : new long[] {1L << 63, -1, END, FAR}) {
            dropped(136, "buffer at 0x" + Long.toHexString(address), address, 100);
        }
        dropped(136, "address + length wraps", -16, 64);
        dropped(136, "length 2^32 - 1", HostileGuest.buffer(0), 0xffff_ffffL);
        dropped(136, "nothing, at a wrong address", FAR, 0);
        dropped(136, "four wrong at once", PLAIN, 4, g -> {
            for (int i = 0; i < 4; i++) {
                g.offerPacked(TX, FAR, 100, 0, i);
            }
        });
        dropped(
                136,
                "writable descriptor sent",
                PLAIN,
                1,
                g -> g.offerPacked(TX, HostileGuest.buffer(0), 100, WRITE, 0));
        for (int length : new int[] {0, 1, 11, 12, 13, 25}) {
            dropped(141, "chain of " + length + " bytes", HostileGuest.buffer(0), length);
        }
        inputs.add(new BadInput(141, "LEGAL header in 12 descriptors", v -> {
            try (HostileGuest g = v.started(PLAIN)) {
                long delivered = v.delivered();
                for (int i = 0; i < 12; i++) {
                    g.offerPacked(TX, HostileGuest.buffer(200) + i, 1, NEXT, 0);
                }
                g.offerPacked(TX, HostileGuest.buffer(201), 60, 0, 0);
                g.kick();
                VhostLab.await("passes", () -> v.delivered() == delivered + 1);
            }
        }));
        long table = HostileGuest.indirectTable(0);
        for (long bytes : new long[] {0, 1, 17, 0xffff_fff0L}) {
            dropped(135, "table of " + bytes + " bytes", TABLES, 1, g -> g.offerPacked(TX, table, bytes, INDIRECT, 0));
        }
        dropped(135, "table outside", TABLES, 1, g -> g.offerPacked(TX, FAR, 32, INDIRECT, 0));
        dropped(135, "table in a table", TABLES, 1, g -> {
            HostileGuest.entry(g.here(table), HostileGuest.indirectTable(1), 32, 0, INDIRECT);
            g.offerPacked(TX, table, 16, INDIRECT, 0);
        });
        dropped(135, "indirect, not negotiated", PLAIN, 1, g -> {
            HostileGuest.entry(g.here(table), HostileGuest.buffer(0), 100, 0, 0);
            g.offerPacked(TX, table, 16, INDIRECT, 0);
        });
        survived(135, "table and a next descriptor", TABLES, g -> {
            HostileGuest.entry(g.here(table), HostileGuest.buffer(0), 100, 0, 0);
            g.offerPacked(TX, table, 16, INDIRECT | NEXT, 0);
            g.offerPacked(TX, HostileGuest.buffer(0), 100, 0, 0);
        });
    }

    private void receiveBuffers() {
        long ring = HostileGuest.GUEST + HostileGuest.RINGS;
        long[][] buffers = {
            {FAR, 4096, WRITE},
            {-64, 4096, WRITE},
            {END - 8, 4096, WRITE},
            {HostileGuest.buffer(0), 0, WRITE},
            {HostileGuest.buffer(0), 1, WRITE},
            {HostileGuest.buffer(0), 13, WRITE},
            {HostileGuest.buffer(0), 4096, 0},
        };
        for (long[] b : buffers) {
            inputs.add(new BadInput(
                    137, "receive buffer " + Long.toHexString(b[0]) + ' ' + b[1] + " flags " + b[2], v -> {
                        try (HostileGuest g = v.guest(PLAIN)) {
                            g.negotiate();
                            g.describe(RX);
                            g.describe(TX);
                            g.offerPacked(RX, b[0], b[1], (int) b[2], 0);
                            long drops = v.txDrops();
                            g.send(60);
                            g.kick();
                            VhostLab.await("dropped", () -> v.txDrops() > drops);
                        }
                    }));
        }
        inputs.add(new BadInput(137, "receive buffers over the ring itself", v -> {
            try (HostileGuest g = v.guest(PLAIN)) {
                g.negotiate();
                g.describe(RX);
                g.describe(TX);
                for (int i = 0; i < 100; i++) {
                    g.offerPacked(RX, ring + 16L * i, 2048, WRITE, i);
                }
                for (int i = 0; i < 100; i++) {
                    g.send(1000);
                }
                g.kick();
                g.f.get(1);
            }
        }));
    }

    private void races() {
        survived(142, "descriptors rewritten while in use", TABLES, g -> {
            Random random = new Random(142);
            long end = System.nanoTime() + RACE_NS;
            while (System.nanoTime() - end < 0) {
                for (int i = 0; i < 64; i++) {
                    scribble(g, random);
                }
                g.kick();
            }
        });
        inputs.add(new BadInput(143, "random descriptors", v -> {
            for (int seed = 0; seed < 20; seed++) {
                try (HostileGuest g = v.started(TABLES)) {
                    Random random = new Random(seed);
                    for (int i = 0; i < 1000; i++) {
                        scribble(g, random);
                    }
                    g.kick();
                    g.f.get(1);
                }
            }
        }));
    }

    private static void scribble(HostileGuest g, Random random) {
        long address = random.nextInt(4) == 0 ? random.nextLong() : HostileGuest.buffer(random.nextInt(512));
        long length = random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(5000);
        int flags = random.nextInt(8) | random.nextInt() & (PackedLayout.F_AVAIL | PackedLayout.F_USED);
        int id = random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(256);
        if (random.nextInt(5) == 0) {
            long at = g.here(HostileGuest.indirectTable(0)) + 16L * random.nextInt(64);
            HostileGuest.entry(at, address, length, id, flags);
        } else {
            long where = random.nextInt(4) == 0 ? HostileGuest.indirectTable(0) : address;
            g.rawSlot(random.nextInt(2), random.nextInt(256), where, length, id, flags);
        }
    }
}

package io.jspp.virtio;

import static io.jspp.virtio.RawQueue.GUEST;
import static io.jspp.virtio.RawQueue.REGION;
import static io.jspp.virtio.RawQueue.SIZE;
import static io.jspp.virtio.RawQueue.buffer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.memory.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The device side against hostile drivers. Numbers in comments and names are those of the catalogue of bad inputs; clauses are virtio 1.2. */
@Timeout(120)
class SplitVirtqueueHostileTest extends SplitVirtqueueLab {

    // ---- hostile drivers

    private record Bad(String name, int kind, Consumer<RawQueue> chain) {}

    /** Chains that begin at descriptor 0. */
    private static List<Bad> badTransmitChains() {
        int malformed = Virtqueue.DROP_MALFORMED_CHAIN;
        List<Bad> bad = new ArrayList<>();
        bad.add(new Bad("93 next beyond size", malformed, q -> q.descriptor(0, buffer(0), 100, NEXT, SIZE)));
        bad.add(new Bad("93 next 0xffff", malformed, q -> q.descriptor(0, buffer(0), 100, NEXT, 0xffff)));
        bad.add(new Bad("94 loop on itself", malformed, q -> q.descriptor(0, buffer(0), 1, NEXT, 0)));
        bad.add(new Bad("95 loop of two without bytes", malformed, q -> {
            q.descriptor(0, buffer(0), 0, NEXT, 1);
            q.descriptor(1, buffer(0), 0, NEXT, 0);
        }));
        for (long address : new long[] {1L << 63, -1, GUEST + REGION, 0xdeadbeef000L, GUEST - 1, 0}) {
            bad.add(new Bad("98 address", malformed, q -> q.descriptor(0, address, 100, 0, 0)));
        }
        bad.add(new Bad("99 wraps", malformed, q -> q.descriptor(0, -16, 64, 0, 0)));
        bad.add(new Bad("99 length", Virtqueue.DROP_TOO_BIG, q -> q.descriptor(0, buffer(0), 0xffffffffL, 0, 0)));
        bad.add(new Bad("100 sum", Virtqueue.DROP_TOO_BIG, q -> {
            for (int i = 0; i < SIZE; i++) {
                q.descriptor(i, buffer(0), 0xffffffffL, i < SIZE - 1 ? NEXT : 0, i + 1);
            }
        }));
        bad.add(new Bad("101 nothing at all", malformed, q -> q.descriptor(0, 1L << 60, 0, 0, 0)));
        bad.add(new Bad("102 past the end", malformed, q -> q.descriptor(0, GUEST + REGION - 99, 100, 0, 0)));
        for (int n = 1; n < 12; n++) {
            int length = n;
            bad.add(new Bad("104 short header", malformed, q -> q.descriptor(0, buffer(0), length, 0, 0)));
        }
        for (int n = 12; n < 26; n++) {
            int length = n;
            bad.add(new Bad("105 runt", Virtqueue.DROP_RUNT, q -> q.descriptor(0, buffer(0), length, 0, 0)));
        }
        bad.add(new Bad("107 WRITE", malformed, q -> q.descriptor(0, buffer(0), 100, WRITE, 0)));
        bad.add(new Bad("107 read after write", malformed, q -> {
            q.descriptor(0, buffer(0), 100, NEXT, 1);
            q.descriptor(1, buffer(1), 100, WRITE, 0);
        }));
        for (long n : new long[] {0, 1, 15, 17, 33, 0xfffffff0L, 1 << 30, 16 * 1025L}) {
            bad.add(new Bad("114 115 table length", malformed, q -> q.descriptor(0, buffer(0), n, INDIRECT, 0)));
        }
        bad.add(new Bad(
                "115 table past the end", malformed, q -> q.descriptor(0, GUEST + REGION - 16, 32, INDIRECT, 0)));
        bad.add(new Bad("116 nested", malformed, q -> {
            q.descriptor(0, buffer(0), 16, INDIRECT, 0);
            RawQueue.entry(q.here(buffer(0)), buffer(1), 16, INDIRECT, 0);
        }));
        bad.add(new Bad("117 with NEXT", malformed, q -> q.descriptor(0, buffer(0), 16, INDIRECT | NEXT, 1)));
        bad.add(new Bad("118 next beyond the table", malformed, q -> {
            q.descriptor(0, buffer(0), 32, INDIRECT, 0);
            RawQueue.entry(q.here(buffer(0)), buffer(1), 16, NEXT, 2);
        }));
        bad.add(new Bad("118 loop in the table", malformed, q -> {
            q.descriptor(0, buffer(0), 32, INDIRECT, 0);
            RawQueue.entry(q.here(buffer(0)), buffer(1), 0, NEXT, 1);
            RawQueue.entry(q.here(buffer(0)) + 16, buffer(1), 0, NEXT, 0);
        }));
        bad.add(new Bad("126 giant", Virtqueue.DROP_TOO_BIG, q -> q.descriptor(0, buffer(0), 70_000, 0, 0)));
        return bad;
    }

    @Test
    void shouldCountABadTransmitChainGiveItBackEmptyAndGoOn() throws Exception {
        for (Bad bad : badTransmitChains()) {
            try (RawQueue raw = new RawQueue(ALL)) {
                bad.chain.accept(raw);
                raw.offer(0);
                assertEquals(0, receive(raw.queue), bad.name);
                assertEquals(1, taken(raw.queue, bad.kind), bad.name);
                assertEquals(1, raw.usedIdx(), bad.name);
                assertEquals(0, raw.usedId(0) | raw.usedLength(0), bad.name);
                assertNull(raw.queue.broken(), bad.name);
                raw.descriptor(9, buffer(3), 12 + 60, 0, 0);
                raw.offer(9);
                assertEquals(1, receive(raw.queue), bad.name);
            }
        }
    }

    @Test
    void shouldTakeNoMoreBadChainsAtOnceThanABurstHasPackets() throws Exception {
        try (RawQueue raw = new RawQueue(ALL)) {
            raw.descriptor(0, buffer(0), 100, WRITE, 0);
            for (int i = 0; i < SIZE; i++) {
                raw.offer(0);
            }
            for (int taken = PACKETS; taken <= SIZE; taken += PACKETS) {
                assertEquals(0, receive(raw.queue));
                assertEquals(PACKETS, taken(raw.queue, Virtqueue.DROP_MALFORMED_CHAIN));
                assertEquals(taken, raw.usedIdx());
                assertEquals(taken < SIZE, raw.queue.enableKicks());
            }
        }
    }

    @Test
    void shouldRefuseIndirectWhenNotNegotiated() throws Exception {
        try (RawQueue raw = new RawQueue(V1)) {
            raw.descriptor(0, buffer(0), 16, INDIRECT, 0);
            RawQueue.entry(raw.here(buffer(0)), buffer(1), 100, 0, 0);
            raw.offer(0);
            assertEquals(0, receive(raw.queue));
            assertEquals(1, taken(raw.queue, Virtqueue.DROP_MALFORMED_CHAIN));
        }
    }

    @Test
    void shouldNotWriteIntoBadReceiveBuffers() throws Exception {
        List<Bad> bad = List.of(
                new Bad("108 not WRITE", 0, q -> q.descriptor(0, buffer(0), 2048, 0, 0)),
                new Bad("109 empty", 0, q -> q.descriptor(0, buffer(0), 0, WRITE, 0)),
                new Bad("101 empty piece", 0, q -> {
                    q.descriptor(0, buffer(0), 0, WRITE | NEXT, 2);
                    q.descriptor(2, buffer(2), 2048, WRITE, 0);
                }),
                new Bad("112 outside", 0, q -> q.descriptor(0, GUEST + REGION, 2048, WRITE, 0)),
                new Bad("112 past the end", 0, q -> q.descriptor(0, GUEST + REGION - 100, 2048, WRITE, 0)),
                new Bad("112 wraps", 0, q -> q.descriptor(0, -100, 2048, WRITE, 0)),
                new Bad("112 wraps far", 0, q -> q.descriptor(0, GUEST - 16, 0xffffffffL, WRITE, 0)),
                new Bad("94 loop", 0, q -> q.descriptor(0, buffer(0), 1, WRITE | NEXT, 0)));
        for (Bad b : bad) {
            for (long features : new long[] {ALL, ALL & ~Features.MRG_RXBUF}) {
                try (RawQueue raw = new RawQueue(features)) {
                    b.chain.accept(raw);
                    raw.offer(0);
                    raw.descriptor(1, buffer(1), 2048, WRITE, 0);
                    raw.offer(1);
                    assertEquals(0, transmit(raw.queue, 600), b.name);
                    assertEquals(1, taken(raw.queue, Virtqueue.DROP_MALFORMED_CHAIN), b.name);
                    assertEquals(1, raw.usedIdx(), b.name);
                    assertEquals(0, raw.usedLength(0), b.name);
                    assertEquals(1, transmit(raw.queue, 600), b.name);
                    assertEquals(612, raw.usedLength(1), b.name);
                    assertTrue(raw.marginsIntact(), b.name);
                }
            }
        }
    }

    @Test
    void shouldDropAFrameLongerThanTheOnlyBufferAndKeepTheBuffer() throws Exception {
        try (RawQueue raw = new RawQueue(V1)) {
            raw.descriptor(0, buffer(0), 300, WRITE, 0);
            raw.offer(0);
            assertEquals(0, transmit(raw.queue, 600));
            assertEquals(1, taken(raw.queue, Virtqueue.DROP_TOO_BIG));
            assertEquals(1, transmit(raw.queue, 200));
            // buffers too small for any frame are given back, else nothing would ever pass again
            for (int i = 1; i < 4; i++) {
                raw.descriptor(i, buffer(i), 11 + i, WRITE, 0);
                raw.offer(i);
                assertEquals(0, transmit(raw.queue, 200));
                assertEquals(1, taken(raw.queue, Virtqueue.DROP_MALFORMED_CHAIN));
            }
        }
    }

    @Test
    void shouldStopTheQueueWhenItsIndexesAreImpossible() throws Exception {
        // 90, 91: distance beyond the size, backwards; 92: head beyond the size
        for (int jump : new int[] {SIZE + 1, 0x7fff, 0x8000, 0xffff}) {
            try (RawQueue raw = new RawQueue(ALL)) {
                raw.availIdx(jump);
                assertEquals(0, receive(raw.queue));
                assertNotNull(raw.queue.broken());
                assertEquals(0, transmit(raw.queue, 100));
                assertEquals(1, taken(raw.queue, Virtqueue.DROP_STOPPED));
            }
        }
        for (int head : new int[] {SIZE, SIZE + 1, 0x7fff, 0xffff}) {
            try (RawQueue raw = new RawQueue(ALL)) {
                raw.offer(head);
                assertEquals(0, receive(raw.queue));
                assertNotNull(raw.queue.broken());
            }
            try (RawQueue raw = new RawQueue(ALL)) {
                raw.offer(head);
                assertEquals(0, transmit(raw.queue, 100));
                assertNotNull(raw.queue.broken());
            }
        }
    }

    @Test
    void shouldRefuseRingsThatAreNotWhollyInMemory() throws Exception {
        try (RawQueue raw = new RawQueue(ALL)) {
            long user = RawQueue.USER;
            long[][] areas = {
                {user + REGION, user + 0x2000, user + 0x4000},
                {user + REGION - 16, user + 0x2000, user + 0x4000},
                {user, user + REGION - 2, user + 0x4000},
                {user, user + 0x2000, user + REGION - 4},
                {user, user + 0x2001, user + 0x4000},
                {user + 8, user + 0x2000, user + 0x4000},
                {user, user + 0x2000, user + 0x4002},
                {-16, user + 0x2000, user + 0x4000},
                {user, -2, user + 0x4000},
                {0, 0, 0},
            };
            for (long[] a : areas) {
                assertThrows(
                        GuestMemoryException.class,
                        () -> SplitVirtqueue.open(raw.memory, ALL, SIZE, a[0], a[1], a[2], -1));
            }
            for (int size : new int[] {0, 3, 255, 257, -1, 65536, Integer.MIN_VALUE}) {
                assertThrows(
                        GuestMemoryException.class,
                        () -> SplitVirtqueue.open(raw.memory, ALL, size, user, user + 0x2000, user + 0x4000, -1));
            }
        }
    }

    @Test
    void shouldSurviveRandomDescriptors() throws Exception {
        long seed = Long.getLong("io.jspp.seed", System.nanoTime());
        Random random = new Random(seed);
        int rounds = Integer.getInteger("io.jspp.fuzzRounds", 3000);
        for (int round = 0; round < rounds; round++) {
            long features = ALL & (random.nextLong() | V1) & ~(random.nextInt(4) == 0 ? V1 : 0);
            try (RawQueue raw = new RawQueue(features, random.nextInt(1 << 16))) {
                fill(raw, random);
                for (int i = 0; i < 4; i++) {
                    int n = receive(raw.queue);
                    assertInside(raw, n, seed);
                    for (int p = 0; p < 8; p++) {
                        transmit(raw.queue, 14 + random.nextInt(random.nextBoolean() ? 100 : 65_000));
                    }
                    scribble(raw, random);
                }
                if (!raw.marginsIntact()) {
                    throw new AssertionError("write outside the region, seed " + seed);
                }
            }
        }
    }

    private static void fill(RawQueue raw, Random random) {
        for (int i = 0; i < SIZE; i++) {
            randomEntry(raw, raw.base + 16L * i, random, SIZE);
        }
        for (int i = 0; i < 2048; i++) {
            randomEntry(raw, raw.here(buffer(0)) + 16L * i, random, 64);
        }
        int heads = random.nextInt(SIZE + 1);
        for (int i = 0; i < heads; i++) {
            raw.offer(random.nextInt(SIZE));
        }
    }

    private static void randomEntry(RawQueue raw, long at, Random random, int table) {
        long[] addresses = {
            buffer(random.nextInt(400)),
            buffer(0) + 16L * random.nextInt(1500),
            GUEST + REGION - random.nextInt(3000),
            random.nextLong(),
            -random.nextInt(5000),
            GUEST + random.nextInt(0x5000)
        };
        long[] lengths = {
            random.nextInt(100),
            random.nextInt(3000),
            random.nextInt(70_000),
            16L * random.nextInt(40),
            random.nextInt(),
        };
        int flags = random.nextInt(20) == 0 ? random.nextInt(1 << 16) : random.nextInt(8);
        int next = random.nextInt(20) == 0 ? random.nextInt(1 << 16) : random.nextInt(table);
        int kind = random.nextInt(3) == 0 ? random.nextInt(6) : 0;
        RawQueue.entry(at, addresses[kind], lengths[random.nextInt(lengths.length)], flags, next);
    }

    private static void scribble(RawQueue raw, Random random) {
        for (int i = 0; i < 50; i++) {
            randomEntry(raw, raw.base + 16L * random.nextInt(SIZE), random, SIZE);
        }
        Memory.putShort(raw.base + RawQueue.USED + SplitLayout.USED_IDX, (short) random.nextInt());
        for (int i = random.nextInt(20); i > 0; i--) {
            raw.offer(random.nextInt(SIZE));
        }
        if (random.nextInt(50) == 0) {
            raw.availIdx(random.nextInt(1 << 16));
        }
    }

    private void assertInside(RawQueue raw, int n, long seed) {
        for (int p = 0; p < n; p++) {
            int sum = 0;
            for (int s = first[p]; s < first[p] + count[p]; s++) {
                long offset = segmentAddress[s] - raw.there(GUEST);
                if (segmentLength[s] <= 0 || offset < 0 || offset + segmentLength[s] > REGION) {
                    throw new AssertionError("segment outside the region, seed " + seed);
                }
                sum += segmentLength[s];
            }
            if (sum != length[p] || sum < Virtqueue.MIN_FRAME || sum > Virtqueue.MAX_FRAME) {
                throw new AssertionError("length " + length[p] + ", segments " + sum + ", seed " + seed);
            }
        }
    }

    /** 120, 122: descriptors, indexes and header change while they are read. */
    @Test
    void shouldSurviveADriverThatRewritesEverythingMeanwhile() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (RawQueue raw = new RawQueue(ALL)) {
            boolean[] stop = new boolean[1];
            Thread scribbler = new Thread(() -> {
                while (!stop[0]) {
                    scribble(raw, random);
                    Memory.fullFence();
                }
            });
            scribbler.start();
            long end = System.nanoTime() + 300_000_000L;
            SplitVirtqueue queue = raw.queue;
            while (System.nanoTime() < end) {
                assertInside(raw, receive(queue), seed);
                transmit(queue, 1514);
                if (queue.broken() != null) {
                    queue.close();
                    queue = SplitVirtqueue.open(
                            raw.memory, ALL, SIZE, RawQueue.USER, RawQueue.USER + 0x2000, RawQueue.USER + 0x4000, -1);
                }
            }
            stop[0] = true;
            scribbler.join();
            queue.close();
            assertTrue(raw.marginsIntact(), "seed " + seed);
        }
    }
}

package io.jspp.mbuf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.mbuf.Parties.Forwarder;
import io.jspp.mbuf.Parties.Sink;
import io.jspp.mbuf.Parties.Source;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RingPoolTest {
    private static final int TARGET = SegmentGeometry.MBUFS_PER_RING;

    private final SwitchSegment primary = SwitchSegment.create("spp-test", Parties.geometry(2, 3 * TARGET), false);
    /** The same memory at another address, as a secondary has it. */
    private final SwitchSegment secondary = SwitchSegment.attach(primary.fd().duplicate());

    private final RingClaims claims = new RingClaims(primary);
    private final Reaper reaper = new Reaper(primary);

    @AfterEach
    void close() {
        secondary.close();
        primary.close();
    }

    private Source source(int ring) {
        assertEquals(TARGET, claims.claim(ring, true, 1, 1, 2).leased());
        return new Source(primary, ring, 1, 1, 0);
    }

    private Sink sink(int ring) {
        assertTrue(claims.claim(ring, false, 2, 1, 3).granted());
        return new Sink(secondary, ring, 2, 1, Parties.newList(), 64);
    }

    private void endAll() {
        for (int r = 0; r < 2; r++) {
            reaper.reap(r, true);
            reaper.reap(r, false);
            reaper.flush(r);
            reaper.sweep(r);
        }
        PoolAudit.check(primary);
        assertEquals(primary.pool().size(), primary.pool().count().free());
    }

    @Test
    void shouldCarryPacketsOfEveryLengthInOrder() {
        try (Source source = source(0);
                Sink sink = sink(0)) {
            for (int round = 0; round < 1000; round++) {
                assertEquals(20, source.send(20));
                assertEquals(20, sink.poll());
                if (round % 50 == 0) {
                    PoolAudit.check(primary);
                }
            }
            assertEquals(20_000, sink.received.size());
            assertEquals(0, source.sender.corruptions() + sink.receiver.corruptions() + sink.receiver.malformed());
        }
        assertEquals(TARGET, RingClaims.circulation(primary.pool(), 0));
        endAll();
    }

    @Test
    void shouldHold127AndCountTheRestAsFull() {
        try (Source source = source(0);
                Sink sink = sink(0)) {
            int sent = 0;
            for (int i = 0; i < 4; i++) {
                sent += source.send(40);
            }
            assertEquals(127, sent);
            assertEquals(33, source.sender.full());
            assertEquals(bytes(120, 7), source.sender.bytes());
            assertEquals(64, sink.poll());
            assertEquals(63, sink.poll());
            assertEquals(0, sink.poll());
            assertEquals(127, sink.received.size());
        }
        endAll();
    }

    private static long bytes(long first, int count) {
        long n = 0;
        for (int i = 0; i < count; i++) {
            n += Parties.lengthOf(first + i);
        }
        return n;
    }

    @Test
    void shouldCarryTheLongestPacketAndRefuseALongerOne() {
        claims.claim(0, true, 1, 1, 2);
        claims.claim(0, false, 2, 1, 3);
        RingSender sender = new RingSender(primary, 0, 1, 1, 2);
        RingReceiver receiver = new RingReceiver(secondary, 0, 2, 1, 3);
        Burst burst = new Burst(8);
        Burst got = new Burst(8);
        try (NativeMemory memory = NativeMemory.allocate(70_000);
                NativeMemory copy = NativeMemory.allocate(70_000)) {
            new Random(3).ints(65_562 / 4).forEach(new java.util.function.IntConsumer() {
                private int at;

                @Override
                public void accept(int v) {
                    Memory.putInt(memory.address() + at, v);
                    at += 4;
                }
            });
            burst.add(memory.address(), 36 * 1920 + 1, 0, Burst.BORROWED);
            // from two segments
            burst.first[1] = 1;
            burst.count[1] = 2;
            burst.length[1] = 65_562;
            burst.mbuf[1] = Burst.BORROWED;
            burst.segmentAddress[1] = memory.address();
            burst.segmentLength[1] = 5_001;
            burst.segmentAddress[2] = memory.address() + 5_001;
            burst.segmentLength[2] = 60_561;
            burst.packets = 2;
            burst.segments = 3;
            assertEquals(1, sender.send(burst));
            assertEquals(1, sender.tooBig());
            assertEquals(1, receiver.receive(got));
            assertEquals(65_562, got.length[0]);
            assertEquals(35, got.count[0]);
            Frames.copy(got, 0, copy.address());
            for (int i = 0; i < 65_562; i++) {
                assertEquals(Memory.getByte(memory.address() + i), Memory.getByte(copy.address() + i));
            }
            receiver.release();
            assertEquals(35, primary.pool().count().inReturn());
        }
        PoolAudit.check(primary);
        endAll();
    }

    @Test
    void shouldExchangeMbufsBetweenTwoRingsOfOneThread() {
        try (Source source = source(0)) {
            claims.claim(0, false, 2, 1, 3);
            claims.claim(1, true, 2, 1, 3);
            Forwarder forwarder = new Forwarder(secondary, 0, 1, 2, 1, 32);
            claims.claim(1, false, 3, 1, 4);
            try (Sink sink = new Sink(primary, 1, 3, 1, Parties.newList(), 64)) {
                for (int round = 0; round < 2000; round++) {
                    assertEquals(24, source.send(24));
                    assertEquals(24, forwarder.poll());
                    assertEquals(24, sink.poll());
                }
                assertEquals(48_000, sink.received.size());
                PoolAudit.check(primary);
                assertEquals(TARGET, RingClaims.circulation(primary.pool(), 0));
                assertEquals(TARGET, RingClaims.circulation(primary.pool(), 1));
            }
        }
        endAll();
    }

    @Test
    void shouldGiveAnEndToOneClientOnly() {
        assertTrue(claims.claim(0, true, 1, 7, 2).granted());
        RingClaims.Outcome refused = claims.claim(0, true, 2, 1, 3);
        assertFalse(refused.granted());
        assertEquals(new PoolRing.Claim(1, 7, 2, false), refused.holder());
        assertTrue(claims.claim(0, false, 2, 1, 3).granted());
        assertEquals(TARGET, reaper.reapClient(1, 7));
        assertTrue(claims.claim(0, true, 2, 1, 3).granted());
        assertEquals(0, reaper.reapClient(1, 7));
        endAll();
    }

    @Test
    void shouldShareASmallPoolEvenlyAndCountWhatIsMissing() {
        SwitchSegment small = SwitchSegment.create("spp-test", Parties.geometry(2, 100), false);
        RingClaims smallClaims = new RingClaims(small);
        assertEquals(50, smallClaims.claim(0, true, 1, 1, 2).leased());
        assertEquals(50, smallClaims.claim(1, true, 1, 1, 2).leased());
        try (Source source = new Source(small, 0, 1, 1, 0)) {
            int sent = source.send(64);
            assertTrue(source.sender.noMbuf() > 0);
            assertEquals(64, sent + source.sender.noMbuf());
        }
        small.close();
    }

    @Test
    void shouldKeepPacketsForTheNextConsumerAndMbufsForTheNextProducer() {
        List<Long> received = Parties.newList();
        try (Source source = source(0)) {
            source.send(50);
        }
        reaper.reap(0, true);
        PoolAudit.check(primary);
        claims.claim(0, false, 2, 1, 3);
        try (Sink sink = new Sink(secondary, 0, 2, 1, received, 10)) {
            assertEquals(10, sink.poll());
            assertEquals(10, sink.poll());
        }
        reaper.reap(0, false);
        claims.claim(0, false, 4, 1, 3);
        claims.claim(0, true, 5, 1, 3);
        assertEquals(TARGET, RingClaims.circulation(primary.pool(), 0));
        try (Source source = new Source(primary, 0, 5, 1, 50);
                Sink sink = new Sink(secondary, 0, 4, 1, received, 64)) {
            source.send(10);
            assertEquals(40, sink.poll());
        }
        assertEquals(60, received.size());
        endAll();
    }

    @Test
    void shouldWakeASleepingConsumerOnce() {
        try (Source source = source(0);
                Sink sink = sink(0)) {
            source.send(1);
            assertFalse(source.sender.mustWake());
            assertTrue(sink.receiver.arm(), "a packet is there: no sleep");
            sink.receiver.disarm();
            sink.poll();
            assertFalse(sink.receiver.arm());
            source.send(1);
            assertTrue(source.sender.mustWake());
            assertFalse(source.sender.mustWake());
            sink.receiver.disarm();
            source.send(1);
            assertFalse(source.sender.mustWake());
        }
    }

    /** A hostile or broken secondary may write anything anywhere in the shared words: wrong packets, but no exception, no endless loop. */
    @Test
    void shouldSurviveRandomWordsInSharedMemory() {
        long seed = 42;
        Random random = new Random(seed);
        int ringBytes = (int) PoolRing.bytes(primary.geometry());
        for (int run = 0; run < 200; run++) {
            SwitchSegment segment = SwitchSegment.create("spp-test", Parties.geometry(1, 300), false);
            long rings = ringBase(segment);
            RingClaims c = new RingClaims(segment);
            c.claim(0, true, 1, 1, 2);
            c.claim(0, false, 2, 1, 2);
            RingSender sender = new RingSender(segment, 0, 1, 1, 2);
            RingReceiver receiver = new RingReceiver(segment, 0, 2, 1, 2);
            Burst out = new Burst(32);
            Burst in = new Burst(32);
            try (NativeMemory memory = NativeMemory.allocate(4096)) {
                for (int step = 0; step < 50; step++) {
                    for (int k = 0; k < 3; k++) {
                        scribble(segment, random, rings, ringBytes);
                    }
                    out.clear();
                    for (int i = 0; i < 20; i++) {
                        out.add(memory.address(), 60 + random.nextInt(3000), 0, Burst.BORROWED);
                    }
                    sender.send(out);
                    in.clear();
                    receiver.receive(in);
                    for (int i = 0; i < in.packets; i++) {
                        for (int s = in.first[i]; s < in.first[i] + in.count[i]; s++) {
                            long offset = in.segmentAddress[s] - segment.dataAddress();
                            boolean inside = offset >= 0 && offset + in.segmentLength[s] <= segment.dataLength();
                            assertTrue(inside && in.segmentLength[s] > 0, "seed " + seed + " run " + run);
                        }
                    }
                    receiver.release();
                }
                Reaper r = new Reaper(segment);
                r.reap(0, true);
                r.reap(0, false);
                r.flush(0);
                r.sweep(0);
                r.reap(0, false);
                r.reap(0, true);
            }
            segment.close();
        }
    }

    private static long ringBase(SwitchSegment segment) {
        return segment.counterArea(segment.geometry().counterAreas() - 1)
                + segment.geometry().counterAreaBytes();
    }

    private static void scribble(SwitchSegment segment, Random random, long rings, int ringBytes) {
        int value = random.nextBoolean() ? random.nextInt(400) - 50 : random.nextInt();
        if (random.nextInt(3) == 0) {
            Memory.putInt(rings + 256 + (random.nextInt(ringBytes - 256) & ~3), value);
        } else if (random.nextInt(3) == 0) {
            int[] indexes = {256, 384, 256 + 768, 256 + 768 + 128};
            Memory.putLong(rings + indexes[random.nextInt(4)], value);
        } else {
            long header = segment.pool().header(random.nextInt(segment.pool().size()));
            Memory.putInt(header + (random.nextInt(10) << 2), value);
        }
    }

    @Test
    void shouldShowWhoHasAnMbuf() {
        claims.claim(1, true, 2, 7, 4);
        long word = 0;
        for (int m = 0; m < primary.pool().size() && word == 0; m++) {
            word = primary.pool().owner(m);
        }
        assertEquals("HELD client 2 epoch 7 ring 1 tx lcore 4", OwnerWord.toString(word));
        assertEquals("FREE", OwnerWord.toString(0));
        assertNotEquals(0, OwnerWord.pack(OwnerWord.KERNEL, 0, 0, 0, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> primary.ring(2));
        assertThrows(IndexOutOfBoundsException.class, () -> primary.workerRow(0, 32));
    }
}

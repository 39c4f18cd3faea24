package io.jspp.port.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.jspp.counters.DropReason;
import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.mbuf.Burst;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.port.Port;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ring ports on a real segment: nfv 1 writes, nfv 2 reads. */
@Timeout(60)
class RingPortTest {
    private static final int SLOTS = 128;

    private final int liveBefore = FileDescriptor.live();
    private final RingWorld world = new RingWorld(3, SLOTS, 8192);
    private final RingPortType type = new RingPortType();
    private final NativeMemory frames = NativeMemory.allocate(1 << 20);
    private final Burst out = new Burst(256);
    private final Burst in = new Burst(256);

    @AfterEach
    void close() {
        world.tidy();
        assertEquals(world.mbufs(), world.count().free(), () -> "pool after all claims ended: " + world.count());
        world.close();
        frames.close();
        assertEquals(liveBefore, FileDescriptor.live());
    }

    private Port ring(int client, int index) {
        return type.open(new PortId("ring", index), world.client(client));
    }

    /** One frame of one segment whose content tells its number. */
    private void add(Burst burst, int number, int length) {
        long address = frames.address() + 4096L * burst.packets;
        for (int at = 0; at < length; at++) {
            Memory.putByte(address + at, (byte) (number + 31 * at));
        }
        burst.add(address, length, number * 7L, Burst.BORROWED);
    }

    private static void assertFrame(Burst burst, int i, int number, int length) {
        assertEquals(length, burst.length[i]);
        assertEquals(number * 7L, burst.offload[i]);
        int at = 0;
        for (int s = burst.first[i]; s < burst.first[i] + burst.count[i]; s++) {
            for (int k = 0; k < burst.segmentLength[s]; k++, at++) {
                assertEquals((byte) (number + 31 * at), Memory.getByte(burst.segmentAddress[s] + k));
            }
        }
        assertEquals(length, at);
    }

    @Test
    void shouldPassPacketsInOrderWithContentAndOffload() {
        try (TxQueue tx = ring(1, 0).openTx(0);
                RxQueue rx = ring(2, 0).openRx(0)) {
            int number = 0;
            int expected = 0;
            for (int round = 0; round < 200; round++) {
                out.clear();
                for (int i = 0; i < 32; i++) {
                    add(out, number, 60 + number % 1400);
                    number++;
                }
                assertEquals(32, tx.txBurst(out));
                tx.flush();
                in.clear();
                assertEquals(32, rx.rxBurst(in));
                for (int i = 0; i < 32; i++) {
                    assertFrame(in, i, expected, 60 + expected % 1400);
                    expected++;
                }
                rx.release(in);
            }
            in.clear();
            assertEquals(0, rx.rxBurst(in));
            assertEquals(6400, tx.counters().packets());
            assertEquals(tx.counters().packets(), rx.counters().packets());
            assertEquals(tx.counters().bytes(), rx.counters().bytes());
        }
    }

    @Test
    void shouldDropWhatTheRingDoesNotTakeAndCountIt() {
        try (TxQueue tx = ring(1, 0).openTx(0);
                RxQueue rx = ring(2, 0).openRx(0)) {
            for (int i = 0; i < 200; i++) {
                add(out, i, 64);
            }
            assertEquals(SLOTS - 1, tx.txBurst(out));
            assertEquals(200 - (SLOTS - 1), tx.counters().drops(DropReason.FULL));
            assertEquals(0, tx.txBurst(out));
            assertEquals(400 - (SLOTS - 1), tx.counters().drops());
            assertEquals(SLOTS - 1, rx.rxBurst(in));
            for (int i = 0; i < SLOTS - 1; i++) {
                assertFrame(in, i, i, 64);
            }
            rx.release(in);
            assertEquals(SLOTS - 1, tx.txBurst(out));
        }
    }

    @Test
    void shouldTellThatAnotherBurstWouldNotFit() {
        try (TxQueue tx = ring(1, 0).openTx(0);
                RxQueue rx = ring(2, 0).openRx(0)) {
            for (int i = 0; i < Burst.DEFAULT_CAPACITY; i++) {
                add(out, i, 64);
            }
            assertFalse(tx.congested());
            assertEquals(Burst.DEFAULT_CAPACITY, tx.txBurst(out));
            assertTrue(tx.congested());
            assertEquals(Burst.DEFAULT_CAPACITY, rx.rxBurst(in));
            rx.release(in);
            assertFalse(tx.congested());
        }
    }

    @Test
    void shouldCarryLongPacketsAsChains() {
        SplittableRandom random = new SplittableRandom(7);
        try (TxQueue tx = ring(1, 0).openTx(0);
                RxQueue rx = ring(2, 0).openRx(0)) {
            for (int round = 0; round < 300; round++) {
                int length = 1 + random.nextInt(65_562);
                out.clear();
                addInPieces(round, length, random);
                assertEquals(1, tx.txBurst(out));
                in.clear();
                assertEquals(1, rx.rxBurst(in));
                assertFrame(in, 0, round, length);
                rx.release(in);
            }
            assertEquals(0, tx.counters().drops());
        }
    }

    /** One packet over segments of random lengths. */
    private void addInPieces(int number, int length, SplittableRandom random) {
        int at = 0;
        out.first[0] = 0;
        while (at < length) {
            int piece = Math.min(length - at, 1 + random.nextInt(5000));
            long address = frames.address() + at;
            for (int k = 0; k < piece; k++) {
                Memory.putByte(address + k, (byte) (number + 31 * (at + k)));
            }
            out.segmentAddress[out.segments] = address;
            out.segmentLength[out.segments++] = piece;
            at += piece;
        }
        out.count[0] = out.segments;
        out.length[0] = length;
        out.offload[0] = number * 7L;
        out.mbuf[0] = Burst.BORROWED;
        out.packets = 1;
    }

    @Test
    void shouldRefuseThePacketThatNoChainCanHold() {
        try (TxQueue tx = ring(1, 0).openTx(0)) {
            addInPieces(0, 200_000, new SplittableRandom(1));
            assertEquals(0, tx.txBurst(out));
            assertEquals(1, tx.counters().drops(DropReason.TOO_BIG));
        }
    }

    @Test
    void shouldPassOnFromRingToRingWithoutCopying() {
        try (TxQueue tx = ring(1, 0).openTx(0);
                RxQueue rx = ring(2, 0).openRx(0);
                TxQueue next = ring(2, 1).openTx(0);
                RxQueue last = ring(3, 1).openRx(0)) {
            int number = 0;
            int expected = 0;
            for (int round = 0; round < 200; round++) {
                out.clear();
                for (int i = 0; i < 50; i++) {
                    add(out, number++, 128);
                }
                assertEquals(50, tx.txBurst(out));
                in.clear();
                assertEquals(50, rx.rxBurst(in));
                long address = in.segmentAddress[0];
                assertEquals(50, next.txBurst(in));
                rx.release(in);
                in.clear();
                assertEquals(50, last.rxBurst(in));
                assertEquals(address, in.segmentAddress[0]);
                for (int i = 0; i < 50; i++) {
                    assertFrame(in, i, expected++, 128);
                }
                last.release(in);
            }
            assertEquals(0, tx.counters().drops() + next.counters().drops());
        }
    }

    @Test
    void shouldWakeASleepingReaderOnce() {
        try (TxQueue tx = ring(1, 0).openTx(0);
                RxQueue rx = ring(2, 0).openRx(0)) {
            assertFalse(rx.arm());
            assertFalse(readable(rx));
            add(out, 1, 64);
            tx.txBurst(out);
            tx.flush();
            assertTrue(readable(rx));
            rx.disarm();
            assertFalse(readable(rx));
            tx.txBurst(out);
            tx.flush();
            assertFalse(readable(rx), "a reader that is awake was woken");
            assertEquals(2, rx.rxBurst(in));
            rx.release(in);
        }
    }

    @Test
    void shouldNotLetTheReaderSleepWhenPacketsAreThere() {
        try (TxQueue tx = ring(1, 0).openTx(0);
                RxQueue rx = ring(2, 0).openRx(0)) {
            add(out, 1, 64);
            tx.txBurst(out);
            tx.flush();
            assertTrue(rx.arm());
            rx.disarm();
            assertEquals(1, rx.rxBurst(in));
            rx.release(in);
        }
    }

    private static boolean readable(RxQueue rx) {
        return Linux.pollOne(rx.wakeFd(), Constants.POLLIN, 0) != 0;
    }

    @Test
    void shouldHaveOneReaderAndOneWriter() {
        try (TxQueue tx = ring(1, 0).openTx(0);
                RxQueue rx = ring(1, 0).openRx(0)) {
            assertEquals(
                    "ring:0 is held by nfv 1",
                    assertThrows(PortException.class, () -> ring(2, 0).openTx(0))
                            .getMessage());
            assertThrows(PortException.class, () -> ring(2, 0).openRx(0));
        }
        ring(2, 0).openTx(0).close();
        ring(2, 0).openRx(0).close();
    }

    @Test
    void shouldKeepWhatWasPublishedWhenTheWriterLeaves() {
        try (RxQueue rx = ring(2, 0).openRx(0)) {
            try (TxQueue tx = ring(1, 0).openTx(0)) {
                for (int i = 0; i < 10; i++) {
                    add(out, i, 64);
                }
                tx.txBurst(out);
            }
            assertEquals(10, rx.rxBurst(in));
            for (int i = 0; i < 10; i++) {
                assertFrame(in, i, i, 64);
            }
            rx.release(in);
        }
    }

    @Test
    void shouldSayWhichRingsThereAre() {
        PortException refused = assertThrows(PortException.class, () -> ring(1, 3));
        assertEquals("add ring:3: the primary made 3 rings, ring:0 to ring:2 (its option -n)", refused.getMessage());
    }

    @Test
    void shouldLoseNothingBetweenTwoThreadsAndAllocateNothing() throws InterruptedException {
        int packets = 2_000_000;
        AtomicLong allocated = new AtomicLong(-1);
        AtomicReference<String> fault = new AtomicReference<>();
        try (TxQueue tx = ring(1, 0).openTx(0);
                RxQueue rx = ring(2, 0).openRx(0)) {
            Thread reader = new Thread(() -> {
                ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
                long id = Thread.currentThread().getId();
                int expected = 0;
                long before = 0;
                while (expected < packets && fault.get() == null) {
                    in.clear();
                    int n = rx.rxBurst(in);
                    for (int i = 0; i < n; i++) {
                        int seen = Memory.getInt(in.segmentAddress[in.first[i]]);
                        if (seen != expected++) {
                            fault.compareAndSet(null, "packet " + seen + " instead of " + (expected - 1));
                        }
                    }
                    rx.release(in);
                    if (before == 0 && expected > packets / 2) {
                        before = threads.getThreadAllocatedBytes(id);
                    }
                    if (n == 0) {
                        Thread.yield();
                    }
                }
                allocated.set(threads.getThreadAllocatedBytes(id) - before);
            });
            reader.start();
            int number = 0;
            long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(50);
            while (number < packets && fault.get() == null && System.nanoTime() < deadlineNs) {
                out.clear();
                for (int i = 0; i < 32 && number + i < packets; i++) {
                    long address = frames.address() + 64L * i;
                    Memory.putInt(address, number + i);
                    out.add(address, 64, 0, Burst.BORROWED);
                }
                int sent = tx.txBurst(out);
                tx.flush();
                number += sent;
                if (sent == 0) {
                    Thread.yield();
                }
            }
            reader.join();
            assertEquals(null, fault.get());
            assertEquals(packets, rx.counters().packets());
            assertEquals(packets, tx.counters().packets());
            assertEquals(0, tx.counters().drops(DropReason.NO_MBUF));
        }
        assertTrue(allocated.get() >= 0 && allocated.get() < 200, "reader allocated " + allocated.get() + " bytes");
    }
}

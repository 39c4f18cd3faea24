package io.jspp.frontend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.Linux;
import io.jspp.memory.Memory;
import io.jspp.virtio.Features;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The driver's queues against {@link LoopDevice}. */
class DriverQueuesTest {
    private static final byte[] MAC = {2, 0, 0, 0, 0, 1};
    private static final long SEED = 20261121;

    private FrontendMemory memory;
    private SplitDriverQueue txQueue;
    private SplitDriverQueue rxQueue;

    private void open(int size, long features) {
        memory = FrontendMemory.create(64L << 20, false);
        txQueue = new SplitDriverQueue(memory, size, features);
        rxQueue = new SplitDriverQueue(memory, size, features);
    }

    @AfterEach
    void close() {
        txQueue.close();
        rxQueue.close();
        memory.close();
    }

    private static long features(boolean mergeable, boolean indirect, boolean inOrder) {
        return Features.VERSION_1
                | (mergeable ? Features.MRG_RXBUF : 0)
                | (indirect ? Features.INDIRECT_DESC : 0)
                | (inOrder ? Features.IN_ORDER : 0);
    }

    @ParameterizedTest(name = "mergeable {0}, indirect {1}, {2}")
    @CsvSource({
        "true, true, IN_ORDER",
        "true, false, IN_ORDER",
        "false, true, IN_ORDER",
        "false, false, IN_ORDER",
        "true, true, SHUFFLED",
        "true, false, SHUFFLED",
        "false, false, SHUFFLED",
        "true, true, LAST_OF_BATCH",
        "true, false, LAST_OF_BATCH"
    })
    void shouldCarryFramesOfEveryLength(boolean mergeable, boolean indirect, LoopDevice.Completion completion) {
        long features = features(mergeable, indirect, completion != LoopDevice.Completion.SHUFFLED);
        open(256, features);
        FrameTx tx = new FrameTx(txQueue, features, new FrameTx.Shape(512, true));
        FrameRx.Shape shape = mergeable ? FrameRx.Shape.DEFAULT : FrameRx.Shape.BIG_CHAINS;
        FrameRx rx = new FrameRx(rxQueue, features, shape);
        LoopDevice device = new LoopDevice(txQueue, rxQueue, mergeable, completion, SEED);
        Random random = new Random(SEED);
        byte[] received = new byte[70_000];
        for (int round = 0; round < 2000; round++) {
            byte[][] frames = new byte[1 + random.nextInt(4)][];
            for (int i = 0; i < frames.length; i++) {
                int longest = random.nextInt(8) == 0 ? 20_000 : 1514;
                frames[i] = new byte[14 + random.nextInt(longest - 13)];
                random.nextBytes(frames[i]);
                assertTrue(tx.send(frames[i], frames[i].length, 0x1122L << 32 | round & 0xff, i));
            }
            assertEquals(frames.length, device.poll(64), "round " + round);
            for (int i = 0; i < frames.length; i++) {
                assertEquals(frames[i].length, rx.receive(received), "round " + round + " frame " + i);
                assertArrayEquals(frames[i], Arrays.copyOf(received, frames[i].length));
                assertEquals(0x1122L << 32 | round & 0xff, rx.headerStart());
                assertEquals(i, rx.checksumOffset());
            }
            assertEquals(-1, rx.receive(received));
        }
    }

    @Test
    void shouldRefuseWhenTheQueueIsFullAndGoOnWhenTheDeviceHasRead() {
        long features = features(true, false, true);
        open(8, features);
        FrameTx tx = new FrameTx(txQueue, features, FrameTx.Shape.DEFAULT);
        byte[] frame = new byte[64];
        for (int i = 0; i < 8; i++) {
            assertTrue(tx.send(frame, 64));
        }
        assertFalse(tx.send(frame, 64));
        FrameRx rx = new FrameRx(rxQueue, features, FrameRx.Shape.DEFAULT);
        assertEquals(3, new LoopDevice(txQueue, rxQueue, true, LoopDevice.Completion.IN_ORDER, SEED).poll(3));
        for (int i = 0; i < 3; i++) {
            assertTrue(tx.send(frame, 64));
        }
        assertFalse(tx.send(frame, 64));
        assertEquals(64, rx.receive(new byte[64]));
    }

    @ParameterizedTest
    @EnumSource(LoopDevice.Completion.class)
    void shouldNumberAndCheckTraffic(LoopDevice.Completion completion) {
        long features = features(true, true, completion != LoopDevice.Completion.SHUFFLED);
        open(64, features);
        GeneratorTx tx = GeneratorTx.on(txQueue, features, TrafficPattern.IMIX, MAC, MAC, 7, 1, true);
        GeneratorRx rx = GeneratorRx.on(rxQueue, features, ns -> assertTrue(ns >= 0), true);
        LoopDevice device = new LoopDevice(txQueue, rxQueue, true, completion, SEED);
        for (int i = 0; i < 5000; i++) {
            tx.send(1 + i % 40, System.nanoTime());
            device.poll(32);
            rx.poll(64);
        }
        while (device.poll(32) > 0) {
            rx.poll(64);
        }
        rx.poll(64);
        assertTrue(tx.sent() > 100_000, "sent " + tx.sent());
        assertEquals(tx.sent(), rx.received());
        assertEquals(tx.bytes(), rx.bytes());
        assertEquals(
                0,
                rx.streams().lost()
                        + rx.streams().reordered()
                        + rx.streams().duplicates()
                        + rx.corrupt()
                        + rx.foreign());
        assertEquals(1, rx.streams().seen());
    }

    @Test
    void shouldCountDamageAsDamage() {
        long features = features(true, true, true);
        open(64, features);
        GeneratorTx tx = GeneratorTx.on(txQueue, features, TrafficPattern.fixed(200), MAC, MAC, 7, 1, true);
        GeneratorRx rx = GeneratorRx.on(rxQueue, features, ns -> {}, true);
        LoopDevice device = new LoopDevice(txQueue, rxQueue, true, LoopDevice.Completion.IN_ORDER, SEED);
        tx.send(10, 1);
        long thirdBuffer =
                Memory.getLong(txQueue.descriptors() + 2 * 16) - FrontendMemory.GUEST_BASE + memory.address();
        Memory.putByte(thirdBuffer + 150, (byte) (Memory.getByte(thirdBuffer + 150) ^ 1));
        device.poll(10);
        rx.poll(10);
        assertEquals(9, rx.received());
        assertEquals(1, rx.corrupt());
        assertEquals(1, rx.streams().lost());
    }

    @Test
    void shouldRefuseADeviceThatLies() {
        long features = features(true, true, false);
        open(8, features);
        FrameRx rx = new FrameRx(rxQueue, features, FrameRx.Shape.DEFAULT);
        Memory.putShortRelease(rxQueue.used() + 2, (short) 9);
        assertThrows(FrontendException.class, () -> rx.receive(new byte[64]));
        Memory.putShortRelease(rxQueue.used() + 2, (short) 1);
        Memory.putInt(rxQueue.used() + 4, 8);
        assertThrows(FrontendException.class, () -> rx.receive(new byte[64]));
        Memory.putInt(rxQueue.used() + 4, 0);
        Memory.putInt(rxQueue.used() + 8, 5);
        assertThrows(FrontendException.class, () -> rx.receive(new byte[64]));
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void shouldKickOnlyADeviceThatWantsToKnow(boolean eventIndex) {
        long features = features(true, true, true) | (eventIndex ? Features.EVENT_IDX : 0);
        open(8, features);
        int kick = txQueue.kickDescriptor().value();
        FrameTx tx = new FrameTx(txQueue, features, FrameTx.Shape.DEFAULT);
        byte[] frame = new byte[64];
        // No suppression yet: flags 0, avail_event 0.
        assertTrue(tx.send(frame, 64));
        assertEquals(8, Linux.eventfdRead(kick));
        long flags = txQueue.used();
        long availEvent = txQueue.used() + 4 + 8 * 8;
        Memory.putShort(flags, (short) 1);
        Memory.putShort(availEvent, (short) 0);
        assertTrue(tx.send(frame, 64));
        assertTrue(Linux.eventfdRead(kick) < 0);
        Memory.putShort(flags, (short) 0);
        Memory.putShort(availEvent, (short) 2);
        assertTrue(tx.send(frame, 64));
        assertEquals(8, Linux.eventfdRead(kick));
    }

    @Test
    void shouldNotAllocateWhileTrafficRuns() throws Exception {
        long features = features(true, true, true);
        open(256, features);
        GeneratorTx tx = GeneratorTx.on(txQueue, features, TrafficPattern.fixed(64), MAC, MAC, 7, 64, false);
        long[] oldest = new long[1];
        GeneratorRx rx = GeneratorRx.on(rxQueue, features, ns -> oldest[0] = Math.max(oldest[0], ns), false);
        BooleanSupplier never = () -> false;
        AtomicBoolean stop = new AtomicBoolean();
        Thread device = new Thread(() -> {
            LoopDevice loop = new LoopDevice(txQueue, rxQueue, true, LoopDevice.Completion.IN_ORDER, SEED);
            while (!stop.get()) {
                if (loop.poll(32) == 0) {
                    Thread.yield();
                }
            }
        });
        device.start();
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (TrafficRun run = new TrafficRun(new GeneratorTx[] {tx}, new GeneratorRx[] {rx}, false)) {
            run.window(new TrafficStreams[] {rx.streams()}, 256);
            for (int i = 0; i < 10; i++) {
                run.send(TrafficRun.FLAT_OUT, 10_000, Long.MAX_VALUE, never);
                run.drain(10_000 * (i + 1), 10_000_000_000L, never);
                run.drain(Long.MAX_VALUE, 20_000_000L, never); // sleeps
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            run.send(TrafficRun.FLAT_OUT, 200_000, Long.MAX_VALUE, never);
            run.drain(300_000, 10_000_000_000L, never);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertEquals(300_000, rx.received());
            assertEquals(0, rx.streams().lost() + rx.streams().duplicates());
            // Two small arrays per run, whatever the number of frames.
            assertTrue(allocated < 1024, allocated + " bytes for 200 000 frames");
        } finally {
            stop.set(true);
            device.join();
        }
    }
}

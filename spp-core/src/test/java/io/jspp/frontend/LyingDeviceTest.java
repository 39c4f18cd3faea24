package io.jspp.frontend;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.memory.Memory;
import io.jspp.virtio.Features;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A device that writes what it likes into the driver's rings: wild ids, lengths, flags, indexes, event fields and frames. The driver refuses it
 * with a {@link FrontendException} or counts, and never leaves its own memory, its arrays or its time.
 */
@Timeout(120)
class LyingDeviceTest {
    private static final byte[] MAC = {2, 0, 0, 0, 0, 1};
    private static final int SIZE = 16;
    private static final int ROUNDS = 50;
    private static final int STEPS = 100;

    private FrontendMemory memory;
    private DriverVirtqueue tx;
    private DriverVirtqueue rx;

    private void open(long features) {
        memory = FrontendMemory.create(2L << 20, false);
        tx = DriverVirtqueue.create(memory, SIZE, features);
        rx = DriverVirtqueue.create(memory, SIZE, features);
    }

    @AfterEach
    void close() {
        if (memory != null) {
            tx.close();
            rx.close();
            memory.close();
            memory = null;
        }
    }

    private static long features(boolean packed, boolean mergeable, boolean indirect, boolean inOrder) {
        return Features.VERSION_1
                | Features.EVENT_IDX
                | (packed ? Features.RING_PACKED : 0)
                | (mergeable ? Features.MRG_RXBUF : 0)
                | (indirect ? Features.INDIRECT_DESC : 0)
                | (inOrder ? Features.IN_ORDER : 0);
    }

    @ParameterizedTest(name = "packed {0} mergeable {1} indirect {2} in order {3}")
    @CsvSource({
        "true, true, true, true",
        "true, true, false, false",
        "true, false, true, false",
        "true, false, false, true",
        "false, true, true, true",
        "false, false, false, false"
    })
    void shouldSurviveWhateverFrameQueuesAreTold(boolean packed, boolean mergeable, boolean indirect, boolean inOrder) {
        long features = features(packed, mergeable, indirect, inOrder);
        int refused = refusals(features, (seed, random) -> {
            FrameTx sender = new FrameTx(tx, features, new FrameTx.Shape(128, true));
            FrameRx receiver = new FrameRx(rx, features, new FrameRx.Shape(256, mergeable ? 1 : 4));
            byte[] frame = new byte[2048];
            return () -> {
                sender.send(frame, 60 + random.nextInt(300));
                tx.kickAgain();
                for (int i = 0; i < SIZE && receiver.receive(frame) >= 0; i++) {
                    receiver.flush();
                }
                rx.enableCalls();
                rx.disableCalls();
            };
        });
        assertTrue(refused > ROUNDS / 2, refused + " of " + ROUNDS + " liars were found out");
    }

    @ParameterizedTest(name = "packed {0} mergeable {1} in order {2}")
    @CsvSource({"true, true, true", "true, true, false", "true, false, true", "false, true, true", "false, true, false"
    })
    void shouldSurviveWhateverGeneratorsAreTold(boolean packed, boolean mergeable, boolean inOrder) {
        long features = features(packed, mergeable, true, inOrder);
        int refused = refusals(features, (seed, random) -> {
            boolean payload = random.nextBoolean();
            GeneratorTx sender =
                    GeneratorTx.on(tx, features, TrafficPattern.fixed(64), MAC, MAC, seed, 1 << 10, payload);
            GeneratorRx receiver = GeneratorRx.on(rx, features, ns -> {}, payload);
            return () -> {
                sender.send(1 + random.nextInt(SIZE), 0);
                sender.kickAgain();
                receiver.poll(1 + random.nextInt(2 * SIZE));
                receiver.arm();
                receiver.disarm();
                assertTrue(sender.completed() <= sender.sent(), "more completed than sent");
            };
        });
        assertTrue(refused > ROUNDS / 4, refused + " of " + ROUNDS + " liars were found out");
    }

    /** Sets up both sides of a driver on the open queues. */
    private interface Drivers {
        /** What the driver does after each lie. */
        Runnable open(int seed, Random random);
    }

    /** Lies to one driver after another; how many refused to go on. */
    private int refusals(long features, Drivers drivers) {
        int refused = 0;
        for (int seed = 0; seed < ROUNDS; seed++) {
            open(features);
            Random random = new Random(seed);
            Runnable driver = drivers.open(seed, random);
            try {
                for (int step = 0; step < STEPS; step++) {
                    lie(tx, random);
                    lie(rx, random);
                    driver.run();
                }
            } catch (FrontendException e) {
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            } finally {
                close();
            }
        }
        return refused;
    }

    /** Writes something to where a device may write: mostly nearly right, so that it gets past the first check. */
    private void lie(DriverVirtqueue queue, Random random) {
        boolean packed = queue instanceof PackedDriverQueue;
        int words = 1 + random.nextInt(3);
        for (int i = 0; i < words; i++) {
            int slot = random.nextInt(SIZE);
            int id = random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(SIZE);
            int length = random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(400);
            if (packed) {
                long state = new long[] {0, PackedDriverQueue.STATE, PackedDriverQueue.AVAIL, PackedDriverQueue.USED}
                        [random.nextInt(4)];
                long meta = PackedDriverQueue.meta(length, id & 0xffff, random.nextInt(8)) | state;
                Memory.putLong(queue.descriptors() + 16L * slot + 8, meta);
                Memory.putInt(queue.used(), random.nextInt());
            } else {
                Memory.putInt(queue.used() + 4 + 8L * slot, id);
                Memory.putInt(queue.used() + 8 + 8L * slot, length);
                int ahead = random.nextInt(16) == 0 ? random.nextInt() : random.nextInt(4);
                int index = Memory.getUnsignedShort(queue.used() + 2);
                Memory.putShortRelease(queue.used() + 2, (short) (index + ahead));
                Memory.putShort(queue.used(), (short) random.nextInt());
                Memory.putShort(queue.used() + 4 + 8L * SIZE, (short) random.nextInt());
            }
            // a virtio-net header with any number of buffers, in any buffer
            long at = memory.address() + random.nextInt((int) memory.length() / 64) * 64L;
            if (at > queue.used() + 4096) {
                Memory.putShort(at + NetHeaderBytes.NUM_BUFFERS, (short) random.nextInt(1 << random.nextInt(17)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"16", "65535"})
    void shouldNameABufferThatAPackedDeviceDoesNotHave(int id) {
        long features = features(true, true, true, false);
        open(features);
        FrameRx receiver = new FrameRx(rx, features, FrameRx.Shape.DEFAULT);
        Memory.putLong(rx.descriptors() + 8, PackedDriverQueue.meta(64, id, 0) | PackedDriverQueue.STATE);
        FrontendException refusal = assertThrows(FrontendException.class, () -> receiver.receive(new byte[2048]));
        assertTrue(refusal.getMessage().contains("buffer " + id), refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void shouldRefuseAPackedDeviceThatUsesABufferTwice(boolean inOrder) {
        long features = features(true, true, true, inOrder);
        open(features);
        FrameRx receiver = new FrameRx(rx, features, FrameRx.Shape.DEFAULT);
        FrameTx sender = new FrameTx(tx, features, FrameTx.Shape.DEFAULT);
        sender.send(new byte[64], 64);
        sender.send(new byte[64], 64);
        long used = PackedDriverQueue.meta(0, 0, 0) | PackedDriverQueue.STATE;
        Memory.putLong(tx.descriptors() + 8, used);
        Memory.putLong(tx.descriptors() + 24, used);
        assertThrows(FrontendException.class, sender::reclaim);
        assertTrue(receiver.receive(new byte[2048]) < 0);
    }
}

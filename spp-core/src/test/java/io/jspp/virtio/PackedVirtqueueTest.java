package io.jspp.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.memory.Memory;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The device side of a packed ring against a correct driver: every kind of buffer list, size and feature, and notifications. */
@Timeout(120)
class PackedVirtqueueTest {
    private static final long V1 = Features.VERSION_1 | Features.RING_PACKED | Features.CSUM;
    private static final int[] SIZES = {1, 2, 3, 8, 100, 256};

    private final TestVectors burst = new TestVectors(64, 1280);

    @AfterEach
    void free() {
        burst.close();
    }

    private static long features(int bits) {
        return V1
                | ((bits & 1) != 0 ? Features.MRG_RXBUF : 0)
                | ((bits & 2) != 0 ? Features.INDIRECT_DESC : 0)
                | ((bits & 4) != 0 ? Features.EVENT_IDX : 0)
                | ((bits & 8) != 0 ? Features.IN_ORDER : 0);
    }

    @Test
    void shouldBorrowWhatTheGuestSendsAndCompleteItAtRelease() throws Exception {
        try (PackedDriver driver = new PackedDriver(8, V1);
                PackedVirtqueue queue = driver.device(PackedVirtqueue.UNKNOWN, 0)) {
            for (int i = 0; i < 3; i++) {
                assertTrue(driver.send(i, 60 + i, 1, false));
            }
            assertEquals(3, burst.receive(queue));
            assertEquals(0, driver.pollSent(), "completed before the release");
            assertEquals(61, burst.length[1]);
            assertEquals(1, burst.count[1]);
            assertEquals(1, PackedDriver.checkFrame(burst.frame(1), 0, 61));
            assertEquals(3 * 61, queue.bytesMoved());
            queue.publish();
            assertEquals(3, driver.pollSent());
            assertEquals(0x80038003, queue.position());
        }
    }

    @Test
    void shouldMarkABurstByOneDescriptorWhenInOrder() throws Exception {
        try (PackedDriver driver = new PackedDriver(16, V1 | Features.IN_ORDER);
                PackedVirtqueue queue = driver.device(PackedVirtqueue.UNKNOWN, 0)) {
            for (int i = 0; i < 5; i++) {
                driver.send(i, 60, 1 + i % 2, false);
            }
            burst.receive(queue);
            queue.publish();
            int used = 0;
            for (int i = 0; i < 16; i++) {
                used += Memory.getLong(driver.slot(i) + 8) < 0 ? 1 : 0;
            }
            assertEquals(1, used);
            assertEquals(5, driver.pollSent());
            assertEquals(0x80078007, queue.position());
        }
    }

    @Test
    void shouldCarryWhatTheGuestSendsInEveryForm() throws Exception {
        long seed = Long.getLong("io.jspp.seed", System.nanoTime());
        for (int size : SIZES) {
            for (int bits = 0; bits < 16; bits++) {
                Random random = new Random(seed + bits);
                try (PackedDriver driver = new PackedDriver(size, features(bits));
                        PackedVirtqueue queue = driver.device(PackedVirtqueue.UNKNOWN, 0)) {
                    send(driver, queue, random, (bits & 2) != 0);
                } catch (AssertionError e) {
                    throw new AssertionError("size " + size + ", features " + bits + ", seed " + seed, e);
                }
            }
        }
    }

    private void send(PackedDriver driver, PackedVirtqueue queue, Random random, boolean indirect) {
        long sent = 0;
        long seen = 0;
        int calls = 0;
        while (seen < 20L * driver.size + 100) {
            for (int i = random.nextInt(40); i > 0; i--) {
                int pieces = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(Math.min(driver.size, 12));
                boolean table = indirect && random.nextBoolean();
                if (driver.send(sent, 14 + random.nextInt(1500), table ? 1 + random.nextInt(20) : pieces, table)) {
                    sent++;
                }
            }
            int n = burst.receive(queue);
            for (int p = 0; p < n; p++) {
                assertEquals(seen++, PackedDriver.checkFrame(burst.frame(p), 0, burst.length[p]));
            }
            if (random.nextInt(4) > 0) {
                queue.publish();
                driver.pollSent();
                calls += queue.callNeeded() ? 1 : 0;
            }
        }
        queue.publish();
        driver.pollSent();
        assertEquals(driver.usedPosition() * 0x10001, queue.position());
        assertEquals(0, burst.drops(queue, Virtqueue.DROP_MALFORMED_CHAIN));
        assertTrue(calls > 0);
    }

    @Test
    void shouldFillBuffersOfEveryForm() throws Exception {
        long seed = Long.getLong("io.jspp.seed", System.nanoTime());
        for (int size : SIZES) {
            for (int bits = 0; bits < 16; bits++) {
                Random random = new Random(seed + bits);
                try (PackedDriver driver = new PackedDriver(size, features(bits));
                        PackedVirtqueue queue = driver.device(PackedVirtqueue.UNKNOWN, 0)) {
                    fill(driver, queue, random, bits);
                    assertTrue(driver.marginsIntact());
                } catch (AssertionError e) {
                    throw new AssertionError("size " + size + ", features " + bits + ", seed " + seed, e);
                }
            }
        }
    }

    private void fill(PackedDriver driver, PackedVirtqueue queue, Random random, int bits) {
        boolean mergeable = (bits & 1) != 0;
        boolean indirect = (bits & 2) != 0;
        long sent = 0;
        long tried = 0;
        for (int round = 0; sent < 20L * driver.size + 100 && round < 2000; round++) {
            for (int i = random.nextInt(40); i > 0; i--) {
                int pieces = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(Math.min(driver.size, 6));
                boolean table = indirect && random.nextBoolean();
                int bytes = mergeable ? 16 + random.nextInt(1000) : 1536 / pieces + 1;
                driver.post(table ? Math.min(bytes, 480) : bytes, table ? 4 : pieces, table);
            }
            burst.clear();
            int packets = random.nextInt(32);
            for (int i = 0; i < packets; i++) {
                int longest = mergeable && random.nextInt(4) == 0 ? 5000 : 1500;
                burst.add(tried++, 14 + random.nextInt(longest), 1 + random.nextInt(3));
            }
            int n = queue.transmit(burst.v, 0, packets);
            sent += n;
            int[] drops = new int[Virtqueue.DROP_KINDS];
            queue.takeDrops(drops);
            assertEquals(packets - n, drops[Virtqueue.DROP_FULL] + drops[Virtqueue.DROP_TOO_BIG]);
            if (random.nextInt(4) > 0) {
                queue.publish();
                driver.pollReceived();
            }
        }
        queue.publish();
        driver.pollReceived();
        assertEquals(sent, driver.received.size());
        // A few small buffers may be too few for any frame for ever.
        assertTrue(driver.size < 8 || sent >= 20L * driver.size + 100);
        for (int i = 1; i < driver.received.size(); i++) {
            assertTrue(driver.received.get(i) > driver.received.get(i - 1));
        }
        assertEquals(driver.usedPosition() * 0x10001, queue.position());
    }

    @Test
    void shouldGoOnWhereTheFrontEndSays() throws Exception {
        for (int position : new int[] {5, 0x8005, 0x8007, 7, 0x8000, 0}) {
            try (PackedDriver driver = new PackedDriver(8, V1)) {
                driver.startAt(position);
                try (PackedVirtqueue queue = driver.device(position, 0)) {
                    for (int i = 0; i < 8; i++) {
                        driver.send(i, 60, 1, false);
                    }
                    assertEquals(8, burst.receive(queue));
                    queue.publish();
                    assertEquals(8, driver.pollSent());
                    assertEquals((position ^ 0x8000) * 0x10001, queue.position());
                }
            }
        }
    }

    // ---- notification, §2.8.10

    @Test
    void shouldCallByFlagsOnceAndThenAsTheDriverWishes() throws Exception {
        try (PackedDriver driver = new PackedDriver(8, V1);
                PackedVirtqueue queue = driver.device(PackedVirtqueue.UNKNOWN, 0)) {
            Memory.putInt(driver.base + driver.driverArea, PackedLayout.EVENT_DISABLE << 16);
            assertFalse(queue.callNeeded(), "nothing used");
            pass(driver, queue, 1);
            assertTrue(queue.callNeeded(), "calls of a time without a device are lost: the first use calls always");
            assertFalse(queue.callNeeded(), "twice for one use");
            pass(driver, queue, 1);
            assertFalse(queue.callNeeded());
            Memory.putInt(driver.base + driver.driverArea, PackedLayout.EVENT_ENABLE << 16);
            pass(driver, queue, 1);
            assertTrue(queue.callNeeded());
        }
    }

    private void pass(PackedDriver driver, PackedVirtqueue queue, int n) {
        for (int i = 0; i < n; i++) {
            assertTrue(driver.send(i, 60, 1, false));
        }
        assertEquals(n, burst.receive(queue));
        queue.publish();
        assertEquals(n, driver.pollSent());
    }

    @Test
    void shouldCallExactlyWhenThePositionAskedForIsUsed() throws Exception {
        long seed = Long.getLong("io.jspp.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int size : new int[] {1, 2, 7, 100, 256}) {
            try (PackedDriver driver = new PackedDriver(size, V1 | Features.EVENT_IDX);
                    PackedVirtqueue queue = driver.device(PackedVirtqueue.UNKNOWN, 0)) {
                pass(driver, queue, 1);
                assertTrue(queue.callNeeded());
                for (int round = 0; round < 2000; round++) {
                    // the driver asks for the descriptor that lies `ahead` slots after what it has taken
                    int ahead = random.nextInt(size);
                    int event = PackedLayout.advance(driver.usedPosition(), ahead, size);
                    Memory.putInt(driver.base + driver.driverArea, event | PackedLayout.EVENT_DESCRIPTOR << 16);
                    int before = 0;
                    while (before <= ahead) {
                        int n = Math.min(1 + random.nextInt(size), 64);
                        pass(driver, queue, n);
                        before += n;
                        String what = "size " + size + ", ahead " + ahead + ", used " + before + ", seed " + seed;
                        if (random.nextBoolean() || before > ahead) {
                            assertEquals(before > ahead, queue.callNeeded(), what);
                        }
                    }
                    assertFalse(queue.callNeeded());
                }
            }
        }
    }

    @Test
    void shouldAskForKicksAndLookAgain() throws Exception {
        for (long features : new long[] {V1, V1 | Features.EVENT_IDX}) {
            try (PackedDriver driver = new PackedDriver(3, features);
                    PackedVirtqueue queue = driver.device(PackedVirtqueue.UNKNOWN, 0)) {
                for (int round = 0; round < 20; round++) {
                    int area = Memory.getInt(driver.base + driver.deviceArea);
                    assertEquals(PackedLayout.EVENT_DISABLE, area >>> 16, "a polled queue wants no kicks");
                    assertFalse(queue.enableKicks());
                    area = Memory.getInt(driver.base + driver.deviceArea);
                    if (features == V1) {
                        assertEquals(PackedLayout.EVENT_ENABLE, area >>> 16);
                    } else {
                        assertEquals(PackedLayout.EVENT_DESCRIPTOR, area >>> 16);
                        assertEquals(driver.availPosition(), area & 0xffff, "the next descriptor kicks");
                    }
                    driver.send(0, 60, 1, false);
                    assertTrue(queue.enableKicks(), "a chain that came before the driver saw the wish");
                    queue.disableKicks();
                    assertEquals(1, burst.receive(queue));
                    queue.publish();
                    driver.pollSent();
                }
            }
        }
    }
}

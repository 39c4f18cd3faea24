package io.jspp.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.memory.MappedMemory;
import io.jspp.memory.Memory;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.testing.conformance.Proves;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the device side writes to guest memory, page by page, is in the log, for both ring formats; and what it leaves alone is not. */
@Timeout(120)
class DirtyLogTest {
    private static final long LOGGED = Features.VERSION_1 | Features.LOG_ALL;
    private static final int PAGE = 4096;

    /** A byte of the log. */
    private static final int GRAIN = 8 * PAGE;

    private static final int ROUNDS = 60;

    private final TestVectors burst = new TestVectors(16, 256);

    @AfterEach
    void free() {
        burst.close();
    }

    /** A log for guest memory up to {@code end}, with a pattern before and behind; begins in the middle of a page. */
    private static final class Log implements AutoCloseable {
        private static final int MARGIN = 4099;
        private static final byte PATTERN = 0x5a;
        final long size;
        final DirtyLog log;
        private final FileDescriptor file = Linux.memfdCreate("log", 0);
        private final MappedMemory mapping;

        Log(long end) throws GuestMemoryException {
            size = (end + GRAIN - 1) / GRAIN;
            Linux.ftruncate(file.value(), size + 2 * MARGIN);
            mapping = MappedMemory.shared(file.value(), 0, size + 2 * MARGIN);
            Memory.fill(mapping.address(), size + 2 * MARGIN, PATTERN);
            clear();
            log = DirtyLog.map(file.duplicate(), size, MARGIN);
        }

        void clear() {
            Memory.fill(mapping.address() + MARGIN, size, (byte) 0);
        }

        int at(long guestAddress) {
            long byteOfLog = guestAddress / GRAIN;
            return byteOfLog < size ? Memory.getByte(mapping.address() + MARGIN + byteOfLog) & 0xff : 0;
        }

        boolean marginsIntact() {
            for (int i = 0; i < MARGIN; i++) {
                if (Memory.getByte(mapping.address() + i) != PATTERN
                        || Memory.getByte(mapping.address() + MARGIN + size + i) != PATTERN) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void close() {
            log.close();
            mapping.close();
            file.close();
        }
    }

    /** Guest memory before and after the device's turn. */
    private static final class Pages {
        private final long base;
        private final byte[] before;
        private final byte[] after;

        Pages(long base, int bytes) {
            this.base = base;
            before = new byte[bytes];
            after = new byte[bytes];
        }

        void remember() {
            Memory.get(base, before, 0, before.length);
        }

        /** Every page that changed below guest address {@code end} is marked. */
        void compare(Log log, long guest, long end) {
            Memory.get(base, after, 0, after.length);
            for (int at = 0; at < after.length && guest + at < end; at += PAGE) {
                if (!Arrays.equals(before, at, at + PAGE, after, at, at + PAGE)) {
                    assertEquals(
                            1,
                            log.at(guest + at) >> at / PAGE % 8 & 1,
                            "page " + at / PAGE + " changed and is not in the log");
                }
            }
        }
    }

    private static long seed() {
        return Long.getLong("io.jspp.seed", System.nanoTime());
    }

    private static long features(int bits) {
        return LOGGED
                | ((bits & 1) != 0 ? Features.MRG_RXBUF : 0)
                | ((bits & 2) != 0 ? Features.INDIRECT_DESC : 0)
                | ((bits & 4) != 0 ? Features.EVENT_IDX : 0)
                | ((bits & 8) != 0 ? Features.IN_ORDER : 0);
    }

    private void addFrames(Random random, int longest) {
        burst.clear();
        for (int i = random.nextInt(8); i >= 0; i--) {
            burst.add(random.nextInt(), 14 + random.nextInt(longest), 1 + random.nextInt(3));
        }
    }

    private static void suppressKicks(Virtqueue queue, Random random) {
        if (random.nextBoolean()) {
            queue.enableKicks();
        } else {
            queue.disableKicks();
        }
    }

    // ---- packed

    @Test
    @Proves(value = Feature.DIRTY_LOG, with = Peer.FRONTEND)
    void shouldLogEveryPageThatAPackedRingWritesTo() throws Exception {
        long seed = seed();
        for (int bits = 0; bits < 16; bits++) {
            for (int size : new int[] {1, 7, 64, 256}) {
                Random random = new Random(seed + bits);
                long features = features(bits) | Features.RING_PACKED;
                try (PackedDriver driver = new PackedDriver(size, features);
                        Log log = new Log(PackedDriver.GUEST + driver.region());
                        PackedVirtqueue queue = driver.device(PackedVirtqueue.UNKNOWN, 0)) {
                    queue.dirtyLog(log.log);
                    boolean receives = random.nextBoolean();
                    Pages pages = new Pages(driver.base, driver.region());
                    for (int round = 0; round < ROUNDS; round++) {
                        offer(driver, random, receives, (bits & 2) != 0);
                        turn(queue, random, receives, log, pages, PackedDriver.GUEST, Long.MAX_VALUE);
                        int taken = receives ? driver.pollReceived() : driver.pollSent();
                        assertTrue(taken >= 0 && log.marginsIntact());
                    }
                } catch (AssertionError e) {
                    throw new AssertionError("size " + size + ", features " + bits + ", seed " + seed, e);
                }
            }
        }
    }

    private static void offer(PackedDriver driver, Random random, boolean receives, boolean indirect) {
        for (int i = random.nextInt(12); i >= 0; i--) {
            boolean table = indirect && random.nextBoolean();
            int pieces = table ? 1 + random.nextInt(4) : 1 + random.nextInt(Math.min(driver.size, 3));
            if (receives) {
                driver.post(64 + random.nextInt(600), pieces, table);
            } else {
                driver.send(random.nextInt(), 60 + random.nextInt(600), pieces, table);
            }
        }
    }

    private void turn(Virtqueue queue, Random random, boolean receives, Log log, Pages pages, long guest, long logEnd) {
        log.clear();
        pages.remember();
        if (receives) {
            addFrames(random, 1500);
            queue.transmit(burst.v, 0, burst.v.packets);
        } else {
            burst.receive(queue);
        }
        queue.publish();
        if (random.nextInt(3) == 0) {
            suppressKicks(queue, random);
        }
        if (random.nextInt(8) == 0) {
            queue.recover();
        }
        pages.compare(log, guest, logEnd);
    }

    @Test
    @Proves(value = Feature.DIRTY_LOG, with = Peer.FRONTEND)
    void shouldLogAPackedRingsBufferAndNothingElse() throws Exception {
        // So long that descriptors fill one byte of the log and the event areas lie in the next.
        int ring = 0;
        int events = 1;
        try (PackedDriver driver =
                        new PackedDriver(GRAIN / (int) PackedLayout.ringBytes(1), LOGGED | Features.RING_PACKED);
                Log log = new Log(PackedDriver.GUEST + driver.region());
                PackedVirtqueue queue = driver.device(PackedVirtqueue.UNKNOWN, 0)) {
            queue.dirtyLog(log.log);
            for (int i = 0; i < 100; i++) {
                driver.post(2000, 1, false);
            }
            requireGrains(log, driver.region(), PackedDriver.GUEST, ring, events);
            log.clear();
            burst.clear();
            burst.add(1, 200, 1);
            assertEquals(1, queue.transmit(burst.v, 0, 1));
            int buffer = (int) ((driver.area(0) - driver.base) / GRAIN);
            requireGrains(log, driver.region(), PackedDriver.GUEST, buffer);
            queue.publish();
            requireGrains(log, driver.region(), PackedDriver.GUEST, ring, events);
            log.clear();
            queue.enableKicks();
            requireGrains(log, driver.region(), PackedDriver.GUEST, ring, events);
        }
    }

    /** Exactly these bytes of the log are set. */
    private static void requireGrains(Log log, int region, long guest, int... wanted) {
        int[] set = java.util.stream.IntStream.range(0, region / GRAIN)
                .filter(i -> log.at(guest + (long) i * GRAIN) != 0)
                .toArray();
        assertEquals(Arrays.toString(Arrays.stream(wanted).distinct().toArray()), Arrays.toString(set));
    }

    // ---- split

    @Test
    @Proves(value = Feature.DIRTY_LOG, with = Peer.FRONTEND)
    void shouldLogEveryPageThatASplitRingWritesTo() throws Exception {
        long seed = seed();
        for (int bits = 0; bits < 8; bits++) {
            Random random = new Random(seed + bits);
            try (RawQueue raw = new RawQueue(features(bits));
                    Log log = new Log(RawQueue.GUEST + RawQueue.REGION)) {
                fillSplit(raw, log, random, Long.MAX_VALUE);
            } catch (AssertionError e) {
                throw new AssertionError("features " + bits + ", seed " + seed, e);
            }
        }
    }

    private void fillSplit(RawQueue raw, Log log, Random random, long logEnd) {
        raw.queue.dirtyLog(log.log);
        Pages pages = new Pages(raw.base, RawQueue.REGION);
        int offered = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int free = RawQueue.SIZE - (offered - raw.queue.position() & 0xffff);
            for (int i = Math.min(free, random.nextInt(24)); i > 0; i--) {
                int head = offered & RawQueue.SIZE - 1;
                // All in the region: the buffers of the last descriptors would not be.
                raw.descriptor(head, RawQueue.buffer(random.nextInt(460)), 64 + random.nextInt(1900), 2, 0);
                raw.offer(head);
                offered++;
            }
            turn(raw.queue, random, true, log, pages, RawQueue.GUEST, logEnd);
            assertTrue(log.marginsIntact() && raw.marginsIntact());
        }
    }

    // ---- logs that are not as they should be

    @Test
    void shouldLeaveOutWhatLiesBeyondAShortLog() throws Exception {
        long seed = seed();
        long end = RawQueue.GUEST + RawQueue.REGION / 2;
        try (RawQueue raw = new RawQueue(features(1));
                Log log = new Log(end)) {
            fillSplit(raw, log, new Random(seed), end);
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
        try (RawQueue raw = new RawQueue(features(1));
                Log log = new Log(1)) {
            fillSplit(raw, log, new Random(seed), 0);
        }
    }

    @Test
    void shouldMarkEveryPageThatAWriteTouchesAndNoOther() throws Exception {
        int end = 16 * GRAIN;
        long[][] writes = {
            {0, 1},
            {GRAIN - 1, 1},
            {GRAIN - 1, 2},
            {GRAIN, GRAIN},
            {3 * GRAIN + 7, 4 * GRAIN},
            {0, end},
            {5, 0},
            {5, -1}
        };
        try (Log log = new Log(end)) {
            for (long[] write : writes) {
                log.clear();
                log.log.mark(write[0], write[1]);
                int[] wanted = java.util.stream.IntStream.range(0, end / GRAIN)
                        .filter(i ->
                                write[1] > 0 && (long) i * GRAIN < write[0] + write[1] && (i + 1L) * GRAIN > write[0])
                        .toArray();
                requireGrains(log, end, 0, wanted);
                assertTrue(log.marginsIntact());
            }
        }
    }

    @Test
    void shouldRefuseALogThatItsFileDoesNotHold() {
        long[][] cases = {
            {0, 0}, {-1, 0}, {4097, 0}, {4096, 1}, {1, 4096}, {1, -1}, {Long.MAX_VALUE, 1}, {1, Long.MIN_VALUE}
        };
        for (long[] sizeAndOffset : cases) {
            FileDescriptor file = Linux.memfdCreate("log", 0);
            Linux.ftruncate(file.value(), PAGE);
            assertThrows(
                    GuestMemoryException.class,
                    () -> DirtyLog.map(file, sizeAndOffset[0], sizeAndOffset[1]),
                    Arrays.toString(sizeAndOffset));
        }
    }

    @Test
    void shouldGoOnWhenTheLogShrinks() throws Exception {
        FileDescriptor file = Linux.memfdCreate("log", 0);
        Linux.ftruncate(file.value(), 64 * PAGE);
        FileDescriptor mine = file.duplicate();
        try (DirtyLog log = DirtyLog.map(file, 64 * PAGE, 0)) {
            Linux.ftruncate(mine.value(), PAGE);
            assertThrows(InternalError.class, () -> {
                for (int i = 0; i < 1_000_000; i++) {
                    log.mark((long) (i & 63) * PAGE * GRAIN, 1);
                }
            });
            assertTrue(log.replaceVanished());
            log.mark(63L * PAGE * GRAIN, 1);
        } finally {
            mine.close();
        }
    }
}

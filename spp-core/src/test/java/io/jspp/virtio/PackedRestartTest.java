package io.jspp.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.memory.ParkPoint;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The device of a packed ring is killed between two stores, at every one in turn; the driver goes on for a while, and a successor that nobody tells the
 * position serves the ring. The driver is strict: one wrong id, length or byte fails. Nothing sent is lost; frames of the burst at hand may be seen twice,
 * received ones may be lost, never half or out of order.
 */
@Timeout(300)
class PackedRestartTest {
    private static final long V1 = Features.VERSION_1 | Features.RING_PACKED | Features.CSUM;
    private static final int MERGEABLE = 1;
    private static final int INDIRECT = 2;
    private static final int EVENT_IDX = 4;
    private static final int IN_ORDER = 8;
    /** Chains of one slot only, as with a driver that never sends fragments: no record is needed. */
    private static final int SINGLE = 16;

    private static final int ROUNDS = 12;

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final TestVectors burst = new TestVectors(16, 1280);
    private final NativeMemory record = NativeMemory.allocate(PositionRecord.BYTES);
    private int visitsLeft = Integer.MAX_VALUE;
    private boolean killed;

    @BeforeEach
    void hook() {
        assumeTrue(ParkPoint.ENABLED, "needs -Dio.jspp.parkPoints=true");
        ParkPoint.hook(p -> {
            if (visitsLeft-- == 0) {
                killed = true;
                throw new Killed();
            }
        });
    }

    @AfterEach
    void free() {
        ParkPoint.hook(p -> {});
        burst.close();
        record.close();
    }

    private static long features(int bits) {
        return V1
                | ((bits & MERGEABLE) != 0 ? Features.MRG_RXBUF : 0)
                | ((bits & INDIRECT) != 0 ? Features.INDIRECT_DESC : 0)
                | ((bits & EVENT_IDX) != 0 ? Features.EVENT_IDX : 0)
                | ((bits & IN_ORDER) != 0 ? Features.IN_ORDER : 0);
    }

    /** One ring, whose device may die. */
    private final class Lab implements AutoCloseable {
        final PackedDriver driver;
        final int bits;
        final boolean recorded;
        Random random;
        PackedVirtqueue queue;
        long sent;
        long seen;
        long tried;

        Lab(int size, int bits, boolean recorded) throws GuestMemoryException {
            this.driver = new PackedDriver(size, features(bits));
            this.bits = bits;
            this.recorded = recorded;
        }

        void begin(long seed) throws GuestMemoryException {
            random = new Random(seed);
            driver.reset();
            driver.received.clear();
            // as a stranger left it
            Memory.fill(record.address(), PositionRecord.BYTES, (byte) 0);
            sent = 0;
            seen = 0;
            tried = 0;
            open();
        }

        void open() throws GuestMemoryException {
            if (queue != null) {
                queue.close();
            }
            queue = driver.device(PackedVirtqueue.UNKNOWN, recorded ? record.address() : 0);
        }

        int pieces(int most) {
            boolean several = (bits & SINGLE) == 0 && random.nextInt(3) == 0;
            return several ? 1 + random.nextInt(Math.min(driver.size, most)) : 1;
        }

        void offerSent() {
            for (int i = random.nextInt(driver.size + 2); i > 0; i--) {
                boolean table = (bits & INDIRECT) != 0 && random.nextBoolean();
                int pieces = table ? 1 + random.nextInt(6) : pieces(5);
                if (driver.send(sent, 14 + random.nextInt(200), pieces, table)) {
                    sent++;
                }
            }
        }

        void takeSent() {
            int n = burst.receive(queue);
            for (int p = 0; p < n; p++) {
                assertEquals(seen++, PackedDriver.checkFrame(burst.frame(p), 0, burst.length[p]));
            }
            if (random.nextInt(3) > 0) {
                queue.publish();
            }
        }

        void offerBuffers() {
            boolean mergeable = (bits & MERGEABLE) != 0;
            for (int i = random.nextInt(driver.size + 2); i > 0; i--) {
                boolean table = (bits & INDIRECT) != 0 && random.nextBoolean();
                int pieces = table ? 4 : pieces(4);
                driver.post(mergeable ? 32 + random.nextInt(100) : 300 / pieces + 1, pieces, table);
            }
        }

        void fillBuffers() {
            burst.clear();
            int packets = random.nextInt(6);
            for (int i = 0; i < packets; i++) {
                burst.add(tried++, 14 + random.nextInt(250), 1 + random.nextInt(3));
            }
            queue.transmit(burst.v, 0, packets);
            queue.takeDrops(new int[Virtqueue.DROP_KINDS]);
            if (random.nextInt(3) > 0) {
                queue.publish();
            }
        }

        /** Rounds of traffic, the device dying in one of them. */
        void run(boolean sending) throws GuestMemoryException {
            for (int round = 0; round < ROUNDS; round++) {
                if (sending) {
                    offerSent();
                } else {
                    offerBuffers();
                }
                try {
                    if (sending) {
                        takeSent();
                    } else {
                        fillBuffers();
                    }
                } catch (Killed e) {
                    goOn(sending);
                }
                if (random.nextInt(4) > 0) {
                    poll(sending);
                }
            }
            visitsLeft = Integer.MAX_VALUE;
            queue.publish();
            poll(sending);
            finish(sending);
        }

        private void poll(boolean sending) {
            if (sending) {
                driver.pollSent();
            } else {
                driver.pollReceived();
            }
        }

        /** The time without a device, and the successor. */
        private void goOn(boolean sending) throws GuestMemoryException {
            for (int i = random.nextInt(3); i > 0; i--) {
                poll(sending);
                if (sending) {
                    offerSent();
                } else {
                    offerBuffers();
                }
            }
            String before = ring();
            open();
            poll(sending);
            assertEquals(driver.usedPosition() * 0x10001, queue.position(), () -> before + " now " + ring());
            if (sending) {
                seen = sent - driver.outstandingChains();
            }
            assertNull(queue.broken());
        }

        /** Flags of all slots, and the record. */
        private String ring() {
            StringBuilder text = new StringBuilder("ring");
            for (int i = 0; i < driver.size; i++) {
                text.append(' ').append(Integer.toHexString(Memory.getInt(driver.slot(i) + 12) >>> 16));
            }
            text.append(", record");
            for (int i = 16; i < 40; i += 8) {
                text.append(' ').append(Long.toHexString(Memory.getLong(record.address() + i)));
            }
            return text.toString();
        }

        private void finish(boolean sending) {
            for (int turn = 0; sending && driver.outstandingChains() > 0; turn++) {
                assertTrue(turn < 1000, "stuck with " + driver.outstandingChains() + " chains");
                takeSent();
                queue.publish();
                driver.pollSent();
            }
            for (int i = 1; i < driver.received.size(); i++) {
                assertTrue(driver.received.get(i) > driver.received.get(i - 1));
            }
            assertEquals(0, burst.drops(queue, Virtqueue.DROP_MALFORMED_CHAIN));
            assertEquals(driver.usedPosition() * 0x10001, queue.position());
            assertTrue(driver.marginsIntact());
        }

        @Override
        public void close() {
            if (queue != null) {
                queue.close();
            }
            driver.close();
        }
    }

    /** Kills at visit 0, 1, 2 … until a run is over before. */
    private int killEverywhere(int size, int bits, boolean recorded, boolean sending, long seed) throws Exception {
        int visit = 0;
        try (Lab lab = new Lab(size, bits, recorded)) {
            do {
                visitsLeft = Integer.MAX_VALUE;
                killed = false;
                lab.begin(seed);
                visitsLeft = visit;
                try {
                    lab.run(sending);
                } catch (AssertionError e) {
                    throw new AssertionError(
                            "size " + size + ", bits " + bits + ", sending " + sending + ", record " + recorded
                                    + ", visit " + visit + ", seed " + seed + ": " + e.getMessage(),
                            e);
                }
                visit++;
            } while (killed);
        }
        return visit;
    }

    private void killEverywhere(boolean sending) throws Exception {
        long seed = Long.getLong("io.jspp.seed", System.nanoTime());
        int kills = 0;
        for (int size : new int[] {1, 2, 5, 16}) {
            for (int bits = 0; bits < SINGLE; bits++) {
                kills += killEverywhere(size, bits, true, sending, seed + bits);
            }
        }
        assertTrue(kills > 1000, "only " + kills);
    }

    @Test
    void shouldGoOnWithWhatTheGuestSendsKilledAtAnyStore() throws Exception {
        killEverywhere(true);
    }

    @Test
    void shouldGoOnWithWhatTheGuestReceivesKilledAtAnyStore() throws Exception {
        killEverywhere(false);
    }

    @Test
    void shouldFindThePlaceByTheFlagsAloneWhereChainsHaveOneSlot() throws Exception {
        long seed = Long.getLong("io.jspp.seed", System.nanoTime());
        for (int size : new int[] {1, 2, 5, 16}) {
            for (int bits : new int[] {0, INDIRECT, INDIRECT | EVENT_IDX}) {
                killEverywhere(size, bits | SINGLE, false, true, seed);
                killEverywhere(size, bits | SINGLE, false, false, seed);
            }
        }
    }

    @Test
    void shouldBeginAtTheFrontWhenTheGuestRebootedMeanwhile() throws Exception {
        try (Lab lab = new Lab(8, INDIRECT, true)) {
            lab.begin(1);
            for (int i = 0; i < 5; i++) {
                lab.driver.send(i, 60, 2, false);
            }
            assertEquals(4, burst.receive(lab.queue));
            lab.queue.publish();
            lab.driver.reset();
            lab.driver.send(7, 60, 2, false);
            lab.open();
            assertEquals(0x80008000, lab.queue.position());
            assertEquals(1, burst.receive(lab.queue));
            lab.queue.publish();
            assertEquals(1, lab.driver.pollSent());
        }
    }

    @Test
    void shouldNotBelieveTheRecordOfAnotherRing() throws Exception {
        try (Lab other = new Lab(5, 0, true);
                Lab lab = new Lab(8, INDIRECT, true)) {
            other.begin(1);
            other.driver.send(0, 60, 3, false);
            burst.receive(other.queue);
            other.queue.publish();
            lab.driver.startAt(0x8006);
            lab.queue = lab.driver.device(PackedVirtqueue.UNKNOWN, record.address());
            assertEquals(0x80068006, lab.queue.position());
        }
    }
}

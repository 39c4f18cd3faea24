package io.jspp.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.memory.Memory;
import java.util.Arrays;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Numbers 101, 133 and 136 of the catalogue of bad inputs: buffers of zero length in chains of a packed ring, direct and in a table. In what a guest
 * sends they are nothing, wherever they stand and whatever address they have; in what it offers to receive they make the chain malformed, which is
 * counted and comes back empty. Either way the ring goes on.
 */
@Timeout(60)
class PackedEmptyBuffersTest {
    private static final long FEATURES =
            Features.VERSION_1 | Features.RING_PACKED | Features.CSUM | Features.INDIRECT_DESC;
    private static final int SIZE = 16;
    private static final int ID = 5;
    private static final int FRAME = 60;
    private static final int WHOLE = PackedDriver.HEADER + FRAME;
    private static final int NOT_AT_ALL = 0;

    /** Addresses that an empty buffer may have: inside, outside of everything, wrapping. */
    private static final long[] ADDRESSES = {PackedDriver.GUEST, 1L << 60, -1, 0};

    /** Buffers of one chain; the others of a frame are as long as it takes. */
    private static final int[][] SENT = {
        {0, WHOLE}, {WHOLE, 0}, {0, 0, WHOLE, 0, 0}, {12, 0, FRAME}, {0, 12, 0, 30, 0, 30, 0}, {5, 0, 7, 0, FRAME},
    };

    private static final int[][] OFFERED = {{0}, {0, 2048}, {1024, 0, 1024}, {20, 0}, {0, 0, 0}};

    /** A driver that makes its chains by hand, and counts the slots they take. */
    private static final class Guest implements AutoCloseable {
        final PackedDriver driver;
        final PackedVirtqueue queue;
        final TestVectors burst = new TestVectors(8, 256);
        private int slots;

        Guest(long features) throws GuestMemoryException {
            driver = new PackedDriver(SIZE, features);
            queue = driver.device(PackedVirtqueue.UNKNOWN, 0);
        }

        /** The buffers lie one behind the other in the area of slot 0, from {@code at} on. */
        void offer(int[] lengths, long emptyAddress, int flags, boolean indirect) {
            long at = driver.guest(driver.area(0));
            long table = driver.area(1);
            for (int i = 0; i < lengths.length; i++) {
                long address = lengths[i] == 0 ? emptyAddress : at;
                boolean last = i == lengths.length - 1;
                if (indirect) {
                    Memory.putLong(table + 16L * i, address);
                    Memory.putLong(table + 16L * i + 8, lengths[i] | (long) flags << 48);
                } else {
                    driver.raw(address, lengths[i], last ? ID : 0x2a5, flags | (last ? 0 : PackedLayout.F_NEXT));
                }
                at += lengths[i];
            }
            if (indirect) {
                driver.raw(driver.guest(table), 16L * lengths.length, ID, PackedLayout.F_INDIRECT);
            }
            slots = indirect ? 1 : lengths.length;
        }

        /** The chain offered last came back in one descriptor, with what the device wrote; the queue stands behind it. */
        void assertUsed(int begin, int written) {
            int slot = PackedLayout.slot(begin);
            long state = PackedLayout.wrap(begin) ? PackedLayout.META_STATE : 0;
            long meta = Memory.getLong(driver.slot(slot) + 8);
            assertEquals(state, meta & PackedLayout.META_STATE, "not marked used");
            assertEquals(ID, (int) (meta >>> 32) & 0xffff, "id");
            assertEquals(written, (int) meta, "length");
            assertEquals(driver.availPosition() * 0x10001, queue.position(), slots + " slots");
            assertNull(queue.broken());
        }

        int drops(int kind) {
            return burst.drops(queue, kind);
        }

        @Override
        public void close() {
            burst.close();
            queue.close();
            driver.close();
        }
    }

    @ParameterizedTest(name = "indirect: {0}")
    @ValueSource(booleans = {false, true})
    void shouldTakeWhatLiesAroundEmptyBuffersOfAFrameSent(boolean indirect) throws Exception {
        byte[] frame = new byte[WHOLE];
        try (Guest guest = new Guest(FEATURES)) {
            long seq = 0;
            for (int[] lengths : SENT) {
                for (long address : ADDRESSES) {
                    Arrays.fill(frame, 0, PackedDriver.HEADER, (byte) 0);
                    PackedDriver.fillFrame(frame, PackedDriver.HEADER, FRAME, seq);
                    Memory.put(guest.driver.area(0), frame, 0, WHOLE);
                    int begin = guest.driver.availPosition();
                    guest.offer(lengths, address, 0, indirect);
                    String what = Arrays.toString(lengths) + " at 0x" + Long.toHexString(address);
                    assertEquals(1, guest.burst.receive(guest.queue), what);
                    assertEquals(FRAME, guest.burst.length[0], what);
                    assertEquals(seq++, PackedDriver.checkFrame(guest.burst.frame(0), 0, FRAME), what);
                    for (int s = 0; s < guest.burst.count[0]; s++) {
                        assertTrue(guest.burst.segmentLength[s] > 0, "an empty segment of " + what);
                    }
                    guest.queue.publish();
                    guest.assertUsed(begin, NOT_AT_ALL);
                    assertEquals(0, guest.drops(Virtqueue.DROP_MALFORMED_CHAIN), what);
                }
            }
        }
    }

    @ParameterizedTest(name = "indirect: {0}")
    @ValueSource(booleans = {false, true})
    void shouldCountAChainSentOfNothingButEmptyBuffersAndGoOn(boolean indirect) throws Exception {
        try (Guest guest = new Guest(FEATURES)) {
            for (int pieces = 1; pieces <= SIZE; pieces++) {
                int begin = guest.driver.availPosition();
                guest.offer(new int[pieces], 1L << 60, 0, indirect);
                assertEquals(0, guest.burst.receive(guest.queue));
                guest.queue.publish();
                assertEquals(1, guest.drops(Virtqueue.DROP_MALFORMED_CHAIN), pieces + " pieces");
                guest.assertUsed(begin, NOT_AT_ALL);
                begin = guest.driver.availPosition();
                guest.offer(new int[] {WHOLE}, 0, 0, false);
                assertEquals(1, guest.burst.receive(guest.queue), "behind " + pieces + " pieces");
                guest.queue.publish();
                guest.assertUsed(begin, NOT_AT_ALL);
            }
        }
    }

    @ParameterizedTest(name = "indirect: {0}")
    @ValueSource(booleans = {false, true})
    void shouldGiveBackAChainToReceiveIntoThatHasEmptyBuffersAndGoOn(boolean indirect) throws Exception {
        for (long features : new long[] {FEATURES, FEATURES | Features.MRG_RXBUF}) {
            try (Guest guest = new Guest(features)) {
                for (int[] lengths : OFFERED) {
                    for (long address : ADDRESSES) {
                        String what = Arrays.toString(lengths) + " at 0x" + Long.toHexString(address);
                        int begin = guest.driver.availPosition();
                        guest.offer(lengths, address, PackedLayout.F_WRITE, indirect);
                        Memory.fill(guest.driver.area(0), 4096, (byte) 0x77);
                        assertEquals(0, send(guest, 600), what);
                        guest.queue.publish();
                        assertEquals(1, guest.drops(Virtqueue.DROP_MALFORMED_CHAIN), what);
                        guest.assertUsed(begin, NOT_AT_ALL);
                        for (int i = 0; i < 4096; i++) {
                            assertEquals(0x77, Memory.getByte(guest.driver.area(0) + i), "written to, " + what);
                        }
                        begin = guest.driver.availPosition();
                        guest.offer(new int[] {2048}, 0, PackedLayout.F_WRITE, false);
                        assertEquals(1, send(guest, 600), "behind " + what);
                        guest.queue.publish();
                        guest.assertUsed(begin, PackedDriver.HEADER + 600);
                    }
                }
                assertTrue(guest.driver.marginsIntact());
            }
        }
    }

    private static int send(Guest guest, int bytes) {
        guest.burst.clear();
        guest.burst.add(1, bytes, 1);
        return guest.queue.transmit(guest.burst.v, 0, 1);
    }
}

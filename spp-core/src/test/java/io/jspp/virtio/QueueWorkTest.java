package io.jspp.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guests whose chains are legal to look at and have next to no bytes: what one burst does for them has a limit. */
class QueueWorkTest {
    private static final long FEATURES = Features.VERSION_1 | Features.MRG_RXBUF | Features.INDIRECT_DESC;
    private static final int ENTRIES = 1024;
    private static final int PACKETS = 64;
    private static final int WRITE = DescriptorChain.F_WRITE;
    private static final int NEXT = DescriptorChain.F_NEXT;
    private static final int INDIRECT = DescriptorChain.F_INDIRECT;
    private static final int TABLE_BYTES = 16 * ENTRIES;

    /** A table of empty descriptors, the last one of a byte, followed as a split chain or taken in order. */
    private static void fillTable(long at, long buffer, int flags) {
        for (int i = 0; i < ENTRIES; i++) {
            boolean last = i == ENTRIES - 1;
            RawQueue.entry(at + 16L * i, buffer, last ? 1 : 0, flags | (last ? 0 : NEXT), i + 1);
        }
    }

    private static TestVectors frames(int bytes) {
        TestVectors frames = new TestVectors(PACKETS, PACKETS);
        for (int i = 0; i < PACKETS; i++) {
            frames.addUnfilled(bytes, 1);
        }
        return frames;
    }

    @Test
    void shouldLookAtALimitedNumberOfDescriptorsForABurstIntoASplitQueue() throws Exception {
        try (RawQueue raw = new RawQueue(FEATURES);
                TestVectors frames = frames(600)) {
            for (int i = 0; i < RawQueue.SIZE; i++) {
                raw.descriptor(i, RawQueue.buffer(i), 1, WRITE, 0);
                raw.offer(i);
            }
            assertEquals(0, raw.queue.transmit(frames.v, 0, PACKETS));
            assertEquals(PACKETS, frames.drops(raw.queue, Virtqueue.DROP_TOO_BIG));
            assertTrue(raw.queue.work[0] == 0, raw.queue.work[0] + " left");
            raw.queue.publish();
            assertEquals(ChainedVirtqueue.WORK_PER_BURST, raw.queue.work[0], "the next burst begins anew");
            assertTrue(raw.marginsIntact());
        }
    }

    @Test
    void shouldLookAtALimitedNumberOfDescriptorsForABurstIntoAPackedQueue() throws Exception {
        try (PackedDriver driver = new PackedDriver(256, FEATURES | Features.RING_PACKED);
                TestVectors frames = frames(600)) {
            long ring = PackedLayout.ringBytes(256) + 4095 & ~4095L;
            long table = ring + 4096;
            for (int i = 0; i < ENTRIES; i++) {
                // Empty writable ones are malformed; a byte each is not.
                RawQueue.entry(driver.base + table + 16L * i, PackedDriver.GUEST + table, 1, 0, WRITE);
            }
            for (int i = 0; i < 256; i++) {
                int flags = INDIRECT | PackedLayout.F_AVAIL;
                RawQueue.entry(driver.base + 16L * i, PackedDriver.GUEST + table, TABLE_BYTES, i, flags);
            }
            try (PackedVirtqueue queue = driver.device(0x8000, 0)) {
                frames.clear();
                for (int i = 0; i < PACKETS; i++) {
                    frames.addUnfilled(900, 1);
                }
                int sent = queue.transmit(frames.v, 0, PACKETS);
                assertTrue(sent < 10, sent + " sent");
                assertTrue(queue.work[0] > -2 * ENTRIES, queue.work[0] + " left");
                queue.publish();
                assertEquals(ChainedVirtqueue.WORK_PER_BURST, queue.work[0], "the next burst begins anew");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLeaveChainsForTheNextBurstWhenTheyAreMuchWork(boolean malformed) throws Exception {
        try (RawQueue raw = new RawQueue(FEATURES);
                TestVectors burst = new TestVectors(PACKETS, 2048)) {
            long table = RawQueue.GUEST + 0x80000;
            fillTable(raw.here(table), RawQueue.buffer(0), malformed ? WRITE : 0);
            if (malformed) {
                RawQueue.entry(raw.here(table), RawQueue.buffer(0), 0, NEXT, 1);
            } else {
                RawQueue.entry(raw.here(table) + TABLE_BYTES - 16, RawQueue.buffer(0), 100, 0, 0);
            }
            for (int i = 0; i < PACKETS; i++) {
                raw.descriptor(i, table, TABLE_BYTES, INDIRECT, 0);
                raw.offer(i);
            }
            int taken = 0;
            int bursts = 0;
            while (taken < PACKETS) {
                int packets = burst.receive(raw.queue);
                int drops = burst.drops(raw.queue, Virtqueue.DROP_MALFORMED_CHAIN);
                int most = malformed ? PACKETS : ChainedVirtqueue.WORK_PER_BURST / ENTRIES;
                assertTrue(packets + drops > 0 && packets + drops <= most, packets + " and " + drops);
                taken += packets + drops;
                raw.queue.publish();
                assertEquals(taken, raw.usedIdx());
                bursts++;
            }
            assertTrue(malformed ? bursts == 1 : bursts == 8, bursts + " bursts");
        }
    }
}

package io.jspp.virtio;

import static io.jspp.virtio.RawQueue.REGION;
import static io.jspp.virtio.RawQueue.SIZE;
import static io.jspp.virtio.RawQueue.buffer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.memory.Memory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The device side against correct drivers. Clauses are virtio 1.2. */
@Timeout(120)
class SplitVirtqueueTest extends SplitVirtqueueLab {
    @Test
    void shouldBorrowWhatTheGuestSendsAndCompleteItWithOneIndexStore() throws Exception {
        try (RawQueue raw = new RawQueue(V1)) {
            for (int i = 0; i < 3; i++) {
                raw.descriptor(10 + i, buffer(i), 12 + 60 + i, 0, 0);
                raw.offer(10 + i);
            }
            v.packets = 0;
            v.segments = 0;
            assertEquals(3, raw.queue.receive(v));
            assertEquals(0, raw.usedIdx(), "completed before the release");
            assertEquals(raw.there(buffer(1)) + 12, segmentAddress[first[1]]);
            assertEquals(61, length[1]);
            raw.queue.publish();
            assertEquals(3, raw.usedIdx());
            assertEquals(12, raw.usedId(2));
            assertEquals(0, raw.usedLength(2));
            assertEquals(3, raw.queue.position());
        }
    }

    @Test
    void shouldTakeAHeaderInAnyLayout() throws Exception {
        // ANY_LAYOUT: 12 header bytes over 1 + 4 + 7, the frame begins in the last of these buffers
        try (RawQueue raw = new RawQueue(ALL)) {
            raw.descriptor(0, buffer(0), 1, NEXT, 1);
            raw.descriptor(1, buffer(1), 4, NEXT, 2);
            raw.descriptor(2, buffer(2), 7 + 20, NEXT, 3);
            raw.descriptor(3, buffer(3), 40, 0, 0);
            Memory.putByte(raw.here(buffer(0)), (byte) 1); // NEEDS_CSUM
            Memory.putShort(raw.here(buffer(2)) + 1, (short) 34); // csum_start, header bytes 6-7
            Memory.putShort(raw.here(buffer(2)) + 3, (short) 16); // csum_offset, header bytes 8-9
            raw.offer(0);
            assertEquals(1, receive(raw.queue));
            assertEquals(60, length[0]);
            assertEquals(2, count[0]);
            assertEquals(raw.there(buffer(2)) + 7, segmentAddress[first[0]]);
            assertEquals(NetHeader.word(1L | 34L << 48, 16), offload[0]);
        }
    }

    @Test
    void shouldFollowIndirectTablesWithAWriteFlagOnTheOuterDescriptor() throws Exception {
        // §2.7.5.3.2: the device ignores WRITE of a descriptor that refers to a table.
        try (RawQueue raw = new RawQueue(ALL)) {
            raw.descriptor(5, buffer(0), 32, INDIRECT | WRITE, 0);
            RawQueue.entry(raw.here(buffer(0)), buffer(1), 12, NEXT, 1);
            RawQueue.entry(raw.here(buffer(0)) + 16, buffer(2), 64, 0, 0);
            raw.offer(5);
            assertEquals(1, receive(raw.queue));
            assertEquals(64, length[0]);
            assertEquals(5, raw.usedId(0));
        }
    }

    @Test
    void shouldSpreadAFrameOverMergedBuffers() throws Exception {
        // 110: 16-byte buffers, a 600-byte frame needs 39 of them with its header
        try (RawQueue raw = new RawQueue(ALL)) {
            for (int i = 0; i < 60; i++) {
                raw.descriptor(i, buffer(i), 16, WRITE, 0);
                raw.offer(i);
            }
            assertEquals(1, transmit(raw.queue, 600));
            assertEquals(39, raw.usedIdx());
            assertEquals(39, Memory.getUnsignedShort(raw.here(buffer(0)) + 10));
            int total = 0;
            for (int i = 0; i < 39; i++) {
                total += raw.usedLength(i);
            }
            assertEquals(612, total);
            assertEquals((byte) (599 * 7), Memory.getByte(raw.here(buffer(38)) + (611 - 38 * 16)));
            assertEquals(0, transmit(raw.queue, 600));
            assertEquals(1, taken(raw.queue, Virtqueue.DROP_FULL));
            assertEquals(39, raw.usedIdx(), "buffers of a frame that did not fit stay with the driver's queue");
        }
    }

    @Test
    void shouldWriteTheLegacyHeaderWithoutNumBuffers() throws Exception {
        try (RawQueue raw = new RawQueue(0)) {
            raw.descriptor(0, buffer(0), 2048, WRITE, 0);
            raw.offer(0);
            assertEquals(1, transmit(raw.queue, 100));
            assertEquals(110, raw.usedLength(0));
            assertEquals(0, Memory.getLong(raw.here(buffer(0))));
            assertEquals((byte) 7, Memory.getByte(raw.here(buffer(0)) + 11));
        }
    }

    @Test
    void shouldCarryPacketsBetweenRegionsThatAreNeighboursForTheGuest() throws Exception {
        FileDescriptor low = Linux.memfdCreate("low", 0);
        FileDescriptor high = Linux.memfdCreate("high", 0);
        Linux.ftruncate(low.value(), REGION);
        Linux.ftruncate(high.value(), REGION);
        try (GuestMemory memory = GuestMemory.of(List.of(
                GuestRegion.map(low, 0, REGION, 0x10_0000_0000L, 0),
                GuestRegion.map(high, REGION, REGION, 0x20_0000_0000L, 0)))) {
            long ring = memory.translate(0, REGION);
            SplitVirtqueue queue =
                    SplitVirtqueue.open(memory, V1, SIZE, 0x10_0000_0000L, 0x10_0000_2000L, 0x10_0000_4000L, -1);
            RawQueue.entry(ring, REGION - 50, 12 + 88, 0, 0); // 38 bytes of frame here, 50 there
            RawQueue.entry(ring + 16, REGION + 4096, 12 + 64, 0, 0);
            Memory.putShort(ring + 0x2000 + 4, (short) 0);
            Memory.putShort(ring + 0x2000 + 6, (short) 1);
            Memory.putShort(ring + 0x2000 + 2, (short) 2);
            assertEquals(2, receive(queue));
            assertEquals(2, count[0]);
            assertEquals(38, segmentLength[0]);
            assertEquals(50, segmentLength[1]);
            assertEquals(memory.translate(REGION, 50), segmentAddress[1]);
            assertEquals(64, length[1]);
            queue.close();
        }
    }

    @Test
    void shouldGoOnWhereTheUsedIndexStands() throws Exception {
        try (RawQueue raw = new RawQueue(V1, 0xfffe)) {
            for (int i = 0; i < 4; i++) {
                raw.descriptor(i, buffer(i), 12 + 60, 0, 0);
                raw.offer(i);
            }
            assertEquals(4, receive(raw.queue));
            assertEquals(2, raw.usedIdx());
            assertEquals(2, raw.queue.position());
        }
    }

    // ---- notification, §2.7.7 and §2.7.10

    @Test
    void shouldCallByFlagsOnceAndThenAsTheDriverWishes() throws Exception {
        try (RawQueue raw = new RawQueue(V1)) {
            raw.availFlags(SplitLayout.AVAIL_F_NO_INTERRUPT);
            assertFalse(raw.queue.callNeeded(), "nothing used");
            send(raw, 1);
            assertTrue(raw.queue.callNeeded(), "calls of a time without a device are lost: the first use calls always");
            assertFalse(raw.queue.callNeeded(), "twice for one use");
            send(raw, 1);
            assertFalse(raw.queue.callNeeded());
            raw.availFlags(0);
            send(raw, 1);
            assertTrue(raw.queue.callNeeded());
        }
    }

    @Test
    void shouldCallByEventIndexAcrossTheWrap() throws Exception {
        try (RawQueue raw = new RawQueue(V1 | Features.EVENT_IDX, 0xfff0)) {
            send(raw, 1);
            raw.queue.callNeeded();
            raw.usedEvent(2);
            for (int used = 0xfff2; used != 3; used = used + 1 & 0xffff) {
                send(raw, 1);
                assertEquals(used == 3, raw.queue.callNeeded(), "at " + used);
            }
            send(raw, 1);
            assertTrue(raw.queue.callNeeded(), "used index passes 2");
            raw.usedEvent(100);
            send(raw, 50);
            assertFalse(raw.queue.callNeeded());
        }
    }

    @Test
    void shouldAskForKicksAndLookAgain() throws Exception {
        try (RawQueue raw = new RawQueue(V1 | Features.EVENT_IDX, 77)) {
            assertFalse(SplitLayout.passed(raw.availEvent(), 78, 77), "a polled queue wants no kicks");
            assertFalse(raw.queue.enableKicks());
            assertTrue(SplitLayout.passed(raw.availEvent(), 78, 77));
            raw.descriptor(0, buffer(0), 12 + 60, 0, 0);
            raw.offer(0);
            assertTrue(raw.queue.enableKicks(), "a chain waits");
        }
        try (RawQueue raw = new RawQueue(V1)) {
            assertEquals(SplitLayout.USED_F_NO_NOTIFY, raw.usedFlags());
            raw.queue.enableKicks();
            assertEquals(0, raw.usedFlags());
            raw.queue.disableKicks();
            assertEquals(SplitLayout.USED_F_NO_NOTIFY, raw.usedFlags());
        }
    }

    private void send(RawQueue raw, int n) {
        for (int i = 0; i < n; i++) {
            raw.descriptor(0, buffer(0), 12 + 60, 0, 0);
            raw.offer(0);
        }
        assertEquals(n, receive(raw.queue));
    }
}

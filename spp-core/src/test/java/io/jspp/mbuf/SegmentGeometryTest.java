package io.jspp.mbuf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.Linux;
import io.jspp.memory.SegmentException;
import io.jspp.memory.SharedSegment;
import org.junit.jupiter.api.Test;

class SegmentGeometryTest {
    @Test
    void shouldFollowSppsRule() {
        SegmentGeometry g = SegmentGeometry.of(9, 2);
        assertEquals(1536 * 11, g.mbufs());
        assertEquals(1536, g.leaseTarget());
        assertEquals(2048, g.returnSlots());
        assertTrue(g.bytes() < 64L << 20, "bytes " + g.bytes());
        SegmentGeometry big = g.withRingSlots(16384).withMbufs(9 * 20_000);
        assertEquals(0, big.leaseTarget() % SegmentGeometry.SLAB);
        assertTrue(big.leaseTarget() > 16384 && big.returnSlots() > big.leaseTarget());
        assertEquals(101, g.withMbufs(909).leaseTarget(), "a small pool is shared evenly");
    }

    @Test
    void shouldKeepWithinALimit() {
        SegmentGeometry g = SegmentGeometry.of(9, 2);
        assertEquals(g, g.limitedTo(512L << 20));
        SegmentGeometry less = g.limitedTo(32L << 20);
        assertTrue(less.bytes() <= 32L << 20 && less.mbufs() > 9 * 256, "mbufs " + less.mbufs());
        String message = assertThrows(IllegalArgumentException.class, () -> g.limitedTo(8L << 20))
                .getMessage();
        assertTrue(message.contains("raise -m"), message);
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        assertThrows(IllegalArgumentException.class, () -> SegmentGeometry.of(-1, 1));
        assertThrows(IllegalArgumentException.class, () -> SegmentGeometry.of(5000, 1));
        assertThrows(IllegalArgumentException.class, () -> SegmentGeometry.of(1, 100, 10));
        assertThrows(IllegalArgumentException.class, () -> SegmentGeometry.of(1, 128, -1));
    }

    @Test
    void shouldRefuseASegmentWhoseSectionsDoNotFit() {
        SegmentGeometry g = Parties.geometry(1, 300);
        long[] lengths = g.sectionLengths();
        lengths[4] -= 64;
        try (SharedSegment s =
                SharedSegment.create("spp-test", SegmentGeometry.LAYOUT_HASH, g.parameters(), lengths, false)) {
            s.publish();
            assertThrows(SegmentException.class, () -> SwitchSegment.attach(s.fd().duplicate()));
        }
        long[] parameters = g.parameters();
        parameters[2] = 1L << 40;
        try (SharedSegment s =
                SharedSegment.create("spp-test", SegmentGeometry.LAYOUT_HASH, parameters, g.sectionLengths(), false)) {
            s.publish();
            assertThrows(SegmentException.class, () -> SwitchSegment.attach(s.fd().duplicate()));
        }
        assertThrows(SegmentException.class, () -> SwitchSegment.attach(Linux.eventfd()));
    }
}

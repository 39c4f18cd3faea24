package io.jspp.frontend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TrafficPatternTest {
    @Test
    void shouldMixSevenFourOne() {
        int[] lengths = TrafficPattern.IMIX.spread(1200);
        assertEquals(700, Arrays.stream(lengths).filter(l -> l == 64).count());
        assertEquals(400, Arrays.stream(lengths).filter(l -> l == 590).count());
        assertEquals(100, Arrays.stream(lengths).filter(l -> l == 1514).count());
        assertArrayEquals(lengths, TrafficPattern.IMIX.spread(1200));
    }

    @Test
    void shouldFillEverySlotOfARing() {
        for (int size = 2; size <= 1024; size *= 2) {
            assertEquals(
                    0,
                    Arrays.stream(TrafficPattern.IMIX.spread(size))
                            .filter(l -> l == 0)
                            .count());
        }
    }

    @Test
    void shouldRefuseLengthsThatNoFrameHas() {
        assertThrows(IllegalArgumentException.class, () -> TrafficPattern.fixed(59));
        assertThrows(IllegalArgumentException.class, () -> TrafficPattern.fixed(2049));
    }
}

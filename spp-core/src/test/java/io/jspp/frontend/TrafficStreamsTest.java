package io.jspp.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class TrafficStreamsTest {
    private final TrafficStreams streams = new TrafficStreams();

    private void accept(int id, long... numbers) {
        for (long number : numbers) {
            streams.of(id).sequences.accept(number);
        }
    }

    @Test
    void shouldCheckEachStreamByItself() {
        accept(7, 0, 1);
        accept(-9, 0, 1);
        accept(7, 2, 4);
        accept(-9, 2);
        accept(7, 3, 3);
        assertEquals(2, streams.seen());
        assertEquals(0, streams.lost());
        assertEquals(1, streams.reordered());
        assertEquals(1, streams.duplicates());
    }

    @Test
    void shouldForgetWhatWasSilentLongestButNotItsSums() {
        accept(1, 0, 2);
        for (int id = 2; id <= 256; id++) {
            accept(id, 0);
        }
        SequenceChecker second = streams.of(2).sequences;
        SequenceChecker first = streams.of(1).sequences;
        accept(257, 0, 3);
        assertSame(first, streams.of(1).sequences);
        assertSame(second, streams.of(2).sequences);
        accept(3, 5);
        assertEquals(258, streams.seen());
        assertEquals(3, streams.lost());
    }

    @Test
    void shouldKeepAStreamThatIsAwaited() {
        SequenceChecker awaited = streams.await(1000).sequences;
        SequenceChecker other = streams.of(1001).sequences;
        for (int id = 0; id < 600; id++) {
            accept(id, 0);
        }
        assertSame(awaited, streams.of(1000).sequences);
        assertNotSame(other, streams.of(1001).sequences);
    }
}

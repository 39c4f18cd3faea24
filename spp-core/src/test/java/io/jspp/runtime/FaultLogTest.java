package io.jspp.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Number 214 of the catalogue of bad inputs: a guest that makes a worker fail with every packet does not fill the log. */
class FaultLogTest {
    private static final long SECOND = 1_000_000_000L;

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(FaultLog.class);
    private long nowNs = Long.MAX_VALUE - SECOND / 2; // nanoTime may pass its end
    private final FaultLog log = new FaultLog("lcore 1", () -> nowNs);

    @BeforeEach
    void listen() {
        logger.setAdditive(false);
        logger.addAppender(lines);
        lines.start();
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
    }

    @Test
    void shouldLogEachKindOnceASecondHoweverManyAlternateWithDifferentWords() {
        for (int i = 0; i < 3_000; i++) {
            if (i == 2_000) {
                nowNs += SECOND;
            }
            log.onError(i % 2 == 0 ? new IllegalStateException("descriptor " + i) : failure("length " + i));
        }
        assertEquals(
                List.of(
                        "lcore 1: java.lang.IllegalStateException: descriptor 0",
                        "lcore 1: java.lang.IllegalArgumentException: length 1",
                        "lcore 1: java.lang.IllegalStateException: descriptor 2000 (999 more)",
                        "lcore 1: java.lang.IllegalArgumentException: length 2001 (999 more)"),
                lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
    }

    @Test
    void shouldLogVanishedMemoryOnceASecondFromWhereverItIsReported() {
        log.onError(new InternalError("a fault occurred"));
        log.onError(vanished());
        nowNs += SECOND;
        log.onError(vanished());
        assertEquals(
                List.of(
                        "lcore 1: memory of a guest vanished, its port goes down",
                        "lcore 1: memory of a guest vanished, its port goes down (1 more)"),
                lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
    }

    private static RuntimeException failure(String text) {
        return new IllegalArgumentException(text);
    }

    private static InternalError vanished() {
        return new InternalError("a fault occurred in an unsafe memory access operation");
    }
}

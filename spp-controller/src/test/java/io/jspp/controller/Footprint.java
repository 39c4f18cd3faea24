package io.jspp.controller;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** What this JVM holds, controller and test together: more of it after many requests than after a few is a leak. */
public record Footprint(long descriptors, long threads, long heapBytes) {
    /** Connections kept alive, threads of pools that grow with the load. */
    private static final int SOME = 40;

    private static final long SOME_BYTES = 24L << 20;

    /** After a garbage collection. */
    public static Footprint now() {
        System.gc();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return new Footprint(
                    descriptors.count(),
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        } catch (final IOException noProc) {
            throw new IllegalStateException(noProc);
        }
    }

    /** Fails unless before long there is no more than then; what has been closed takes a moment to be gone. */
    public static void assertNoMoreThan(final Footprint then) {
        final Footprint[] last = new Footprint[1];
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        last[0] = now();
                        return last[0].descriptors <= then.descriptors + SOME
                                && last[0].threads <= then.threads + SOME
                                && last[0].heapBytes <= then.heapBytes + SOME_BYTES;
                    });
        } catch (final ConditionTimeoutException leak) {
            throw new AssertionError("no more than " + then + " expected, is " + last[0], leak);
        }
    }
}

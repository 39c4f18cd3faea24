package io.jspp.testing;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads or processes do, with a deadline. */
public final class Patience {
    /** Much more than it takes: on a machine with twenty jobs per CPU, workers get a few hundredths of one. */
    private static final long SECONDS = 120;

    private static final long STEP_NS = 100_000;
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private Patience() {}

    /** Fails after two minutes. */
    public static void waitFor(BooleanSupplier condition) {
        if (!comes(SECONDS, STEP_NS, condition)) {
            throw new AssertionError("not within " + SECONDS + " s");
        }
    }

    /** Fails after so many seconds, and says what did not come. */
    public static void await(String what, long seconds, BooleanSupplier condition) {
        await(what, seconds, STEP_NS, condition);
    }

    /** The same for what costs something to look at, as a request or a file does: every 20 ms. */
    public static void poll(String what, Duration limit, BooleanSupplier condition) {
        await(what, limit.toSeconds(), POLL_NS, condition);
    }

    private static void await(String what, long seconds, long stepNs, BooleanSupplier condition) {
        if (!comes(seconds, stepNs, condition)) {
            throw new AssertionError("not within " + seconds + " s: " + what);
        }
    }

    private static boolean comes(long seconds, long stepNs, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(seconds)) {
                return false;
            }
            LockSupport.parkNanos(stepNs);
        }
        return true;
    }
}

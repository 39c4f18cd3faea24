package io.jspp.testing;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads or processes do, with a deadline. */
public final class Patience {
    private static final long SECONDS = 30;
    private static final long STEP_NS = 100_000;

    private Patience() {}

    /** Fails after 30 s. */
    public static void waitFor(BooleanSupplier condition) {
        if (!comes(SECONDS, condition)) {
            throw new AssertionError("not within " + SECONDS + " s");
        }
    }

    /** Fails after so many seconds, and says what did not come. */
    public static void await(String what, long seconds, BooleanSupplier condition) {
        if (!comes(seconds, condition)) {
            throw new AssertionError("not within " + seconds + " s: " + what);
        }
    }

    private static boolean comes(long seconds, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(seconds)) {
                return false;
            }
            LockSupport.parkNanos(STEP_NS);
        }
        return true;
    }
}

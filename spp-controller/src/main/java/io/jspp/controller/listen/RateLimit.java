package io.jspp.controller.listen;

import java.time.Duration;

/** Lets a message through once per interval, so that a peer that tries every second does not fill a log. One thread. */
final class RateLimit {
    private final long intervalNs;
    private boolean used;
    private long lastNs;

    RateLimit(final Duration interval) {
        intervalNs = interval.toNanos();
    }

    boolean allows() {
        final long now = System.nanoTime();
        if (used && now - lastNs < intervalNs) {
            return false;
        }
        used = true;
        lastNs = now;
        return true;
    }
}

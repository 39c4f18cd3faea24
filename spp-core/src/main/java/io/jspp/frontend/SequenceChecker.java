package io.jspp.frontend;

/**
 * Tells lost, reordered and duplicate frames apart by their sequence numbers. The expected number costs one comparison; the slow path
 * remembers the last {@value #WINDOW} missing numbers. Single-threaded, no allocation after construction.
 */
final class SequenceChecker {
    private static final int WINDOW = 1 << 16;

    private final long[] missing = new long[WINDOW];
    private boolean started;
    private long expected;
    private long lost;
    private long reordered;
    private long duplicates;

    /** The number that comes next when nothing is wrong. */
    long expected() {
        return expected;
    }

    /** Continues after {@code count} frames that came exactly as expected. */
    void advance(long count) {
        expected += count;
    }

    /** A number that may or may not be the expected one. */
    void accept(long sequence) {
        if (!started) {
            started = true;
            expected = sequence + 1;
            return;
        }
        long gap = sequence - expected;
        if (gap == 0) {
            expected++;
        } else if (gap > 0) {
            lost += gap;
            for (long s = Math.max(expected, sequence - WINDOW); s < sequence; s++) {
                missing[(int) s & WINDOW - 1] = s + 1;
            }
            expected = sequence + 1;
        } else {
            int slot = (int) sequence & WINDOW - 1;
            if (missing[slot] == sequence + 1) {
                missing[slot] = 0;
                lost--;
                reordered++;
            } else {
                duplicates++;
            }
        }
    }

    /** Numbers never seen, as far as the highest seen tells. */
    long lost() {
        return lost;
    }

    /** Frames that came after one with a higher number. */
    long reordered() {
        return reordered;
    }

    long duplicates() {
        return duplicates;
    }
}

package io.jspp.memory;

/** Sizes that layouts are built from. */
public final class Alignment {
    public static final int CACHE_LINE = 64;

    /** Distance between words of different writers: two lines, since the adjacent-line prefetcher pairs them. */
    public static final int WRITER_GAP = 2 * CACHE_LINE;

    public static final int PAGE = 4096;
    public static final int HUGE_PAGE = 2 << 20;

    private Alignment() {}

    /** The next multiple of {@code alignment}, a power of two. */
    public static long up(long value, long alignment) {
        return value + alignment - 1 & -alignment;
    }

    public static boolean isPowerOfTwo(long value) {
        return value > 0 && (value & value - 1) == 0;
    }
}

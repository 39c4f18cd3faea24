package io.jspp.fuzz;

import java.util.BitSet;

/**
 * Counts the way through instrumented code: pairs of successive basic blocks, as AFL does. The instrumented code calls {@link #hit}; counts are
 * those of the thread that called {@link #begin} last, others are not looked at.
 */
public final class Coverage {
    private static final int SLOTS = 1 << 17;
    private static final int MASK = SLOTS - 1;
    private static final int SPREAD = 0x9e37_79b1;
    /** Blocks one input may run through. */
    private static final long MAX_STEPS = 200_000_000L;

    private static final byte[] COUNTS = new byte[SLOTS];
    private static final int[] TOUCHED = new int[SLOTS];
    private static final byte[] SEEN = new byte[SLOTS];
    private static final BitSet BLOCKS = new BitSet();
    private static int touched;
    private static int previous;
    private static long steps;
    private static int blocks;
    private static int edges;
    private static Thread owner;

    private Coverage() {}

    /** A number for a block that is being instrumented. */
    static synchronized int newBlock() {
        return blocks++;
    }

    /** Called by instrumented code at the beginning of each block. */
    public static void hit(int block) {
        if (Thread.currentThread() != owner) {
            return;
        }
        int mixed = block * SPREAD >>> 12;
        int slot = (mixed ^ previous) & MASK;
        previous = mixed >>> 1;
        if (COUNTS[slot] == 0) {
            TOUCHED[touched++] = slot;
            BLOCKS.set(block);
        }
        if (COUNTS[slot] != (byte) 0xff) {
            COUNTS[slot]++;
        }
        if (++steps > MAX_STEPS) {
            steps = 0;
            throw new AssertionError("endless: " + MAX_STEPS + " blocks in one input");
        }
    }

    static void begin() {
        for (int i = 0; i < touched; i++) {
            COUNTS[TOUCHED[i]] = 0;
        }
        touched = 0;
        previous = 0;
        steps = 0;
        owner = Thread.currentThread();
    }

    /** Whether the input since {@link #begin} went a way, or a number of times, that none went before; remembers it. */
    static boolean isNew() {
        boolean found = false;
        for (int i = 0; i < touched; i++) {
            int slot = TOUCHED[i];
            int bucket = bucket(COUNTS[slot] & 0xff);
            if ((SEEN[slot] & bucket) == 0) {
                edges += SEEN[slot] == 0 ? 1 : 0;
                SEEN[slot] |= (byte) bucket;
                found = true;
            }
        }
        return found;
    }

    private static int bucket(int count) {
        if (count < 4) {
            return 1 << count - 1;
        }
        return count < 8 ? 8 : count < 16 ? 16 : count < 32 ? 32 : count < 128 ? 64 : 128;
    }

    /** Blocks run through since the input began: the work done, whatever the machine's load. */
    public static long steps() {
        return steps;
    }

    /** Different pairs of blocks so far. */
    static int edges() {
        return edges;
    }

    /** Different blocks so far, of {@link #blocks}. */
    static int blocksReached() {
        return BLOCKS.cardinality();
    }

    static int blocks() {
        return blocks;
    }

    /** Forgets everything but the blocks there are, before another target runs. */
    static void reset() {
        begin();
        java.util.Arrays.fill(SEEN, (byte) 0);
        BLOCKS.clear();
        edges = 0;
        blocks = 0;
    }
}

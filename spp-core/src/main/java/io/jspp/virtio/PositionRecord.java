package io.jspp.virtio;

import io.jspp.memory.KeptRecords;
import io.jspp.memory.Memory;

/**
 * Where a packed ring stands, kept outside the process that serves it: a successor reads it when the ring's own flags don't tell, as where chains
 * take several slots and only the first of them is marked used.
 *
 * <pre>
 *    0            16 bytes of whoever keeps the record: {@link KeptRecords}
 *   16  ring      long   which ring it was written for: size and addresses
 *   24  move      long   the last step: from position 0-15, to position 16-31, how 32-47, always {@value #MAGIC} 48-63
 *   32  first     long   meta word of the first used descriptor of that step
 * </pre>
 *
 * <p>{@code move} and {@code first} are stored before the used descriptors of a step. Whether the step took place is then seen in the ring: a kill
 * may hit between any two stores. Padded to a cache line, since each ring may have a worker of its own. Written by one worker.
 */
public final class PositionRecord {
    /** Bytes of one record, zero when fresh. */
    public static final int BYTES = KeptRecords.RECORD;

    /** The step's chains have one slot each and were marked in ring order, each a step for itself. */
    static final int HOW_FORWARD = 1;

    /** Chains of several slots may be among the last {@code size} slots: flags alone don't tell the position. */
    static final int HOW_CHAINS = 2;

    private static final int RING = 16;
    private static final int MOVE = 24;
    private static final int FIRST = 32;
    private static final int MAGIC = 0x5059;

    private PositionRecord() {}

    /** What distinguishes one ring from another. */
    static long ring(int size, long ringUser, long driverUser, long deviceUser) {
        long hash = size;
        for (long part : new long[] {ringUser, driverUser, deviceUser}) {
            hash = (hash ^ part) * 0x9e37_79b9_7f4a_7c15L;
            hash ^= hash >>> 29;
        }
        return hash;
    }

    /** Makes a record say nothing: its ring is stopped, and the front-end knows where. */
    public static void forget(long record) {
        Memory.putLongRelease(record + RING, 0);
        Memory.putLongRelease(record + MOVE, 0);
    }

    /** The last step, or 0 when there is none of this ring. */
    static long move(long record, long ring) {
        long move = Memory.getLong(record + MOVE);
        return Memory.getLong(record + RING) == ring && move >>> 48 == MAGIC ? move : 0;
    }

    static int from(long move) {
        return (int) move & 0xffff;
    }

    static int to(long move) {
        return (int) (move >>> 16) & 0xffff;
    }

    static boolean is(long move, int how) {
        return (move >>> 32 & how) != 0;
    }

    static long first(long record) {
        return Memory.getLong(record + FIRST);
    }

    /** Begins to record a ring that stands at {@code position}. */
    static void begin(long record, long ring, int position, int how) {
        if (Memory.getLong(record + RING) != ring) {
            // A kill in between leaves a record of no ring.
            Memory.putLongRelease(record + RING, 0);
        }
        Memory.putLongRelease(record + MOVE, word(position, position, how));
        Memory.putLongRelease(record + RING, ring);
    }

    private static long word(int from, int to, int how) {
        return (long) MAGIC << 48 | (long) how << 32 | (long) to << 16 | from;
    }

    /** Before the used descriptors of a step are stored, by releases. */
    static void step(long record, int from, int to, int how, long first) {
        // In this order: a move without its first word has no used descriptor yet, so nobody compares them.
        Memory.putLong(record + MOVE, word(from, to, how));
        Memory.putLongRelease(record + FIRST, first);
    }
}

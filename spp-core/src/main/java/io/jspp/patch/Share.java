package io.jspp.patch;

import io.jspp.port.TxQueue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * The transmit queues of one port that one component may use now, and which flow goes to which of them. Immutable; made by {@link Destination}.
 *
 * <pre>
 *   flow hash, lowest 8 bits ──► table[256] ──► position in queues
 * </pre>
 *
 * The table is filled by rendezvous hashing: when a queue comes or goes, only the flows of that queue change their place.
 */
final class Share {
    /** No queue: nothing may be taken from the source. */
    static final Share NONE = new Share(new TreeMap<>());

    private static final int TABLE = 256;

    /** One queue of a share; {@code lock} is null when no other worker uses the queue. */
    record Entry(TxQueue queue, TxLock lock) {}

    final TxQueue[] queues;

    /** For a flow hash h: the position {@code table[h & 255]} in {@link #queues}. */
    final byte[] table = new byte[TABLE];

    private final TreeMap<Integer, Entry> entries;
    private final TxLock[] locks;

    /** @param entries by queue number */
    Share(TreeMap<Integer, Entry> entries) {
        this.entries = entries;
        queues = entries.values().stream().map(Entry::queue).toArray(TxQueue[]::new);
        List<TxLock> shared = new ArrayList<>();
        for (Entry entry : entries.values()) {
            if (entry.lock() != null) {
                shared.add(entry.lock());
            }
        }
        locks = shared.toArray(new TxLock[0]);
        int[] numbers = entries.keySet().stream().mapToInt(Integer::intValue).toArray();
        for (int slot = 0; slot < TABLE && numbers.length > 1; slot++) {
            table[slot] = (byte) heaviest(slot, numbers);
        }
    }

    private static int heaviest(int slot, int[] numbers) {
        int best = 0;
        int bestWeight = Integer.MIN_VALUE;
        for (int i = 0; i < numbers.length; i++) {
            // Finalizer of SplitMix64 over (slot, queue).
            long z = ((long) slot << 32 | numbers[i]) * 0x9e37_79b9_7f4a_7c15L;
            z = (z ^ z >>> 30) * 0xbf58_476d_1ce4_e5b9L;
            z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
            int weight = (int) (z ^ z >>> 31);
            if (weight > bestWeight) {
                bestWeight = weight;
                best = i;
            }
        }
        return best;
    }

    /** By queue number. */
    TreeMap<Integer, Entry> entries() {
        return entries;
    }

    /** Takes what is shared with other workers; false when one of them is busy, then nothing is held. */
    boolean lock(int me) {
        for (int i = 0; i < locks.length; i++) {
            if (!locks[i].tryLock(me)) {
                for (int j = 0; j < i; j++) {
                    locks[j].unlock(me);
                }
                return false;
            }
        }
        return true;
    }

    void unlock(int me) {
        for (TxLock lock : locks) {
            lock.unlock(me);
        }
    }

    boolean isShared() {
        return locks.length != 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Share share && share.entries.equals(entries);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(queues);
    }

    @Override
    public String toString() {
        return entries.keySet() + (isShared() ? " shared" : "");
    }
}

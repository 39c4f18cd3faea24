package io.jspp.secondary.component.classifier;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Map from (VLAN, address) to a small number, of any size at constant cost, that one control thread changes while one worker reads: a reader sees
 * each entry as it was before or after its change, and is never held up.
 *
 * <pre>
 *   open addressing by a hash of (VLAN, address), linear probing, at most half full: most entries are found at the first look
 *   words[i]   63 ─────────── 16 15 ── 0      0 never used, pair 65535 removed
 *             │ address         │ pair   │
 *   pairs[n]  vlan &lt;&lt; 32 | value              stored before the first word that names it (release)
 * </pre>
 *
 * <p>Many addresses share few pairs of VLAN and value, so an entry is one word, replaced in one store, and 10 000 of them lie in 256 KiB. A pair keeps
 * its number until the table is rebuilt beside and published whole: when words or pairs are full, twice as large when the entries need it.
 */
final class MacTable {
    /** What {@link #get} returns for an absent entry. */
    static final int ABSENT = -1;

    private static final int MIN_SLOTS = 16;
    private static final int MIN_PAIRS = 8;
    private static final int PAIR_BITS = 16;
    private static final int PAIR = (1 << PAIR_BITS) - 1;
    private static final long ADDRESS = (1L << 48) - 1;
    private static final long EMPTY = 0;
    private static final long REMOVED = PAIR;

    /** What a reader uses for one burst. */
    static final class Snapshot {
        private final AtomicLongArray words;

        /** From 1 on; shorter than {@link #PAIR}. */
        private final long[] pairs;

        private Snapshot(int slots, int pairs) {
            words = new AtomicLongArray(slots);
            this.pairs = new long[pairs];
        }

        /** Slots, 8 bytes each. */
        int slots() {
            return words.length();
        }
    }

    private volatile Snapshot current = new Snapshot(MIN_SLOTS, MIN_PAIRS);

    // control thread only
    private int size;
    private int used;
    private Map<Long, Integer> pairNumbers = new HashMap<>();

    /** @param vlan 0..4096 */
    static long key(int vlan, long address) {
        return (long) (vlan + 1) << 48 | address;
    }

    Snapshot snapshot() {
        return current;
    }

    /** The value of a key, or {@link #ABSENT}. */
    static int get(Snapshot table, long key) {
        AtomicLongArray words = table.words;
        long[] pairs = table.pairs;
        int mask = words.length() - 1;
        int at = slot(key, words.length());
        while (true) {
            // acquire: pairs with the release in put; the pair is there when the word is
            long word = words.getAcquire(at);
            if (word == EMPTY) {
                return ABSENT;
            }
            int value = value(pairs, key, word);
            if (value != ABSENT) {
                return value;
            }
            at = at + 1 & mask;
        }
    }

    /** Reads the first word to look at of each of {@code n} keys: who needs many waits for memory once, not once for each. */
    static void first(Snapshot table, long[] keys, int n, long[] words) {
        AtomicLongArray from = table.words;
        for (int i = 0; i < n; i++) {
            words[i] = from.getAcquire(slot(keys[i], from.length()));
        }
    }

    /** As {@link #get(Snapshot, long)}, of somebody who has the key's first word. */
    static int get(Snapshot table, long key, long first) {
        if (first == EMPTY) {
            return ABSENT;
        }
        int value = value(table.pairs, key, first);
        return value == ABSENT ? get(table, key) : value;
    }

    /** The value in a word that is not {@link #EMPTY}, or {@link #ABSENT} when it is another key's or removed. */
    private static int value(long[] pairs, long key, long word) {
        if (word >>> PAIR_BITS == (key & ADDRESS)) {
            int number = (int) word & PAIR;
            if (number < pairs.length && pairs[number] >>> 32 == vlan(key)) {
                return (int) pairs[number];
            }
        }
        return ABSENT;
    }

    private static int vlan(long key) {
        return (int) (key >>> 48) - 1;
    }

    private static int slot(long key, int slots) {
        // Fibonacci hashing: the top bits of the product depend on all bits of the key; as many as number the slots.
        return (int) (key * 0x9e37_79b9_7f4a_7c15L >>> Long.numberOfLeadingZeros(slots) + 1);
    }

    int size() {
        return size;
    }

    int get(long key) {
        return get(current, key);
    }

    /**
     * Adds or replaces. Control thread, as all that follows.
     *
     * @param value 0 or more
     * @throws IllegalStateException when all entries together have more than 65533 pairs of VLAN and value
     */
    void put(long key, int value) {
        Snapshot table = current;
        long pair = (long) vlan(key) << 32 | value;
        boolean crowded = 2 * (used + 1) > table.slots();
        if (crowded || !pairNumbers.containsKey(pair) && pairNumbers.size() + 1 == table.pairs.length) {
            table = rebuilt();
            current = table;
        }
        int number = number(table, pair);
        int at = find(table, key);
        if (at < 0) {
            at = ~at;
            used++;
            size++;
        }
        table.words.setRelease(at, key << PAIR_BITS | number);
    }

    /** Removes; nothing happens when it isn't there. */
    void remove(long key) {
        Snapshot table = current;
        int at = find(table, key);
        if (at >= 0) {
            table.words.setRelease(at, REMOVED);
            size--;
        }
    }

    /** The number of a pair; its store is seen with the word that names it. */
    private int number(Snapshot table, long pair) {
        Integer known = pairNumbers.get(pair);
        if (known != null) {
            return known;
        }
        int number = pairNumbers.size() + 1;
        table.pairs[number] = pair;
        pairNumbers.put(pair, number);
        return number;
    }

    /** Place of a key, or the complement of where it would go. */
    private static int find(Snapshot table, long key) {
        AtomicLongArray words = table.words;
        int at = slot(key, words.length());
        while (words.getPlain(at) != EMPTY) {
            long word = words.getPlain(at);
            if (word != REMOVED && word >>> PAIR_BITS == (key & ADDRESS) && vlanOf(table, word) == vlan(key)) {
                return at;
            }
            at = at + 1 & words.length() - 1;
        }
        return ~at;
    }

    private static int vlanOf(Snapshot table, long word) {
        return (int) (table.pairs[(int) word & PAIR] >>> 32);
    }

    private Snapshot rebuilt() {
        Snapshot from = current;
        int slots = MIN_SLOTS;
        while (slots < 4 * size) {
            slots <<= 1;
        }
        long[] live = new long[from.slots()];
        int count = 0;
        for (int i = 0; i < live.length; i++) {
            long word = from.words.getPlain(i);
            if (word != EMPTY && word != REMOVED) {
                live[count++] = word;
            }
        }
        int distinct = (int) Arrays.stream(live, 0, count)
                .map(word -> from.pairs[(int) word & PAIR])
                .distinct()
                .count();
        if (distinct + 2 >= PAIR) {
            throw new IllegalStateException(
                    "addresses in " + distinct + " pairs of VLAN and port: a classifier takes no more");
        }
        Snapshot to = new Snapshot(slots, Math.min(PAIR, Math.max(MIN_PAIRS, 2 * (distinct + 2))));
        pairNumbers = new HashMap<>();
        for (int i = 0; i < count; i++) {
            long pair = from.pairs[(int) live[i] & PAIR];
            long key = key((int) (pair >>> 32), live[i] >>> PAIR_BITS);
            to.words.setPlain(~find(to, key), key << PAIR_BITS | number(to, pair));
        }
        used = size;
        return to;
    }
}

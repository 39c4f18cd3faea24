package io.jspp.secondary.component.classifier;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Map from (VLAN, address) to a small number, of any size at constant cost, that one control thread changes while one worker reads: a reader sees
 * each entry as it was before or after its change, and is never held up.
 *
 * <pre>
 *   open addressing, linear probing, at most three quarters full
 *   slot i:  words[2i]    key     0 never used, -1 removed, else (vlan + 1) &lt;&lt; 48 | address
 *            words[2i+1]  value   stored before the key of a new entry (release); an existing entry's is replaced in one store
 * </pre>
 *
 * <p>A table that keys and removed ones fill that far is rebuilt beside, twice as large when the keys need it, and published whole. So 10 000 entries lie in
 * 256 KiB, which a second-level cache holds.
 */
final class MacTable {
    /** What {@link #get} returns for an absent entry. */
    static final int ABSENT = -1;

    private static final int MIN_SLOTS = 16;
    private static final long EMPTY = 0;
    private static final long REMOVED = -1;

    private volatile AtomicLongArray words = new AtomicLongArray(2 * MIN_SLOTS);

    // control thread only
    private int size;
    private int used;

    /** @param vlan 0..4096 */
    static long key(int vlan, long address) {
        return (long) (vlan + 1) << 48 | address;
    }

    /** What a reader uses for one burst. */
    AtomicLongArray snapshot() {
        return words;
    }

    /** The value of a key, or {@link #ABSENT}. */
    static int get(AtomicLongArray words, long key) {
        int mask = words.length() - 1;
        int at = slot(key, words.length());
        while (true) {
            // acquire: pairs with the release of the key in put; the value is there when the key is
            long found = words.getAcquire(at);
            if (found == key) {
                return (int) words.getAcquire(at + 1);
            }
            if (found == EMPTY) {
                return ABSENT;
            }
            at = at + 2 & mask;
        }
    }

    /** A word near a key's entry, of no meaning: who asks for those of many keys waits for memory once, not once for each. */
    static long touch(AtomicLongArray words, long key) {
        return words.getPlain(slot(key, words.length()));
    }

    private static int slot(long key, int length) {
        // Fibonacci hashing: the top bits of the product depend on all bits of the key; as many as number length / 2
        // slots.
        return (int) (key * 0x9e37_79b9_7f4a_7c15L >>> Long.numberOfLeadingZeros(length) + 2) << 1;
    }

    int size() {
        return size;
    }

    int get(long key) {
        return get(words, key);
    }

    /** Adds or replaces. Control thread, as all that follows. */
    void put(long key, int value) {
        AtomicLongArray w = words;
        int at = find(w, key);
        if (at >= 0) {
            w.setRelease(at + 1, value);
            return;
        }
        if (8 * (used + 1) > 3 * w.length()) {
            w = rebuilt();
            at = find(w, key);
        }
        insert(w, ~at, key, value);
        used++;
        size++;
        words = w;
    }

    /** Removes; nothing happens when it isn't there. */
    void remove(long key) {
        AtomicLongArray w = words;
        int at = find(w, key);
        if (at >= 0) {
            w.setRelease(at, REMOVED);
            size--;
        }
    }

    /** Place of a key, or the complement of where it would go. */
    private static int find(AtomicLongArray w, long key) {
        int at = slot(key, w.length());
        while (w.getPlain(at) != EMPTY) {
            if (w.getPlain(at) == key) {
                return at;
            }
            at = at + 2 & w.length() - 1;
        }
        return ~at;
    }

    private static void insert(AtomicLongArray w, int at, long key, long value) {
        w.setPlain(at + 1, value);
        w.setRelease(at, key);
    }

    private AtomicLongArray rebuilt() {
        int slots = MIN_SLOTS;
        while (slots <= 2 * size) {
            slots <<= 1;
        }
        AtomicLongArray from = words;
        AtomicLongArray to = new AtomicLongArray(2 * slots);
        for (int i = 0; i < from.length(); i += 2) {
            long key = from.getPlain(i);
            if (key != EMPTY && key != REMOVED) {
                insert(to, ~find(to, key), key, from.getPlain(i + 1));
            }
        }
        used = size;
        return to;
    }
}

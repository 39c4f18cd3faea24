package io.jspp.secondary.component.bridge;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The addresses a bridge learned: (VLAN, address) to port and time, at constant cost however full. One worker changes it; the control thread reads
 * along and sees each entry as it was before or after a change.
 *
 * <pre>
 *   sets of 8 slots; a key lies in one of two sets, which its hash names; at most half of all slots are used
 *   keys[i]    0 free, else (vlan + 1) &lt;&lt; 48 | address
 *   values[i]  63 ──────────── 32 31 ──────────── 0      stored before the key (release)
 *             │ seen: ticks 10 ms │ port tag        │
 * </pre>
 *
 * <p>A tag names a port for as long as it is a port of the bridge: entries with other tags are as good as none, wherever they still lie. Learning
 * uses their slots, and those of addresses that are too old; a sweep frees the rest, some slots per call.
 */
final class BridgeTable {
    /** Answer of {@link #find} for an address that is not known. */
    static final int UNKNOWN = -1;

    /** Nanoseconds of a tick. */
    static final long TICK_NS = 10_000_000;

    /** What {@link #learn} did. */
    enum Outcome {
        /** Nothing new. */
        KNOWN,
        LEARNED,
        /** Learned once more: what was known of this address was too old. */
        RELEARNED,
        /** At another port than before. */
        MOVED,
        /** No room. */
        FULL,
        /** Its port has as many as it may; what was known of this address is forgotten. */
        PORT_FULL
    }

    private static final int WAYS = 8;

    /** Bits of a slot's index in what {@link #place} returns. */
    private static final int SLOT = 0x0fff_ffff;

    /** Slots looked at for a place when there are as many entries as allowed. */
    private static final int RESCUE = 16;

    private final int capacity;
    private final int maxAgeTicks;
    private final int sets;
    private final AtomicLongArray keys;
    private final AtomicLongArray values;

    /** Odd, and not known outside, so that nobody can choose addresses that share a set. */
    private final long seed = new SplittableRandom(System.nanoTime()).nextLong() | 1;

    // worker thread only
    private int used;
    private int sweepAt;
    private int aged;

    /**
     * @param capacity entries
     * @param maxAgeTicks an entry is too old when it was not seen for more than so many ticks
     */
    BridgeTable(int capacity, int maxAgeTicks) {
        this.capacity = capacity;
        this.maxAgeTicks = maxAgeTicks;
        sets = Integer.highestOneBit(Math.max(2, (2 * capacity - 1) / WAYS)) << 1;
        keys = new AtomicLongArray(sets * WAYS);
        values = new AtomicLongArray(sets * WAYS);
    }

    /** @param vlan 0..4095 */
    static long key(int vlan, long address) {
        return (long) (vlan + 1) << 48 | address;
    }

    /** Of a key. */
    static int vlan(long key) {
        return (int) (key >>> 48) - 1;
    }

    /** Of a key. */
    static long address(long key) {
        return key & 0xffff_ffff_ffffL;
    }

    int capacity() {
        return capacity;
    }

    int slots() {
        return keys.length();
    }

    /** Tag of the port at which an address was seen, or {@link #UNKNOWN}. Worker thread. */
    int find(long key, LearningPorts ports, int nowTicks) {
        int slot = slot(key);
        if (slot < 0) {
            return UNKNOWN;
        }
        long value = values.getPlain(slot);
        return isLive(value, ports, nowTicks) ? (int) value : UNKNOWN;
    }

    /** An address was seen at a port. Worker thread. */
    Outcome learn(long key, int tag, LearningPorts ports, int nowTicks) {
        long value = (long) nowTicks << 32 | tag & 0xffff_ffffL;
        int slot = slot(key);
        if (slot < 0) {
            return insert(key, value, ports, nowTicks);
        }
        long former = values.getPlain(slot);
        if (former == value) {
            return Outcome.KNOWN;
        }
        boolean old = isOld(former, nowTicks);
        if ((int) former == tag) {
            values.setOpaque(slot, value);
            aged += old ? 1 : 0;
            return old ? Outcome.RELEARNED : Outcome.KNOWN;
        }
        boolean current = ports.isCurrent((int) former);
        aged += current && old ? 1 : 0;
        if (!ports.mayLearn(tag)) {
            // What is known is wrong, and would send frames where the station no longer is.
            remove(slot, ports);
            return Outcome.PORT_FULL;
        }
        ports.forgot((int) former);
        ports.learned(tag);
        values.setOpaque(slot, value);
        return !current ? Outcome.LEARNED : old ? Outcome.RELEARNED : Outcome.MOVED;
    }

    /** Frees slots of the next {@code count} that nobody needs any more. Worker thread. */
    void sweep(int count, LearningPorts ports, int nowTicks) {
        int at = sweepAt;
        for (int n = 0; n < count; n++) {
            if (keys.getPlain(at) != 0 && !isLive(values.getPlain(at), ports, nowTicks)) {
                free(at, ports);
            }
            at = at + 1 & keys.length() - 1;
        }
        sweepAt = at;
    }

    /** Entries that were too old since the last call; worker thread. */
    int takeAged() {
        int taken = aged;
        aged = 0;
        return taken;
    }

    /** Told about entries. */
    interface Visitor {
        /** @param ageTicks ticks since it was seen */
        void entry(long key, int tag, int ageTicks);
    }

    /** All entries that count now, in no order; control thread. */
    void forEach(LearningPorts ports, int nowTicks, Visitor visitor) {
        for (int i = 0; i < keys.length(); i++) {
            // acquire: pairs with the release of the key in insert; the value is there when the key is
            long key = keys.getAcquire(i);
            long value = values.getAcquire(i);
            if (key != 0 && keys.getAcquire(i) == key && isLive(value, ports, nowTicks)) {
                visitor.entry(key, (int) value, Math.max(0, nowTicks - (int) (value >>> 32)));
            }
        }
    }

    private boolean isLive(long value, LearningPorts ports, int nowTicks) {
        return ports.isCurrent((int) value) && !isOld(value, nowTicks);
    }

    private boolean isOld(long value, int nowTicks) {
        return nowTicks - (int) (value >>> 32) > maxAgeTicks;
    }

    private int slot(long key) {
        long hash = hash(key);
        int slot = slotIn(first(hash), key);
        return slot >= 0 ? slot : slotIn(second(hash), key);
    }

    private int slotIn(int set, long key) {
        for (int i = set; i < set + WAYS; i++) {
            if (keys.getPlain(i) == key) {
                return i;
            }
        }
        return -1;
    }

    private Outcome insert(long key, long value, LearningPorts ports, int nowTicks) {
        int tag = (int) value;
        if (!ports.mayLearn(tag)) {
            sweep(RESCUE, ports, nowTicks);
            if (!ports.mayLearn(tag)) {
                return used < capacity ? Outcome.PORT_FULL : Outcome.FULL;
            }
        }
        long hash = hash(key);
        int slot = place(first(hash), ports, nowTicks);
        if (room(slot) < 2) {
            // The emptier one of two sets: they overflow practically never then, and most keys lie where is looked
            // first.
            int second = place(second(hash), ports, nowTicks);
            slot = room(second) > room(slot) ? second : slot;
        }
        if (slot < 0) {
            return Outcome.FULL;
        }
        slot &= SLOT;
        if (keys.getPlain(slot) != 0) {
            free(slot, ports);
        }
        if (used == capacity) {
            sweep(RESCUE, ports, nowTicks);
            if (used == capacity) {
                return Outcome.FULL;
            }
        }
        // release: who reads this value with the former key finds that key gone when it looks again, see forEach
        values.setRelease(slot, value);
        keys.setRelease(slot, key);
        used++;
        ports.learned(tag);
        return Outcome.LEARNED;
    }

    /** A slot of the set that may be taken, with the number of such slots in the top bits (above {@link #SLOT}); -1 when there is none. */
    private int place(int set, LearningPorts ports, int nowTicks) {
        int slot = -1;
        int free = 0;
        for (int i = set; i < set + WAYS; i++) {
            if (keys.getPlain(i) == 0 || !isLive(values.getPlain(i), ports, nowTicks)) {
                slot = i;
                free++;
            }
        }
        return slot < 0 ? -1 : Math.min(free, 7) << 28 | slot;
    }

    private static int room(int place) {
        return place >> 28;
    }

    private void free(int slot, LearningPorts ports) {
        if (ports.isCurrent((int) values.getPlain(slot))) {
            aged++;
        }
        remove(slot, ports);
    }

    private void remove(int slot, LearningPorts ports) {
        ports.forgot((int) values.getPlain(slot));
        keys.setRelease(slot, 0);
        used--;
    }

    private long hash(long key) {
        long h = (key ^ key >>> 29) * seed;
        return (h ^ h >>> 32) * 0x9e37_79b9_7f4a_7c15L;
    }

    private int first(long hash) {
        return ((int) (hash >>> 40) & sets - 1) * WAYS;
    }

    private int second(long hash) {
        return ((int) hash & sets - 1) * WAYS;
    }
}

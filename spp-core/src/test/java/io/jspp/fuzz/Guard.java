package io.jspp.fuzz;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Knows all memory outside the heap that instrumented code has: what {@link io.jspp.memory.Memory} allocated and what was mapped. An access
 * elsewhere is a finding rather than a crash. One thread; called by instrumented code.
 */
public final class Guard {
    private static final TreeMap<Long, Long> RANGES = new TreeMap<>();
    /** Where a range began before it was narrowed, and where it begins now. */
    private static final Map<Long, Long> NARROWED = new HashMap<>();

    private static long hitFrom;
    private static long hitTo;
    private static long watchFrom;
    private static long watchTo;
    private static long readsLeft;
    private static Runnable atRead;
    private static int mappings;

    private Guard() {}

    // ---- called by instrumented code

    /** Before an access. */
    public static void access(long address, long length) {
        if (address < hitFrom || address + length > hitTo) {
            look(address, length);
        }
    }

    /** Before a read. */
    public static void read(long address, long length) {
        access(address, length);
        if (atRead != null && address >= watchFrom && address < watchTo && --readsLeft <= 0) {
            Runnable task = atRead;
            atRead = null;
            task.run();
        }
    }

    private static void look(long address, long length) {
        Map.Entry<Long, Long> range = RANGES.floorEntry(address);
        if (length < 0 || range == null || address + length > range.getKey() + range.getValue()) {
            throw new AssertionError("access of " + length + " bytes at 0x" + Long.toHexString(address)
                    + ", outside all memory; next below: "
                    + (range == null
                            ? "none"
                            : "0x" + Long.toHexString(range.getKey()) + " of " + range.getValue() + " bytes"));
        }
        hitFrom = range.getKey();
        hitTo = hitFrom + range.getValue();
    }

    /** After an allocation. */
    public static void allocated(long address, long length) {
        RANGES.put(address, length);
    }

    /** Before it is given back. */
    public static void freed(long address) {
        Long narrowed = NARROWED.remove(address);
        if (RANGES.remove(narrowed == null ? Long.valueOf(address) : narrowed) == null) {
            throw new AssertionError("free of 0x" + Long.toHexString(address) + ", which is not allocated");
        }
        forgetHit();
    }

    /** After a mapping was made, perhaps in place of another. */
    public static void mapped(long address, long length) {
        if (RANGES.put(address, length) == null) {
            mappings++;
        }
        forgetHit();
    }

    /** Before a mapping ends. */
    public static void unmapped(long address, long length) {
        Map.Entry<Long, Long> inside = RANGES.ceilingEntry(address);
        if (inside == null || inside.getKey() >= address + length) {
            throw new AssertionError("munmap of 0x" + Long.toHexString(address) + ", which is not mapped");
        }
        RANGES.remove(inside.getKey());
        NARROWED.remove(address);
        mappings--;
        forgetHit();
    }

    private static void forgetHit() {
        hitFrom = 0;
        hitTo = 0;
    }

    // ---- for targets

    /** Allows of the area around it only {@code [address, address + length)} from now on. */
    public static void narrow(long address, long length) {
        look(address, length);
        RANGES.remove(hitFrom);
        RANGES.put(address, length);
        if (address != hitFrom) {
            NARROWED.put(hitFrom, address);
        }
        forgetHit();
    }

    /** Runs something once, before the {@code n}-th read from here on in {@code [from, to)}; null forgets it. */
    public static void beforeRead(int n, long from, long to, Runnable task) {
        readsLeft = n;
        watchFrom = from;
        watchTo = to;
        atRead = task;
    }

    /** Whether something waits for a read. */
    public static boolean armed() {
        return atRead != null;
    }

    /** Areas allocated or mapped now. */
    public static int areas() {
        return RANGES.size();
    }

    /** Mappings there are now. */
    public static int mappings() {
        return mappings;
    }
}

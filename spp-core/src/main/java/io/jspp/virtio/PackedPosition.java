package io.jspp.virtio;

import static io.jspp.virtio.PackedLayout.META_AVAIL;
import static io.jspp.virtio.PackedLayout.META_NEXT;
import static io.jspp.virtio.PackedLayout.META_STATE;
import static io.jspp.virtio.PackedLayout.advance;
import static io.jspp.virtio.PackedLayout.availableAt;
import static io.jspp.virtio.PackedLayout.distance;
import static io.jspp.virtio.PackedLayout.slot;
import static io.jspp.virtio.PackedLayout.usedAt;

import io.jspp.memory.Memory;

/**
 * Finds where a packed ring stands that somebody served before us. No front-end tells: QEMU says position 0 after every loss of its back-end.
 *
 * <ol>
 *   <li>A ring nobody has served, as after a reboot of the guest meanwhile: available descriptors from slot 0 on, all else zero. Where chains of
 *       several slots lapped, a full ring may look the same; then the record counts, and it is not one of an earlier life of the guest unless that
 *       ended while nobody served it.
 *   <li>A ring whose chains have one slot each is decided by its flags: {@link #walk}.
 *   <li>Otherwise the {@link PositionRecord} counts, if the ring does not contradict it.
 * </ol>
 *
 * <p>Chains that were taken but not marked used are still available and are taken again. Session thread; the driver may be writing meanwhile.
 */
final class PackedPosition {
    /** Slot 0 in the first lap. */
    static final int FRESH = PackedLayout.position(0, true);

    private static final int NONE = -1;

    private final long ring;
    private final int size;

    /** Position found: everything before it is used. */
    int position;

    /** Whether chains of several slots may be in the ring. */
    boolean chains = true;

    /** Where the marking of a packet of several chains was interrupted: from here on it is used up to {@link #cutEnd}; or -1. */
    int cut = NONE;

    int cutEnd;

    private PackedPosition(long ring, int size) {
        this.ring = ring;
        this.size = size;
    }

    /** @param move what the record says, 0 nothing; {@code first} meaningful with it */
    static PackedPosition find(long ring, int size, long move, long first) {
        PackedPosition p = new PackedPosition(ring, size);
        p.find(move, first);
        return p;
    }

    /** For a ring whose front-end knows the position. */
    static PackedPosition at(long ring, int size, int position) {
        PackedPosition p = new PackedPosition(ring, size);
        p.position = position;
        p.chains = !p.fresh();
        return p;
    }

    private void find(long move, long first) {
        int recorded = move == 0 ? NONE : resolve(move, first);
        boolean byRecordAlone = recorded != NONE && PositionRecord.is(move, PositionRecord.HOW_CHAINS);
        if (fresh() && !(byRecordAlone && meta(size - 1) != 0)) {
            position = FRESH;
            chains = false;
            return;
        }
        int walked = walk();
        boolean byRecord = byRecordAlone || recorded != NONE && !fits(walked);
        position = byRecord ? recorded : walked;
        chains = recorded == NONE || byRecordAlone;
        boolean interrupted = recorded == position
                && recorded == PositionRecord.from(move)
                && !PositionRecord.is(move, PositionRecord.HOW_FORWARD);
        findCut(interrupted ? PositionRecord.to(move) : NONE);
    }

    private long meta(int slot) {
        return Memory.getLongAcquire(ring + ((long) slot << 4) + PackedLayout.META);
    }

    private long state(int slot) {
        return meta(slot) & META_STATE;
    }

    private boolean fresh() {
        int slot = 0;
        while (slot < size && state(slot) == META_AVAIL) {
            slot++;
        }
        while (slot < size && meta(slot) == 0 && Memory.getLong(ring + ((long) slot << 4)) == 0) {
            slot++;
        }
        return slot == size;
    }

    /**
     * Position of a ring whose chains have one slot each. Exact for all of these, but for a packet of several chains whose marking was cut off
     * at the end of the ring.
     */
    private int walk() {
        long zero = state(0);
        boolean wrap = (zero & META_AVAIL) != 0;
        int slot = 0;
        if (zero == 0 || zero == META_STATE) {
            // Slot 0 was used in this lap: up to the first that was not.
            while (slot < size && state(slot) == zero) {
                slot++;
            }
            return slot == size ? PackedLayout.position(0, !wrap) : PackedLayout.position(slot, wrap);
        }
        // Slot 0 is available. The driver is a lap ahead if after what is used there are descriptors of the lap before.
        while (slot < size && state(slot) == zero) {
            slot++;
        }
        long used = wrap ? 0 : META_STATE;
        while (slot < size && state(slot) == used) {
            slot++;
        }
        boolean lapped = slot < size && state(slot) == (zero ^ META_STATE);
        return lapped ? PackedLayout.position(slot, !wrap) : PackedLayout.position(0, wrap);
    }

    /** Whether the whole ring looks like one of single slots that stands there. */
    private boolean fits(int at) {
        int p = at;
        int n = 0;
        while (n < size && state(slot(p)) == availableAt(p)) {
            p = advance(p, 1, size);
            n++;
        }
        while (n < size && state(slot(p)) == (usedAt(p) ^ META_STATE)) {
            p = advance(p, 1, size);
            n++;
        }
        return n == size;
    }

    /** Position that the record leads to, or {@link #NONE} when the ring contradicts it. */
    private int resolve(long move, long first) {
        int from = PositionRecord.from(move);
        int to = PositionRecord.to(move);
        int slots = distance(from, to, size);
        if (slot(from) >= size || slot(to) >= size || slots < 0 || slots > size) {
            return NONE;
        }
        if (slots > 0 && !contentFits(from, first)) {
            return NONE;
        }
        boolean forward = PositionRecord.is(move, PositionRecord.HOW_FORWARD);
        int steps = forward ? slots : Math.min(slots, 1);
        int p = from;
        for (int i = 0; i < steps; i++) {
            long state = state(slot(p));
            if (state == availableAt(p)) {
                return p;
            }
            if (state == (usedAt(p) ^ META_STATE)) {
                // As it was before the driver offered it.
                return NONE;
            }
            p = advance(p, 1, size);
        }
        return state(slot(to)) == usedAt(to) ? NONE : to;
    }

    /** If slot {@code p} was used in its lap, it must hold what was written there. */
    private boolean contentFits(int p, long first) {
        long meta = meta(slot(p));
        return (meta & META_STATE) != usedAt(p) || meta == first;
    }

    /**
     * A packet of several chains is marked from its last chain to its first. Looks whether that was interrupted: behind available chains there are
     * used ones of the same lap.
     *
     * @param end where the packet ends, or {@link #NONE} when that is not known
     */
    private void findCut(int end) {
        int p = position;
        int limit = end == NONE ? size : distance(position, end, size);
        for (int n = 0; n < limit; n++) {
            long meta = meta(slot(p));
            long state = meta & META_STATE;
            if (state == usedAt(p)) {
                cut = n == 0 ? NONE : p;
                cutEnd = end == NONE ? skipUsed(p, size - n) : end;
                return;
            }
            if (state != availableAt(p)) {
                return;
            }
            while ((meta & META_NEXT) != 0 && n + 1 < limit) {
                p = advance(p, 1, size);
                n++;
                meta = meta(slot(p));
            }
            p = advance(p, 1, size);
        }
    }

    private int skipUsed(int from, int most) {
        int p = from;
        for (int i = 0; i < most && state(slot(p)) == usedAt(p); i++) {
            p = advance(p, 1, size);
        }
        return p;
    }
}

package io.jspp.virtio;

import static io.jspp.virtio.PackedLayout.META;
import static io.jspp.virtio.PackedLayout.META_ID;
import static io.jspp.virtio.PackedLayout.META_LENGTH;
import static io.jspp.virtio.PackedLayout.META_STATE;

import io.jspp.memory.Memory;
import io.jspp.memory.ParkPoint;

/**
 * Chains that a packed virtqueue's device took, and how they are marked used (virtio 1.2 §2.8.5, §2.8.22), so that a successor finds the place wherever
 * this process is killed: in ring order, and the chains of one packet from the last to the first. Before each step goes a {@link PositionRecord}.
 * Worker thread.
 */
final class PackedUsed {
    /** In {@link #taken}: chain of the same packet as the one before. */
    private static final long FOLLOWER = 1L << 63;

    private static final int SLOTS_MASK = 0x7fff;

    private final long ring;
    private final int size;
    private final boolean inOrder;
    private final long record;

    /** Chains taken and not marked: used length, id, slots - 1 in bits 48-62, {@link #FOLLOWER}. A chain of one slot is its used word but for flags. */
    final long[] taken;

    int count;

    /** Position of the first of them. */
    int position;

    /** Slots marked used since the beginning, modulo 2³². */
    int slots;

    /** The WRITE flag once this queue is one that the guest receives by. */
    long written;

    /** Whether each chain taken has one slot and is a packet of its own. */
    private boolean plain = true;

    private boolean severalSlots;

    /** Slots until no chain of several slots can be left in the ring. */
    private int chainsWithin;

    PackedUsed(long ring, int size, boolean inOrder, long record) {
        this.ring = ring;
        this.size = size;
        this.inOrder = inOrder;
        this.record = record;
        // Each has at least one slot.
        this.taken = new long[size];
    }

    void begin(long ringName, int start, boolean chains) {
        position = start;
        chainsWithin = chains ? size : 0;
        PositionRecord.begin(record, ringName, start, chains ? PositionRecord.HOW_CHAINS : 0);
    }

    static long word(long id, int slots) {
        return id | (long) (slots - 1) << PackedLayout.FLAGS_SHIFT;
    }

    private static int slots(long word) {
        return ((int) (word >>> PackedLayout.FLAGS_SHIFT) & SLOTS_MASK) + 1;
    }

    /** A chain that goes back empty, or was only read. */
    void add(long word) {
        taken[count++] = word;
        if (word >>> PackedLayout.FLAGS_SHIFT != 0) {
            plain = false;
            severalSlots = true;
        }
    }

    /** One of the chains that a packet of {@code length} bytes in it was copied to. */
    void addOfPacket(long word, int length, boolean follower) {
        add(word | length);
        if (follower) {
            taken[count - 1] |= FOLLOWER;
            plain = false;
        }
    }

    /** Marks all chains taken; {@code next} is the position behind them. */
    void publish(int next) {
        if (plain && !(inOrder && written == 0 && count > 1)) {
            markPlain(next);
        } else if (inOrder && written == 0) {
            markLast(next);
        } else {
            markPackets(false);
        }
        published(next);
    }

    /** As {@link #publish}, after an error interrupted it: what is marked may have been offered anew since, and is left alone. */
    void publishAgain(int next) {
        if (!inOrder || written != 0) {
            markPackets(true);
        } else if (unmarked(position)) {
            markLast(next);
        }
        published(next);
    }

    private void published(int next) {
        ParkPoint.reach(ParkPoint.PACKED_PUBLISHED);
        int moved = PackedLayout.distance(position, next, size);
        slots += moved;
        chainsWithin = severalSlots ? size : Math.max(0, chainsWithin - moved);
        position = next;
        count = 0;
        plain = true;
        severalSlots = false;
    }

    private int how(int how) {
        return severalSlots || chainsWithin > 0 ? how | PositionRecord.HOW_CHAINS : how;
    }

    /** One slot and one packet per chain, the usual case. */
    private void markPlain(int next) {
        int n = count;
        long[] taken = this.taken;
        int slot = PackedLayout.slot(position);
        long mark = PackedLayout.usedAt(position) | written;
        PositionRecord.step(record, position, next, how(PositionRecord.HOW_FORWARD), taken[0] | mark);
        ParkPoint.reach(ParkPoint.PACKED_RECORDED);
        int untilEnd = Math.min(n, size - slot);
        long at = ring + ((long) slot << 4) + META;
        for (int i = 0; i < untilEnd; i++, at += PackedLayout.DESCRIPTOR_BYTES) {
            // release: the buffer before its mark; pairs with the driver's read of the flags, §2.8.22.
            Memory.putLongRelease(at, taken[i] | mark);
            ParkPoint.reach(ParkPoint.PACKED_USED);
        }
        mark ^= META_STATE;
        at = ring + META;
        for (int i = untilEnd; i < n; i++, at += PackedLayout.DESCRIPTOR_BYTES) {
            Memory.putLongRelease(at, taken[i] | mark);
            ParkPoint.reach(ParkPoint.PACKED_USED);
        }
    }

    /** IN_ORDER and nothing written: the last chain's id at the place of the first says that all are used, §2.8.12. */
    private void markLast(int next) {
        severalSlots = true;
        long word = taken[count - 1] & META_ID | PackedLayout.usedAt(position);
        PositionRecord.step(record, position, next, how(0), word);
        ParkPoint.reach(ParkPoint.PACKED_RECORDED);
        Memory.putLongRelease(ring + ((long) PackedLayout.slot(position) << 4) + META, word);
        ParkPoint.reach(ParkPoint.PACKED_USED);
    }

    /** Packet by packet: a chain of several slots leaves no trace of its length, so that each packet needs a record of its own. */
    private void markPackets(boolean again) {
        int at = position;
        int how = how(0);
        int begin = 0;
        while (begin < count) {
            int end = begin;
            int packetSlots = 0;
            do {
                packetSlots += slots(taken[end++]);
            } while (end < count && taken[end] < 0);
            int after = PackedLayout.advance(at, packetSlots, size);
            if (!again || unmarked(at)) {
                long word = taken[begin] & (META_ID | META_LENGTH) | PackedLayout.usedAt(at) | written;
                PositionRecord.step(record, at, after, how, word);
                ParkPoint.reach(ParkPoint.PACKED_RECORDED);
                markBackwards(begin, end, after);
            }
            at = after;
            begin = end;
        }
    }

    /** The chains of one packet, the first of them last: a driver that sees it finds them all. */
    private void markBackwards(int begin, int end, int after) {
        int slot = PackedLayout.slot(after);
        long mark = PackedLayout.usedAt(after) | written;
        for (int i = end - 1; i >= begin; i--) {
            long word = taken[i];
            slot -= slots(word);
            if (slot < 0) {
                slot += size;
                mark ^= META_STATE;
            }
            // release: the buffer before its mark; pairs with the driver's read of the flags, §2.8.22.
            Memory.putLongRelease(ring + ((long) slot << 4) + META, word & (META_ID | META_LENGTH) | mark);
            ParkPoint.reach(ParkPoint.PACKED_USED);
        }
    }

    /** Marks the chains taken, which are the first of a packet whose others, from {@code cut} on, a predecessor marked. */
    void completeCut(int cut) {
        markBackwards(0, count, cut);
        count = 0;
        plain = true;
        severalSlots = false;
    }

    private boolean unmarked(int at) {
        long meta = Memory.getLongAcquire(ring + ((long) PackedLayout.slot(at) << 4) + META);
        return (meta & META_STATE) == PackedLayout.availableAt(at);
    }
}

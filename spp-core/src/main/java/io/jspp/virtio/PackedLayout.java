package io.jspp.virtio;

/**
 * Sizes and offsets of a packed virtqueue's three areas, virtio 1.2 §2.8.
 *
 * <pre>
 *   ring          size × { addr 8 | len 4 | id 2 | flags 2 }      both write
 *   driver area   off_wrap 2 | flags 2                            driver writes: when it wants to be called
 *   device area   off_wrap 2 | flags 2                            device writes: when it wants to be kicked
 * </pre>
 *
 * <p>A descriptor's last three fields are read and written as one word, its <i>meta</i>: len in bits 0-31, id in 32-47, flags in 48-63. A position
 * is a slot in bits 0-14 and the wrap counter there in bit 15. A slot is available in a lap with wrap counter w when AVAIL = w and USED ≠ w, used
 * when AVAIL = USED = w (§2.8.1).
 */
public final class PackedLayout {
    public static final int MAX_SIZE = 32768;
    public static final int DESCRIPTOR_BYTES = 16;
    /** Of the meta word in a descriptor. */
    public static final int META = 8;

    public static final int F_NEXT = 1;
    public static final int F_WRITE = 2;
    public static final int F_INDIRECT = 4;
    public static final int F_AVAIL = 1 << 7;
    public static final int F_USED = 1 << 15;

    public static final int EVENT_BYTES = 4;
    /** Values of an event area's flags, §2.8.10. */
    public static final int EVENT_ENABLE = 0;

    public static final int EVENT_DISABLE = 1;
    public static final int EVENT_DESCRIPTOR = 2;

    static final int FLAGS_SHIFT = 48;
    static final long META_NEXT = (long) F_NEXT << FLAGS_SHIFT;
    static final long META_WRITE = (long) F_WRITE << FLAGS_SHIFT;
    static final long META_INDIRECT = (long) F_INDIRECT << FLAGS_SHIFT;
    static final long META_AVAIL = (long) F_AVAIL << FLAGS_SHIFT;
    static final long META_USED = (long) F_USED << FLAGS_SHIFT;
    static final long META_STATE = META_AVAIL | META_USED;
    static final long META_KIND = META_NEXT | META_WRITE | META_INDIRECT;
    static final long META_ID = 0xffff_0000_0000L;
    static final long META_LENGTH = 0xffff_ffffL;

    private static final int WRAP = 1 << 15;

    private PackedLayout() {}

    public static long ringBytes(int size) {
        return (long) size * DESCRIPTOR_BYTES;
    }

    public static int position(int slot, boolean wrap) {
        return wrap ? slot | WRAP : slot;
    }

    public static int slot(int position) {
        return position & WRAP - 1;
    }

    public static boolean wrap(int position) {
        return (position & WRAP) != 0;
    }

    /** {@code position} moved on by {@code slots}, at most {@code size}. */
    static int advance(int position, int slots, int size) {
        int slot = slot(position) + slots;
        return slot < size ? position + slots : position(slot - size, !wrap(position));
    }

    /** Slots from one position to another that lies at most a whole turn ahead; negative or more than {@code size}: it does not. */
    static int distance(int from, int to, int size) {
        return slot(to) - slot(from) + (wrap(from) == wrap(to) ? 0 : size);
    }

    /** State bits of a slot that is available at this position. */
    static long availableAt(int position) {
        return wrap(position) ? META_AVAIL : META_USED;
    }

    /** State bits of a slot that was used at this position. */
    static long usedAt(int position) {
        return wrap(position) ? META_STATE : 0;
    }

    /**
     * Whether an event area's {@code offWrap} lies among the {@code moved} slots before {@code position}: vring_need_event of linux/virtio_ring.h
     * for packed rings.
     */
    public static boolean passed(int offWrap, int position, int moved, int size) {
        int behind = distance(offWrap, position, size);
        return moved >= size || behind > 0 && behind <= moved;
    }
}

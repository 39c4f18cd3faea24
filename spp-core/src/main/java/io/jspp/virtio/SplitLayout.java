package io.jspp.virtio;

/**
 * Sizes and offsets of a split virtqueue's three areas, virtio 1.2 §2.7.
 *
 * <pre>
 *   descriptors  size × { addr 8 | len 4 | flags 2 | next 2 }                       driver writes
 *   avail        flags 2 | idx 2 | size × head 2 | used_event 2                     driver writes
 *   used         flags 2 | idx 2 | size × { id 4 | len 4 } | avail_event 2          device writes
 * </pre>
 */
public final class SplitLayout {
    public static final int MAX_SIZE = 32768;
    public static final int DESCRIPTOR_BYTES = 16;

    public static final int AVAIL_FLAGS = 0;
    public static final int AVAIL_IDX = 2;
    public static final int AVAIL_RING = 4;
    public static final int AVAIL_F_NO_INTERRUPT = 1;

    public static final int USED_FLAGS = 0;
    public static final int USED_IDX = 2;
    public static final int USED_RING = 4;
    public static final int USED_ELEMENT_BYTES = 8;
    public static final int USED_F_NO_NOTIFY = 1;

    private SplitLayout() {}

    public static long descriptorBytes(int size) {
        return (long) size * DESCRIPTOR_BYTES;
    }

    /** With used_event. */
    public static long availBytes(int size) {
        return AVAIL_RING + 2L * size + 2;
    }

    /** With avail_event. */
    public static long usedBytes(int size) {
        return USED_RING + (long) USED_ELEMENT_BYTES * size + 2;
    }

    public static int usedEvent(int size) {
        return AVAIL_RING + 2 * size;
    }

    public static int availEvent(int size) {
        return USED_RING + USED_ELEMENT_BYTES * size;
    }

    /** vring_need_event of linux/virtio_ring.h, §2.7.7.2: has an index that moved from {@code old} to {@code now} passed {@code event}? */
    public static boolean passed(int event, int now, int old) {
        return (now - event - 1 & 0xffff) < (now - old & 0xffff);
    }
}

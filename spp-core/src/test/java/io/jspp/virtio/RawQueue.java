package io.jspp.virtio;

import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.memory.MappedMemory;
import io.jspp.memory.Memory;
import java.util.List;

/**
 * A driver without manners: one queue in one memory region, every word settable. The region lies in the middle of a larger file whose margins
 * hold a pattern, so that a stray write shows.
 */
final class RawQueue implements AutoCloseable {
    static final int SIZE = 256;
    static final long GUEST = 0x1_0000_0000L;
    static final long USER = 0x7f00_0000_0000L;
    static final int MARGIN = 64 * 1024;
    static final int REGION = 1 << 20;

    /** Offsets in the region. */
    static final long AVAIL = 0x2000;

    static final long USED = 0x4000;
    static final long BUFFERS = 0x10000;
    private static final byte PATTERN = 0x5a;

    final long base;
    final GuestMemory memory;
    final SplitVirtqueue queue;
    private final MappedMemory mapping;
    private int availIdx;

    RawQueue(long features) throws GuestMemoryException {
        this(features, -1);
    }

    RawQueue(long features, int position) throws GuestMemoryException {
        FileDescriptor file = Linux.memfdCreate("raw", 0);
        Linux.ftruncate(file.value(), REGION + 2L * MARGIN);
        mapping = MappedMemory.shared(file.value(), 0, REGION + 2L * MARGIN);
        Memory.fill(mapping.address(), MARGIN, PATTERN);
        Memory.fill(mapping.address() + MARGIN + REGION, MARGIN, PATTERN);
        base = mapping.address() + MARGIN;
        Memory.putShort(base + USED + SplitLayout.USED_IDX, (short) (position < 0 ? 0 : position));
        availIdx(Math.max(position, 0));
        memory = GuestMemory.of(List.of(GuestRegion.map(file, GUEST, REGION, USER, MARGIN)));
        queue = SplitVirtqueue.open(memory, features, SIZE, USER, USER + AVAIL, USER + USED, -1);
    }

    void descriptor(int index, long guestAddress, long length, int flags, int next) {
        entry(base + 16L * index, guestAddress, length, flags, next);
    }

    static void entry(long at, long guestAddress, long length, int flags, int next) {
        Memory.putLong(at, guestAddress);
        Memory.putInt(at + 8, (int) length);
        Memory.putShort(at + 12, (short) flags);
        Memory.putShort(at + 14, (short) next);
    }

    /** Guest address of buffer {@code i}; buffers are 2 KiB apart. */
    static long buffer(int i) {
        return GUEST + BUFFERS + 2048L * i;
    }

    /** Where the driver sees a guest address; the device maps the same memory elsewhere. */
    long here(long guestAddress) {
        return base + (guestAddress - GUEST);
    }

    void offer(int head) {
        Memory.putShort(base + AVAIL + SplitLayout.AVAIL_RING + 2L * (availIdx & SIZE - 1), (short) head);
        availIdx(availIdx + 1);
    }

    void availIdx(int value) {
        availIdx = value & 0xffff;
        Memory.putShortRelease(base + AVAIL + SplitLayout.AVAIL_IDX, (short) value);
    }

    void availFlags(int value) {
        Memory.putShort(base + AVAIL, (short) value);
    }

    void usedEvent(int value) {
        Memory.putShort(base + AVAIL + SplitLayout.usedEvent(SIZE), (short) value);
    }

    int availEvent() {
        return Memory.getUnsignedShort(base + USED + SplitLayout.availEvent(SIZE));
    }

    int usedFlags() {
        return Memory.getUnsignedShort(base + USED);
    }

    int usedIdx() {
        return Memory.getUnsignedShort(base + USED + SplitLayout.USED_IDX);
    }

    int usedId(int position) {
        return Memory.getInt(base + USED + 4 + 8L * (position & SIZE - 1));
    }

    int usedLength(int position) {
        return Memory.getInt(base + USED + 8 + 8L * (position & SIZE - 1));
    }

    /** Where the device sees a guest address. */
    long there(long guestAddress) {
        return memory.translate(guestAddress, 0);
    }

    boolean marginsIntact() {
        for (int i = 0; i < MARGIN; i++) {
            if (Memory.getByte(base - MARGIN + i) != PATTERN || Memory.getByte(base + REGION + i) != PATTERN) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        queue.close();
        memory.close();
        mapping.close();
    }
}

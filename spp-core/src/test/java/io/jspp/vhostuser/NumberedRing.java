package io.jspp.vhostuser;

import static io.jspp.vhostuser.FuzzSession.check;

import io.jspp.memory.Memory;
import io.jspp.virtio.PackedLayout;
import io.jspp.virtio.SplitLayout;

/**
 * Driver side of one ring in the memory of a {@link FuzzPeer}, split or packed, that is never set up anew, whatever becomes of the device: each
 * buffer it offers must come back once, in order, and each frame it receives have the next number.
 */
final class NumberedRing {
    static final int ENTRIES = 16;
    static final int HEADER = 12;
    static final int FRAME = 60;
    private static final int BUFFER = 2048;
    private static final long BUFFERS = 0x10000;
    private static final int WRITE = 2;

    private final long ring;
    private final long avail;
    private final long used;
    private final long buffers;
    private final long guestBuffers;
    private final boolean packed;
    private final boolean sends;
    private int offered;
    private int back;

    NumberedRing(FuzzPeer peer, int vring, boolean packed) {
        ring = peer.memory.address() + (long) vring * FuzzPeer.VRING_BYTES;
        avail = ring + FuzzPeer.AVAIL;
        used = ring + FuzzPeer.USED;
        long at = BUFFERS + (long) vring * ENTRIES * BUFFER;
        buffers = peer.memory.address() + at;
        guestBuffers = FuzzPeer.GUEST + at;
        this.packed = packed;
        sends = (vring & 1) != 0;
    }

    /** Bytes of frame {@code number}. */
    static byte content(int number, int at) {
        return (byte) (at < 4 ? number >>> 8 * at : number * 31 + at);
    }

    /** Sends one more frame, or offers one more buffer, where there is room. */
    void offer() {
        if (offered - back == ENTRIES) {
            return;
        }
        int slot = offered % ENTRIES;
        for (int i = 0; sends && i < HEADER + FRAME; i++) {
            Memory.putByte(buffers + (long) slot * BUFFER + i, i < HEADER ? 0 : content(offered, i - HEADER));
        }
        long descriptor = ring + 16L * slot;
        long length = sends ? HEADER + FRAME : BUFFER;
        long flags = sends ? 0 : WRITE;
        Memory.putLong(descriptor, guestBuffers + (long) slot * BUFFER);
        if (packed) {
            flags |= wrap(offered) ? PackedLayout.F_AVAIL : PackedLayout.F_USED;
            Memory.putLongRelease(descriptor + PackedLayout.META, length | (long) slot << 32 | flags << 48);
        } else {
            Memory.putLong(descriptor + 8, length | flags << 32);
            Memory.putShort(avail + SplitLayout.AVAIL_RING + 2L * slot, (short) slot);
            Memory.putShortRelease(avail + SplitLayout.AVAIL_IDX, (short) (offered + 1));
        }
        offered++;
    }

    /** Takes back what was used, checked; how many buffers ever came back. */
    int reap() {
        while (isUsed()) {
            check(back < offered, "a buffer came back that was not offered");
            int slot = back % ENTRIES;
            long element = packed
                    ? Memory.getLong(ring + 16L * slot + PackedLayout.META)
                    : Memory.getLong(used + SplitLayout.USED_RING + 8L * slot);
            int id = (int) (packed ? element >>> 32 & 0xffff : element & 0xffff_ffffL);
            int length = (int) (packed ? element : element >>> 32);
            check(id == slot, "buffer " + id + " came back instead of " + slot);
            check(length == (sends ? 0 : HEADER + FRAME), length + " bytes were written");
            for (int i = 0; !sends && i < FRAME; i++) {
                byte is = Memory.getByte(buffers + (long) slot * BUFFER + HEADER + i);
                check(is == content(back, i), "frame " + back + " is wrong at " + i);
            }
            back++;
        }
        return back;
    }

    private boolean isUsed() {
        if (packed) {
            long state = Memory.getLongAcquire(ring + 16L * (back % ENTRIES) + PackedLayout.META) >>> 48
                    & (PackedLayout.F_AVAIL | PackedLayout.F_USED);
            return state == (wrap(back) ? PackedLayout.F_AVAIL | PackedLayout.F_USED : 0);
        }
        return Memory.getShortAcquire(used + SplitLayout.USED_IDX) != (short) back;
    }

    private static boolean wrap(int number) {
        return number / ENTRIES % 2 == 0;
    }

    /** Where the device stands, as SET_VRING_BASE says it and GET_VRING_BASE has to; after {@link #reap}. */
    int position() {
        return packed ? PackedLayout.position(back % ENTRIES, wrap(back)) * 0x10001 : back & 0xffff;
    }
}

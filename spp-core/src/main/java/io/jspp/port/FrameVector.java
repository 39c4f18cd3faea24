package io.jspp.port;

import io.jspp.linux.Layouts;
import io.jspp.mbuf.Burst;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.net.Offload;

/**
 * A virtio-net header and a packet's segments as an iovec, for one writev or sendmsg: the kernel copies from the source's
 * memory itself, and answers EFAULT where that has vanished. Owned by one tx queue.
 */
public final class FrameVector implements AutoCloseable {
    /** struct virtio_net_hdr without num_buffers, linux/virtio_net.h. */
    public static final int HEADER = 10;

    /** UIO_MAXIOV of the kernel. */
    private static final int MAX_IOVEC = 1024;

    private static final int HEADER_ROOM = 16;

    private final NativeMemory memory;
    private final long header;
    private final long vector;

    public FrameVector() {
        memory = NativeMemory.allocate(HEADER_ROOM + (long) MAX_IOVEC * Layouts.Iovec.SIZE);
        header = memory.address();
        vector = header + HEADER_ROOM;
        Memory.putLong(vector + Layouts.Iovec.BASE, header);
        Memory.putLong(vector + Layouts.Iovec.LENGTH, HEADER);
    }

    /** Address of the iovec. */
    public long address() {
        return vector;
    }

    /**
     * Fills it for packet {@code i}.
     *
     * @param headerLength the hint {@code hdr_len}: bytes the kernel should have in one piece, at most the frame's length
     * @return entries used, 0 when the packet has more segments than the kernel takes
     */
    public int set(Burst burst, int i, int headerLength) {
        int count = burst.count[i];
        if (count >= MAX_IOVEC) {
            return 0;
        }
        long offload = burst.offload[i];
        // DATA_VALID is for receivers of a frame; the kernel takes NEEDS_CSUM only.
        long flags = Offload.flags(offload) & Offload.F_NEEDS_CSUM;
        Memory.putLong(header, Offload.toHeader(offload, headerLength) & ~0xffL | flags);
        Memory.putShort(header + 8, (short) Offload.csumOffset(offload));
        int s = burst.first[i];
        long at = vector;
        for (int end = s + count; s < end; s++) {
            at += Layouts.Iovec.SIZE;
            Memory.putLong(at + Layouts.Iovec.BASE, burst.segmentAddress[s]);
            Memory.putLong(at + Layouts.Iovec.LENGTH, burst.segmentLength[s]);
        }
        return count + 1;
    }

    @Override
    public void close() {
        memory.close();
    }
}

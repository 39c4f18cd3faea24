package io.jspp.frontend;

import io.jspp.memory.Alignment;
import io.jspp.memory.Memory;
import io.jspp.virtio.Features;

/**
 * Sends frames of any length from byte arrays: one copy into guest memory, a direct chain or an indirect table, publish, kick. Meant for
 * pings and tests; {@link GeneratorTx} is the fast one. Single-threaded.
 */
public final class FrameTx {
    /** Entries of an indirect table: 64 KiB in segments of 1 KiB and more. */
    private static final int MAX_TABLE = 65;

    private final DriverVirtqueue queue;
    private final boolean separateHeader;
    private final int headerBytes;
    private final int segmentBytes;
    private final int size;
    private final long buffers;
    private final int[] freeBuffers;
    private final int[] nextBuffer;
    private final long[] addresses;
    private final int[] lengths;
    private int freeBufferCount;

    /** How chains look: bytes per segment, and whether the virtio-net header gets a descriptor of its own. */
    public record Shape(int segmentBytes, boolean separateHeader) {
        public static final Shape DEFAULT = new Shape(2048, false);
    }

    public FrameTx(DriverVirtqueue queue, long features, Shape shape) {
        this.queue = queue;
        this.size = queue.size();
        this.headerBytes = NetHeaderBytes.of(features);
        this.segmentBytes = shape.segmentBytes();
        this.separateHeader = shape.separateHeader();
        this.buffers = queue.memory().allocate((long) size * segmentBytes, Alignment.CACHE_LINE);
        if (Features.has(features, Features.INDIRECT_DESC)) {
            queue.makeTables(Math.min(size, MAX_TABLE));
        }
        this.freeBuffers = new int[size];
        this.nextBuffer = new int[size];
        this.addresses = new long[size];
        this.lengths = new int[size];
        for (int i = 0; i < size; i++) {
            freeBuffers[i] = size - 1 - i;
        }
        freeBufferCount = size;
    }

    /** Guest memory that {@link #FrameTx} takes. */
    public static long bytes(int size, long features, Shape shape) {
        long tables = Features.has(features, Features.INDIRECT_DESC)
                ? DriverVirtqueue.tableBytes(size, Math.min(size, MAX_TABLE))
                : 0;
        return (long) size * shape.segmentBytes() + tables + 2 * Alignment.CACHE_LINE;
    }

    /** Sends a plain frame; false when the queue is full at the moment. */
    public boolean send(byte[] frame, int length) {
        return send(frame, length, 0L, 0);
    }

    /**
     * Sends a frame with offload facts.
     *
     * @param headerStart first eight bytes of the virtio-net header as a little-endian long
     * @param checksumOffset its csum_offset
     * @return false when the queue is full at the moment
     */
    public boolean send(byte[] frame, int length, long headerStart, int checksumOffset) {
        reclaim();
        int segments = separateHeader ? 1 + segments(length) : segments(headerBytes + length);
        if (segments > size) {
            throw new IllegalArgumentException(
                    "frame of " + length + " bytes needs " + segments + " segments, the queue has " + size);
        }
        if (segments > freeBufferCount) {
            return false;
        }
        int copied = 0;
        for (int s = 0; s < segments; s++) {
            long address = buffers + (long) freeBuffers[freeBufferCount - 1 - s] * segmentBytes;
            int at = 0;
            if (s == 0) {
                putHeader(address, headerStart, checksumOffset);
                at = headerBytes;
            }
            int room = s == 0 && separateHeader ? 0 : segmentBytes - at;
            int take = Math.min(room, length - copied);
            Memory.put(address + at, frame, copied, take);
            copied += take;
            addresses[s] = address;
            lengths[s] = at + take;
        }
        int firstBuffer = freeBuffers[freeBufferCount - 1];
        if (!queue.offer(addresses, lengths, segments, false, firstBuffer)) {
            return false;
        }
        for (int s = 0; s < segments; s++) {
            int buffer = freeBuffers[--freeBufferCount];
            nextBuffer[buffer] = s < segments - 1 ? freeBuffers[freeBufferCount - 1] : -1;
        }
        queue.publish();
        queue.kick();
        return true;
    }

    /** Takes back what the device has sent; returns the number of frames. */
    public int reclaim() {
        int frames = 0;
        while (queue.take()) {
            for (int b = queue.takenToken(); b >= 0; b = nextBuffer[b]) {
                freeBuffers[freeBufferCount++] = b;
            }
            frames++;
        }
        return frames;
    }

    private int segments(int bytes) {
        return (bytes + segmentBytes - 1) / segmentBytes;
    }

    private void putHeader(long address, long headerStart, int checksumOffset) {
        Memory.putLong(address, headerStart);
        Memory.putShort(address + NetHeaderBytes.CSUM_OFFSET, (short) checksumOffset);
        if (headerBytes > NetHeaderBytes.NUM_BUFFERS) {
            Memory.putShort(address + NetHeaderBytes.NUM_BUFFERS, (short) 0);
        }
    }
}

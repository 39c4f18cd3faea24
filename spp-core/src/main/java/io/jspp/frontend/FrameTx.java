package io.jspp.frontend;

import io.jspp.memory.Alignment;
import io.jspp.memory.Memory;
import io.jspp.virtio.Features;

/**
 * Sends frames of any length from byte arrays: one copy into guest memory, a direct chain or an indirect table, publish, kick. Meant for
 * pings and tests; {@link GeneratorTx} is the fast one. Single-threaded.
 *
 * <p>Free descriptors form a FIFO, so that with a device that works in order each chain takes consecutive descriptors, as IN_ORDER demands
 * (virtio 1.2 §2.7.9).
 */
public final class FrameTx {
    /** Entries of an indirect table: 64 KiB in segments of 1 KiB and more. */
    private static final int MAX_TABLE = 65;

    private final DriverVirtqueue queue;
    private final boolean inOrder;
    private final boolean indirect;
    private final boolean separateHeader;
    private final int headerBytes;
    private final int segmentBytes;
    private final int mask;
    private final long buffers;
    private final long tables;
    private final int tableEntries;
    private final int[] freeDescriptors;
    private final int[] freeBuffers;
    private final int[] nextDescriptor;
    private final int[] nextBuffer;
    private final int[] firstBuffer;
    private final int[] outstandingHeads;
    private int descriptorHead;
    private int descriptorTail;
    private int freeBufferCount;
    private int headsTaken;
    private int headsPut;

    /** How chains look: bytes per segment, and whether the virtio-net header gets a descriptor of its own. */
    public record Shape(int segmentBytes, boolean separateHeader) {
        public static final Shape DEFAULT = new Shape(2048, false);
    }

    public FrameTx(DriverVirtqueue queue, long features, Shape shape) {
        int size = queue.size();
        this.queue = queue;
        this.inOrder = Features.has(features, Features.IN_ORDER);
        this.indirect = Features.has(features, Features.INDIRECT_DESC);
        this.headerBytes = NetHeaderBytes.of(features);
        this.segmentBytes = shape.segmentBytes();
        this.separateHeader = shape.separateHeader();
        this.mask = size - 1;
        this.buffers = queue.memory().allocate((long) size * segmentBytes, Alignment.CACHE_LINE);
        this.tableEntries = Math.min(size, MAX_TABLE);
        this.tables = indirect
                ? queue.memory()
                        .allocate((long) size * tableEntries * DriverVirtqueue.DESCRIPTOR_BYTES, Alignment.CACHE_LINE)
                : 0;
        this.freeDescriptors = new int[size];
        this.freeBuffers = new int[size];
        this.nextDescriptor = new int[size];
        this.nextBuffer = new int[size];
        this.firstBuffer = new int[size];
        this.outstandingHeads = new int[size];
        for (int i = 0; i < size; i++) {
            freeDescriptors[i] = i;
            freeBuffers[i] = size - 1 - i;
        }
        descriptorTail = size;
        freeBufferCount = size;
    }

    /** Guest memory that {@link #FrameTx} takes. */
    public static long bytes(int size, long features, Shape shape) {
        long tables = Features.has(features, Features.INDIRECT_DESC)
                ? (long) size * Math.min(size, MAX_TABLE) * DriverVirtqueue.DESCRIPTOR_BYTES
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
        int dataSegments = separateHeader ? 1 + segments(length) : segments(headerBytes + length);
        int descriptors = indirect && dataSegments > 1 && dataSegments <= tableEntries ? 1 : dataSegments;
        if (dataSegments > mask + 1) {
            throw new IllegalArgumentException(
                    "frame of " + length + " bytes needs " + dataSegments + " segments, the queue has " + (mask + 1));
        }
        if (dataSegments > freeBufferCount || descriptors > descriptorTail - descriptorHead) {
            return false;
        }
        boolean useTable = descriptors != dataSegments;
        int head = freeDescriptors[descriptorHead & mask];
        long table = useTable ? tables + (long) head * tableEntries * DriverVirtqueue.DESCRIPTOR_BYTES : 0;
        int copied = 0;
        int previousBuffer = -1;
        for (int s = 0; s < dataSegments; s++) {
            int buffer = freeBuffers[--freeBufferCount];
            if (previousBuffer < 0) {
                firstBuffer[head] = buffer;
            } else {
                nextBuffer[previousBuffer] = buffer;
            }
            previousBuffer = buffer;
            nextBuffer[buffer] = -1;
            long address = buffers + (long) buffer * segmentBytes;
            int at = 0;
            if (s == 0) {
                putHeader(address, headerStart, checksumOffset);
                at = headerBytes;
            }
            int room = s == 0 && separateHeader ? 0 : segmentBytes - at;
            int take = Math.min(room, length - copied);
            Memory.put(address + at, frame, copied, take);
            copied += take;
            boolean last = s == dataSegments - 1;
            if (useTable) {
                DriverVirtqueue.putDescriptorAt(
                        table + (long) s * DriverVirtqueue.DESCRIPTOR_BYTES,
                        queue.memory().guestAddress(address),
                        at + take,
                        last ? 0 : DriverVirtqueue.F_NEXT,
                        last ? 0 : s + 1);
            } else {
                int descriptor = freeDescriptors[descriptorHead++ & mask];
                int next = last ? -1 : freeDescriptors[descriptorHead & mask];
                nextDescriptor[descriptor] = next;
                queue.putDescriptor(descriptor, address, at + take, last ? 0 : DriverVirtqueue.F_NEXT, last ? 0 : next);
            }
        }
        if (useTable) {
            descriptorHead++;
            nextDescriptor[head] = -1;
            queue.putDescriptor(
                    head, table, dataSegments * DriverVirtqueue.DESCRIPTOR_BYTES, DriverVirtqueue.F_INDIRECT, 0);
        }
        outstandingHeads[headsPut++ & mask] = head;
        queue.putAvail(queue.availIdx(), head);
        queue.publish(1);
        queue.kick();
        return true;
    }

    /** Takes back what the device has sent; returns the number of frames. */
    public int reclaim() {
        int ready = queue.usedReady();
        for (int i = 0; i < ready; i++) {
            // In order, the device may write one element for a whole batch (§2.7.9): only the count tells.
            int head = inOrder
                    ? outstandingHeads[headsTaken & mask]
                    : Memory.getInt(queue.usedElement(queue.usedIdx() + i));
            headsTaken++;
            if (head < 0 || head > mask) {
                throw new FrontendException("device used descriptor " + head + " of " + (mask + 1));
            }
            for (int d = head; d >= 0; d = nextDescriptor[d]) {
                freeDescriptors[descriptorTail++ & mask] = d;
            }
            for (int b = firstBuffer[head]; b >= 0; b = nextBuffer[b]) {
                freeBuffers[freeBufferCount++] = b;
            }
        }
        queue.takeUsed(ready);
        return ready;
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

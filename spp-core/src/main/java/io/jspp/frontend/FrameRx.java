package io.jspp.frontend;

import io.jspp.memory.Alignment;
import io.jspp.memory.Memory;
import io.jspp.virtio.Features;

/**
 * Receives frames of any length into byte arrays, mergeable or not, and offers the buffers again at once. Meant for pings and tests;
 * {@link GeneratorRx} is the fast one. Single-threaded.
 */
public final class FrameRx {
    private final DriverVirtqueue queue;
    private final boolean inOrder;
    private final boolean mergeable;
    private final int headerBytes;
    private final int bufferBytes;
    private final int perChain;
    private final int chains;
    private final int mask;
    private final long buffers;
    private final int[] order;
    private int orderTaken;
    private long headerStart;
    private int checksumOffset;

    /** Buffers: bytes of each, and how many (a power of two) one packet's chain has; more than one only makes sense without MRG_RXBUF. */
    public record Shape(int bufferBytes, int perChain) {
        public static final Shape DEFAULT = new Shape(2048, 1);
        /** For 64 KiB frames without mergeable buffers. */
        public static final Shape BIG_CHAINS = new Shape(4096, 32);
    }

    public FrameRx(DriverVirtqueue queue, long features, Shape shape) {
        this.queue = queue;
        this.inOrder = Features.has(features, Features.IN_ORDER);
        this.mergeable = Features.has(features, Features.MRG_RXBUF);
        this.headerBytes = NetHeaderBytes.of(features);
        this.bufferBytes = shape.bufferBytes();
        this.perChain = shape.perChain();
        if (!Alignment.isPowerOfTwo(perChain)) {
            throw new IllegalArgumentException("buffers per chain " + perChain + " (a power of two)");
        }
        int size = queue.size();
        boolean indirect = Features.has(features, Features.INDIRECT_DESC) && perChain > 1;
        this.chains = indirect ? size : size / perChain;
        this.mask = chains - 1;
        this.buffers = queue.memory().allocate((long) chains * perChain * bufferBytes, Alignment.CACHE_LINE);
        long tables = indirect
                ? queue.memory()
                        .allocate((long) size * perChain * DriverVirtqueue.DESCRIPTOR_BYTES, Alignment.CACHE_LINE)
                : 0;
        this.order = new int[chains];
        for (int c = 0; c < chains; c++) {
            int head = indirect ? c : c * perChain;
            long table = indirect
                    ? tables + (long) c * perChain * DriverVirtqueue.DESCRIPTOR_BYTES
                    : queue.descriptors() + (long) head * DriverVirtqueue.DESCRIPTOR_BYTES;
            for (int b = 0; b < perChain; b++) {
                boolean last = b == perChain - 1;
                int first = indirect ? 0 : head;
                DriverVirtqueue.putDescriptorAt(
                        table + (long) b * DriverVirtqueue.DESCRIPTOR_BYTES,
                        queue.memory().guestAddress(buffer(c, b)),
                        bufferBytes,
                        DriverVirtqueue.F_WRITE | (last ? 0 : DriverVirtqueue.F_NEXT),
                        last ? 0 : first + b + 1);
            }
            if (indirect) {
                queue.putDescriptor(
                        head, table, perChain * DriverVirtqueue.DESCRIPTOR_BYTES, DriverVirtqueue.F_INDIRECT, 0);
            }
            order[c] = head;
            queue.putAvail(c, head);
        }
        queue.publish(chains);
    }

    /** Guest memory that {@link #FrameRx} takes. */
    public static long bytes(int size, long features, Shape shape) {
        boolean indirect = Features.has(features, Features.INDIRECT_DESC) && shape.perChain() > 1;
        long buffers = (long) (indirect ? size * shape.perChain() : size) * shape.bufferBytes();
        long tables = indirect ? (long) size * shape.perChain() * DriverVirtqueue.DESCRIPTOR_BYTES : 0;
        return buffers + tables + 2 * Alignment.CACHE_LINE;
    }

    private long buffer(int chain, int index) {
        return buffers + ((long) chain * perChain + index) * bufferBytes;
    }

    /**
     * Takes the next frame.
     *
     * @return its length, or -1 when none waits
     * @throws FrontendException when the device broke the rules: unknown id, more buffers announced than used, frame longer than {@code into}
     */
    public int receive(byte[] into) {
        int ready = queue.usedReady();
        if (ready == 0) {
            return -1;
        }
        int first = chainAt(0);
        long address = buffer(first, 0);
        headerStart = Memory.getLong(address);
        checksumOffset = Memory.getUnsignedShort(address + NetHeaderBytes.CSUM_OFFSET);
        int count = mergeable ? Memory.getUnsignedShort(address + NetHeaderBytes.NUM_BUFFERS) : 1;
        if (count == 0 || count > ready) {
            throw new FrontendException("device announced a frame of " + count + " buffers but used " + ready
                    + ": the back-end's num_buffers is wrong");
        }
        int length = 0;
        for (int i = 0; i < count; i++) {
            int chain = chainAt(i);
            int written = Memory.getInt(queue.usedElement(queue.usedIdx() + i) + 4);
            int skip = i == 0 ? headerBytes : 0;
            if (written < skip || written > bufferBytes * perChain || length + written - skip > into.length) {
                throw new FrontendException("device used a buffer of " + bufferBytes * perChain + " bytes with length "
                        + Integer.toUnsignedString(written) + " at frame offset " + length);
            }
            length = copyOut(chain, skip, written, into, length);
        }
        for (int i = 0; i < count; i++) {
            int chain = chainAt(i);
            int head = order[chain];
            queue.putAvail(queue.availIdx() + i, head);
        }
        orderTaken += count;
        queue.takeUsed(count);
        queue.publish(count);
        return length;
    }

    /** Tells the device about the buffers offered again, if it wants to know; once per burst of receives. */
    public void flush() {
        queue.kick();
    }

    /** First eight bytes of the last frame's virtio-net header as a little-endian long. */
    public long headerStart() {
        return headerStart;
    }

    /** csum_offset of the last frame's virtio-net header. */
    public int checksumOffset() {
        return checksumOffset;
    }

    private int copyOut(int chain, int skip, int written, byte[] into, int at) {
        int done = skip;
        int to = at;
        while (done < written) {
            int within = done % bufferBytes;
            int take = Math.min(bufferBytes - within, written - done);
            Memory.get(buffer(chain, done / bufferBytes) + within, into, to, take);
            done += take;
            to += take;
        }
        return to;
    }

    private int chainAt(int ahead) {
        if (inOrder) {
            return orderTaken + ahead & mask;
        }
        int head = Memory.getInt(queue.usedElement(queue.usedIdx() + ahead));
        int chain = chains == queue.size() ? head : head / perChain;
        if (head < 0 || chain >= chains || order[chain] != head) {
            throw new FrontendException("device used descriptor " + head + ", which is no head of ours");
        }
        return chain;
    }
}

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
    private final boolean mergeable;
    private final int headerBytes;
    private final int bufferBytes;
    private final int perChain;
    private final long buffers;
    private final int[] taken;
    private final long[] addresses;
    private final int[] lengths;
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
        this.mergeable = Features.has(features, Features.MRG_RXBUF);
        this.headerBytes = NetHeaderBytes.of(features);
        this.bufferBytes = shape.bufferBytes();
        this.perChain = shape.perChain();
        if (!Alignment.isPowerOfTwo(perChain)) {
            throw new IllegalArgumentException("buffers per chain " + perChain + " (a power of two)");
        }
        int size = queue.size();
        boolean indirect = Features.has(features, Features.INDIRECT_DESC) && perChain > 1;
        int chains = indirect ? size : size / perChain;
        this.buffers = queue.memory().allocate((long) chains * perChain * bufferBytes, Alignment.CACHE_LINE);
        if (indirect) {
            queue.makeTables(perChain);
        }
        this.taken = new int[size];
        this.addresses = new long[perChain];
        this.lengths = new int[perChain];
        for (int c = 0; c < chains; c++) {
            offer(c);
        }
        queue.publish();
    }

    /** Guest memory that {@link #FrameRx} takes. */
    public static long bytes(int size, long features, Shape shape) {
        boolean indirect = Features.has(features, Features.INDIRECT_DESC) && shape.perChain() > 1;
        long buffers = (long) (indirect ? size * shape.perChain() : size) * shape.bufferBytes();
        long tables = indirect ? DriverVirtqueue.tableBytes(size, shape.perChain()) : 0;
        return buffers + tables + 2 * Alignment.CACHE_LINE;
    }

    private void offer(int chain) {
        for (int b = 0; b < perChain; b++) {
            addresses[b] = buffer(chain, b);
            lengths[b] = bufferBytes;
        }
        if (!queue.offer(addresses, lengths, perChain, true, chain)) {
            throw new IllegalStateException("no descriptor free for a chain that was just taken");
        }
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
        if (!queue.take()) {
            return -1;
        }
        long address = buffer(queue.takenToken(), 0);
        headerStart = Memory.getLong(address);
        checksumOffset = Memory.getUnsignedShort(address + NetHeaderBytes.CSUM_OFFSET);
        int count = mergeable ? Memory.getUnsignedShort(address + NetHeaderBytes.NUM_BUFFERS) : 1;
        if (count == 0 || count > taken.length) {
            throw new FrontendException("device announced a frame of " + count + " buffers: its num_buffers is wrong");
        }
        int length = 0;
        for (int i = 0; i < count; i++) {
            if (i > 0 && !queue.take()) {
                throw new FrontendException("device announced a frame of " + count + " buffers but used " + i
                        + ": the back-end's num_buffers is wrong");
            }
            int chain = queue.takenToken();
            int written = queue.takenLength();
            int skip = i == 0 ? headerBytes : 0;
            if (written < skip || written > bufferBytes * perChain || length + written - skip > into.length) {
                throw new FrontendException("device used a buffer of " + bufferBytes * perChain + " bytes with length "
                        + Integer.toUnsignedString(written) + " at frame offset " + length);
            }
            length = copyOut(chain, skip, written, into, length);
            taken[i] = chain;
        }
        for (int i = 0; i < count; i++) {
            offer(taken[i]);
        }
        queue.publish();
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
}

package io.jspp.frontend;

import io.jspp.memory.Alignment;
import io.jspp.virtio.Features;

/**
 * Sends sequence-numbered frames as fast as a driver can: each buffer keeps its prepared frame, of which only sequence number and timestamp are
 * written per packet. The loops differ by ring format. Single-threaded, no allocation after construction.
 */
public abstract class GeneratorTx {
    final boolean inOrder;
    final boolean payload;
    final int mask;
    final long buffers;
    final int[] lengths;
    final int sampleMask;
    private final DriverVirtqueue queue;
    private int stream;
    long sequence;
    long bytes;
    private long fullPolls;

    /**
     * A generator on a queue of either format.
     *
     * @param features as negotiated: VERSION_1 or MRG_RXBUF is needed (12-byte header)
     * @param sampleEvery a power of two: every so many frames carry a timestamp
     * @param payload whether the padding carries a pattern for the receiver to check
     */
    public static GeneratorTx on(
            DriverVirtqueue queue,
            long features,
            TrafficPattern pattern,
            byte[] destination,
            byte[] source,
            int stream,
            int sampleEvery,
            boolean payload) {
        GeneratorTx generator = queue instanceof PackedDriverQueue packed
                ? new PackedGeneratorTx(packed, features, pattern, sampleEvery, payload)
                : new SplitGeneratorTx((SplitDriverQueue) queue, features, pattern, sampleEvery, payload);
        generator.prepare(destination, source, stream);
        queue.disableCalls();
        return generator;
    }

    GeneratorTx(DriverVirtqueue queue, long features, TrafficPattern pattern, int sampleEvery, boolean payload) {
        if (NetHeaderBytes.of(features) != TrafficFrame.HEADER) {
            throw new FrontendException(
                    "the generator needs VERSION_1 or MRG_RXBUF, negotiated is " + Features.describe(features));
        }
        if (!Alignment.isPowerOfTwo(sampleEvery)) {
            throw new IllegalArgumentException("sample every " + sampleEvery + " (a power of two)");
        }
        int size = queue.size();
        this.queue = queue;
        this.inOrder = Features.has(features, Features.IN_ORDER);
        this.payload = payload;
        this.mask = size - 1;
        this.sampleMask = sampleEvery - 1;
        this.buffers = queue.memory().allocate((long) size * TrafficFrame.STRIDE, Alignment.CACHE_LINE);
        this.lengths = pattern.spread(size);
    }

    private void prepare(byte[] destination, byte[] source, int stream) {
        this.stream = stream;
        for (int i = 0; i <= mask; i++) {
            TrafficFrame.prepare(buffer(i), lengths[i], destination, source, stream);
        }
    }

    /** Address of the buffer with this id. */
    final long buffer(int id) {
        return buffers + (long) id * TrafficFrame.STRIDE;
    }

    /** Guest memory that a generator queue takes. */
    public static long bytes(int size) {
        return (long) size * TrafficFrame.STRIDE + 2 * Alignment.CACHE_LINE;
    }

    /** Frames that could be sent now; looks at the device's index only when fewer than {@code wanted} are known to be free. */
    public final int room(int wanted) {
        int free = mask + 1 - queue.outstanding();
        if (free < wanted) {
            free += reclaim();
        }
        return free;
    }

    /** Sends up to {@code count} frames; returns how many. {@code nowNs} is the time that sampled frames carry. */
    public final int send(int count, long nowNs) {
        int n = Math.min(count, room(count));
        if (n == 0) {
            fullPolls++;
            return 0;
        }
        fill(n, nowNs);
        queue.kickUnfenced();
        return n;
    }

    /** Writes and publishes {@code n} frames; there is room for them. */
    abstract void fill(int n, long nowNs);

    /** Takes back what the device has read; returns the number of frames. */
    public abstract int reclaim();

    /** Refuses an id that the device made up. */
    final void requireId(int id) {
        if (id < 0 || id > mask) {
            throw new FrontendException("device used descriptor " + Integer.toUnsignedString(id) + " of " + (mask + 1));
        }
    }

    /** Repeats a kick that the device may have missed; for a caller that sees no progress. */
    public final void kickAgain() {
        queue.kickAgain();
    }

    /** The id that all frames carry. */
    final int stream() {
        return stream;
    }

    /** Frames handed to the device so far: also the next sequence number. */
    public final long sent() {
        return sequence;
    }

    /** Frames the device has taken so far. */
    public final long completed() {
        return sequence - queue.outstanding();
    }

    public final long bytes() {
        return bytes;
    }

    /** Calls of {@link #send} that found the queue full: the device was the limit. */
    public final long fullPolls() {
        return fullPolls;
    }
}

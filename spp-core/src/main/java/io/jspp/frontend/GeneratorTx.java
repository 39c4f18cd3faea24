package io.jspp.frontend;

import io.jspp.memory.Alignment;
import io.jspp.memory.Memory;
import io.jspp.virtio.Features;

/**
 * Sends sequence-numbered frames as fast as a driver can: each descriptor keeps its buffer, each buffer its prepared frame; per packet only
 * sequence number and timestamp are written, per burst one avail index. Single-threaded, no allocation after construction.
 */
public final class GeneratorTx {
    private final DriverVirtqueue queue;
    private final boolean inOrder;
    private final boolean payload;
    private final int mask;
    private final long buffers;
    private final int[] order;
    private final int[] lengths;
    private final int sampleMask;
    private long sequence;
    private long bytes;
    private long fullPolls;

    /**
     * @param features as negotiated: VERSION_1 or MRG_RXBUF is needed (12-byte header)
     * @param sampleEvery a power of two: every so many frames carry a timestamp
     * @param payload whether the padding carries a pattern for the receiver to check
     */
    public GeneratorTx(
            DriverVirtqueue queue,
            long features,
            TrafficPattern pattern,
            byte[] destination,
            byte[] source,
            int stream,
            int sampleEvery,
            boolean payload) {
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
        this.order = new int[size];
        this.lengths = pattern.spread(size);
        for (int i = 0; i < size; i++) {
            long buffer = buffers + (long) i * TrafficFrame.STRIDE;
            TrafficFrame.prepare(buffer, lengths[i], destination, source, stream);
            queue.putDescriptor(i, buffer, TrafficFrame.HEADER + lengths[i], 0, 0);
            queue.putAvail(i, i);
            order[i] = i;
        }
        queue.disableCalls();
    }

    /** Guest memory that a generator queue takes. */
    public static long bytes(int size) {
        return (long) size * TrafficFrame.STRIDE + 2 * Alignment.CACHE_LINE;
    }

    /** Frames that could be sent now; looks at the device's index only when fewer than {@code wanted} are known to be free. */
    public int room(int wanted) {
        int free = mask + 1 - queue.outstanding();
        if (free < wanted) {
            free += reclaim();
        }
        return free;
    }

    /** Sends up to {@code count} frames; returns how many. {@code nowNs} is the time that sampled frames carry. */
    public int send(int count, long nowNs) {
        int n = Math.min(count, room(count));
        if (n == 0) {
            fullPolls++;
            return 0;
        }
        int position = queue.availIdx();
        long seq = sequence;
        long total = 0;
        for (int i = 0; i < n; i++, seq++) {
            int id = order[position + i & mask];
            long buffer = buffers + (long) id * TrafficFrame.STRIDE;
            Memory.putLong(buffer + TrafficFrame.SEQUENCE, seq);
            Memory.putLong(buffer + TrafficFrame.TIMESTAMP, (seq & sampleMask) == 0 ? nowNs : 0L);
            total += lengths[id];
            if (payload) {
                TrafficFrame.putPattern(buffer, lengths[id], seq);
            }
        }
        sequence = seq;
        bytes += total;
        queue.publish(n);
        queue.kickUnfenced();
        return n;
    }

    /** Takes back what the device has read; returns the number of frames. */
    public int reclaim() {
        int ready = queue.usedReady();
        if (!inOrder) {
            int position = queue.usedIdx();
            for (int i = 0; i < ready; i++) {
                int id = Memory.getInt(queue.usedElement(position + i));
                if (id != order[position + i & mask]) {
                    moveTo(position + i & mask, id);
                }
            }
        }
        queue.takeUsed(ready);
        return ready;
    }

    private void moveTo(int slot, int id) {
        if (id < 0 || id > mask) {
            throw new FrontendException("device used descriptor " + Integer.toUnsignedString(id) + " of " + (mask + 1));
        }
        order[slot] = id;
        queue.putAvail(slot, id);
    }

    /** Repeats a kick that the device may have missed; for a caller that sees no progress. */
    public void kickAgain() {
        queue.kickAgain();
    }

    /** Frames handed to the device so far: also the next sequence number. */
    public long sent() {
        return sequence;
    }

    /** Frames the device has taken so far. */
    public long completed() {
        return sequence - queue.outstanding();
    }

    public long bytes() {
        return bytes;
    }

    /** Calls of {@link #send} that found the queue full: the device was the limit. */
    public long fullPolls() {
        return fullPolls;
    }
}

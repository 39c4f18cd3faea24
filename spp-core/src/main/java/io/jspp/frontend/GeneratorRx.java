package io.jspp.frontend;

import io.jspp.linux.Linux;
import io.jspp.memory.Alignment;
import io.jspp.memory.Memory;
import io.jspp.virtio.Features;
import java.util.function.LongConsumer;

/**
 * Receives and checks the frames of a {@link GeneratorTx}: ethertype, length against the used length, stream, sequence number of every frame.
 * Buffers go back in bursts, each in its old place. Single-threaded, no allocation after construction.
 */
public final class GeneratorRx {
    private final DriverVirtqueue queue;
    private final boolean mergeable;
    private final boolean payload;
    private final int mask;
    private final long buffers;
    private final int[] order;
    private final LongConsumer latencyNs;
    private final SequenceChecker sequences = new SequenceChecker();
    private long streamBits;
    private boolean streamKnown;
    private int openFrameBuffers;
    private long received;
    private long bytes;
    private long corrupt;
    private long foreign;
    private long streams;
    private long emptyPolls;

    /**
     * @param latencyNs called with the age of each frame that carries a timestamp; must not allocate
     * @param payload whether to check the padding's pattern
     */
    public GeneratorRx(DriverVirtqueue queue, long features, LongConsumer latencyNs, boolean payload) {
        if (NetHeaderBytes.of(features) != TrafficFrame.HEADER) {
            throw new FrontendException(
                    "the generator needs VERSION_1 or MRG_RXBUF, negotiated is " + Features.describe(features));
        }
        int size = queue.size();
        this.queue = queue;
        this.mergeable = Features.has(features, Features.MRG_RXBUF);
        this.latencyNs = latencyNs;
        this.payload = payload;
        this.mask = size - 1;
        this.buffers = queue.memory().allocate((long) size * TrafficFrame.STRIDE, Alignment.CACHE_LINE);
        this.order = new int[size];
        for (int i = 0; i < size; i++) {
            queue.putDescriptor(
                    i, buffers + (long) i * TrafficFrame.STRIDE, TrafficFrame.STRIDE, DriverVirtqueue.F_WRITE, 0);
            queue.putAvail(i, i);
            order[i] = i;
        }
        queue.publish(size);
        queue.disableCalls();
    }

    /** Guest memory that a generator queue takes. */
    public static long bytes(int size) {
        return GeneratorTx.bytes(size);
    }

    /** Takes and checks up to {@code max} frames and offers their buffers again; returns how many buffers came. */
    public int poll(int max) {
        int n = Math.min(max, queue.usedReady());
        if (n == 0) {
            emptyPolls++;
            return 0;
        }
        int position = queue.usedIdx();
        long expected = sequences.expected();
        long stream = streamBits;
        long total = 0;
        int frames = 0;
        for (int i = 0; i < n; i++) {
            int slot = position + i & mask;
            long element = queue.usedElement(slot);
            int id = Memory.getInt(element);
            int written = Memory.getInt(element + 4);
            if (id != order[slot]) {
                moveTo(slot, id);
            }
            long buffer = buffers + (long) id * TrafficFrame.STRIDE;
            long tag = Memory.getLong(buffer + TrafficFrame.TYPE_LENGTH_STREAM);
            long sequence = Memory.getLong(buffer + TrafficFrame.SEQUENCE);
            long timestamp = Memory.getLong(buffer + TrafficFrame.TIMESTAMP);
            int count = mergeable ? Memory.getShort(buffer + NetHeaderBytes.NUM_BUFFERS) : 1;
            int length = written - TrafficFrame.HEADER;
            if (tag == (stream | (long) length << 16)
                    && sequence == expected
                    && count == 1
                    && !payload
                    && openFrameBuffers == 0) {
                expected++;
                frames++;
                total += length;
                if (timestamp != 0) {
                    latencyNs.accept(System.nanoTime() - timestamp);
                }
                continue;
            }
            // Everything that is not the next frame of the known stream.
            sequences.advance(expected - sequences.expected());
            frames += unusual(buffer, tag, sequence, timestamp, count, length);
            expected = sequences.expected();
            stream = streamBits;
        }
        sequences.advance(expected - sequences.expected());
        received += frames;
        bytes += total;
        queue.takeUsed(n);
        queue.publish(n);
        queue.kickUnfenced();
        return n;
    }

    private int unusual(long buffer, long tag, long sequence, long timestamp, int count, int length) {
        if (openFrameBuffers > 0) {
            openFrameBuffers--;
            return 0;
        }
        openFrameBuffers = Math.max(0, (count & 0xffff) - 1);
        if (openFrameBuffers > mask) {
            throw new FrontendException(
                    "device announced a frame of " + (count & 0xffff) + " buffers, the queue has " + (mask + 1));
        }
        if (length < TrafficFrame.PADDING - TrafficFrame.HEADER || !TrafficFrame.isTraffic(tag)) {
            foreign++;
            return 0;
        }
        if (openFrameBuffers > 0
                || TrafficFrame.length(tag) != length
                || payload && !TrafficFrame.hasPattern(buffer, length, sequence)) {
            corrupt++;
            return 0;
        }
        long bits = TrafficFrame.tag(0, TrafficFrame.stream(tag));
        if (!streamKnown || bits != streamBits) {
            streamKnown = true;
            streamBits = bits;
            streams++;
            sequences.restart();
        }
        sequences.accept(sequence);
        bytes += length;
        if (timestamp != 0) {
            latencyNs.accept(System.nanoTime() - timestamp);
        }
        return 1;
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

    /** Good frames, duplicates included. */
    public long received() {
        return received;
    }

    public long bytes() {
        return bytes;
    }

    /** Frames of the generator with a wrong length or pattern. */
    public long corrupt() {
        return corrupt;
    }

    /** Frames that no generator made. */
    public long foreign() {
        return foreign;
    }

    /** Generators seen: each start of a generator is a stream of its own. */
    public long streams() {
        return streams;
    }

    /** The sequence number that comes next in the stream last seen; 0 before the first frame. */
    public long expected() {
        return sequences.expected();
    }

    public long lost() {
        return sequences.lost();
    }

    public long reordered() {
        return sequences.reordered();
    }

    public long duplicates() {
        return sequences.duplicates();
    }

    /** Polls that found nothing: the device was the limit. */
    public long emptyPolls() {
        return emptyPolls;
    }

    /** Asks for a call before sleeping; true when frames wait already. */
    public boolean arm() {
        return queue.enableCalls();
    }

    /** After sleeping: no more calls, and those that came are forgotten. */
    public void disarm() {
        queue.disableCalls();
        Linux.eventfdRead(queue.callDescriptor().value());
    }

    /** Becomes readable when the device calls. */
    public int callDescriptor() {
        return queue.callDescriptor().value();
    }
}

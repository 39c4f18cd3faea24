package io.jspp.frontend;

import io.jspp.linux.Linux;
import io.jspp.memory.Alignment;
import io.jspp.virtio.Features;
import java.util.function.LongConsumer;

/**
 * Receives and checks the frames of a {@link GeneratorTx}: ethertype, length against the used length, stream, sequence number of every frame.
 * Buffers go back in bursts, each in its old place. Several receivers of one guest share its {@link TrafficStreams}. Single-threaded, no
 * allocation after construction but for a new stream.
 */
public abstract class GeneratorRx {
    final boolean mergeable;
    final boolean payload;
    final int mask;
    final long buffers;
    final LongConsumer latencyNs;
    private final TrafficStreams streams;
    private final DriverVirtqueue queue;
    /** Of the stream last seen here. */
    SequenceChecker sequences = new SequenceChecker();

    long streamBits;
    private boolean streamKnown;
    int openFrameBuffers;
    private long received;
    private long bytes;
    private long corrupt;
    private long foreign;
    private long emptyPolls;

    /** A receiver on a queue of either format, for a guest with no other. */
    public static GeneratorRx on(DriverVirtqueue queue, long features, LongConsumer latencyNs, boolean payload) {
        return on(queue, features, new TrafficStreams(), latencyNs, payload);
    }

    /**
     * A receiver on a queue of either format.
     *
     * @param streams of the guest whose queue this is
     * @param latencyNs called with the age of each frame that carries a timestamp; must not allocate
     * @param payload whether to check the padding's pattern
     */
    public static GeneratorRx on(
            DriverVirtqueue queue, long features, TrafficStreams streams, LongConsumer latencyNs, boolean payload) {
        GeneratorRx receiver = queue instanceof PackedDriverQueue packed
                ? new PackedGeneratorRx(packed, features, streams, latencyNs, payload)
                : new SplitGeneratorRx((SplitDriverQueue) queue, features, streams, latencyNs, payload);
        queue.disableCalls();
        return receiver;
    }

    GeneratorRx(DriverVirtqueue queue, long features, TrafficStreams streams, LongConsumer latencyNs, boolean payload) {
        if (NetHeaderBytes.of(features) != TrafficFrame.HEADER) {
            throw new FrontendException(
                    "the generator needs VERSION_1 or MRG_RXBUF, negotiated is " + Features.describe(features));
        }
        int size = queue.size();
        this.queue = queue;
        this.streams = streams;
        this.mergeable = Features.has(features, Features.MRG_RXBUF);
        this.latencyNs = latencyNs;
        this.payload = payload;
        this.mask = size - 1;
        this.buffers = queue.memory().allocate((long) size * TrafficFrame.STRIDE, Alignment.CACHE_LINE);
    }

    /** Guest memory that a generator queue takes. */
    public static long bytes(int size) {
        return GeneratorTx.bytes(size);
    }

    /** Takes and checks up to {@code max} frames and offers their buffers again; returns how many buffers came. */
    public final int poll(int max) {
        int n = take(max);
        if (n == 0) {
            emptyPolls++;
        } else {
            queue.kickUnfenced();
        }
        return n;
    }

    abstract int take(int max);

    /** Counts what a burst brought. */
    final void count(int frames, long frameBytes) {
        received += frames;
        bytes += frameBytes;
    }

    /** Looks closer at what is not the next frame of the known stream; returns 1 for a good frame. */
    final int unusual(long buffer, long tag, long sequence, long timestamp, int count, int length) {
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
            sequences = streams.of(TrafficFrame.stream(tag)).sequences;
        }
        sequences.accept(sequence);
        bytes += length;
        if (timestamp != 0) {
            latencyNs.accept(System.nanoTime() - timestamp);
        }
        return 1;
    }

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

    /** Good frames of all streams, duplicates included. */
    public final long received() {
        return received;
    }

    public final long bytes() {
        return bytes;
    }

    /** Frames of the generator with a wrong length or pattern. */
    public final long corrupt() {
        return corrupt;
    }

    /** Frames that no generator made. */
    public final long foreign() {
        return foreign;
    }

    /** What is known about the senders, lost frames and order included. */
    public TrafficStreams streams() {
        return streams;
    }

    /** Polls that found nothing: the device was the limit. */
    public final long emptyPolls() {
        return emptyPolls;
    }

    /** Asks for a call before sleeping; true when frames wait already. */
    public final boolean arm() {
        return queue.enableCalls();
    }

    /** After sleeping: no more calls, and those that came are forgotten. */
    public final void disarm() {
        queue.disableCalls();
        Linux.eventfdRead(queue.callDescriptor().value());
    }

    /** Becomes readable when the device calls. */
    public final int callDescriptor() {
        return queue.callDescriptor().value();
    }
}

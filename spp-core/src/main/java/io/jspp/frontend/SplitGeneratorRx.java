package io.jspp.frontend;

import io.jspp.memory.Memory;
import java.util.function.LongConsumer;

/** Receiver on a split ring: descriptors and avail entries are written once, per burst one avail index. */
final class SplitGeneratorRx extends GeneratorRx {
    private final SplitDriverQueue queue;
    private final int[] order;

    SplitGeneratorRx(
            SplitDriverQueue queue, long features, TrafficStreams streams, LongConsumer latencyNs, boolean payload) {
        super(queue, features, streams, latencyNs, payload);
        this.queue = queue;
        int size = mask + 1;
        order = new int[size];
        for (int i = 0; i < size; i++) {
            queue.putDescriptor(
                    i, buffers + (long) i * TrafficFrame.STRIDE, TrafficFrame.STRIDE, DriverVirtqueue.F_WRITE, 0);
            queue.putAvail(i, i);
            order[i] = i;
        }
        queue.publish(size);
    }

    @Override
    int take(int max) {
        int n = Math.min(max, queue.usedReady());
        if (n == 0) {
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
                requireId(id);
                order[slot] = id;
                queue.putAvail(slot, id);
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
        count(frames, total);
        queue.takeUsed(n);
        queue.publish(n);
        return n;
    }
}

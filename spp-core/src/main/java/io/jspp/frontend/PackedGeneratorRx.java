package io.jspp.frontend;

import io.jspp.memory.Memory;
import java.util.function.LongConsumer;

/** Receiver on a packed ring: each buffer goes back into the slot it came from, one lap later; per burst the first one's flags are stored last. */
final class PackedGeneratorRx extends GeneratorRx {
    private final PackedDriverQueue queue;
    private final long[] guestAddress;
    private final long[] meta;

    PackedGeneratorRx(
            PackedDriverQueue queue, long features, TrafficStreams streams, LongConsumer latencyNs, boolean payload) {
        super(queue, features, streams, latencyNs, payload);
        this.queue = queue;
        int size = mask + 1;
        guestAddress = new long[size];
        meta = new long[size];
        for (int i = 0; i < size; i++) {
            guestAddress[i] = queue.memory().guestAddress(buffers + (long) i * TrafficFrame.STRIDE);
            meta[i] = PackedDriverQueue.meta(TrafficFrame.STRIDE, i, DriverVirtqueue.F_WRITE);
            Memory.putLong(queue.descriptor(i), guestAddress[i]);
            // The first one's flags come last, below.
            Memory.putLong(queue.descriptor(i) + PackedDriverQueue.META, i == 0 ? 0 : meta[i] | queue.available(i));
        }
        PackedDriverQueue.publish(queue.descriptor(0) + PackedDriverQueue.META, meta[0] | queue.available(0));
        queue.offeredSlots(size);
    }

    @Override
    int take(int max) {
        long position = queue.taken();
        int size = mask + 1;
        int most = Math.min(max, size);
        long expected = sequences.expected();
        long stream = streamBits;
        long total = 0;
        int frames = 0;
        long firstMeta = 0;
        int n = 0;
        while (n < most) {
            long descriptor = queue.descriptor(position + n);
            // acquire: pairs with the device's release of the flags, virtio 1.2 §2.8.9.
            long word = Memory.getLongAcquire(descriptor + PackedDriverQueue.META);
            if ((word & PackedDriverQueue.STATE) != queue.used(position + n)) {
                break;
            }
            int id = (int) (word >>> PackedDriverQueue.ID_SHIFT & PackedDriverQueue.ID_MASK);
            requireId(id);
            long buffer = buffers + (long) id * TrafficFrame.STRIDE;
            long tag = Memory.getLong(buffer + TrafficFrame.TYPE_LENGTH_STREAM);
            long sequence = Memory.getLong(buffer + TrafficFrame.SEQUENCE);
            long timestamp = Memory.getLong(buffer + TrafficFrame.TIMESTAMP);
            int count = mergeable ? Memory.getShort(buffer + NetHeaderBytes.NUM_BUFFERS) : 1;
            int length = (int) word - TrafficFrame.HEADER;
            long again = meta[id] | queue.available(position + n + size);
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
            } else {
                // Everything that is not the next frame of the known stream.
                sequences.advance(expected - sequences.expected());
                frames += unusual(buffer, tag, sequence, timestamp, count, length);
                expected = sequences.expected();
                stream = streamBits;
            }
            Memory.putLong(descriptor, guestAddress[id]);
            if (n == 0) {
                firstMeta = again;
            } else {
                Memory.putLong(descriptor + PackedDriverQueue.META, again);
            }
            n++;
        }
        if (n == 0) {
            return 0;
        }
        sequences.advance(expected - sequences.expected());
        count(frames, total);
        PackedDriverQueue.publish(queue.descriptor(position) + PackedDriverQueue.META, firstMeta);
        queue.takenSlots(n);
        queue.offeredSlots(n);
        return n;
    }
}

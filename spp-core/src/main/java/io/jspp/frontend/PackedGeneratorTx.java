package io.jspp.frontend;

import io.jspp.memory.Memory;

/** Sender on a packed ring: one descriptor per frame, rewritten each time; per burst the first one's flags are stored last. */
final class PackedGeneratorTx extends GeneratorTx {
    private final PackedDriverQueue queue;
    private final int[] order;
    private final long[] guestAddress;
    private final long[] meta;

    PackedGeneratorTx(
            PackedDriverQueue queue, long features, TrafficPattern pattern, int sampleEvery, boolean payload) {
        super(queue, features, pattern, sampleEvery, payload);
        this.queue = queue;
        order = new int[mask + 1];
        guestAddress = new long[mask + 1];
        meta = new long[mask + 1];
        for (int i = 0; i <= mask; i++) {
            order[i] = i;
            guestAddress[i] = queue.memory().guestAddress(buffer(i));
            meta[i] = PackedDriverQueue.meta(TrafficFrame.HEADER + lengths[i], i, 0);
        }
    }

    @Override
    void fill(int n, long nowNs) {
        long position = queue.offered();
        long firstMeta = 0;
        long seq = sequence;
        long total = 0;
        for (int i = 0; i < n; i++, seq++) {
            int id = order[(int) (position + i) & mask];
            long buffer = buffers + (long) id * TrafficFrame.STRIDE;
            Memory.putLong(buffer + TrafficFrame.SEQUENCE, seq);
            Memory.putLong(buffer + TrafficFrame.TIMESTAMP, (seq & sampleMask) == 0 ? nowNs : 0L);
            total += lengths[id];
            if (payload) {
                TrafficFrame.putPattern(buffer, lengths[id], seq);
            }
            long descriptor = queue.descriptor(position + i);
            long word = meta[id] | queue.available(position + i);
            Memory.putLong(descriptor, guestAddress[id]);
            if (i == 0) {
                firstMeta = word;
            } else {
                Memory.putLong(descriptor + PackedDriverQueue.META, word);
            }
        }
        sequence = seq;
        bytes += total;
        PackedDriverQueue.publish(queue.descriptor(position) + PackedDriverQueue.META, firstMeta);
        queue.offeredSlots(n);
    }

    @Override
    public int reclaim() {
        int frames = 0;
        int left = queue.outstanding();
        while (frames < left) {
            long position = queue.taken() + frames;
            // acquire: pairs with the device's release of the flags, virtio 1.2 §2.8.9.
            long word = Memory.getLongAcquire(queue.descriptor(position) + PackedDriverQueue.META);
            if ((word & PackedDriverQueue.STATE) != queue.used(position)) {
                break;
            }
            int id = (int) (word >>> PackedDriverQueue.ID_SHIFT & PackedDriverQueue.ID_MASK);
            int slot = (int) position & mask;
            if (inOrder) {
                // One element may stand for a batch and names its last buffer, §2.8.9. Buffers stay with their slots.
                frames += (id - slot & mask) + 1;
            } else {
                requireId(id);
                order[slot] = id;
                frames++;
            }
        }
        if (frames > left) {
            throw new FrontendException(
                    "device used " + frames + " buffers, only " + left + " were available: an id of its is wrong");
        }
        queue.takenSlots(frames);
        return frames;
    }
}

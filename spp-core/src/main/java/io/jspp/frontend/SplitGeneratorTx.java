package io.jspp.frontend;

import io.jspp.memory.Memory;

/** Sender on a split ring: each descriptor keeps its buffer, avail entries are written once, per burst one avail index. */
final class SplitGeneratorTx extends GeneratorTx {
    private final SplitDriverQueue queue;
    private final int[] order;

    SplitGeneratorTx(SplitDriverQueue queue, long features, TrafficPattern pattern, int sampleEvery, boolean payload) {
        super(queue, features, pattern, sampleEvery, payload);
        this.queue = queue;
        order = new int[mask + 1];
        for (int i = 0; i <= mask; i++) {
            queue.putDescriptor(i, buffer(i), TrafficFrame.HEADER + lengths[i], 0, 0);
            queue.putAvail(i, i);
            order[i] = i;
        }
    }

    @Override
    void fill(int n, long nowNs) {
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
    }

    @Override
    public int reclaim() {
        int ready = queue.usedReady();
        if (!inOrder) {
            int position = queue.usedIdx();
            for (int i = 0; i < ready; i++) {
                int id = Memory.getInt(queue.usedElement(position + i));
                int slot = position + i & mask;
                if (id != order[slot]) {
                    requireId(id);
                    order[slot] = id;
                    queue.putAvail(slot, id);
                }
            }
        }
        queue.takeUsed(ready);
        return ready;
    }
}

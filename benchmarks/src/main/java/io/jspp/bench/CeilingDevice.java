package io.jspp.bench;

import io.jspp.frontend.FrontendMemory;
import io.jspp.frontend.SplitDriverQueue;
import io.jspp.memory.Memory;

/**
 * The least a switch can do: moves each descriptor from one guest's tx ring to the other's rx ring with the 24 bytes that the generator checks
 * (tag, sequence number, timestamp), and copies no payload. What the generator reaches against it, on the other CPU, is the generator's
 * ceiling. One thread.
 */
final class CeilingDevice implements Runnable {
    private static final int BURST = 32;
    private static final int TAG_SEQUENCE_TIMESTAMP = 24;

    private final SplitDriverQueue tx;
    private final SplitDriverQueue rx;
    private final int cpu;
    private volatile boolean stopping;
    private int txPosition;
    private int rxPosition;

    CeilingDevice(SplitDriverQueue tx, SplitDriverQueue rx, int cpu) {
        this.tx = tx;
        this.rx = rx;
        this.cpu = cpu;
    }

    void stop() {
        stopping = true;
    }

    @Override
    public void run() {
        Generator.pin(cpu);
        // NO_NOTIFY in used flags (virtio 1.2 §2.7.10): we poll.
        Memory.putShort(tx.used(), (short) 1);
        Memory.putShort(rx.used(), (short) 1);
        while (!stopping) {
            if (burst() == 0) {
                Thread.onSpinWait();
            }
        }
    }

    private int burst() {
        int ready = Memory.getShortAcquire(tx.avail() + 2) - txPosition & 0xffff;
        int room = Memory.getShortAcquire(rx.avail() + 2) - rxPosition & 0xffff;
        int n = Math.min(Math.min(ready, room), BURST);
        for (int i = 0; i < n; i++) {
            int from = head(tx, txPosition + i);
            int to = head(rx, rxPosition + i);
            long source = address(tx, from);
            long target = address(rx, to);
            long tag = Memory.getLong(source + TAG_SEQUENCE_TIMESTAMP);
            long sequence = Memory.getLong(source + TAG_SEQUENCE_TIMESTAMP + 8);
            long timestamp = Memory.getLong(source + TAG_SEQUENCE_TIMESTAMP + 16);
            Memory.putShort(target + 10, (short) 1);
            Memory.putLong(target + TAG_SEQUENCE_TIMESTAMP, tag);
            Memory.putLong(target + TAG_SEQUENCE_TIMESTAMP + 8, sequence);
            Memory.putLong(target + TAG_SEQUENCE_TIMESTAMP + 16, timestamp);
            int length = Memory.getInt(tx.descriptors() + (long) from * SplitDriverQueue.DESCRIPTOR_BYTES + 8);
            used(tx, txPosition + i, from, 0);
            used(rx, rxPosition + i, to, length);
        }
        if (n > 0) {
            rxPosition = rxPosition + n & 0xffff;
            txPosition = txPosition + n & 0xffff;
            // release: pairs with the driver's acquire of used idx, virtio 1.2 §2.7.8.2
            Memory.putShortRelease(rx.used() + 2, (short) rxPosition);
            Memory.putShortRelease(tx.used() + 2, (short) txPosition);
        }
        return n;
    }

    private static int head(SplitDriverQueue queue, int position) {
        return Memory.getUnsignedShort(queue.avail() + 4 + 2L * (position & queue.size() - 1));
    }

    private static long address(SplitDriverQueue queue, int descriptor) {
        long guest = Memory.getLong(queue.descriptors() + (long) descriptor * SplitDriverQueue.DESCRIPTOR_BYTES);
        return guest - FrontendMemory.GUEST_BASE + queue.memory().address();
    }

    private static void used(SplitDriverQueue queue, int position, int id, int length) {
        long element = queue.usedElement(position);
        Memory.putInt(element, id);
        Memory.putInt(element + 4, length);
    }
}

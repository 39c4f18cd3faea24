package io.jspp.bench;

import io.jspp.frontend.DriverVirtqueue;
import io.jspp.frontend.SplitDriverQueue;
import io.jspp.memory.Memory;

/** {@link CeilingDevice} of split rings. */
final class SplitCeilingDevice extends CeilingDevice {
    private final SplitDriverQueue tx;
    private final SplitDriverQueue rx;
    private int txPosition;
    private int rxPosition;

    SplitCeilingDevice(SplitDriverQueue tx, SplitDriverQueue rx, int cpu) {
        super(cpu);
        this.tx = tx;
        this.rx = rx;
        // NO_NOTIFY in used flags (virtio 1.2 §2.7.10): we poll.
        Memory.putShort(tx.used(), (short) 1);
        Memory.putShort(rx.used(), (short) 1);
    }

    @Override
    int burst() {
        int ready = Memory.getShortAcquire(tx.avail() + 2) - txPosition & 0xffff;
        int room = Memory.getShortAcquire(rx.avail() + 2) - rxPosition & 0xffff;
        int n = Math.min(Math.min(ready, room), BURST);
        for (int i = 0; i < n; i++) {
            int from = head(tx, txPosition + i);
            int to = head(rx, rxPosition + i);
            move(address(tx, descriptor(tx, from)), address(rx, descriptor(rx, to)));
            used(tx, txPosition + i, from, 0);
            used(rx, rxPosition + i, to, Memory.getInt(descriptor(tx, from) + 8));
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

    private static long descriptor(SplitDriverQueue queue, int index) {
        return queue.descriptors() + (long) index * DriverVirtqueue.DESCRIPTOR_BYTES;
    }

    private static void used(SplitDriverQueue queue, int position, int id, int length) {
        long element = queue.usedElement(position);
        Memory.putInt(element, id);
        Memory.putInt(element + 4, length);
    }
}

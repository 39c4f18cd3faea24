package io.jspp.bench;

import io.jspp.frontend.DriverVirtqueue;
import io.jspp.frontend.PackedDriverQueue;
import io.jspp.memory.Memory;

/** {@link CeilingDevice} of packed rings; completes what it took from the tx ring by one element per burst (virtio 1.2 §2.8.9, in order). */
final class PackedCeilingDevice extends CeilingDevice {
    private static final int META = 8;
    private static final int ID_SHIFT = 32;
    private static final long AVAIL = 1L << 55;
    private static final long USED = 1L << 63;
    private static final int EVENT_DISABLE = 1 << 16;

    private final PackedDriverQueue tx;
    private final PackedDriverQueue rx;
    private long txPosition;
    private long rxPosition;

    PackedCeilingDevice(PackedDriverQueue tx, PackedDriverQueue rx, int cpu) {
        super(cpu);
        this.tx = tx;
        this.rx = rx;
        // We poll: no kicks (§2.8.14).
        Memory.putInt(tx.used(), EVENT_DISABLE);
        Memory.putInt(rx.used(), EVENT_DISABLE);
    }

    @Override
    int burst() {
        int n = 0;
        long firstMeta = 0;
        long lastId = 0;
        while (n < BURST) {
            long from = descriptor(tx, txPosition + n);
            long to = descriptor(rx, rxPosition + n);
            // acquire: pairs with the driver's release of the flags, §2.8.21
            long fromMeta = Memory.getLongAcquire(from + META);
            long toMeta = Memory.getLongAcquire(to + META);
            if (!available(tx, fromMeta, txPosition + n) || !available(rx, toMeta, rxPosition + n)) {
                break;
            }
            move(address(tx, from), address(rx, to));
            lastId = fromMeta >>> ID_SHIFT & 0xffff;
            long used = fromMeta & 0xffff_ffffL | (toMeta >>> ID_SHIFT & 0xffff) << ID_SHIFT | used(rx, rxPosition + n);
            if (n == 0) {
                firstMeta = used;
            } else {
                Memory.putLong(to + META, used);
            }
            n++;
        }
        if (n > 0) {
            // release: pairs with the driver's acquire of the flags, §2.8.9
            Memory.putLongRelease(descriptor(rx, rxPosition) + META, firstMeta);
            Memory.putLongRelease(descriptor(tx, txPosition) + META, lastId << ID_SHIFT | used(tx, txPosition));
            txPosition += n;
            rxPosition += n;
        }
        return n;
    }

    private static long descriptor(PackedDriverQueue queue, long position) {
        return queue.descriptors() + (position & queue.size() - 1) * DriverVirtqueue.DESCRIPTOR_BYTES;
    }

    private static boolean available(PackedDriverQueue queue, long meta, long position) {
        return (meta & (AVAIL | USED)) == ((position & queue.size()) == 0 ? AVAIL : USED);
    }

    private static long used(PackedDriverQueue queue, long position) {
        return (position & queue.size()) == 0 ? AVAIL | USED : 0;
    }
}

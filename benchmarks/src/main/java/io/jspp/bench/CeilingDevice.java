package io.jspp.bench;

import io.jspp.frontend.DriverVirtqueue;
import io.jspp.frontend.FrontendMemory;
import io.jspp.frontend.PackedDriverQueue;
import io.jspp.frontend.SplitDriverQueue;
import io.jspp.memory.Memory;

/**
 * The least a switch can do: moves each descriptor from one guest's tx ring to the other's rx ring with the 24 bytes that the generator checks
 * (tag, sequence number, timestamp), and copies no payload. What the generator reaches against it, on the other CPU, is the generator's
 * ceiling. One thread.
 */
abstract class CeilingDevice implements Runnable {
    static final int BURST = 32;
    private static final int TAG_SEQUENCE_TIMESTAMP = 24;
    private static final int NUM_BUFFERS = 10;

    private final int cpu;
    private volatile boolean stopping;

    CeilingDevice(int cpu) {
        this.cpu = cpu;
    }

    /** One for queues of the same format. */
    static CeilingDevice between(DriverVirtqueue tx, DriverVirtqueue rx, int cpu) {
        return tx instanceof PackedDriverQueue
                ? new PackedCeilingDevice((PackedDriverQueue) tx, (PackedDriverQueue) rx, cpu)
                : new SplitCeilingDevice((SplitDriverQueue) tx, (SplitDriverQueue) rx, cpu);
    }

    final void stop() {
        stopping = true;
    }

    @Override
    public final void run() {
        Generator.pin(cpu);
        while (!stopping) {
            if (burst() == 0) {
                Thread.onSpinWait();
            }
        }
    }

    /** Moves up to {@value #BURST} frames. */
    abstract int burst();

    /** Address in this process of what a descriptor of the queue points to. */
    static long address(DriverVirtqueue queue, long descriptor) {
        return Memory.getLong(descriptor)
                - FrontendMemory.GUEST_BASE
                + queue.memory().address();
    }

    static void move(long source, long target) {
        long tag = Memory.getLong(source + TAG_SEQUENCE_TIMESTAMP);
        long sequence = Memory.getLong(source + TAG_SEQUENCE_TIMESTAMP + 8);
        long timestamp = Memory.getLong(source + TAG_SEQUENCE_TIMESTAMP + 16);
        Memory.putShort(target + NUM_BUFFERS, (short) 1);
        Memory.putLong(target + TAG_SEQUENCE_TIMESTAMP, tag);
        Memory.putLong(target + TAG_SEQUENCE_TIMESTAMP + 8, sequence);
        Memory.putLong(target + TAG_SEQUENCE_TIMESTAMP + 16, timestamp);
    }
}

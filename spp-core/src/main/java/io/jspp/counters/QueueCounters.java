package io.jspp.counters;

import io.jspp.memory.Memory;

/**
 * What one queue of one port counts in one direction: packets, bytes, drops by reason. Written by the queue's worker only
 * (plain stores, at most one per counter and burst), readable by anyone at any time.
 */
public final class QueueCounters implements AutoCloseable {
    private final CounterAllocator allocator;
    private final long packetsAddress;
    private final long bytesAddress;
    private final long[] dropAddress = new long[DropReason.values().length];

    /** @param label {@code "phy:0 q0 rx"}; the counters are called {@code label packets|bytes|drop.REASON} */
    public QueueCounters(CounterAllocator allocator, String label) {
        this.allocator = allocator;
        packetsAddress = allocator.allocate(label + " packets");
        bytesAddress = allocator.allocate(label + " bytes");
        for (DropReason reason : DropReason.values()) {
            dropAddress[reason.ordinal()] = allocator.allocate(label + " drop." + reason.id());
        }
    }

    /** Counts passed packets; worker thread. */
    public void passed(int packets, long bytes) {
        Memory.putLong(packetsAddress, Memory.getLong(packetsAddress) + packets);
        Memory.putLong(bytesAddress, Memory.getLong(bytesAddress) + bytes);
    }

    /** Counts drops; worker thread. */
    public void dropped(DropReason reason, int packets) {
        long address = dropAddress[reason.ordinal()];
        Memory.putLong(address, Memory.getLong(address) + packets);
    }

    public long packets() {
        return Memory.getLong(packetsAddress);
    }

    public long bytes() {
        return Memory.getLong(bytesAddress);
    }

    public long drops(DropReason reason) {
        return Memory.getLong(dropAddress[reason.ordinal()]);
    }

    /** All drops together. */
    public long drops() {
        long sum = 0;
        for (long address : dropAddress) {
            sum += Memory.getLong(address);
        }
        return sum;
    }

    /** Gives the counters back. */
    @Override
    public void close() {
        allocator.free(packetsAddress);
        allocator.free(bytesAddress);
        for (long address : dropAddress) {
            allocator.free(address);
        }
    }
}

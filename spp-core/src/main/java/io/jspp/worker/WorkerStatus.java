package io.jspp.worker;

import io.jspp.memory.Memory;

/**
 * What a worker tells about itself: eight-byte words, written by the worker only, readable by any process that maps them.
 *
 * <pre>
 *    0  cycle            begun cycles; the quiescence counter
 *    8  heartbeat        CLOCK_MONOTONIC ns of the last cycle
 *   16  packets          taken from sources since start
 *   24  empty polls      cycles without a packet
 *   32  longest cycle    ns, sleep excluded
 *   40  adopted epoch    of the plan in use
 *   48  sleeping         1 while blocked
 *   56  faults           cycles ended by vanished memory or by a bug
 *   64  lcore
 *   72  cpu              the first it may use, -1 for any
 *   80  wake-ups         returns from blocking
 *   88  overslept        blocks that ended by their limit and found packets: a peer whose wake-up was lost, or came just then
 *   96  .. 127 unused
 * </pre>
 *
 * <p>Two cache lines. The second is nearly constant.
 */
public final class WorkerStatus {
    /** Bytes, to be aligned to 64. */
    public static final int SIZE = 128;

    private static final int CYCLE = 0;
    private static final int HEARTBEAT = 8;
    private static final int PACKETS = 16;
    private static final int EMPTY_POLLS = 24;
    private static final int LONGEST_CYCLE = 32;
    private static final int ADOPTED_EPOCH = 40;
    private static final int SLEEPING = 48;
    private static final int FAULTS = 56;
    private static final int LCORE = 64;
    private static final int CPU = 72;
    private static final int WAKE_UPS = 80;
    private static final int OVERSLEPT = 88;

    private final long address;

    /** @param address of {@link #SIZE} bytes that outlive this view */
    public WorkerStatus(long address) {
        this.address = address;
    }

    /** Zeroes all words and says who works here; before the worker starts. */
    void reset(int lcore, int cpu) {
        for (int offset = 0; offset < SIZE; offset += Long.BYTES) {
            Memory.putLong(address + offset, 0);
        }
        Memory.putLong(address + LCORE, lcore);
        Memory.putLong(address + CPU, cpu);
    }

    /** Release: what the last cycle read and wrote is done when another thread sees the new number. */
    void cycle(long cycle) {
        Memory.putLongRelease(address + CYCLE, cycle);
    }

    void cycleDone(long nowNs, long packets, long emptyPolls) {
        Memory.putLong(address + HEARTBEAT, nowNs);
        Memory.putLong(address + PACKETS, packets);
        Memory.putLong(address + EMPTY_POLLS, emptyPolls);
    }

    void longestCycle(long ns) {
        Memory.putLong(address + LONGEST_CYCLE, ns);
    }

    void adopted(long epoch) {
        Memory.putLongRelease(address + ADOPTED_EPOCH, epoch);
    }

    /** The caller adds the full fence that its protocol needs. */
    void sleeping(boolean sleeping) {
        Memory.putLongRelease(address + SLEEPING, sleeping ? 1 : 0);
    }

    void wokeUp(long wakeUps) {
        Memory.putLong(address + WAKE_UPS, wakeUps);
    }

    void overslept(long overslept) {
        Memory.putLong(address + OVERSLEPT, overslept);
    }

    void faults(long faults) {
        Memory.putLong(address + FAULTS, faults);
    }

    public long cycle() {
        return Memory.getLongAcquire(address + CYCLE);
    }

    public long heartbeatNs() {
        return Memory.getLong(address + HEARTBEAT);
    }

    public long packets() {
        return Memory.getLong(address + PACKETS);
    }

    public long emptyPolls() {
        return Memory.getLong(address + EMPTY_POLLS);
    }

    public long longestCycleNs() {
        return Memory.getLong(address + LONGEST_CYCLE);
    }

    public long adoptedEpoch() {
        return Memory.getLongAcquire(address + ADOPTED_EPOCH);
    }

    public boolean sleeping() {
        return Memory.getLongAcquire(address + SLEEPING) != 0;
    }

    public long faults() {
        return Memory.getLong(address + FAULTS);
    }

    public int lcore() {
        return (int) Memory.getLong(address + LCORE);
    }

    public int cpu() {
        return (int) Memory.getLong(address + CPU);
    }

    public long wakeUps() {
        return Memory.getLong(address + WAKE_UPS);
    }

    public long overslept() {
        return Memory.getLong(address + OVERSLEPT);
    }
}

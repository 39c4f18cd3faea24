package io.jspp.secondary.pcap;

import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;
import io.jspp.mbuf.Frames;
import io.jspp.mbuf.SoftwareOffload;
import io.jspp.port.RxQueue;
import io.jspp.worker.Component;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Takes everything from one queue and writes it as records into blocks for the writers. Frames are written as they would be on a wire: checksums
 * complete, GSO frames cut. Never waits: what has no room is dropped and counted. Used by one worker; {@link #finish} and {@link #close} belong to
 * the control thread, after that worker let go.
 */
final class CaptureComponent implements Component, AutoCloseable {
    private static final int MAX_BURSTS = 4;

    /** A block that is not full is handed over after this time at the latest. */
    private static final long MAX_AGE_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final String name;
    private final RxQueue queue;
    private final RecordFormat format;
    private final CaptureBlocks blocks;
    private final IntConsumer wakeWriter;
    private final QueueCounters counters;
    private final Burst burst;
    private final Burst scratch = new Burst();
    private final SoftwareOffload software = new SoftwareOffload(Burst.DEFAULT_CAPACITY);
    private final int[] wakeFds;

    /** Added to the worker's clock: nanoseconds since 1970. */
    private final long epochOffsetNs;

    private CaptureBlocks.Block block;
    private long blockSinceNs;
    private long bytes;
    private int taken;

    /**
     * @param wakeWriter tells a writer, by its number, that it was given a block; allocates nothing
     * @param counters packets and bytes captured, drops with their reasons
     * @param epochOffsetNs what the worker's clock lacks to the time since 1970
     */
    CaptureComponent(
            String name,
            RxQueue queue,
            RecordFormat format,
            CaptureBlocks blocks,
            IntConsumer wakeWriter,
            QueueCounters counters,
            int burstCapacity,
            long epochOffsetNs) {
        this.name = name;
        this.queue = queue;
        this.format = format;
        this.blocks = blocks;
        this.wakeWriter = wakeWriter;
        this.counters = counters;
        this.epochOffsetNs = epochOffsetNs;
        burst = new Burst(burstCapacity);
        wakeFds = new int[] {queue.wakeFd() < 0 ? POLL_BY_TIMER : queue.wakeFd()};
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int poll(long nowNs) {
        int moved = 0;
        for (int b = 0; b < MAX_BURSTS; b++) {
            int got = queue.rxBurst(burst);
            if (got == 0) {
                break;
            }
            capture(nowNs);
            queue.release(burst);
            burst.clear();
            moved += got;
        }
        if (block != null && block.used > 0 && nowNs - blockSinceNs > MAX_AGE_NS) {
            passBlock();
        }
        return moved;
    }

    private void capture(long nowNs) {
        for (int i = 0; i < burst.packets; i++) {
            if (!SoftwareOffload.isNeeded(burst.offload[i])) {
                put(burst, i, nowNs);
            } else if (software.begin(burst, i)) {
                while (software.fill(scratch) > 0) {
                    for (int j = 0; j < scratch.packets; j++) {
                        put(scratch, j, nowNs);
                    }
                }
            } else {
                counters.dropped(DropReason.MALFORMED_HEADER, 1);
            }
        }
        count();
    }

    private void count() {
        if (taken > 0) {
            counters.passed(taken, bytes);
            bytes = 0;
            taken = 0;
        }
    }

    private void put(Burst packets, int i, long nowNs) {
        int length = packets.length[i];
        int captured = Math.min(length, RecordFormat.MAX_CAPTURED);
        int needed = format.bytesFor(captured);
        if (block != null && block.used + needed > CaptureBlocks.BLOCK_BYTES) {
            passBlock();
        }
        if (block == null) {
            block = blocks.begin();
            blockSinceNs = nowNs;
            if (block == null) {
                counters.dropped(DropReason.FULL, 1);
                return;
            }
        }
        long at = block.memory.address() + block.used;
        format.put(at, nowNs + epochOffsetNs, captured, length);
        Frames.copy(packets, i, 0, captured, at + format.frameAt());
        block.used += needed;
        bytes += length;
        taken++;
    }

    private void passBlock() {
        int writer = blocks.pass(block);
        block = null;
        wakeWriter.accept(writer);
    }

    @Override
    public boolean arm() {
        if (block != null && block.used > 0) {
            passBlock(); // the worker may sleep long
        }
        return queue.arm();
    }

    @Override
    public void disarm() {
        queue.disarm();
    }

    @Override
    public int[] wakeFds() {
        return wakeFds.clone();
    }

    @Override
    public void recover() {
        count(); // what is in the block already
        burst.clear();
        scratch.clear();
        try {
            queue.checkMemory();
        } finally {
            queue.release(burst);
        }
    }

    /** Hands over what is left. */
    void finish() {
        if (block != null) {
            passBlock();
        }
    }

    @Override
    public void close() {
        software.close();
    }

    @Override
    public String toString() {
        return name;
    }
}

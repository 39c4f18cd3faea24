package io.jspp.secondary.pcap;

import io.jspp.memory.NativeMemory;
import java.util.ArrayList;
import java.util.List;
import org.jctools.queues.MpscArrayQueue;
import org.jctools.queues.SpmcArrayQueue;

/**
 * Memory between the worker that captures and the writers that compete for what it filled. Neither waits for the other: when all blocks are with the
 * writers, the worker drops and counts.
 *
 * <pre>
 *   worker ── begin ◄── free ◄── giveBack ── writers
 *          ── pass ──► filled ──► next ────►
 * </pre>
 */
final class CaptureBlocks implements AutoCloseable {
    static final int BLOCK_BYTES = 256 << 10;

    /** Records, one after the other. Belongs to one side at a time; the queues order the accesses of both. */
    static final class Block {
        final NativeMemory memory = NativeMemory.allocate(BLOCK_BYTES);
        int used;
    }

    private final List<Block> all = new ArrayList<>();
    private final SpmcArrayQueue<Block> filled;
    private final MpscArrayQueue<Block> free;

    /** @param blocks at least 2 */
    CaptureBlocks(int blocks) {
        filled = new SpmcArrayQueue<>(blocks);
        free = new MpscArrayQueue<>(blocks);
        for (int i = 0; i < blocks; i++) {
            Block block = new Block();
            all.add(block);
            free.offer(block);
        }
    }

    /** An empty block, or null, also while a writer is in the midst of giving the next one back; worker, which never waits. */
    Block begin() {
        return free.relaxedPoll();
    }

    /** Hands a block over; worker. */
    void pass(Block block) {
        filled.offer(block); // never full: there are no more blocks than slots
    }

    /** The oldest block handed over, or null; any writer. */
    Block next() {
        return filled.poll();
    }

    /** What was in it has been written; any writer. */
    void giveBack(Block block) {
        block.used = 0;
        free.offer(block);
    }

    /** After worker and writers have ended. */
    @Override
    public void close() {
        all.forEach(block -> block.memory.close());
    }
}

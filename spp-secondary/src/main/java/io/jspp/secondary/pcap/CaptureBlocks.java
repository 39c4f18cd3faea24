package io.jspp.secondary.pcap;

import io.jspp.memory.NativeMemory;
import java.util.ArrayList;
import java.util.List;
import org.jctools.queues.SpscArrayQueue;

/**
 * Memory between the worker that captures and the writers. Nobody waits for anybody, also when one of them loses its CPU in the midst of a step:
 * there is a pair of queues for each writer, one producer and one consumer each, and the worker deals blocks out to the writer that has the fewest.
 * When all blocks are with the writers, the worker drops and counts.
 *
 * <pre>
 *                 ┌──► filled ──► next ─────── writer 0
 *   worker ── pass ──► filled ──► next ─────── writer 1
 *          ── begin ◄── emptied ◄── giveBack ──┘ each
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
    private final List<SpscArrayQueue<Block>> filled = new ArrayList<>();
    private final List<SpscArrayQueue<Block>> emptied = new ArrayList<>();

    // worker only
    private final Block[] free;
    private final int[] withWriter;
    private int freeCount;
    private int turn;

    /**
     * @param blocks at least 2
     * @param writers at least 1
     */
    CaptureBlocks(int blocks, int writers) {
        free = new Block[blocks];
        withWriter = new int[writers];
        for (int i = 0; i < writers; i++) {
            filled.add(new SpscArrayQueue<>(blocks));
            emptied.add(new SpscArrayQueue<>(blocks));
        }
        try {
            while (freeCount < blocks) {
                Block block = new Block();
                all.add(block);
                free[freeCount++] = block;
            }
        } catch (RuntimeException | Error noMemory) {
            close();
            throw noMemory;
        }
    }

    /** An empty block, or null when the writers have them all; worker. */
    Block begin() {
        if (freeCount == 0) {
            collect();
        }
        return freeCount == 0 ? null : free[--freeCount];
    }

    /**
     * Hands a block over; worker.
     *
     * @return the writer that has it, to be woken
     */
    int pass(Block block) {
        collect();
        turn = turn + 1 == withWriter.length ? 0 : turn + 1;
        int writer = turn;
        for (int i = 0; i < withWriter.length; i++) {
            if (withWriter[i] < withWriter[writer]) {
                writer = i;
            }
        }
        withWriter[writer]++;
        filled.get(writer).offer(block); // never full: there are no more blocks than slots
        return writer;
    }

    /** Takes back what the writers have emptied. */
    private void collect() {
        for (int i = 0; i < withWriter.length; i++) {
            SpscArrayQueue<Block> queue = emptied.get(i);
            for (Block block = queue.poll(); block != null; block = queue.poll()) {
                free[freeCount++] = block;
                withWriter[i]--;
            }
        }
    }

    /** The oldest block that this writer was given, or null; that writer. */
    Block next(int writer) {
        return filled.get(writer).poll();
    }

    /** What was in it has been written; that writer. */
    void giveBack(int writer, Block block) {
        block.used = 0;
        emptied.get(writer).offer(block);
    }

    /** After worker and writers have ended. */
    @Override
    public void close() {
        all.forEach(block -> block.memory.close());
    }
}

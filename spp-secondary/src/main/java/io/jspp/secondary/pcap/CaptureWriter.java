package io.jspp.secondary.pcap;

import io.jspp.config.Lcore;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.linux.Threads;
import java.io.IOException;
import java.util.BitSet;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that compresses and writes what the worker captured, pinned to the CPUs of its lcore. When its disk is full or fails it says so once and
 * goes on emptying blocks, so that capture and forwarding go on; what it could not write is counted.
 */
final class CaptureWriter implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureWriter.class);

    private final Lcore lcore;
    private final int number;
    private final CaptureBlocks blocks;
    private final RecordFormat format;
    private final CaptureFile file;
    private final Thread thread;
    private volatile boolean ending;

    // written by the writer's thread
    private volatile long written;
    private volatile long lost;
    private volatile String failure = "";

    /**
     * @param number from 0, among the writers of these blocks
     * @param file opened; owned from here on
     */
    CaptureWriter(Lcore lcore, int number, CaptureBlocks blocks, RecordFormat format, CaptureFile file) {
        this.lcore = lcore;
        this.number = number;
        this.blocks = blocks;
        this.format = format;
        this.file = file;
        thread = new Thread(this, "writer-" + lcore.id());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    Lcore lcore() {
        return lcore;
    }

    /** What the present file will be called. */
    String fileName() {
        return file.path().toString();
    }

    /** Packets that the file system took. */
    long written() {
        return written;
    }

    /** Packets that could not be written. */
    long lost() {
        return lost;
    }

    /** Why, or an empty text. */
    String failure() {
        return failure;
    }

    /** There is a block. Any thread. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Writes what there is and ends; the worker passes nothing more. Control thread. */
    void end() {
        ending = true;
        wake();
    }

    /** Waits for the thread. */
    void join() {
        Threads.join(thread);
    }

    @Override
    public void run() {
        pin();
        while (true) {
            boolean last = ending; // before the look: nothing comes after it
            CaptureBlocks.Block block = blocks.next(number);
            if (block != null) {
                write(block);
                blocks.giveBack(number, block);
            } else if (last) {
                break;
            } else {
                LockSupport.park(this); // an unpark after the last look is remembered
            }
        }
        try {
            if (failure.isEmpty()) {
                file.close();
            }
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
    }

    private void pin() {
        if (lcore.cpus().isEmpty()) {
            return;
        }
        BitSet cpus = new BitSet();
        lcore.cpus().forEach(cpus::set);
        try {
            Linux.schedSetaffinity(0, cpus);
        } catch (LinuxException e) {
            LOG.warn("{}: {}", lcore, e.getMessage());
        }
    }

    private void write(CaptureBlocks.Block block) {
        int packets = 0;
        for (int at = 0; at < block.used; at += format.recordBytes(block.memory.address() + at)) {
            packets++;
        }
        if (!failure.isEmpty()) {
            lost += packets;
            return;
        }
        long before = file.taken();
        try {
            file.write(block.memory.address(), block.used);
        } catch (IOException | RuntimeException | Error e) {
            // Whatever it is: without this thread nobody empties its blocks.
            fail(e);
        }
        long taken = file.taken() - before;
        lost += packets - taken;
        written += taken;
    }

    private void fail(Throwable e) {
        failure = "files in " + file.path().getParent() + ": " + e;
        LOG.error("{}; what lcore {} gets is lost until you stop capture and start it again", failure, lcore.id());
        file.abandon();
    }
}

package io.jspp.port.pcap;

import io.jspp.linux.Errno;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.linux.Threads;
import io.jspp.memory.NativeMemory;
import io.jspp.port.PortState;
import io.jspp.state.Cause;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jctools.queues.SpscArrayQueue;

/**
 * A thread that writes chunks of records to a file. The worker fills one chunk after the other; each is in the writer's queue from
 * its beginning, and the writer follows its growing end, so that nothing waits for a chunk to be full. Emptied chunks go back
 * through a second queue. Neither side waits for the other. When the disk is full, or fails, the file is cut back to what was
 * there before that write, the port goes down with the cause, and chunks come back unwritten.
 */
final class PcapWriter implements AutoCloseable {
    static final int CHUNK_BYTES = 256 << 10;
    private static final int CHUNKS = 16;

    /** Room for records, filled by the worker while the writer reads behind it. */
    static final class Chunk {
        private final NativeMemory memory = NativeMemory.allocate(CHUNK_BYTES);

        /** Written by the worker with release after the record: pairs with the writer's acquire. */
        private final AtomicInteger used = new AtomicInteger();

        /** Set by the worker after its last record. */
        private volatile boolean complete;

        int free() {
            return CHUNK_BYTES - used.getPlain();
        }

        /** Address of the first free byte. */
        long end() {
            return memory.address() + used.getPlain();
        }

        /** The next so many bytes are a whole record. */
        void add(int bytes) {
            used.setRelease(used.getPlain() + bytes);
        }
    }

    private final int fd;
    private final String path;
    private final Consumer<PortState> failure;
    private final SpscArrayQueue<Chunk> filled = new SpscArrayQueue<>(CHUNKS);
    private final SpscArrayQueue<Chunk> free = new SpscArrayQueue<>(CHUNKS);
    private final Thread thread;
    private volatile boolean failed;
    private volatile boolean closing;
    private long written;

    /** @param failure told once when writing has ended early; writer thread */
    PcapWriter(int fd, String path, String name, Consumer<PortState> failure) {
        this.fd = fd;
        this.path = path;
        this.failure = failure;
        written = Linux.fstat(fd).size();
        for (int i = 0; i < CHUNKS; i++) {
            free.offer(new Chunk());
        }
        thread = new Thread(this::run, "pcap-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    /** An empty chunk that the writer follows from now on, or null when it has them all; worker. */
    Chunk begin() {
        Chunk chunk = free.poll();
        if (chunk != null) {
            filled.offer(chunk); // can't be full: there are no more chunks than slots
        }
        return chunk;
    }

    /** The worker adds nothing more to this chunk. */
    void complete(Chunk chunk) {
        chunk.complete = true;
    }

    /** The worker has added records. */
    void wake() {
        LockSupport.unpark(thread);
    }

    boolean hasFailed() {
        return failed;
    }

    private void run() {
        Chunk chunk = null;
        int done = 0;
        while (true) {
            if (chunk == null) {
                boolean last = closing;
                chunk = filled.poll();
                done = 0;
                if (chunk == null) {
                    if (last) {
                        return;
                    }
                    LockSupport.park(this); // an unpark after the last look is remembered
                    continue;
                }
            }
            boolean complete = chunk.complete; // before used: then used is final
            int used = chunk.used.getAcquire();
            if (used > done) {
                if (!failed) {
                    write(chunk.memory.address() + done, used - done);
                }
                done = used;
            } else if (complete) {
                chunk.complete = false;
                chunk.used.setPlain(0);
                free.offer(chunk);
                chunk = null;
            } else {
                LockSupport.park(this);
            }
        }
    }

    private void write(long from, int bytes) {
        long at = from;
        long end = from + bytes;
        while (at < end) {
            long r = Linux.write(fd, at, end - at);
            if (r == -Errno.EINTR) {
                continue;
            }
            if (r <= 0) {
                fail((int) -r);
                return;
            }
            at += r;
        }
        written += bytes;
    }

    private void fail(int errno) {
        try {
            Linux.ftruncate(fd, written);
        } catch (LinuxException e) {
            // The half record at the end stays; readers stop there.
        }
        failure.accept(PortState.down(Cause.FILE_NOT_WRITTEN, path, Errno.describe(errno)));
        failed = true;
    }

    /** Waits until everything has been written; all chunks must be complete. Control thread, after the worker let go. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        Threads.join(thread);
        for (Chunk chunk = free.poll(); chunk != null; chunk = free.poll()) {
            chunk.memory.close();
        }
    }
}

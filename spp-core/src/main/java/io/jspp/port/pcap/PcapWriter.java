package io.jspp.port.pcap;

import io.jspp.linux.Errno;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.memory.NativeMemory;
import io.jspp.port.PortState;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jctools.queues.SpscArrayQueue;

/**
 * A thread that writes filled chunks to a file. The worker takes free chunks and hands filled ones over through two
 * single-producer queues; neither side waits for the other. When the disk is full, or fails, the file is cut back to its last
 * whole chunk, the port goes down with the cause, and chunks come back unwritten.
 */
final class PcapWriter implements AutoCloseable {
    static final int CHUNK_BYTES = 256 << 10;
    private static final int CHUNKS = 16;

    /** Room for records. Belongs to who holds it. */
    static final class Chunk {
        private final NativeMemory memory = NativeMemory.allocate(CHUNK_BYTES);
        private int used;

        int free() {
            return CHUNK_BYTES - used;
        }

        int used() {
            return used;
        }

        /** Address of the first free byte. */
        long end() {
            return memory.address() + used;
        }

        void add(int bytes) {
            used += bytes;
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

    /** An empty chunk, or null when the writer has them all; worker. */
    Chunk takeFree() {
        return free.poll();
    }

    /** Whether more than a quarter of the chunks waits empty; worker. */
    boolean hasSpare() {
        return free.size() > CHUNKS / 4;
    }

    /** Hands a chunk over; worker. */
    void write(Chunk chunk) {
        filled.offer(chunk); // can't be full: there are no more chunks than slots
        LockSupport.unpark(thread);
    }

    boolean hasFailed() {
        return failed;
    }

    private void run() {
        while (true) {
            Chunk chunk = filled.poll();
            if (chunk == null) {
                if (closing && filled.isEmpty()) {
                    return;
                }
                LockSupport.park(this); // unpark follows every offer, so none is overslept
                continue;
            }
            if (!failed) {
                writeWhole(chunk);
            }
            chunk.used = 0;
            free.offer(chunk);
        }
    }

    private void writeWhole(Chunk chunk) {
        long at = chunk.memory.address();
        long end = at + chunk.used;
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
        written += chunk.used;
    }

    private void fail(int errno) {
        try {
            Linux.ftruncate(fd, written);
        } catch (LinuxException e) {
            // The half record at the end stays; readers stop there.
        }
        failure.accept(PortState.down(
                "writing " + path + " ended: " + Errno.describe(errno), "free some space, then del and add the port"));
        failed = true;
    }

    /** Waits for the last chunk. Control thread, after the worker let go. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        for (Chunk chunk = free.poll(); chunk != null; chunk = free.poll()) {
            chunk.memory.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

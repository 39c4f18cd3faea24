package io.jspp.vhostuser;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Sockets;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Closes what one port's front-ends have passed, on a thread of its own, since the last close(2) of an open file may wait as long as its maker likes: a
 * TCP socket with SO_LINGER for a peer that doesn't read, a FUSE file for its server. The same holds for a socket in which descriptors
 * still lie unread, hence for our own ends of a connection.
 *
 * <p>A port each, so that a front-end whose descriptors hang keeps its own port waiting and no other. At most {@link #MAX_WAITING} wait, and what a
 * single message may bring besides; {@link #hangs} then tells that no more are to be taken. A number is reused only after its close. When the process
 * ends the kernel closes the rest, without lingering. The thread is a daemon that ends when it has had nothing to do for a while; where none
 * can be started, descriptors are closed in place.
 *
 * <p>Any thread.
 */
final class DescriptorCloser {
    /** Far more than a session of 16 queue pairs and 128 memory regions holds at its end. */
    static final int MAX_WAITING = 1024;

    private static final long IDLE_SECONDS = 10;
    private static final long CATCH_UP_NS = 100_000_000L;
    private static final long LOOK_NS = 1_000_000L;
    private static final AtomicInteger ALL = new AtomicInteger();

    private final Executor thread;
    private final AtomicInteger waiting = new AtomicInteger();

    /** @param name of the port, for the thread's */
    DescriptorCloser(String name) {
        this(newThread(name));
    }

    /** Closes where {@code executor} runs. */
    DescriptorCloser(Executor executor) {
        thread = executor;
    }

    private static Executor newThread(String name) {
        ThreadPoolExecutor one =
                new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread t = new Thread(task, name + " close");
                    t.setDaemon(true);
                    return t;
                });
        one.allowCoreThreadTimeOut(true);
        return one;
    }

    /** The same descriptor with an owner whose close returns at once. */
    FileDescriptor adopt(FileDescriptor received) {
        return new FileDescriptor(received.release(), this::execute);
    }

    /** Ends a socket of ours: its peer sees the end now, whenever the descriptor is closed. */
    void end(FileDescriptor socket) {
        Sockets.shutdown(socket.value(), Constants.SHUT_RDWR);
        adopt(socket).close();
    }

    private void execute(Runnable close) {
        ALL.incrementAndGet();
        waiting.incrementAndGet();
        try {
            thread.execute(() -> run(close));
        } catch (OutOfMemoryError e) {
            run(close); // no thread to be had
        }
    }

    private void run(Runnable close) {
        close.run();
        waiting.decrementAndGet();
        ALL.decrementAndGet();
    }

    /** Descriptors of all ports that are not closed yet. */
    static int allWaiting() {
        return ALL.get();
    }

    /** Descriptors handed over and not closed yet. */
    int waiting() {
        return waiting.get();
    }

    /**
     * Whether so many wait that one of them must hang. Who passes many at a time may only have been faster than the thread that closes them: it gets a
     * moment to catch up. Session thread.
     */
    boolean hangs() {
        long begun = System.nanoTime();
        while (full()) {
            if (System.nanoTime() - begun > CATCH_UP_NS) {
                return true;
            }
            LockSupport.parkNanos(LOOK_NS);
        }
        return false;
    }

    /** Whether no more should come now. */
    boolean full() {
        return waiting.get() >= MAX_WAITING;
    }
}

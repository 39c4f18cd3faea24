package io.jspp.vhostuser;

import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.EventSignal;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Layouts;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.linux.Threads;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that speaks vhost-user for all endpoints of a process: an epoll over listeners, connections and its own wake-up eventfd.
 *
 * <p>{@link #open}, {@link #close(Endpoint)}, {@link #later} and {@link #close()} are for other threads; the package-private rest belongs to the
 * loop's thread. Nothing here blocks on a peer; the one wait is {@link VringUser#synchronize} for workers.
 */
public final class SessionLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SessionLoop.class);
    private static final int MAX_EVENTS = 16;
    private static final long WAKE = 0;
    private static final long FAILED_PAUSE_NS = 1_000_000_000L;

    /** Somebody with a descriptor. */
    interface Watcher {
        void ready(int events, long nowNs);
    }

    private final FileDescriptor epoll;
    private final FileDescriptor wake;
    private final NativeMemory events;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Map<Long, Watcher> watchers = new HashMap<>();
    private final List<Endpoint> endpoints = new ArrayList<>();
    private long lastId = WAKE;
    private long failedNs = System.nanoTime() - FAILED_PAUSE_NS;
    private volatile boolean running = true;

    /** Starts the thread. */
    public SessionLoop() {
        epoll = Linux.epollCreate();
        wake = Linux.eventfd();
        events = NativeMemory.allocate((long) MAX_EVENTS * Layouts.EpollEvent.SIZE);
        Linux.epollCtl(epoll.value(), Constants.EPOLL_CTL_ADD, wake.value(), Constants.EPOLLIN, WAKE);
        if (!EventSignal.surelyNonBlocking()) {
            LOG.warn(
                    "vhost-user: no asynchronous I/O of the kernel (io_setup: sandbox, or fs.aio-max-nr used up), so a"
                            + " hostile front-end may hold up a worker by its call descriptor; trusted ones are served as ever");
        }
        thread = new Thread(this::run, "vhost-user");
        thread.setDaemon(true);
        thread.start();
    }

    /** Begins to serve an endpoint; returns once it listens or has tried to connect. */
    public void open(Endpoint endpoint) {
        call(() -> {
            endpoints.add(endpoint);
            endpoint.start(this, System.nanoTime());
        });
    }

    /** Ends an endpoint; when this returns no worker can see its rings and its memory is unmapped. */
    public void close(Endpoint endpoint) {
        call(() -> {
            endpoints.remove(endpoint);
            endpoint.stop();
        });
    }

    /** Runs something on the loop's thread soon. */
    public void later(Runnable task) {
        tasks.add(task);
        Linux.eventfdWrite(wake.value());
    }

    private void call(Runnable task) {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("called by the session thread itself");
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        later(() -> {
            try {
                task.run();
                done.complete(null);
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e); // an InternalError too: somebody waits
            }
        });
        try {
            done.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException r ? r : e;
        }
    }

    // ---- the loop's thread

    /** Adds a descriptor; returns the id for {@link #change} and {@link #forget}. */
    long watch(int fd, int wanted, Watcher watcher) {
        long id = ++lastId;
        Linux.epollCtl(epoll.value(), Constants.EPOLL_CTL_ADD, fd, wanted, id);
        watchers.put(id, watcher);
        return id;
    }

    void change(long id, int fd, int wanted) {
        Linux.epollCtl(epoll.value(), Constants.EPOLL_CTL_MOD, fd, wanted, id);
    }

    /** Before the descriptor is closed; events already fetched for it are dropped. */
    void forget(long id, int fd) {
        watchers.remove(id);
        Linux.epollCtl(epoll.value(), Constants.EPOLL_CTL_DEL, fd, 0, id);
    }

    private void run() {
        while (running) {
            try {
                turn();
            } catch (InternalError e) {
                // Memory of a guest vanished under one of our own reads, or a worker's fault is reported here.
                checkMemories();
            } catch (RuntimeException | Error e) {
                // Also out of memory: without this thread no guest would ever be served again.
                failed(e);
            }
        }
    }

    private void checkMemories() {
        for (Endpoint endpoint : endpoints) {
            try {
                endpoint.checkMemory();
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        }
    }

    /** Says so, at most once a second, and lets a cause that stays cost no more than that. */
    private void failed(Throwable failure) {
        long nowNs = System.nanoTime();
        if (nowNs - failedNs < FAILED_PAUSE_NS) {
            LockSupport.parkNanos(1_000_000);
            return;
        }
        failedNs = nowNs;
        try {
            LOG.error("vhost-user: unexpected failure, going on", failure);
        } catch (RuntimeException | Error e) {
            // no memory to say it: the next one is said
            failedNs = nowNs - FAILED_PAUSE_NS;
        }
    }

    private void turn() {
        long nowNs = System.nanoTime();
        long nextNs = Long.MAX_VALUE;
        for (Endpoint endpoint : endpoints) {
            nextNs = Math.min(nextNs, endpoint.tick(nowNs));
        }
        int timeoutMs = nextNs == Long.MAX_VALUE ? -1 : (int) Math.min(60_000, Math.max(1, nextNs / 1_000_000));
        int n = Linux.epollWait(epoll.value(), events.address(), MAX_EVENTS, tasks.isEmpty() ? timeoutMs : 0);
        if (n < 0 && n != -Errno.EINTR) {
            throw new LinuxException("epoll_wait", -n, "");
        }
        nowNs = System.nanoTime();
        for (int i = 0; i < n; i++) {
            long event = events.address() + (long) i * Layouts.EpollEvent.SIZE;
            long id = Memory.getLong(event + Layouts.EpollEvent.DATA);
            Watcher watcher = watchers.get(id);
            if (id == WAKE) {
                Linux.eventfdRead(wake.value());
            } else if (watcher != null) {
                watcher.ready(Memory.getInt(event + Layouts.EpollEvent.EVENTS), nowNs);
            }
        }
        Runnable task;
        while ((task = tasks.poll()) != null) {
            task.run(); // what it throws ends this turn; the others are run in the next
        }
    }

    /** Ends the thread; endpoints are closed before. */
    @Override
    public void close() {
        later(() -> running = false);
        Threads.join(thread);
        epoll.close();
        wake.close();
        events.close();
    }
}

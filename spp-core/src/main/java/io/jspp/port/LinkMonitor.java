package io.jspp.port;

import java.util.ArrayList;
import java.util.List;

/**
 * A thread that looks at the interface of one port five times a second while queues are open. Polling rather than netlink: a
 * claimant may live in another network namespace than its sockets, where netlink shows it nothing of theirs.
 */
public final class LinkMonitor {
    private static final long PERIOD_MS = 200;

    /** What is looked after; called by the monitor thread only, never after {@link #remove} has returned. */
    public interface Watched {
        void check();
    }

    private final String threadName;
    private final Runnable looked;
    private final List<Watched> watched = new ArrayList<>();
    private Thread thread;

    /** @param looked runs after each round; monitor thread */
    public LinkMonitor(String threadName, Runnable looked) {
        this.threadName = threadName;
        this.looked = looked;
    }

    public synchronized void add(Watched one) {
        watched.add(one);
        if (thread == null) {
            thread = new Thread(this::run, threadName);
            thread.setDaemon(true);
            thread.start();
        }
    }

    public synchronized void remove(Watched one) {
        watched.remove(one);
        if (watched.isEmpty() && thread != null) {
            notifyAll();
            thread = null;
        }
    }

    private synchronized void run() {
        try {
            while (thread == Thread.currentThread()) {
                for (Watched one : watched) {
                    one.check();
                }
                looked.run();
                wait(PERIOD_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

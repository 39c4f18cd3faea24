package io.jspp.secondary.component.responder;

import io.jspp.memory.Memory;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.SpscArrayQueue;

/**
 * Prints copies of packets on a thread of its own. The worker that offers them never waits: what has no room, or is beyond the rate, is not printed.
 * Made and closed by the control thread.
 */
final class PacketPrinter implements AutoCloseable {
    private static final int COPIES = 64;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(10);

    /** A packet; longer ones are cut. */
    private static final class Copy {
        final byte[] bytes = new byte[2048];
        int length;
        int of;
    }

    private final PrintStream out;
    private final int perSecond;
    private final SpscArrayQueue<Copy> free = new SpscArrayQueue<>(COPIES);
    private final SpscArrayQueue<Copy> filled = new SpscArrayQueue<>(COPIES);
    private final Thread thread;
    private volatile boolean closed;

    // worker thread only
    private long windowNs;
    private int offered;

    PacketPrinter(String name, PrintStream out, int perSecond) {
        this.out = out;
        this.perSecond = perSecond;
        for (int i = 0; i < COPIES; i++) {
            free.offer(new Copy());
        }
        thread = new Thread(this::run, "print-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Worker thread.
     *
     * @param packet address of an IP packet of {@code length} bytes
     * @return whether it will be printed
     */
    boolean offer(long packet, int length, long nowNs) {
        if (nowNs - windowNs >= SECOND_NS || windowNs == 0) {
            windowNs = nowNs;
            offered = 0;
        }
        if (offered == perSecond) {
            return false;
        }
        Copy copy = free.poll();
        if (copy == null) {
            return false;
        }
        copy.length = Math.min(length, copy.bytes.length);
        copy.of = length;
        Memory.get(packet, copy.bytes, 0, copy.length);
        filled.offer(copy);
        offered++;
        return true;
    }

    private void run() {
        while (true) {
            boolean last = closed;
            Copy copy = filled.poll();
            if (copy != null) {
                out.print(PacketText.of(copy.bytes, copy.length, copy.of));
                out.flush();
                free.offer(copy);
            } else if (last) {
                return;
            } else {
                LockSupport.parkNanos(this, PAUSE_NS);
            }
        }
    }

    /** Prints what it has, if that takes no longer than a second. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

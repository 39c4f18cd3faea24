package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.frontend.FrontendConfig;
import io.jspp.port.Port;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Two guests on two ports that exchange numbered frames all the time, in a thread of their own. None may be lost, doubled or changed, no wake-up
 * may be lost, and no exchange may take longer than five seconds: a busy machine was seen to keep everybody waiting for one.
 */
final class Bystanders implements AutoCloseable {
    private static final int PATIENCE_MS = 10_000;
    private static final int ENOUGH = 10;
    private static final long LONGEST_NS = 5_000_000_000L;

    private final VhostLab lab;
    private final TestGuest left;
    private final TestGuest right;
    private final Thread thread;
    private final AtomicBoolean running = new AtomicBoolean(true);
    private volatile long exchanges;
    private long oversleptBefore;
    private volatile long longestNs;
    private volatile Throwable failure;

    Bystanders(VhostLab lab, int leftIndex, int rightIndex) throws InterruptedException {
        this.lab = lab;
        Port leftPort = lab.open(leftIndex);
        Port rightPort = lab.open(rightIndex);
        lab.patch(leftPort, rightPort);
        lab.patch(rightPort, leftPort);
        left = new TestGuest(FrontendConfig.connectTo(lab.socket(leftIndex))).awaitUp();
        right = new TestGuest(FrontendConfig.connectTo(lab.socket(rightIndex))).awaitUp();
        VhostLab.awaitUp(leftPort, rightPort);
        thread = new Thread(this::run, "bystanders");
        thread.start();
    }

    private void run() {
        byte[] frame = new byte[200];
        try {
            while (running.get()) {
                for (int i = 0; i < 8; i++) {
                    frame[i] = (byte) (exchanges >>> 8 * i);
                }
                long begunNs = System.nanoTime();
                pass(left, right, frame);
                pass(right, left, frame);
                longestNs = Math.max(longestNs, System.nanoTime() - begunNs);
                exchanges++;
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    private void pass(TestGuest from, TestGuest to, byte[] frame) {
        from.send(frame);
        byte[] received = to.receive(PATIENCE_MS);
        assertTrue(received != null, "a frame was lost after " + exchanges + " exchanges");
        assertTrue(Arrays.equals(frame, received), "a frame was doubled or changed");
    }

    long exchanges() {
        return exchanges;
    }

    /** Begins to measure. */
    void begin() {
        longestNs = 0;
        oversleptBefore = lab.overslept();
    }

    /** All went well since {@link #begin}, and goes on. */
    void assertUnharmed() {
        long before = exchanges;
        VhostLab.await("bystanders go on", () -> failure != null || exchanges >= before + ENOUGH);
        assertNull(failure, () -> "bystanders were harmed: " + failure);
        assertEquals(oversleptBefore, lab.overslept(), "blocks that a lost wake-up ended late");
        assertTrue(longestNs < LONGEST_NS, "bystanders waited for " + longestNs / 1_000_000 + " ms");
    }

    @Override
    public void close() throws InterruptedException {
        running.set(false);
        thread.join();
        left.close();
        right.close();
    }
}

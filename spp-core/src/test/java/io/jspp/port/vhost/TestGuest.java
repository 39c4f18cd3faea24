package io.jspp.port.vhost;

import io.jspp.frontend.FrameRx;
import io.jspp.frontend.FrameTx;
import io.jspp.frontend.FrontendConfig;
import io.jspp.frontend.FrontendSession;
import io.jspp.linux.Constants;
import io.jspp.linux.Linux;
import java.util.Arrays;

/** A guest of the front-end library: sends frames, waits for frames. Its queues belong to the test's thread. */
final class TestGuest implements AutoCloseable {
    static final long MEMORY = 64L << 20;

    final FrontendSession session;
    private final byte[] buffer = new byte[70_000];
    private FrameTx tx;
    private FrameRx rx;

    TestGuest(FrontendConfig config, FrameTx.Shape txShape, FrameRx.Shape rxShape) throws InterruptedException {
        session = new FrontendSession(config.withMemoryBytes(MEMORY), (memory, queues, features) -> {
            rx = new FrameRx(queues[0], features, rxShape);
            tx = new FrameTx(queues[1], features, txShape);
        });
        session.start();
    }

    TestGuest(FrontendConfig config) throws InterruptedException {
        this(config, FrameTx.Shape.DEFAULT, FrameRx.Shape.DEFAULT);
    }

    TestGuest awaitUp() throws InterruptedException {
        if (!session.awaitUp(30_000)) {
            throw new AssertionError("front-end did not come up: " + session.problem());
        }
        return this;
    }

    void send(byte[] frame, long headerStart, int checksumOffset) {
        VhostLab.await("room in the transmit queue", () -> tx.send(frame, frame.length, headerStart, checksumOffset));
    }

    void send(byte[] frame) {
        send(frame, 0, 0);
    }

    /** The next frame, or null when none comes within the time. Sleeps on the call descriptor in between, as a guest does. */
    byte[] receive(int timeoutMs) {
        long deadline = System.nanoTime() + timeoutMs * 1_000_000L;
        while (true) {
            int length = rx.receive(buffer);
            if (length >= 0) {
                rx.flush();
                return Arrays.copyOf(buffer, length);
            }
            int left = (int) ((deadline - System.nanoTime()) / 1_000_000L);
            if (left <= 0) {
                return null;
            }
            if (!session.queues()[0].enableCalls()) {
                int fd = session.queues()[0].callDescriptor().value();
                Linux.pollOne(fd, Constants.POLLIN, left);
                Linux.eventfdRead(fd);
            }
            session.queues()[0].disableCalls();
        }
    }

    byte[] receive() {
        byte[] frame = receive(20_000);
        if (frame == null) {
            throw new AssertionError("no frame within 20 s");
        }
        return frame;
    }

    long headerStart() {
        return rx.headerStart();
    }

    int checksumOffset() {
        return rx.checksumOffset();
    }

    @Override
    public void close() {
        session.close();
    }
}

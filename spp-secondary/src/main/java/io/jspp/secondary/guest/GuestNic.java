package io.jspp.secondary.guest;

import io.jspp.frontend.DriverVirtqueue;
import io.jspp.frontend.FrameRx;
import io.jspp.frontend.FrameTx;
import io.jspp.frontend.FrontendConfig;
import io.jspp.frontend.FrontendException;
import io.jspp.frontend.FrontendMemory;
import io.jspp.frontend.FrontendSession;
import io.jspp.linux.Constants;
import io.jspp.linux.Linux;
import io.jspp.virtio.Features;

/**
 * A network card for slow talk: frames out of and into byte arrays over one queue pair of a {@link FrontendSession}. One thread sends and
 * receives; it sleeps in {@link #await} until the back-end calls.
 */
public final class GuestNic implements AutoCloseable {
    /** Room for the largest frame a peer can send with segmentation offload. */
    public static final int MAX_FRAME = 65_550;

    private final FrontendSession session;
    private volatile FrameTx tx;
    private volatile FrameRx rx;
    private volatile DriverVirtqueue rxQueue;

    public GuestNic(FrontendConfig config) {
        this.session = new FrontendSession(config, this::startQueues);
    }

    private void startQueues(FrontendMemory memory, DriverVirtqueue[] queues, long features) {
        boolean bigFrames = (features & (Features.GUEST_TSO4 | Features.GUEST_TSO6 | Features.GUEST_UFO)) != 0
                && !Features.has(features, Features.MRG_RXBUF);
        tx = new FrameTx(queues[1], features, FrameTx.Shape.DEFAULT);
        queues[1].disableCalls();
        rx = new FrameRx(queues[0], features, bigFrames ? FrameRx.Shape.BIG_CHAINS : FrameRx.Shape.DEFAULT);
        rxQueue = queues[0];
    }

    public FrontendSession session() {
        return session;
    }

    /** Sends a plain frame; false when the queue is full or there has not been a back-end yet. */
    public boolean send(byte[] frame, int length) {
        FrameTx queue = tx;
        return queue != null && queue.send(frame, length);
    }

    /**
     * Receives a frame into {@code frame}.
     *
     * @return its length or -1
     * @throws FrontendException when the back-end breaks the rules of the ring
     */
    public int receive(byte[] frame) {
        FrameRx queue = rx;
        if (queue == null) {
            return -1;
        }
        int length = queue.receive(frame);
        if (length >= 0) {
            queue.flush();
        }
        return length;
    }

    /** Sleeps until frames may wait, at most {@code timeoutMs}. */
    public void await(int timeoutMs) {
        DriverVirtqueue queue = rxQueue;
        if (queue == null) {
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000L * Math.min(timeoutMs, 10));
            return;
        }
        if (!queue.enableCalls()) {
            Linux.pollOne(queue.callDescriptor().value(), Constants.POLLIN, timeoutMs);
        }
        queue.disableCalls();
        Linux.eventfdRead(queue.callDescriptor().value());
    }

    @Override
    public void close() {
        session.close();
    }
}

package io.jspp.secondary.guest;

import io.jspp.frontend.DriverVirtqueue;
import io.jspp.frontend.FrameRx;
import io.jspp.frontend.FrameTx;
import io.jspp.frontend.FrontendConfig;
import io.jspp.frontend.FrontendException;
import io.jspp.frontend.FrontendMemory;
import io.jspp.frontend.FrontendSession;
import io.jspp.linux.Constants;
import io.jspp.linux.Layouts;
import io.jspp.linux.Linux;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.virtio.Features;
import java.util.concurrent.locks.LockSupport;

/**
 * A network card for slow talk: frames out of and into byte arrays over the queue pairs of a {@link FrontendSession}. It sends on a queue of
 * choice or on all in turn, and receives on all. One thread sends and receives; it sleeps in {@link #await} until the back-end calls.
 */
public final class GuestNic implements AutoCloseable {
    /** Room for the largest frame a peer can send with segmentation offload. */
    public static final int MAX_FRAME = 65_550;

    private final FrontendSession session;
    private final NativeMemory pollfds;
    private final FrameTx.Shape txShape;
    private final FrameRx.Shape rxShape;
    private volatile Pair[] pairs = {};
    private int nextSender;
    private int nextReceiver;
    private int receivedOn;

    private record Pair(FrameTx tx, FrameRx rx, DriverVirtqueue rxQueue) {}

    public GuestNic(FrontendConfig config) {
        this(config, FrameTx.Shape.DEFAULT, null);
    }

    /** A card with buffers of certain shapes; {@code rxShape} null: as the features need. */
    public GuestNic(FrontendConfig config, FrameTx.Shape txShape, FrameRx.Shape rxShape) {
        this.txShape = txShape;
        this.rxShape = rxShape;
        this.session = new FrontendSession(config, this::startQueues);
        this.pollfds = NativeMemory.allocate((long) Layouts.Pollfd.SIZE * config.queuePairs());
    }

    private void startQueues(FrontendMemory memory, DriverVirtqueue[] queues, long features) {
        boolean bigFrames = (features & (Features.GUEST_TSO4 | Features.GUEST_TSO6 | Features.GUEST_UFO)) != 0
                && !Features.has(features, Features.MRG_RXBUF);
        FrameRx.Shape shape = rxShape != null ? rxShape : bigFrames ? FrameRx.Shape.BIG_CHAINS : FrameRx.Shape.DEFAULT;
        Pair[] fresh = new Pair[queues.length / 2];
        for (int i = 0; i < fresh.length; i++) {
            DriverVirtqueue rxQueue = queues[2 * i];
            DriverVirtqueue txQueue = queues[2 * i + 1];
            FrameTx tx = new FrameTx(txQueue, features, txShape);
            txQueue.disableCalls();
            FrameRx rx = new FrameRx(rxQueue, features, shape);
            fresh[i] = new Pair(tx, rx, rxQueue);
        }
        pairs = fresh;
    }

    public FrontendSession session() {
        return session;
    }

    /** Sends a plain frame; false when the queue is full or there has not been a back-end yet. */
    public boolean send(byte[] frame, int length) {
        Pair[] all = pairs;
        if (all.length == 0) {
            return false;
        }
        nextSender = (nextSender + 1) % all.length;
        return all[nextSender].tx().send(frame, length);
    }

    /** Sends a plain frame on a queue pair; false when that queue is full or there has not been a back-end yet. */
    public boolean send(int pair, byte[] frame, int length) {
        Pair[] all = pairs;
        return all.length > 0 && all[pair].tx().send(frame, length);
    }

    /**
     * Receives a frame into {@code frame}.
     *
     * @return its length or -1
     * @throws FrontendException when the back-end breaks the rules of the ring
     */
    public int receive(byte[] frame) {
        Pair[] all = pairs;
        for (int i = 0; i < all.length; i++) {
            FrameRx queue = all[nextReceiver].rx();
            int length = queue.receive(frame);
            if (length >= 0) {
                queue.flush();
                receivedOn = nextReceiver;
                return length;
            }
            nextReceiver = (nextReceiver + 1) % all.length;
        }
        return -1;
    }

    /** Queue pair of the frame that came last. */
    public int receivedOn() {
        return receivedOn;
    }

    /** Sleeps until frames may wait, at most {@code timeoutMs}. */
    public void await(int timeoutMs) {
        Pair[] all = pairs;
        if (all.length == 0) {
            LockSupport.parkNanos(1_000_000L * Math.min(timeoutMs, 10));
            return;
        }
        boolean waiting = false;
        for (int i = 0; i < all.length; i++) {
            waiting |= all[i].rxQueue().enableCalls();
            long entry = pollfds.address() + (long) i * Layouts.Pollfd.SIZE;
            Memory.putInt(
                    entry + Layouts.Pollfd.FD, all[i].rxQueue().callDescriptor().value());
            Memory.putShort(entry + Layouts.Pollfd.EVENTS, (short) Constants.POLLIN);
        }
        if (!waiting) {
            Linux.poll(pollfds.address(), all.length, timeoutMs);
        }
        for (Pair pair : all) {
            pair.rxQueue().disableCalls();
            Linux.eventfdRead(pair.rxQueue().callDescriptor().value());
        }
    }

    @Override
    public void close() {
        session.close();
        pollfds.close();
    }
}

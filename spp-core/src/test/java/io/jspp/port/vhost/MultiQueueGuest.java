package io.jspp.port.vhost;

import io.jspp.frontend.FrameRx;
import io.jspp.frontend.FrameTx;
import io.jspp.frontend.FrontendConfig;
import io.jspp.frontend.FrontendSession;
import io.jspp.frontend.SplitDriverQueue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A guest of the front-end library with several queue pairs that sends numbered frames of {@link #FLOWS} flows, each flow by one queue, and remembers
 * what it receives and by which queue. Belongs to the test's thread.
 */
final class MultiQueueGuest implements AutoCloseable {
    static final int FLOWS = 48;

    private static final int LENGTH = 80;
    private static final int ETHERTYPE_AT = 12;
    private static final int PROTOCOL_AT = 23;
    private static final int PORTS_AT = 34;
    private static final int DATA_AT = 42;
    private static final int UDP = 17;

    /** One frame received. */
    record Received(int flow, int number, int queue) {}

    final FrontendSession session;
    final int[] sentByQueue;
    final List<Received> received = new ArrayList<>();
    private final int[] numbers = new int[FLOWS];
    private final byte[] buffer = new byte[2048];
    private final FrameTx[] tx;
    private final FrameRx[] rx;
    private int sendPairs;

    MultiQueueGuest(String socket, int pairs) {
        tx = new FrameTx[pairs];
        rx = new FrameRx[pairs];
        sentByQueue = new int[pairs];
        sendPairs = pairs;
        FrontendConfig config =
                FrontendConfig.connectTo(socket).withQueuePairs(pairs).withMemoryBytes(64L << 20);
        session = new FrontendSession(config, (memory, queues, features) -> {
            for (int i = 0; i < pairs; i++) {
                rx[i] = new FrameRx(queues[2 * i], features, FrameRx.Shape.DEFAULT);
                tx[i] = new FrameTx(queues[2 * i + 1], features, FrameTx.Shape.DEFAULT);
            }
        });
        session.start();
    }

    MultiQueueGuest awaitUp() throws InterruptedException {
        if (!session.awaitUp(30_000)) {
            throw new AssertionError("front-end did not come up: " + session.problem());
        }
        return this;
    }

    /** The next frame of a flow. */
    void send(int flow) {
        int queue = flow % sendPairs;
        ByteBuffer frame = ByteBuffer.allocate(LENGTH);
        frame.putShort(ETHERTYPE_AT, (short) 0x0800).put(ETHERTYPE_AT + 2, (byte) 0x45);
        frame.put(PROTOCOL_AT, (byte) UDP).putShort(PORTS_AT, (short) (4000 + flow));
        frame.putInt(DATA_AT, flow).putInt(DATA_AT + 4, ++numbers[flow]);
        VhostLab.await("room in transmit queue " + queue, () -> tx[queue].send(frame.array(), LENGTH));
        sentByQueue[queue]++;
    }

    /** Puts frames into a queue that is disabled, as Linux does for a moment, until it is full; returns how many. */
    int fillDisabled(int queue) {
        int put = 0;
        while (tx[queue].send(new byte[LENGTH], LENGTH)) {
            put++;
        }
        return put;
    }

    /** Whether the back-end has given all buffers of a transmit queue back. */
    boolean emptied(int queue) {
        tx[queue].reclaim();
        return session.queues()[2 * queue + 1].outstanding() == 0;
    }

    /** As a guest does by ethtool -L: a queue that is to end is empty before its flows move to another one. */
    void usePairs(int pairs) {
        for (int i = pairs; i < sendPairs; i++) {
            int queue = i;
            VhostLab.await("transmit queue " + queue + " is empty", () -> emptied(queue));
        }
        sendPairs = Math.min(sendPairs, pairs);
        session.enablePairs(pairs);
        VhostLab.await("pairs are " + pairs, () -> session.enabledPairs() == pairs);
        sendPairs = pairs;
    }

    /** Takes what is there, from all queues, enabled or not. */
    int drain() {
        int taken = 0;
        for (int queue = 0; queue < rx.length; queue++) {
            while (rx[queue].receive(buffer) >= 0) {
                ByteBuffer frame = ByteBuffer.wrap(buffer);
                received.add(new Received(frame.getInt(DATA_AT), frame.getInt(DATA_AT + 4), queue));
                taken++;
            }
            rx[queue].flush();
        }
        return taken;
    }

    /** Receives until there are {@code frames} in all. */
    void drainUntil(int frames) {
        VhostLab.await(frames + " frames, there are " + received.size(), () -> {
            drain();
            return received.size() >= frames;
        });
    }

    /** Frames that the back-end has ever put into a queue, modulo 65536. */
    int putInto(int queue) {
        return ((SplitDriverQueue) session.queues()[2 * queue]).deviceUsedIdx();
    }

    int sent() {
        int sum = 0;
        for (int sent : sentByQueue) {
            sum += sent;
        }
        return sum;
    }

    int receivedBy(int queue) {
        return (int) received.stream().filter(frame -> frame.queue() == queue).count();
    }

    @Override
    public void close() {
        session.close();
    }
}

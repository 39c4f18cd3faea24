package io.jspp.it.matrix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.frontend.FrameRx;
import io.jspp.frontend.FrameTx;
import io.jspp.frontend.FrontendConfig;
import io.jspp.secondary.guest.GuestNic;
import io.jspp.virtio.Features;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;

/**
 * Two own front-ends with the options of a {@link Combination} on either side of a patch, both played by one thread. Buffers are small, so that
 * a frame takes several descriptors, direct or in a table, or several merged buffers.
 */
final class FrontendExchange implements AutoCloseable {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long PING_AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final FrameTx.Shape TX = new FrameTx.Shape(512, true);
    private static final FrameRx.Shape MERGED = new FrameRx.Shape(512, 1);
    private static final FrameRx.Shape CHAINED = new FrameRx.Shape(512, 4);
    private static final int CONNECT_MS = 20_000;
    private static final int PINGED_FLOWS = 32;
    private static final int PING_BASE = 1000;

    private final Combination options;
    private final long wanted;
    private final GuestNic a;
    private final GuestNic b;
    private final byte[] sent = new byte[NumberedFlow.LONGEST];
    private final byte[] received = new byte[GuestNic.MAX_FRAME];

    FrontendExchange(Combination options, Path left, Path right) throws InterruptedException {
        this.options = options;
        this.wanted = Features.VERSION_1
                | Features.IN_ORDER
                | (options.pairs() > 1 ? Features.MQ : 0)
                | (options.packed() ? Features.RING_PACKED : 0)
                | (options.mergeable() ? Features.MRG_RXBUF : 0)
                | (options.indirect() ? Features.INDIRECT_DESC : 0)
                | (options.eventIndex() ? Features.EVENT_IDX : 0);
        this.a = nic(left);
        this.b = nic(right);
        try {
            connect(a);
            connect(b);
        } catch (AssertionError | RuntimeException e) {
            close();
            throw e;
        }
    }

    private GuestNic nic(Path socket) {
        FrontendConfig config = FrontendConfig.connectTo(socket.toString())
                .withFeatures(wanted)
                .withQueueSize(options.queueSize())
                .withQueuePairs(options.pairs());
        return new GuestNic(config, TX, options.mergeable() ? MERGED : CHAINED);
    }

    private void connect(GuestNic nic) throws InterruptedException {
        nic.session().start();
        assertTrue(
                nic.session().awaitUp(CONNECT_MS),
                () -> options + ": " + nic.session().problem());
        assertEquals(Features.describe(wanted), Features.describe(nic.session().features()), options.toString());
        assertEquals(options.pairs(), nic.session().enabledPairs(), options.toString());
    }

    /** A frame of each of many flows there and back, on all queues of both guests; asked again where none came, as ping does. */
    void ping() {
        BitSet answered = new BitSet();
        BitSet queuesOfA = new BitSet();
        BitSet queuesOfB = new BitSet();
        long begin = System.nanoTime();
        long asked = begin - PING_AGAIN_NS;
        while (answered.cardinality() < PINGED_FLOWS) {
            long now = System.nanoTime();
            assertTrue(now - begin < LIMIT_NS, () -> options + ": only flows " + answered + " were answered");
            if (now - asked >= PING_AGAIN_NS) {
                asked = now;
                for (int flow = answered.nextClearBit(0); flow < PINGED_FLOWS; flow = answered.nextClearBit(flow + 1)) {
                    int length = NumberedFlow.put(sent, PING_BASE + flow, 0);
                    a.send(flow % options.pairs(), sent, length);
                }
            }
            boolean idle = true;
            for (int length = b.receive(received); length >= 0; length = b.receive(received)) {
                queuesOfB.set(b.receivedOn());
                b.send(received, length);
                idle = false;
            }
            for (int length = a.receive(received); length >= 0; length = a.receive(received)) {
                int flow = NumberedFlow.flow(received);
                requireIntact(length, flow, 0);
                queuesOfA.set(a.receivedOn());
                answered.set(flow - PING_BASE);
                idle = false;
            }
            if (idle) {
                (answered.isEmpty() ? b : a).await(1);
            }
        }
        assertEquals(options.pairs(), queuesOfA.cardinality(), options + ": first guest received on " + queuesOfA);
        assertEquals(options.pairs(), queuesOfB.cardinality(), options + ": second guest received on " + queuesOfB);
        drain(a);
        drain(b);
    }

    /** Answers to questions that were asked twice may still be on their way. */
    private void drain(GuestNic nic) {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < PING_AGAIN_NS / 4) {
            if (nic.receive(received) < 0) {
                nic.await(1);
            }
        }
    }

    /** {@code bytes} from the first to the second guest, a flow on each queue pair; every frame comes once, in order and as it was sent. */
    void transfer(long bytes) {
        int flows = options.pairs();
        long[] nextToSend = new long[flows];
        long[] nextToCome = new long[flows];
        // all flows may meet in one receive queue, where a frame takes four descriptors
        int window = Math.max(1, options.queueSize() / 8);
        long sentBytes = 0;
        long receivedBytes = 0;
        int underWay = 0;
        int turn = 0;
        long moved = System.nanoTime();
        while (sentBytes < bytes || underWay > 0) {
            boolean idle = true;
            while (sentBytes < bytes && underWay < window) {
                int flow = turn++ % flows;
                int length = NumberedFlow.put(sent, flow, nextToSend[flow]);
                if (!a.send(flow, sent, length)) {
                    break;
                }
                nextToSend[flow]++;
                sentBytes += length;
                underWay++;
            }
            for (int length = b.receive(received); length >= 0; length = b.receive(received)) {
                int flow = NumberedFlow.flow(received);
                assertTrue(NumberedFlow.is(received, length) && flow >= 0 && flow < flows, "a frame nobody sent");
                requireIntact(length, flow, nextToCome[flow]++);
                receivedBytes += length;
                underWay--;
                idle = false;
            }
            long now = System.nanoTime();
            if (!idle) {
                moved = now;
            } else {
                assertTrue(
                        now - moved < LIMIT_NS,
                        options + ": sent " + Arrays.toString(nextToSend) + ", came " + Arrays.toString(nextToCome));
                b.await(10);
            }
        }
        assertEquals(sentBytes, receivedBytes, options.toString());
        assertEquals(-1, b.receive(received), options + ": more came than was sent");
    }

    private void requireIntact(int length, int flow, long number) {
        byte[] expected = new byte[NumberedFlow.LONGEST];
        int expectedLength = NumberedFlow.put(expected, flow, number);
        assertEquals(number, NumberedFlow.number(received), () -> options + ": order within flow " + flow);
        assertArrayEquals(
                Arrays.copyOf(expected, expectedLength),
                Arrays.copyOf(received, length),
                () -> options + ": flow " + flow + " frame " + number);
    }

    @Override
    public void close() {
        a.close();
        b.close();
    }
}

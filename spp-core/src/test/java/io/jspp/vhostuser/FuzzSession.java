package io.jspp.vhostuser;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.ReceivedMessage;
import io.jspp.linux.Sockets;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.state.Reason;
import io.jspp.virtio.PacketVectors;
import io.jspp.virtio.PositionRecord;
import io.jspp.virtio.Virtqueue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A session, the front-end's end of its socket, and a worker that uses its rings; all in one thread. Checks the order of stops and all replies. */
final class FuzzSession implements VringUser, AutoCloseable {
    private static final int QUEUE_PAIRS = 2;
    private static final int PACKETS = 16;
    private static final int SEGMENTS = 1200;

    final Session session;
    private final FileDescriptor socket;
    private final Virtqueue[] published = new Virtqueue[2 * QUEUE_PAIRS];
    private final NativeMemory records = NativeMemory.allocate(2L * QUEUE_PAIRS * PositionRecord.BYTES);
    private final NativeMemory frame = NativeMemory.allocate(2048);
    private final PacketVectors vectors = new PacketVectors();
    private final long[] segmentAddress = new long[SEGMENTS];
    private final int[] segmentLength = new int[SEGMENTS];
    private final int[] first = new int[PACKETS];
    private final int[] count = new int[PACKETS];
    private final int[] length = new int[PACKETS];
    private final int[] drops = new int[Virtqueue.DROP_KINDS];
    private final byte[] reply = new byte[20];
    private boolean unsynchronized;
    private int have;
    private long lastReply;

    FuzzSession() {
        FileDescriptor[] pair = Sockets.socketpair(Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK);
        socket = pair[0];
        session = new Session(
                new MessageChannel(pair[1], new DescriptorCloser(Runnable::run)), this, Offer.of(QUEUE_PAIRS));
        vectors.bind(segmentAddress, segmentLength, first, count, length, new long[PACKETS]);
    }

    // ---- VringUser

    @Override
    public void publish(int vring, Virtqueue queue, int kick) {
        check(published[vring] == null, "published twice");
        check(!unsynchronized, "published before synchronize");
        published[vring] = queue;
    }

    @Override
    public void unpublish(int vring) {
        check(published[vring] != null, "unpublished twice");
        published[vring] = null;
        unsynchronized = true;
    }

    @Override
    public void synchronize() {
        unsynchronized = false;
    }

    @Override
    public void stage(Stage stage, Reason reason) {}

    @Override
    public long positionRecord(int vring) {
        return records.address() + (long) vring * PositionRecord.BYTES;
    }

    // ---- front-end

    /** Sends bytes, the descriptors with the first; false when the socket takes no more or is closed. */
    boolean send(byte[] bytes, int from, int to, int[] descriptors) {
        return to > from && Sockets.send(socket.value(), bytes, from, to - from, descriptors, 0) == to - from;
    }

    /** Reads all replies there are; how many. */
    int replies() {
        int n = 0;
        while (true) {
            ReceivedMessage m = Sockets.receive(socket.value(), reply, have, reply.length - have, 1, 0);
            if (m.length() <= 0) {
                return n;
            }
            check(m.descriptors().isEmpty(), "a reply with descriptors");
            have += m.length();
            if (have == reply.length) {
                have = 0;
                n++;
                ByteBuffer b = ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN);
                lastReply = b.getLong(12);
                check(b.getInt(4) == (Requests.VERSION | Requests.FLAG_REPLY) && b.getInt(8) == 8, "malformed reply");
            }
        }
    }

    /** Value of the reply that {@link #replies} read last. */
    long lastReply() {
        return lastReply;
    }

    // ---- worker

    /** The ring as a worker finds it, or null. */
    Virtqueue queue(int vring) {
        return published[vring];
    }

    /** One turn over all rings; packets moved. */
    int work() {
        int moved = 0;
        for (int i = 0; i < published.length; i++) {
            Virtqueue queue = published[i];
            if (queue != null) {
                moved += (i & 1) == 0 ? transmit(queue) : receive(queue);
                queue.publish();
                queue.notifyGuest();
                if (!queue.enableKicks()) {
                    queue.disableKicks();
                }
            }
        }
        return moved;
    }

    private int receive(Virtqueue queue) {
        vectors.packets = 0;
        vectors.segments = 0;
        int n = queue.receive(vectors);
        for (int s = 0; s < vectors.segments; s++) {
            Memory.getByte(segmentAddress[s]);
            Memory.getByte(segmentAddress[s] + segmentLength[s] - 1);
        }
        return n;
    }

    private int transmit(Virtqueue queue) {
        segmentAddress[0] = frame.address();
        segmentLength[0] = 1000;
        first[0] = 0;
        count[0] = 1;
        length[0] = 1000;
        int n = queue.transmit(vectors, 0, 1);
        java.util.Arrays.fill(drops, 0);
        queue.takeDrops(drops);
        check(n + java.util.Arrays.stream(drops).sum() == 1, "a packet neither sent nor dropped");
        return n;
    }

    static void check(boolean right, String what) {
        if (!right) {
            throw new AssertionError(what);
        }
    }

    @Override
    public void close() {
        session.close();
        for (Virtqueue queue : published) {
            check(queue == null, "a ring outlives its session");
        }
        check(!unsynchronized, "closed before synchronize");
        socket.close();
        frame.close();
        records.close();
    }
}

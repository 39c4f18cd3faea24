package io.jspp.mbuf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import java.util.ArrayList;
import java.util.List;

/** Packets with numbers and content that can be checked, and the three kinds of party that move them. */
final class Parties {
    private Parties() {}

    /** SPP's rings, and little beside them. */
    static SegmentGeometry geometry(int rings, int mbufs) {
        return new SegmentGeometry(rings, 128, mbufs, 2048, 8, 1, 1, 4096);
    }

    /** Lengths used in turn: single mbufs, chains of two and more. */
    private static final int[] LENGTHS = {64, 1514, 60, 3000, 1920, 1921, 9000, 100};

    static int lengthOf(long sequence) {
        return LENGTHS[(int) (sequence % LENGTHS.length)];
    }

    private static byte content(long sequence, int at) {
        return (byte) (sequence * 31 + at);
    }

    static void write(long address, long sequence) {
        int length = lengthOf(sequence);
        for (int i = 8; i < length; i++) {
            Memory.putByte(address + i, content(sequence, i));
        }
        Memory.putLong(address, sequence);
    }

    /** The number of packet {@code i} after its length, content and offload word were checked. */
    static long read(Burst burst, int i, NativeMemory scratch) {
        long a = scratch.address();
        assertTrue(burst.length[i] >= 8 && burst.length[i] <= scratch.length(), "length " + burst.length[i]);
        Frames.copy(burst, i, a);
        long sequence = Memory.getLong(a);
        assertTrue(sequence >= 0 && sequence < 1 << 30, "sequence " + sequence);
        assertEquals(lengthOf(sequence), burst.length[i], "length of packet " + sequence);
        assertEquals(sequence << 20, burst.offload[i], "offload of packet " + sequence);
        for (int k = 8; k < burst.length[i]; k++) {
            if (Memory.getByte(a + k) != content(sequence, k)) {
                assertEquals(content(sequence, k), Memory.getByte(a + k), "packet " + sequence + " byte " + k);
            }
        }
        return sequence;
    }

    /** Sends numbered packets into a ring. */
    static final class Source implements AutoCloseable {
        final RingSender sender;
        long next;
        private final NativeMemory memory = NativeMemory.allocate(64 * 9216);
        private final Burst burst = new Burst(64);

        Source(SwitchSegment segment, int ring, int client, int epoch, long firstSequence) {
            sender = new RingSender(segment, ring, client, epoch, client);
            next = firstSequence;
        }

        /** Sends the next {@code packets}; those that were not sent are numbered all the same. Returns how many were. */
        int send(int packets) {
            burst.clear();
            for (int i = 0; i < packets; i++) {
                long at = memory.address() + 9216L * i;
                write(at, next);
                burst.add(at, lengthOf(next), next << 20, Burst.BORROWED);
                next++;
            }
            return sender.send(burst);
        }

        @Override
        public void close() {
            memory.close();
        }
    }

    /** Receives from a ring, checks order and content. */
    static final class Sink implements AutoCloseable {
        final RingReceiver receiver;
        final List<Long> received;
        private final NativeMemory scratch = NativeMemory.allocate(70000);
        private final Burst burst;

        Sink(SwitchSegment segment, int ring, int client, int epoch, List<Long> received, int burstSize) {
            receiver = new RingReceiver(segment, ring, client, epoch, client);
            this.received = received;
            burst = new Burst(burstSize);
        }

        int poll() {
            burst.clear();
            int n = receiver.receive(burst);
            for (int i = 0; i < n; i++) {
                long sequence = read(burst, i, scratch);
                long last = received.isEmpty() ? -1 : received.get(received.size() - 1);
                assertTrue(sequence > last, "packet " + sequence + " after " + last);
                received.add(sequence);
            }
            receiver.release();
            return n;
        }

        @Override
        public void close() {
            scratch.close();
        }
    }

    /** Moves packets from one ring to another in one thread, which exchanges mbufs. */
    static final class Forwarder {
        final RingReceiver receiver;
        final RingSender sender;
        private final Burst burst;

        Forwarder(SwitchSegment segment, int from, int to, int client, int epoch, int burstSize) {
            receiver = new RingReceiver(segment, from, client, epoch, client);
            sender = new RingSender(segment, to, client, epoch, client);
            burst = new Burst(burstSize);
        }

        int poll() {
            burst.clear();
            int n = receiver.receive(burst);
            sender.send(burst);
            receiver.release();
            return n;
        }
    }

    /** Reaps the clients from 1 on, each with its epoch, and takes back what lies in the rings; every mbuf must be free then. */
    static void reapAll(SwitchSegment segment, int[] epochs) {
        Reaper reaper = new Reaper(segment);
        for (int client = 1; client < epochs.length; client++) {
            reaper.reapClient(client, epochs[client]);
        }
        for (int ring = 0; ring < segment.geometry().rings(); ring++) {
            reaper.flush(ring);
            reaper.sweep(ring);
        }
        PoolAudit.check(segment);
        assertEquals(segment.pool().size(), segment.pool().count().free());
    }

    static List<Long> newList() {
        return new ArrayList<>();
    }
}

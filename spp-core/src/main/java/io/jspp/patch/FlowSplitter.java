package io.jspp.patch;

import io.jspp.mbuf.Burst;
import io.jspp.mbuf.Frames;
import io.jspp.memory.NativeMemory;
import io.jspp.net.FlowHash;
import io.jspp.port.TxQueue;
import java.util.Arrays;

/**
 * Sends a burst to the queues of a {@link Share}, each flow to its own and in order. Owned by one component; allocates nothing after
 * construction. Packets are passed by reference: a queue that could take over pool mbufs copies them instead.
 */
final class FlowSplitter implements AutoCloseable {
    private static final int NO_PACKET = -1;

    private final FlowHash hash = new FlowHash();
    private final Burst part;
    private final NativeMemory header = NativeMemory.allocate(FlowHash.HEADER_BYTES);

    // Packets of each queue as a linked list: first and last by position of the queue, next by packet.
    private final int[] firstOf = new int[Destination.MAX_QUEUES];
    private final int[] lastOf = new int[Destination.MAX_QUEUES];
    private final int[] next;

    private long touched;
    private int sent;

    /** @param burstCapacity of the bursts to be split */
    FlowSplitter(int burstCapacity) {
        part = new Burst(burstCapacity);
        next = new int[burstCapacity];
        Arrays.fill(firstOf, NO_PACKET);
    }

    /**
     * Sends all packets.
     *
     * @return whether one of the queues used has no room for more, see {@link TxQueue#congested}
     */
    boolean send(Burst burst, Share share) {
        TxQueue[] queues = share.queues;
        byte[] table = share.table;
        long used = 0;
        int packets = burst.packets;
        for (int i = 0; i < packets; i++) {
            int position = table[hash(burst, i) & 0xff];
            long bit = 1L << position;
            if ((used & bit) == 0) {
                used |= bit;
                firstOf[position] = i;
            } else {
                next[lastOf[position]] = i;
            }
            lastOf[position] = i;
            next[i] = NO_PACKET;
        }
        touched |= used;
        if ((used & used - 1) == 0) {
            TxQueue only = queues[Long.numberOfTrailingZeros(used)];
            sent = only.txBurst(burst);
            return sent < packets || only.congested();
        }
        boolean congested = false;
        int all = 0;
        for (long left = used; left != 0; left &= left - 1) {
            int position = Long.numberOfTrailingZeros(left);
            part.clear();
            for (int i = firstOf[position]; i != NO_PACKET; i = next[i]) {
                part.addReference(burst, i);
            }
            int passed = queues[position].txBurst(part);
            all += passed;
            congested |= passed < part.packets || queues[position].congested();
        }
        part.clear();
        sent = all;
        return congested;
    }

    /** Packets of the last {@link #send} that were sent. */
    int sent() {
        return sent;
    }

    /** Flushes the queues that {@link #send} used since the last call. */
    void flush(Share share) {
        for (long left = touched; left != 0; left &= left - 1) {
            share.queues[Long.numberOfTrailingZeros(left)].flush();
        }
        touched = 0;
    }

    /** Forgets a burst that an exception ended. */
    void forget() {
        touched = 0;
        part.clear();
    }

    private int hash(Burst burst, int i) {
        int s = burst.first[i];
        int looked = Math.min(burst.length[i], FlowHash.HEADER_BYTES);
        if (burst.segmentLength[s] >= looked) {
            return hash.of(burst.segmentAddress[s], looked);
        }
        Frames.copy(burst, i, 0, looked, header.address());
        return hash.of(header.address(), looked);
    }

    @Override
    public void close() {
        header.close();
    }
}

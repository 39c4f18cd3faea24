package io.jspp.secondary.component.mirror;

import io.jspp.mbuf.Burst;
import io.jspp.mbuf.Frames;
import io.jspp.memory.NativeMemory;

/**
 * Packets as they were at one moment: those in memory of a guest or of the kernel are copied here, so that whoever gets them later gets the same
 * bytes. Pool mbufs, which no guest can reach, are referred to. Made and closed by the control thread, used by one worker.
 */
final class Snapshot implements AutoCloseable {
    /** Room for one of the longest frames that queues hand out, and for more than a default burst of ordinary ones. */
    private static final int BYTES = 128 << 10;

    private final NativeMemory memory = NativeMemory.allocate(BYTES);
    private final Burst burst;

    Snapshot(int burstCapacity) {
        burst = new Burst(burstCapacity);
    }

    /**
     * Takes packets from {@code from} on, as many as there is room for and at least one.
     *
     * @return the first that was not taken
     */
    int take(Burst packets, int from) {
        burst.clear();
        int used = 0;
        int i = from;
        for (; i < packets.packets; i++) {
            int length = packets.length[i];
            if (packets.mbuf[i] != Burst.BORROWED || length > BYTES) {
                burst.addReference(packets, i);
                burst.mbuf[burst.packets - 1] = packets.mbuf[i];
                continue;
            }
            if (length > BYTES - used) {
                break;
            }
            Frames.copy(packets, i, memory.address() + used);
            burst.add(memory.address() + used, length, packets.offload[i], Burst.BORROWED);
            used += length;
        }
        return i;
    }

    /** What was taken last. */
    Burst burst() {
        return burst;
    }

    @Override
    public void close() {
        memory.close();
    }
}

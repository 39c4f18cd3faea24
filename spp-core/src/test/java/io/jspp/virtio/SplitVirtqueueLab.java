package io.jspp.virtio;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;

/** A device's side of a split queue with everything it borrows and copies from, for tests. */
abstract class SplitVirtqueueLab {
    static final long V1 = Features.VERSION_1;
    static final long ALL = V1 | Features.MRG_RXBUF | Features.INDIRECT_DESC | Features.EVENT_IDX | Features.CSUM;
    static final int NEXT = 1;
    static final int WRITE = 2;
    static final int INDIRECT = 4;
    static final int PACKETS = 64;
    static final int SEGMENTS = 1280;

    final PacketVectors v = new PacketVectors();
    final long[] segmentAddress = new long[SEGMENTS];
    final int[] segmentLength = new int[SEGMENTS];
    final int[] first = new int[PACKETS];
    final int[] count = new int[PACKETS];
    final int[] length = new int[PACKETS];
    final long[] offload = new long[PACKETS];
    final int[] drops = new int[Virtqueue.DROP_KINDS];
    final NativeMemory source = NativeMemory.allocate(70_000);

    SplitVirtqueueLab() {
        v.bind(segmentAddress, segmentLength, first, count, length, offload);
        for (int i = 0; i < 70_000; i++) {
            Memory.putByte(source.address() + i, (byte) (i * 7));
        }
    }

    @AfterEach
    void free() {
        source.close();
    }

    final int receive(SplitVirtqueue queue) {
        v.packets = 0;
        v.segments = 0;
        int n = queue.receive(v);
        queue.publish();
        return n;
    }

    final int transmit(SplitVirtqueue queue, int bytes) {
        segmentAddress[0] = source.address();
        segmentLength[0] = bytes;
        first[0] = 0;
        count[0] = 1;
        length[0] = bytes;
        offload[0] = 0;
        int n = queue.transmit(v, 0, 1);
        queue.publish();
        return n;
    }

    final int taken(SplitVirtqueue queue, int kind) {
        Arrays.fill(drops, 0);
        queue.takeDrops(drops);
        return drops[kind];
    }
}

package io.jspp.virtio;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import java.util.Arrays;

/** A burst's arrays, and frames to send from memory of their own. */
final class TestVectors implements AutoCloseable {
    private static final int SOURCE = 70_000;

    final PacketVectors v = new PacketVectors();
    final long[] segmentAddress;
    final int[] segmentLength;
    final int[] first;
    final int[] count;
    final int[] length;
    final long[] offload;
    private final int[] drops = new int[Virtqueue.DROP_KINDS];
    private final NativeMemory source;

    TestVectors(int packets, int segments) {
        segmentAddress = new long[segments];
        segmentLength = new int[segments];
        first = new int[packets];
        count = new int[packets];
        length = new int[packets];
        offload = new long[packets];
        source = NativeMemory.allocate((long) packets * SOURCE);
        v.bind(segmentAddress, segmentLength, first, count, length, offload);
    }

    /** Empties the burst and receives into it. */
    int receive(Virtqueue queue) {
        clear();
        return queue.receive(v);
    }

    void clear() {
        v.packets = 0;
        v.segments = 0;
    }

    byte[] frame(int packet) {
        byte[] bytes = new byte[length[packet]];
        int at = 0;
        for (int s = first[packet]; s < first[packet] + count[packet]; s++) {
            Memory.get(segmentAddress[s], bytes, at, segmentLength[s]);
            at += segmentLength[s];
        }
        return bytes;
    }

    /** Adds frame {@code seq} of {@code bytes} in {@code pieces}. */
    void add(long seq, int bytes, int pieces) {
        byte[] frame = new byte[bytes];
        PackedDriver.fillFrame(frame, 0, bytes, seq);
        Memory.put(source.address() + (long) v.packets * SOURCE, frame, 0, bytes);
        addUnfilled(bytes, pieces);
    }

    /** Adds a frame of any content. */
    void addUnfilled(int bytes, int pieces) {
        int packet = v.packets++;
        long at = source.address() + (long) packet * SOURCE;
        first[packet] = v.segments;
        count[packet] = pieces;
        length[packet] = bytes;
        offload[packet] = 0;
        int left = bytes;
        for (int i = 0; i < pieces; i++) {
            int part = i == pieces - 1 ? left : Math.min(left - (pieces - 1 - i), 1 + left / pieces);
            segmentAddress[v.segments] = at;
            segmentLength[v.segments++] = part;
            at += part;
            left -= part;
        }
    }

    /** Drops of one kind since the last look; all are cleared. */
    int drops(Virtqueue queue, int kind) {
        take(queue);
        return drops[kind];
    }

    /** Drops of all kinds since the last look. */
    int drops(Virtqueue queue) {
        take(queue);
        return Arrays.stream(drops).sum();
    }

    private void take(Virtqueue queue) {
        Arrays.fill(drops, 0);
        queue.takeDrops(drops);
    }

    @Override
    public void close() {
        source.close();
    }
}

package io.jspp.port;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.mbuf.Burst;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Sends and collects frames through port queues, for tests. Frames of other ethertypes than ours are left out. */
public final class PortTraffic implements AutoCloseable {
    /** Local experimental ethertype 1 (IEEE 802). */
    public static final int ETHERTYPE = 0x88b5;

    /** A frame received, with its offload word. */
    public record Received(byte[] bytes, long offload) {}

    private final NativeMemory memory = NativeMemory.allocate(128 << 10);
    private final Burst out = new Burst();
    private final Burst in = new Burst();

    /** Addresses, our ethertype, then a number and bytes that follow from it. */
    public static byte[] frame(int number, int length) {
        byte[] frame = new byte[length];
        byte[] begin = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, (byte) (ETHERTYPE >>> 8), (byte) ETHERTYPE};
        for (int i = 0; i < length; i++) {
            frame[i] = i < begin.length ? begin[i] : (byte) (number * 31 + i);
        }
        for (int i = 0; i < 4 && 14 + i < length; i++) {
            frame[14 + i] = (byte) (number >>> 24 - 8 * i);
        }
        return frame;
    }

    /** Sends one frame, cut into that many segments; whether the queue took it. */
    public boolean send(TxQueue tx, byte[] frame, long offload, int segments) {
        out.clear();
        Memory.put(memory.address(), frame, 0, frame.length);
        out.add(memory.address(), frame.length, offload, Burst.BORROWED);
        int piece = Math.max(1, frame.length / segments);
        out.segments = 0;
        out.count[0] = 0;
        for (int at = 0; at < frame.length; ) {
            int n = out.count[0] == segments - 1 ? frame.length - at : Math.min(piece, frame.length - at);
            out.segmentAddress[out.segments] = memory.address() + at;
            out.segmentLength[out.segments++] = n;
            out.count[0]++;
            at += n;
        }
        boolean sent = tx.txBurst(out) == 1;
        tx.flush();
        return sent;
    }

    public boolean send(TxQueue tx, byte[] frame) {
        return send(tx, frame, 0, 1);
    }

    /** Takes what is there now. */
    public List<Received> receive(RxQueue rx) {
        List<Received> frames = new ArrayList<>();
        do {
            in.clear();
            rx.rxBurst(in);
            for (int i = 0; i < in.packets; i++) {
                byte[] bytes = new byte[in.length[i]];
                int at = 0;
                for (int s = in.first[i]; s < in.first[i] + in.count[i]; s++) {
                    Memory.get(in.segmentAddress[s], bytes, at, in.segmentLength[s]);
                    at += in.segmentLength[s];
                }
                frames.add(new Received(bytes, in.offload[i]));
            }
            rx.release(in);
        } while (in.packets > 0);
        return frames;
    }

    /** Collects until there are that many, at most ten seconds. */
    public List<Received> receive(RxQueue rx, int count) {
        List<Received> frames = new ArrayList<>();
        await(count + " frames", () -> {
            frames.addAll(receive(rx));
            return frames.size() >= count;
        });
        return frames;
    }

    /** Polls a condition for at most ten seconds. */
    public static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + 10_000_000_000L;
        boolean met = condition.getAsBoolean();
        while (!met && System.nanoTime() < deadline) {
            Thread.onSpinWait();
            met = condition.getAsBoolean();
        }
        assertTrue(met, "waited 10 s for " + what);
    }

    @Override
    public void close() {
        memory.close();
    }
}

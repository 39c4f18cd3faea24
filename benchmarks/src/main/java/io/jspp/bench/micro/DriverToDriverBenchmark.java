package io.jspp.bench.micro;

import io.jspp.frontend.DriverVirtqueue;
import io.jspp.frontend.FrontendConfig;
import io.jspp.frontend.FrontendMemory;
import io.jspp.frontend.GeneratorRx;
import io.jspp.frontend.GeneratorTx;
import io.jspp.frontend.TrafficPattern;
import io.jspp.mbuf.Burst;
import io.jspp.virtio.Features;
import io.jspp.virtio.GuestMemory;
import io.jspp.virtio.GuestMemoryException;
import io.jspp.virtio.GuestRegion;
import io.jspp.virtio.PacketVectors;
import io.jspp.virtio.SplitVirtqueue;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The one copy from guest to guest on one thread, both drivers included: cache-hot, so an upper bound of what a worker does between two
 * processes. Frames are numbered and checked as in {@code spp bench}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DriverToDriverBenchmark {
    private static final int BURST = 32;
    private static final int SIZE = 256;
    private static final byte[] MAC = {2, 0, 0, 0, 0, 1};

    @Param({"64", "590", "1514"})
    public int frameBytes;

    @Param({"true", "false"})
    public boolean mergeable;

    private FrontendMemory left;
    private FrontendMemory right;
    private DriverVirtqueue txQueue;
    private DriverVirtqueue rxQueue;
    private GeneratorTx tx;
    private GeneratorRx rx;
    private GuestMemory leftSeen;
    private GuestMemory rightSeen;
    private SplitVirtqueue from;
    private SplitVirtqueue to;
    private final Burst burst = new Burst(BURST);
    private final PacketVectors vectors = new PacketVectors();

    @Setup
    public void open() throws GuestMemoryException {
        long features = FrontendConfig.DEFAULT_FEATURES & (mergeable ? -1L : ~Features.MRG_RXBUF);
        left = FrontendMemory.create(FrontendConfig.memoryFor(SIZE, 1), false);
        right = FrontendMemory.create(FrontendConfig.memoryFor(SIZE, 1), false);
        txQueue = DriverVirtqueue.create(left, SIZE, features);
        rxQueue = DriverVirtqueue.create(right, SIZE, features);
        tx = GeneratorTx.on(txQueue, features, TrafficPattern.fixed(frameBytes), MAC, MAC, 1, 1 << 20, false);
        rx = GeneratorRx.on(rxQueue, features, ns -> {}, false);
        leftSeen = map(left);
        rightSeen = map(right);
        from = device(leftSeen, features, txQueue);
        to = device(rightSeen, features, rxQueue);
        vectors.bind(burst.segmentAddress, burst.segmentLength, burst.first, burst.count, burst.length, burst.offload);
    }

    private static GuestMemory map(FrontendMemory memory) throws GuestMemoryException {
        return GuestMemory.of(List.of(GuestRegion.map(
                memory.descriptor().duplicate(), FrontendMemory.GUEST_BASE, memory.length(), memory.address(), 0)));
    }

    private static SplitVirtqueue device(GuestMemory memory, long features, DriverVirtqueue queue)
            throws GuestMemoryException {
        return SplitVirtqueue.open(memory, features, queue.size(), queue.descriptors(), queue.avail(), queue.used(), 0);
    }

    @TearDown
    public void close() {
        from.close();
        to.close();
        leftSeen.close();
        rightSeen.close();
        txQueue.close();
        rxQueue.close();
        left.close();
        right.close();
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public int guestToGuest() {
        tx.send(BURST, 0);
        vectors.packets = 0;
        vectors.segments = 0;
        int n = from.receive(vectors);
        int sent = to.transmit(vectors, 0, n);
        to.publish();
        from.publish();
        int got = rx.poll(BURST);
        if (n != BURST || sent != BURST || got != BURST || rx.streams().lost() + rx.corrupt() != 0) {
            throw new IllegalStateException("taken " + n + ", sent " + sent + ", received " + got + ", lost "
                    + rx.streams().lost());
        }
        return got;
    }
}

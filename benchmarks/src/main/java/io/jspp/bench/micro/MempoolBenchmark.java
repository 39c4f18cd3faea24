package io.jspp.bench.micro;

import io.jspp.mbuf.Burst;
import io.jspp.mbuf.RingClaims;
import io.jspp.mbuf.RingReceiver;
import io.jspp.mbuf.RingSender;
import io.jspp.mbuf.SegmentGeometry;
import io.jspp.mbuf.SwitchSegment;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
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

/** A packet's whole life in the pool: leased mbuf, copy in, owner word, ring, read, return ring, back on the free list. One thread, bursts of 32. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MempoolBenchmark {
    private static final int BURST = 32;

    @Param({"64", "1514"})
    public int frameBytes;

    private SwitchSegment segment;
    private NativeMemory frames;
    private RingSender sender;
    private RingReceiver receiver;
    private final Burst out = new Burst(BURST);
    private final Burst in = new Burst(BURST);

    @Setup
    public void open() {
        segment = SwitchSegment.create("spp-bench", SegmentGeometry.of(1, 1), false);
        RingClaims claims = new RingClaims(segment);
        claims.claim(0, true, 1, 1, 1);
        claims.claim(0, false, 2, 1, 2);
        sender = new RingSender(segment, 0, 1, 1, 1);
        receiver = new RingReceiver(segment, 0, 2, 1, 2);
        frames = NativeMemory.allocate(2112L * BURST);
    }

    @TearDown
    public void close() {
        segment.close();
        frames.close();
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public long throughRing() {
        out.clear();
        for (int i = 0; i < BURST; i++) {
            out.add(frames.address() + 2112L * i, frameBytes, 0, Burst.BORROWED);
        }
        sender.send(out);
        in.clear();
        int n = receiver.receive(in);
        long sum = 0;
        for (int i = 0; i < n; i++) {
            sum += Memory.getLong(in.segmentAddress[in.first[i]]);
        }
        receiver.release();
        return sum;
    }
}

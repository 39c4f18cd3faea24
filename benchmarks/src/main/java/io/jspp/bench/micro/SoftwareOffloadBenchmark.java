package io.jspp.bench.micro;

import io.jspp.mbuf.Burst;
import io.jspp.mbuf.SoftwareOffload;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.net.BigEndian;
import io.jspp.net.Offload;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A TCP frame of that payload cut into frames of 1448 bytes with right checksums, payload by reference. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SoftwareOffloadBenchmark {
    private static final int HEADERS = 54;
    private static final int MSS = 1448;

    /** Payload in bytes. */
    @Param({"1448", "65000"})
    public int payload;

    private final Burst source = new Burst();
    private final Burst target = new Burst();
    private NativeMemory memory;
    private SoftwareOffload offload;

    @Setup
    public void open() {
        memory = NativeMemory.allocate(HEADERS + (long) payload);
        offload = new SoftwareOffload(target.capacity());
        long frame = memory.address();
        BigEndian.putShort(frame + 12, 0x0800);
        Memory.putByte(frame + 14, (byte) 0x45);
        Memory.putByte(frame + 23, (byte) 6);
        Memory.putByte(frame + 46, (byte) 0x50);
        for (int i = 0; i < payload; i++) {
            Memory.putByte(frame + HEADERS + i, (byte) (i * 31));
        }
        source.add(frame, HEADERS + payload, Offload.pack(1, Offload.GSO_TCPV4, MSS, 34, 16), Burst.BORROWED);
    }

    @TearDown
    public void close() {
        offload.close();
        memory.close();
    }

    @Benchmark
    public int cutTcp() {
        if (!offload.begin(source, 0)) {
            throw new IllegalStateException("the frame was refused");
        }
        int frames = 0;
        int n = offload.fill(target);
        while (n > 0) {
            frames += n;
            n = offload.fill(target);
        }
        return frames;
    }
}

package io.jspp.bench;

import io.jspp.mbuf.Burst;
import io.jspp.mbuf.SoftwareOffload;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.net.BigEndian;
import io.jspp.net.Checksum;
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

/** The Internet checksum over warm memory, and a TCP frame of that payload cut into frames of 1448 bytes without copying them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ChecksumBenchmark {
    private static final int HEADERS = 54;
    private static final int MSS = 1448;

    /** Bytes summed, or payload cut. */
    @Param({"64", "1514", "65000"})
    public int length;

    private final Burst source = new Burst();
    private final Burst target = new Burst();
    private NativeMemory memory;
    private SoftwareOffload offload;

    @Setup
    public void open() {
        memory = NativeMemory.allocate(HEADERS + (long) length);
        offload = new SoftwareOffload(target.capacity());
        long frame = memory.address();
        BigEndian.putShort(frame + 12, 0x0800);
        Memory.putByte(frame + 14, (byte) 0x45);
        Memory.putByte(frame + 23, (byte) 6);
        Memory.putByte(frame + 46, (byte) 0x50);
        for (int i = 0; i < length; i++) {
            Memory.putByte(frame + HEADERS + i, (byte) (i * 31));
        }
        source.add(frame, HEADERS + length, Offload.pack(1, Offload.GSO_TCPV4, MSS, 34, 16), Burst.BORROWED);
    }

    @TearDown
    public void close() {
        offload.close();
        memory.close();
    }

    @Benchmark
    public short checksum() {
        return Checksum.finish(Checksum.add(0, memory.address() + HEADERS, length));
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

package io.jspp.bench.micro;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.net.Checksum;
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

/** The Internet checksum of headers, packets and segmentation-offload frames. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ChecksumBenchmark {
    @Param({"20", "64", "1460", "65160"})
    public int bytes;

    private NativeMemory memory;

    @Setup
    public void open() {
        memory = NativeMemory.allocate(bytes + 8L);
        for (int i = 0; i < bytes; i++) {
            Memory.putByte(memory.address() + i, (byte) (i * 31));
        }
    }

    @TearDown
    public void close() {
        memory.close();
    }

    @Benchmark
    public int sum() {
        return Checksum.fold(Checksum.add(0, memory.address(), bytes));
    }
}

package io.jspp.bench.micro;

import io.jspp.counters.CounterAllocator;
import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;
import io.jspp.mbuf.Frames;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.net.MacAddress;
import io.jspp.net.VlanOperation;
import io.jspp.patch.PatchEnd;
import io.jspp.port.PolledRxQueue;
import io.jspp.port.TxQueue;
import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.Input;
import io.jspp.secondary.component.Output;
import io.jspp.secondary.component.StartedComponent;
import io.jspp.secondary.component.classifier.ClassifierEntries;
import io.jspp.secondary.component.classifier.ClassifierType;
import io.jspp.worker.Component;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * A classifier with 1 or 10 000 entries and one destination port: frames of 64 bytes, each to a random one of the registered addresses, looked up and copied into
 * 1024 buffers as the tx queue of a guest does. Traffic and memory are the same but for the addresses.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ClassifierBenchmark {
    private static final int BURST = 64;
    private static final int BURSTS_PER_POLL = 4;
    private static final int FRAMES = 16_384;
    private static final int FRAME = 64;
    private static final int BUFFERS = 1024;
    private static final int BUFFER = 2048;
    private static final long FIRST_ADDRESS = MacAddress.parse("52:54:00:00:00:00");

    /** Entries of the table. */
    @Param({"1", "10000"})
    public int entries;

    private final NativeMemory counterMemory = NativeMemory.allocate(4096);
    private final NativeMemory frames = NativeMemory.allocate((long) FRAMES * FRAME);
    private final NativeMemory buffers = NativeMemory.allocate((long) BUFFERS * BUFFER);
    private StartedComponent started;
    private Output output;
    private Component classifier;

    /** Counters one behind the other. */
    private final class Counters implements CounterAllocator {
        private int count;

        @Override
        public long allocate(String label) {
            return counterMemory.address() + 8L * count++;
        }

        @Override
        public void free(long address) {
            // ends with the memory
        }
    }

    /** Hands out the frames in turn, over and over again. */
    private final class Source extends PolledRxQueue {
        private int next;

        Source(CounterAllocator allocator) {
            super(new QueueCounters(allocator, "rx"));
        }

        @Override
        public int rxBurst(Burst burst) {
            for (int i = 0; i < BURST; i++) {
                burst.add(frames.address() + (long) next * FRAME, FRAME, 0, Burst.BORROWED);
                next = next + 1 & FRAMES - 1;
            }
            return BURST;
        }

        @Override
        public boolean arm() {
            return true;
        }
    }

    /** Copies into the next buffers. */
    private final class Sink implements TxQueue {
        private final QueueCounters counters;
        private int next;

        Sink(CounterAllocator allocator) {
            counters = new QueueCounters(allocator, "tx");
        }

        @Override
        public int txBurst(Burst burst) {
            for (int i = 0; i < burst.packets; i++) {
                Frames.copy(burst, i, buffers.address() + (long) next * BUFFER);
                next = next + 1 & BUFFERS - 1;
            }
            counters.passed(burst.packets, (long) burst.packets * FRAME);
            return burst.packets;
        }

        @Override
        public void flush() {
            // nobody sleeps
        }

        @Override
        public QueueCounters counters() {
            return counters;
        }

        @Override
        public void close() {
            counters.close();
        }
    }

    @Setup(Level.Trial)
    public void open() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < FRAMES; i++) {
            long address = FIRST_ADDRESS + random.nextInt(entries);
            Memory.putLong(frames.address() + (long) i * FRAME, Long.reverseBytes(address << 16));
        }
        Counters counters = new Counters();
        PatchEnd port = PatchEnd.parse("vhost:1");
        ClassifierEntries table = new ClassifierEntries(entries);
        started = new ClassifierType(table).start("cls", new ComponentCounters(counters, "cls"), BURST);
        output = new Output(port, new Sink(counters), VlanOperation.NONE, BURST);
        started.prepare(List.of(output));
        started.settle(List.of(), List.of(output));
        for (int i = 0; i < entries; i++) {
            table.add(new ClassifierEntries.Entry(ClassifierEntries.UNTAGGED, FIRST_ADDRESS + i, port));
        }
        Input input = new Input(PatchEnd.parse("vhost:0"), new Source(counters), VlanOperation.NONE);
        classifier = started.build(List.of(input), List.of(output));
    }

    @TearDown(Level.Trial)
    public void close() {
        output.close();
        started.close();
        buffers.close();
        frames.close();
        counterMemory.close();
    }

    /** One poll. */
    @Benchmark
    @OperationsPerInvocation(BURST * BURSTS_PER_POLL)
    public int poll() {
        int moved = classifier.poll(0);
        if (moved != BURST * BURSTS_PER_POLL) {
            throw new IllegalStateException(moved + " frames moved");
        }
        return moved;
    }
}

package io.jspp.bench.micro;

import io.jspp.memory.NativeMemory;
import io.jspp.ring.RingConsumer;
import io.jspp.ring.RingProducer;
import io.jspp.ring.SharedRing;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
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

/** Handles through a {@link SharedRing} in bursts of 32: one thread doing both ends, and two threads. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RingBenchmark {
    private static final int BURST = 32;

    /** A ring of its own for every benchmark. */
    @State(Scope.Group)
    public static class Ends {
        @Param({"128", "1024"})
        public int slots;

        private NativeMemory memory;
        private RingProducer producer;
        private RingConsumer consumer;
        private int next;
        private int expected;

        @Setup
        public void open() {
            memory = NativeMemory.allocate(SharedRing.bytes(slots) + 256);
            SharedRing ring = new SharedRing(memory.address(), slots);
            producer = new RingProducer(ring);
            consumer = new RingConsumer(ring);
        }

        @TearDown
        public void close() {
            memory.close();
        }

        int produce() {
            RingProducer p = producer;
            int n = Math.min(BURST, p.free(BURST));
            for (int i = 0; i < n; i++) {
                p.set(i, next++);
            }
            if (n > 0) {
                p.publish(n);
            }
            return n;
        }

        int consume() {
            RingConsumer c = consumer;
            int n = Math.min(BURST, c.available(BURST));
            for (int i = 0; i < n; i++) {
                if (c.get(i) != expected++) {
                    throw new IllegalStateException("handle " + c.get(i) + " instead of " + (expected - 1));
                }
            }
            if (n > 0) {
                c.release(n);
            }
            return n;
        }
    }

    /** Handles moved, whatever number of calls found the ring empty or full. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Moved {
        public long handles;
    }

    /** Both ends on one thread: the cost of the instructions. */
    @Benchmark
    @Group("oneThread")
    @GroupThreads(1)
    @OperationsPerInvocation(BURST)
    public int oneThread(Ends ends) {
        return ends.produce() + ends.consume();
    }

    /** The producing thread. */
    @Benchmark
    @Group("twoThreads")
    @GroupThreads(1)
    public int produce(Ends ends) {
        return ends.produce();
    }

    /** The consuming thread: its {@code handles} is the figure. */
    @Benchmark
    @Group("twoThreads")
    @GroupThreads(1)
    public int consume(Ends ends, Moved moved) {
        int n = ends.consume();
        moved.handles += n;
        return n;
    }
}

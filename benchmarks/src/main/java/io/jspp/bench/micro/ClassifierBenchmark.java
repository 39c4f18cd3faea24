package io.jspp.bench.micro;

import io.jspp.net.MacAddress;
import io.jspp.net.VlanOperation;
import io.jspp.patch.PatchEnd;
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
    private static final int BURST = SteadyTraffic.BURST;
    private static final int BURSTS_PER_POLL = 4;
    private static final long FIRST_ADDRESS = MacAddress.parse("52:54:00:00:00:00");

    /** Entries of the table. */
    @Param({"1", "10000"})
    public int entries;

    private final SteadyTraffic traffic = new SteadyTraffic();
    private StartedComponent started;
    private Output output;
    private Component classifier;

    @Setup(Level.Trial)
    public void open() {
        SplittableRandom random = new SplittableRandom(1);
        traffic.address(i -> FIRST_ADDRESS + random.nextInt(entries), i -> 0);
        PatchEnd port = PatchEnd.parse("vhost:1");
        ClassifierEntries table = new ClassifierEntries(entries);
        started = new ClassifierType(table).start("cls", new ComponentCounters(traffic.counters(), "cls"), BURST);
        output = new Output(port, traffic.sink(), VlanOperation.NONE, BURST);
        started.prepare(List.of(output));
        started.settle(List.of(), List.of(output));
        for (int i = 0; i < entries; i++) {
            table.add(new ClassifierEntries.Entry(ClassifierEntries.UNTAGGED, FIRST_ADDRESS + i, port));
        }
        Input input = new Input(PatchEnd.parse("vhost:0"), traffic.source(), VlanOperation.NONE);
        classifier = started.build(List.of(input), List.of(output));
    }

    @TearDown(Level.Trial)
    public void close() {
        output.close();
        started.close();
        traffic.close();
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

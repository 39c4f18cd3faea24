package io.jspp.bench.micro;

import io.jspp.net.MacAddress;
import io.jspp.net.VlanOperation;
import io.jspp.patch.PatchEnd;
import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.ComponentCounters.Count;
import io.jspp.secondary.component.Input;
import io.jspp.secondary.component.Output;
import io.jspp.secondary.component.StartedComponent;
import io.jspp.secondary.component.bridge.BridgeOptions;
import io.jspp.secondary.component.bridge.BridgeType;
import io.jspp.secondary.component.bridge.Bridges;
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
 * A bridge that knows 1 or 10 000 stations at each of two ports: frames of 64 bytes from a random one at the first to a random one at the second, source
 * and destination looked up, copied into 1024 buffers as the tx queue of a guest does. As {@link ClassifierBenchmark} but for the learning.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BridgeBenchmark {
    private static final int BURST = SteadyTraffic.BURST;
    private static final int BURSTS_PER_POLL = 4;
    private static final long NEAR = MacAddress.parse("52:54:00:00:00:00");
    private static final long FAR = MacAddress.parse("52:54:00:80:00:00");

    /** Stations at each port. */
    @Param({"1", "10000"})
    public int stations;

    private final SteadyTraffic near = new SteadyTraffic();
    private final SteadyTraffic far = new SteadyTraffic();
    private ComponentCounters counters;
    private StartedComponent started;
    private List<Output> outputs;
    private Component bridge;

    @Setup(Level.Trial)
    public void open() {
        SplittableRandom random = new SplittableRandom(1);
        near.address(i -> FAR + random.nextInt(stations), i -> NEAR + i % stations);
        far.address(i -> MacAddress.BROADCAST, i -> FAR + i % stations);
        BridgeType type = new BridgeType(new Bridges(), new BridgeOptions(300, 2 * stations, stations, 0));
        counters = new ComponentCounters(near.counters(), "br", type.counts());
        started = type.start("br", counters, BURST);
        PatchEnd one = PatchEnd.parse("vhost:0");
        PatchEnd other = PatchEnd.parse("vhost:1");
        outputs = List.of(
                new Output(one, near.sink(), VlanOperation.NONE, BURST),
                new Output(other, far.sink(), VlanOperation.NONE, BURST));
        Input here = new Input(one, near.source(), VlanOperation.NONE);
        Input there = new Input(other, far.source(), VlanOperation.NONE);
        Input silent = new Input(other, new SilentQueue(far.counters()), VlanOperation.NONE);
        Component learning = started.build(List.of(here, there), outputs);
        started.settle(List.of(here, there), outputs);
        while (counters.get(Count.LEARNED) < 2L * stations) {
            learning.poll(1);
        }
        bridge = started.build(List.of(here, silent), outputs);
        started.settle(List.of(here, silent), outputs);
    }

    @TearDown(Level.Trial)
    public void close() {
        outputs.forEach(Output::close);
        started.close();
        near.close();
        far.close();
    }

    /** One poll. */
    @Benchmark
    @OperationsPerInvocation(BURST * BURSTS_PER_POLL)
    public int poll() {
        long flooded = counters.get(Count.FLOODED);
        int moved = bridge.poll(1);
        if (moved != BURST * BURSTS_PER_POLL || counters.get(Count.FLOODED) != flooded) {
            throw new IllegalStateException(moved + " frames moved, flooded " + counters.get(Count.FLOODED));
        }
        return moved;
    }
}

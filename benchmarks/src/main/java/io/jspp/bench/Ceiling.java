package io.jspp.bench;

import io.jspp.frontend.DriverVirtqueue;
import io.jspp.frontend.FrontendConfig;
import io.jspp.frontend.FrontendMemory;
import io.jspp.frontend.GeneratorRx;
import io.jspp.frontend.GeneratorTx;
import io.jspp.frontend.TrafficRun;
import io.jspp.frontend.TrafficStreams;
import org.HdrHistogram.Histogram;

/** Measures what the generator can do at most: against {@link CeilingDevice} in this process, on the CPU of the switch. */
final class Ceiling {
    private static final byte[] MAC = {0x52, 0x54, 0, 0, 0, 1};

    private Ceiling() {}

    static Measurement measure(BenchSetup setup) throws InterruptedException {
        int size = FrontendConfig.DEFAULT_QUEUE_SIZE;
        long features = setup.features();
        Histogram latencyNs = new Histogram(1, 60_000_000_000L, 3);
        long bytes = FrontendConfig.memoryFor(size, 1);
        try (FrontendMemory left = FrontendMemory.create(bytes, setup.hugePages());
                FrontendMemory right = FrontendMemory.create(bytes, setup.hugePages());
                DriverVirtqueue txQueue = DriverVirtqueue.create(left, size, features);
                DriverVirtqueue rxQueue = DriverVirtqueue.create(right, size, features)) {
            GeneratorRx rx = GeneratorRx.on(
                    rxQueue, features, ns -> latencyNs.recordValue(Math.max(1, Math.min(ns, 1_000_000_000L))), false);
            GeneratorTx tx = GeneratorTx.on(txQueue, features, setup.pattern(), MAC, MAC, 1, 1024, false);
            CeilingDevice device = CeilingDevice.between(txQueue, rxQueue, setup.deviceCpu());
            Thread thread = new Thread(device, "bench ceiling");
            thread.start();
            try (TrafficRun run = new TrafficRun(new GeneratorTx[] {tx}, new GeneratorRx[] {rx}, true)) {
                run.window(new TrafficStreams[] {rx.streams()}, size);
                Generator generator = new Generator(setup);
                return generator.onGeneratorCpu(
                        () -> generator.measure(run, latencyNs, TrafficRun.FLAT_OUT, setup.windows()));
            } finally {
                device.stop();
                thread.join();
            }
        }
    }
}

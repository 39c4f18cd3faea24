package io.jspp.bench;

import io.jspp.frontend.FrontendConfig;
import io.jspp.frontend.FrontendSession;
import io.jspp.frontend.TrafficRun;
import io.jspp.frontend.TrafficTotals;
import io.jspp.linux.Linux;
import io.jspp.secondary.guest.TrafficGuest;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.HdrHistogram.Histogram;

/** The two guests of a bench: one thread on one CPU plays both. */
final class Generator {
    private static final long WINDOW_NS = 100_000_000L;
    private static final long QUIET_NS = 200_000_000L;
    private static final long FLUSH_NS = 50_000_000L;
    private static final int CONNECT_MS = 20_000;
    private static final byte[] LEFT = {0x52, 0x54, 0, 0, 0, 1};
    private static final byte[] RIGHT = {0x52, 0x54, 0, 0, 0, 2};

    private final BenchSetup setup;

    Generator(BenchSetup setup) {
        this.setup = setup;
    }

    /** Flat out through {@code device}. */
    Measurement throughput(SwitchUnderTest device) {
        return run(device, TrafficRun.FLAT_OUT, 1024, setup.windows());
    }

    /** At a moderate rate, every frame timed. */
    Measurement latency(SwitchUnderTest device) {
        return run(device, setup.latencyRate(), 1, setup.windows());
    }

    private Measurement run(SwitchUnderTest device, long rate, int sampleEvery, int windows) {
        TrafficGuest.Options options =
                new TrafficGuest.Options(setup.pattern(), sampleEvery, false, true, setup.window());
        List<TrafficGuest.Port> ports = List.of(
                new TrafficGuest.Port(config(device.socket(0)), LEFT, RIGHT),
                new TrafficGuest.Port(config(device.socket(1)), RIGHT, setup.both() ? LEFT : null));
        try (TrafficGuest guest = new TrafficGuest(ports, options)) {
            guest.start();
            if (!guest.awaitUp(CONNECT_MS)) {
                StringBuilder problems = new StringBuilder();
                for (FrontendSession session : guest.sessions()) {
                    problems.append(' ').append(session.problem());
                }
                throw new BenchFailure(device.name() + " does not answer on its sockets:" + problems);
            }
            return onGeneratorCpu(() -> measure(guest.run(), guest.latencyNs(), rate, windows));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted");
        }
    }

    private FrontendConfig config(Path socket) {
        return FrontendConfig.connectTo(socket.toString())
                .withFeatures(setup.features())
                .withHugePages(setup.hugePages());
    }

    /** Runs {@code body} on a fresh thread pinned to the generator's CPU. */
    <T> T onGeneratorCpu(Callable<T> body) throws InterruptedException {
        FutureTask<T> task = new FutureTask<>(() -> {
            pin(setup.generatorCpu());
            return body.call();
        });
        Thread thread = new Thread(task, "bench traffic");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new BenchFailure(String.valueOf(e.getCause().getMessage()));
        }
    }

    static void pin(int cpu) {
        BitSet set = new BitSet();
        set.set(cpu);
        Linux.schedSetaffinity(0, set);
    }

    /** Warm-up, windows, drain, on the calling thread. */
    Measurement measure(TrafficRun run, Histogram latencyNs, long rate, int windows) {
        // What an earlier run left in the switch belongs to nobody.
        run.drain(Long.MAX_VALUE, FLUSH_NS, () -> false);
        TrafficTotals start = run.totals();
        run.send(rate, Long.MAX_VALUE, setup.warmUpMs() * 1_000_000L, () -> false);
        latencyNs.reset();
        double[] mpps = new double[windows];
        double[] gbps = new double[windows];
        TrafficTotals begin = run.totals();
        TrafficTotals last = begin;
        for (int i = 0; i < windows; i++) {
            run.send(rate, Long.MAX_VALUE, WINDOW_NS, () -> false);
            TrafficTotals now = run.totals();
            TrafficTotals window = now.since(last);
            mpps[i] = window.receivedMpps();
            gbps[i] = window.receivedGbps();
            last = now;
        }
        double idleShare = last.since(begin).idleShare();
        run.drain(start.received() + last.sent(), QUIET_NS, () -> false);
        TrafficTotals end = run.totals().since(start);
        double lost = 100.0 * (end.sent() - end.received() + end.duplicates()) / Math.max(1, end.sent());
        return new Measurement(
                new Sample(mpps).median(),
                new Sample(gbps).median(),
                lost,
                end.reordered() + end.duplicates() + end.corrupt(),
                idleShare,
                latencyNs.getValueAtPercentile(50) / 1e3,
                latencyNs.getValueAtPercentile(99) / 1e3,
                latencyNs.getValueAtPercentile(99.9) / 1e3);
    }
}

package io.jspp.bench;

import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Measures our switch and, when there is one, a reference in turn, and prints figures, ratio and spread. Closing ends every process. */
final class Contest implements AutoCloseable {
    private static final double MAX_LOSS_PERCENT = 0.1;

    private final PrintStream out;
    private final BenchSetup setup;
    private final Generator generator;
    private final BenchPath.Wires wires;
    private final Deque<SwitchUnderTest> switches = new ArrayDeque<>();
    private final Thread onSignal = new Thread(this::closeAll, "bench end");
    private boolean closed;

    /** @param wires what the switches connect to; closed with the contest, after them */
    Contest(PrintStream out, BenchSetup setup, BenchPath.Wires wires) {
        this.wires = wires;
        this.out = out;
        this.setup = setup;
        this.generator = new Generator(setup);
        Runtime.getRuntime().addShutdownHook(onSignal);
    }

    /**
     * Runs the whole contest.
     *
     * @param reference null when there is nothing to compare with
     */
    void run(Supplier<SwitchUnderTest> ours, Supplier<SwitchUnderTest> reference) {
        SwitchUnderTest us = open(ours);
        measure(us, false); // compiles our code; not counted
        SwitchUnderTest them = reference == null ? null : open(reference);
        List<Measurement> our = new ArrayList<>();
        List<Measurement> their = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        out.printf(
                "%6s  %14s%s%n",
                "run", us.name(), them == null ? "" : String.format("  %14s  %6s", them.name(), "ratio"));
        for (int i = 1; i <= setup.pairs(); i++) {
            // Who goes first alternates, so that a drift of the machine favours nobody.
            boolean weFirst = i % 2 == 1 || them == null;
            Measurement first = measure(weFirst ? us : them, false);
            Measurement second = them == null ? null : measure(weFirst ? them : us, false);
            Measurement mine = weFirst ? first : second;
            Measurement others = weFirst ? second : first;
            our.add(mine);
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%6d  %9.2f Mpps", i, mine.mpps()));
            if (others != null) {
                their.add(others);
                double ratio = mine.mpps() / others.mpps();
                ratios.add(ratio);
                line.append(String.format(Locale.ROOT, "  %9.2f Mpps  %6.2f", others.mpps(), ratio));
            }
            out.println(line);
            out.flush();
        }
        summary(us.name(), our);
        if (them != null) {
            summary(them.name(), their);
            Sample sample = Sample.of(ratios);
            out.printf(
                    Locale.ROOT,
                    "ratio %s / %s: median %.2f, spread %.2f to %.2f%n",
                    us.name(),
                    them.name(),
                    sample.median(),
                    sample.min(),
                    sample.max());
        }
        latency(us);
        if (them != null) {
            latency(them);
        }
    }

    private synchronized SwitchUnderTest open(Supplier<SwitchUnderTest> maker) {
        if (closed) {
            throw new BenchFailure("interrupted");
        }
        SwitchUnderTest device = maker.get();
        switches.push(device);
        return device;
    }

    private Measurement measure(SwitchUnderTest device, boolean latency) {
        device.resume();
        try {
            return latency ? generator.latency(device) : generator.throughput(device);
        } finally {
            device.pause();
        }
    }

    private void latency(SwitchUnderTest device) {
        if (setup.latencyRate() <= 0) {
            return;
        }
        Measurement m = measure(device, true);
        out.printf(
                Locale.ROOT,
                "%-8s at %d frames/s: generator to generator p50 %.2f us, p99 %.2f us, p99.9 %.2f us, loss %.4f %%%n",
                device.name(),
                setup.latencyRate(),
                m.p50Us(),
                m.p99Us(),
                m.p999Us(),
                m.lossPercent());
    }

    private void summary(String name, List<Measurement> runs) {
        Sample mpps = Sample.of(runs.stream().map(Measurement::mpps).toList());
        Sample gbps = Sample.of(runs.stream().map(Measurement::gbps).toList());
        Sample loss = Sample.of(runs.stream().map(Measurement::lossPercent).toList());
        Sample idle = Sample.of(runs.stream().map(Measurement::idleShare).toList());
        long damaged = runs.stream().mapToLong(Measurement::damaged).sum();
        out.printf(
                Locale.ROOT,
                "%-8s median %.2f Mpps (%.2f to %.2f), %.2f Gbit/s, loss %.4f %%, generator idle in %.0f %% of its cycles%n",
                name,
                mpps.median(),
                mpps.min(),
                mpps.max(),
                gbps.median(),
                loss.max(),
                100 * idle.median());
        if (loss.max() > MAX_LOSS_PERCENT) {
            out.printf(Locale.ROOT, "%-8s warning: a run lost more than %.1f %%%n", name, MAX_LOSS_PERCENT);
        }
        if (damaged > 0) {
            out.printf("%-8s warning: %d frames reordered, duplicated or damaged%n", name, damaged);
        }
    }

    private synchronized void closeAll() {
        if (closed) {
            return;
        }
        closed = true;
        while (!switches.isEmpty()) {
            try {
                switches.pop().close();
            } catch (RuntimeException e) {
                System.err.println("bench: clean-up: " + e.getMessage());
            }
        }
        try {
            wires.close();
        } catch (RuntimeException e) {
            System.err.println("bench: clean-up: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        closeAll();
        try {
            Runtime.getRuntime().removeShutdownHook(onSignal);
        } catch (IllegalStateException alreadyEnding) {
            // A signal brought us here, the hook is running.
            return;
        }
    }
}

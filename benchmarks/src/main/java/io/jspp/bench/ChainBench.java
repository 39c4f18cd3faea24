package io.jspp.bench;

import io.jspp.bench.VfSwitch.Arrangement;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a chain of components costs beside its components: classifier → forward → merge over rings on one worker, against the sum of what a packet
 * costs in each of them alone, from guest to guest.
 */
final class ChainBench {
    /** Frames under way, at most: what a ring of SPP's size takes. */
    static final int WINDOW = 120;

    private final PrintStream out;
    private final BenchSetup setup;
    private final Generator generator;

    ChainBench(PrintStream out, BenchSetup setup) {
        this.out = out;
        this.setup = setup;
        generator = new Generator(setup);
    }

    /** Rounds of all four arrangements, one after the other; a ratio a round. Ctrl-C ends the processes too. */
    void run() {
        try (VfSwitch vf = new VfSwitch(setup)) {
            Thread onSignal = new Thread(vf::close, "bench end");
            Runtime.getRuntime().addShutdownHook(onSignal);
            try {
                run(vf);
            } finally {
                withdraw(onSignal);
            }
        }
    }

    private static void withdraw(Thread onSignal) {
        try {
            Runtime.getRuntime().removeShutdownHook(onSignal);
        } catch (IllegalStateException alreadyEnding) {
            // the hook is running, and closes the same
            return;
        }
    }

    private void run(VfSwitch vf) {
        for (Arrangement arrangement : Arrangement.values()) {
            measure(vf, arrangement); // compiles our code; not counted
        }
        List<Double> ratios = new ArrayList<>();
        List<Double> chain = new ArrayList<>();
        out.printf("%6s  %12s  %12s  %12s  %12s  %6s%n", "run", "chain", "classifier", "forward", "merge", "ratio");
        for (int i = 1; i <= setup.pairs(); i++) {
            Map<Arrangement, Double> nanos = new EnumMap<>(Arrangement.class);
            for (int k = 0; k < Arrangement.values().length; k++) {
                // Who goes first changes, so that a drift of the machine favours nobody.
                Arrangement arrangement = Arrangement.values()[(i + k) % Arrangement.values().length];
                nanos.put(arrangement, measure(vf, arrangement));
            }
            double chained = nanos.get(Arrangement.CHAIN);
            double ideal =
                    nanos.values().stream().mapToDouble(Double::doubleValue).sum() - chained;
            chain.add(1000 / chained);
            ratios.add(ideal / chained);
            StringBuilder line = new StringBuilder(String.format("%6d", i));
            nanos.values().forEach(ns -> line.append(String.format(Locale.ROOT, "  %9.1f ns", ns)));
            out.println(line.append(String.format(Locale.ROOT, "  %6.2f", ideal / chained)));
            out.flush();
        }
        Sample mpps = Sample.of(chain);
        out.printf(Locale.ROOT, "chain median %.2f Mpps (%.2f to %.2f)%n", mpps.median(), mpps.min(), mpps.max());
        Sample ratio = Sample.of(ratios);
        out.printf(
                Locale.ROOT,
                "ratio chain / sum of its components: median %.2f, spread %.2f to %.2f%n",
                ratio.median(),
                ratio.min(),
                ratio.max());
    }

    /** Nanoseconds a frame. */
    private double measure(VfSwitch vf, Arrangement arrangement) {
        vf.arrange(arrangement);
        Measurement measured = generator.throughput(vf);
        if (measured.lossPercent() > 0 || measured.damaged() > 0) {
            out.printf(
                    Locale.ROOT,
                    "warning: %s lost %.4f %%, %d frames reordered, duplicated or damaged%n",
                    arrangement,
                    measured.lossPercent(),
                    measured.damaged());
        }
        return 1000 / measured.mpps();
    }
}

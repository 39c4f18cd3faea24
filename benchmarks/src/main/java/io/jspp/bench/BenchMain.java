package io.jspp.bench;

import io.jspp.config.CpuSets;
import io.jspp.config.ExitCode;
import io.jspp.controller.main.MainCommand;
import io.jspp.frontend.FrontendConfig;
import io.jspp.frontend.FrontendMemory;
import io.jspp.frontend.TrafficPattern;
import io.jspp.virtio.Features;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./spp bench}: figures of this machine, beside dpdk-testpmd where it is installed. */
@Command(
        name = "spp bench",
        description = {
            "Measures throughput and latency of real nfv processes between two guests that this process plays,",
            "and the same of dpdk-testpmd in turn where it is installed. Needs two CPUs, and a quiet machine."
        })
public final class BenchMain extends MainCommand {
    private static final int CEILING_RUNS = 3;

    @Parameters(
            index = "0",
            paramLabel = "PATH",
            description = "vhost: guest to guest; veth: guest, AF_PACKET, veth pair, AF_PACKET, guest (root);"
                    + " ring: guest, nfv, ring, second nfv, guest;"
                    + " chain: a vf's components joined by rings, and each alone;"
                    + " components: what a frame costs in them; micro: the JMH benchmarks")
    private String path;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "REGEX",
            defaultValue = ".*",
            description = "micro: which benchmarks (all)")
    private String include;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "64",
            description = "frame length (${DEFAULT-VALUE})")
    private int size;

    @Option(names = "--imix", description = "64, 590 and 1514 bytes at 7:4:1")
    private boolean imix;

    @Option(names = "--both", description = "both guests send")
    private boolean both;

    @Option(names = "--packed", description = "the guests have packed rings")
    private boolean packed;

    @Option(names = "--busy", description = "our workers poll for ever (nfv --busy)")
    private boolean busy;

    @Option(names = "--idle", description = "our workers sleep when idle: the default")
    private boolean idle;

    @Option(
            names = "--pairs",
            paramLabel = "N",
            defaultValue = "5",
            description = "runs of each switch (${DEFAULT-VALUE})")
    private int pairs;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "2",
            description = "measured time of each run, after one second of warm-up (${DEFAULT-VALUE})")
    private double seconds;

    @Option(names = "--generator-cpu", paramLabel = "N", description = "CPU of the guests; default: the first allowed")
    private Integer generatorCpu;

    @Option(names = "--device-cpu", paramLabel = "N", description = "CPU of the switch; default: the second allowed")
    private Integer deviceCpu;

    @Option(names = "--no-huge", description = "no hugepages even if some are free")
    private boolean noHuge;

    @Option(names = "--no-reference", description = "do not measure dpdk-testpmd")
    private boolean noReference;

    @Option(
            names = "--latency-rate",
            paramLabel = "FRAMES",
            defaultValue = "100000",
            description = "frames per second of the latency run, 0: none (${DEFAULT-VALUE})")
    private long latencyRate;

    private BenchMain() {}

    public static void main(String[] arguments) {
        System.exit(new BenchMain().run(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            measure();
            return ExitCode.OK;
        } catch (IllegalArgumentException wrong) {
            throw usage(wrong.getMessage());
        }
    }

    private void measure() throws InterruptedException {
        if (path.equals("micro")) {
            Micro.run(include);
            return;
        }
        if (path.equals("chain")) {
            chain();
            return;
        }
        if (path.equals("components")) {
            try (ComponentCosts costs = new ComponentCosts()) {
                costs.run(System.out, pairs);
            }
            return;
        }
        BenchPath chosen = switch (path) {
            case "vhost" -> BenchPath.vhost();
            case "veth" -> BenchPath.veth();
            case "ring" -> BenchPath.ring();
            default -> throw usage("'" + path + "': vhost, veth, ring, chain, components or micro expected");
        };
        if (busy && idle) {
            throw usage("--busy or --idle, not both");
        }
        BenchSetup setup = setup(chosen.window());
        PrintStream out = System.out;
        out.printf(
                Locale.ROOT,
                "%s: %s frames%s, %s, %s rings, mergeable, in-order; generator on cpu %d, switch on cpu %d, %s, workers %s%n",
                path,
                setup.pattern().name(),
                both ? " both ways" : "",
                chosen.text(),
                packed ? "packed" : "split",
                setup.generatorCpu(),
                setup.deviceCpu(),
                setup.hugePages() ? "guest memory on hugepages" : "no hugepages",
                busy ? "busy" : "sleep when idle");
        ceiling(out, setup);
        boolean reference = !noReference && chosen.hasReference() && TestpmdSwitch.isInstalled();
        if (!reference) {
            out.println("reference: none"
                    + (chosen.hasReference() ? " (apt-get install dpdk-dev brings dpdk-testpmd)" : ""));
        }
        BenchPath.Wires wires = chosen.open();
        try (Contest contest = new Contest(out, setup, wires)) {
            contest.run(
                    () -> new NfvSwitch(setup, wires.ours()),
                    reference ? () -> new TestpmdSwitch(setup, wires.reference()) : null);
        }
    }

    private void chain() throws InterruptedException {
        BenchSetup setup = setup(ChainBench.WINDOW);
        System.out.printf(
                "chain: %s frames, vhost:0 to vhost:1 through classifier, forward and merge, %s rings; generator on cpu %d, vf on cpu %d, worker %s%n",
                setup.pattern().name(),
                packed ? "packed" : "split",
                setup.generatorCpu(),
                setup.deviceCpu(),
                busy ? "busy" : "sleeps when idle");
        ceiling(System.out, setup);
        new ChainBench(System.out, setup).run();
    }

    private static void ceiling(PrintStream out, BenchSetup setup) throws InterruptedException {
        double best = 0;
        for (int i = 0; i < CEILING_RUNS; i++) {
            best = Math.max(best, Ceiling.measure(setup).mpps());
        }
        out.printf(
                Locale.ROOT,
                "generator: ceiling %.2f Mpps (best of %d), against a device on the switch's cpu that moves descriptors and sequence numbers only%n",
                best,
                CEILING_RUNS);
        out.flush();
    }

    private BenchSetup setup(int window) {
        SortedSet<Integer> allowed = CpuSets.allowed();
        if (allowed.size() < 2) {
            throw new BenchFailure("a bench needs two CPUs, this process may use " + allowed
                    + ": start it with taskset -c 0,1, or on a larger machine");
        }
        List<Integer> cpus = List.copyOf(allowed);
        int generator = generatorCpu != null ? generatorCpu : cpus.get(0);
        int device = deviceCpu != null ? deviceCpu : cpus.get(cpus.get(0) == generator ? 1 : 0);
        if (!allowed.contains(generator) || !allowed.contains(device) || generator == device) {
            throw usage("--generator-cpu " + generator + " --device-cpu " + device + ": two different CPUs of "
                    + allowed + " expected");
        }
        if (pairs < 1 || pairs > 1000 || !(seconds >= 0.5 && seconds <= 3600) || latencyRate < 0) {
            throw usage("--pairs 1 to 1000, --seconds 0.5 to 3600, --latency-rate 0 or more expected");
        }
        TrafficPattern pattern = imix ? TrafficPattern.IMIX : TrafficPattern.fixed(size);
        return new BenchSetup(
                pattern,
                FrontendConfig.DEFAULT_FEATURES | (packed ? Features.RING_PACKED : 0),
                both,
                busy,
                pairs,
                (int) Math.round(seconds * 10),
                1000,
                window,
                generator,
                device,
                !noHuge && hugePagesFree(),
                latencyRate);
    }

    private static boolean hugePagesFree() {
        try (FrontendMemory probe = FrontendMemory.create(64L << 20, true)) {
            return probe.hugePages();
        }
    }
}

package io.jspp.bench;

import io.jspp.bench.micro.SteadyTraffic;
import io.jspp.mbuf.Burst;
import io.jspp.net.MacAddress;
import io.jspp.net.VlanOperation;
import io.jspp.patch.PatchEnd;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.ComponentType;
import io.jspp.secondary.component.Input;
import io.jspp.secondary.component.Output;
import io.jspp.secondary.component.StartedComponent;
import io.jspp.secondary.component.classifier.ClassifierEntries;
import io.jspp.secondary.component.classifier.ClassifierType;
import io.jspp.secondary.component.forward.ForwardType;
import io.jspp.secondary.component.merge.MergeType;
import io.jspp.worker.Component;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * What a frame costs in components that one thread polls by hand: a classifier with 10 000 entries beside one with 1, and the chain classifier → forward →
 * merge over rings beside each of the three alone. A step moves one burst; it is timed in blocks of {@link #STEPS}, and the median of the blocks counts, so that
 * what interrupts some of them does not. All are measured in turn, round by round.
 */
final class ComponentCosts implements AutoCloseable {
    private static final int BURST = SteadyTraffic.BURST;
    private static final int MANY = 10_000;
    private static final long FIRST_ADDRESS = MacAddress.parse("52:54:00:00:00:00");
    private static final int STEPS = 50;
    private static final int BLOCKS = 400;
    private static final int WARM_UPS = 5;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final SteadyTraffic toOne = open(new SteadyTraffic());
    private final SteadyTraffic toMany = open(new SteadyTraffic());
    private final Wiring wiring = open(new Wiring(2, toMany.counters()));
    private final Burst burst = new Burst(BURST);
    private final TxQueue[] ringTx = new TxQueue[2];
    private final RxQueue[] ringRx = new RxQueue[2];
    private final RxQueue source = open(toMany.source());
    private final TxQueue sink = open(toMany.sink());
    private final Component few;
    private final Component many;
    private final Component classifier;
    private final Component forward;
    private final Component merge;

    ComponentCosts() {
        SplittableRandom random = new SplittableRandom(1);
        toOne.address(i -> FIRST_ADDRESS, i -> 0);
        toMany.address(i -> FIRST_ADDRESS + random.nextInt(MANY), i -> 0);
        for (int i = 0; i < 2; i++) {
            ringTx[i] = open(wiring.ring(i).openTx(0));
            ringRx[i] = open(wiring.ring(i).openRx(0));
        }
        few = classifier("few", open(toOne.source()), sink, 1);
        many = classifier("many", source, sink, MANY);
        classifier = classifier("classifier", source, ringTx[0], MANY);
        forward = component(new ForwardType(), "forward", ringRx[0], ringTx[1]);
        merge = component(new MergeType(), "merge", ringRx[1], sink);
    }

    private Component classifier(String name, RxQueue from, TxQueue to, int entries) {
        ClassifierEntries table = new ClassifierEntries(entries);
        for (int i = 0; i < entries; i++) {
            table.add(new ClassifierEntries.Entry(
                    ClassifierEntries.UNTAGGED, FIRST_ADDRESS + i, PatchEnd.parse("vhost:1")));
        }
        return component(new ClassifierType(table), name, from, to);
    }

    private Component component(ComponentType type, String name, RxQueue from, TxQueue to) {
        StartedComponent started = open(type.start(name, new ComponentCounters(toMany.counters(), name), BURST));
        Output output = open(new Output(PatchEnd.parse("vhost:1"), to, VlanOperation.NONE, BURST));
        Input input = new Input(PatchEnd.parse("vhost:0"), from, VlanOperation.NONE);
        started.prepare(List.of(output));
        started.settle(List.of(input), List.of(output));
        return started.build(List.of(input), List.of(output));
    }

    /** Prints each round, then the median of the ratios. */
    void run(PrintStream out, int rounds) {
        for (int i = 0; i < WARM_UPS; i++) {
            round();
        }
        out.printf(
                "%6s  %9s  %9s  %6s   %9s  %9s  %9s  %9s  %6s%n",
                "round", "1 entry", MANY, "ratio", "chain", "classif.", "forward", "merge", "ratio");
        List<Double> tables = new ArrayList<>();
        List<Double> chains = new ArrayList<>();
        for (int i = 1; i <= rounds; i++) {
            double[] ns = round();
            double ideal = ns[3] + ns[4] + ns[5];
            tables.add(ns[0] / ns[1]);
            chains.add(ideal / ns[2]);
            out.printf(
                    Locale.ROOT,
                    "%6d  %6.1f ns  %6.1f ns  %6.2f   %6.1f ns  %6.1f ns  %6.1f ns  %6.1f ns  %6.2f%n",
                    i,
                    ns[0],
                    ns[1],
                    ns[0] / ns[1],
                    ns[2],
                    ns[3],
                    ns[4],
                    ns[5],
                    ideal / ns[2]);
        }
        print(out, "rate with 10000 entries / with 1", tables);
        print(out, "chain / sum of its components", chains);
    }

    private static void print(PrintStream out, String what, List<Double> ratios) {
        Sample sample = Sample.of(ratios);
        out.printf(
                Locale.ROOT,
                "ratio %s: median %.2f, spread %.2f to %.2f%n",
                what,
                sample.median(),
                sample.min(),
                sample.max());
    }

    /** Nanoseconds a frame: 1 entry, many, chain, and its components alone. */
    private double[] round() {
        double feedAndDrain = cost(() -> {
            feed(0);
            drain(0);
        });
        double one = cost(() -> poll(few, 4 * BURST)) / 4;
        double thousands = cost(() -> poll(many, 4 * BURST)) / 4;
        double chain = cost(() -> {
            poll(classifier, BURST);
            poll(forward, BURST);
            poll(merge, BURST);
        });
        double first = cost(() -> {
            poll(classifier, BURST);
            drain(0);
        });
        double second = cost(() -> {
            feed(0);
            poll(forward, BURST);
            drain(1);
        });
        double third = cost(() -> {
            feed(1);
            poll(merge, BURST);
        });
        // What feeds and drains is no part of a component: what it costs is taken off, half for one of the two.
        return new double[] {
            one, thousands, chain, first - feedAndDrain / 2, second - feedAndDrain, third - feedAndDrain / 2
        };
    }

    private static void poll(Component component, int expected) {
        int moved = component.poll(0);
        if (moved != expected) {
            throw new BenchFailure(component + " moved " + moved + " frames, not " + expected);
        }
    }

    private void feed(int ring) {
        source.rxBurst(burst);
        if (ringTx[ring].txBurst(burst) != BURST) {
            throw new BenchFailure("ring:" + ring + " has no room for a burst");
        }
        ringTx[ring].flush();
        burst.clear();
    }

    private void drain(int ring) {
        if (ringRx[ring].rxBurst(burst) != BURST) {
            throw new BenchFailure("ring:" + ring + " has no burst");
        }
        ringRx[ring].release(burst);
        burst.clear();
    }

    private static double cost(Runnable step) {
        double[] blocks = new double[BLOCKS];
        for (int i = 0; i < BLOCKS; i++) {
            long begin = System.nanoTime();
            for (int k = 0; k < STEPS; k++) {
                step.run();
            }
            blocks[i] = System.nanoTime() - begin;
        }
        Arrays.sort(blocks);
        return blocks[BLOCKS / 2] / STEPS / BURST;
    }

    private <T extends AutoCloseable> T open(T resource) {
        opened.push(resource);
        return resource;
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                throw new BenchFailure("close: " + e.getMessage());
            }
        }
    }
}

package io.jspp.controller.demo;

import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/**
 * Where a scene plays: prints what happens with the time since the start, runs the processes, and ends them all when it closes: also
 * on Ctrl-C.
 */
final class Stage implements AutoCloseable {
    private final PrintStream out;
    private final long startNs = System.nanoTime();
    private final SppCluster cluster =
            new SppCluster("demo", System.getProperty("spp.launcher", "./spp"), this::showCommand);
    private final Deque<AutoCloseable> others = new ArrayDeque<>();
    private boolean closed;
    private final Thread onInterrupt = new Thread(this::closeAll, "demo-shutdown");

    Stage(PrintStream out) {
        this.out = out;
        Runtime.getRuntime().addShutdownHook(onInterrupt);
    }

    SppCluster cluster() {
        return cluster;
    }

    /** Prints a heading with the seconds since the start. */
    void say(String text) {
        out.printf("%5.1f s  %s%n", (System.nanoTime() - startNs) / 1e9, text);
    }

    private void showCommand(String line) {
        out.println("         " + line);
    }

    /** Prints lines of a process, indented. */
    void show(List<String> lines) {
        lines.forEach(line -> out.println("           " + line));
    }

    /** Runs {@code ./spp WORDS…} to its end. */
    List<String> run(String name, List<String> words, Duration limit, String nextStep) {
        SppProcess process = cluster.start(name, words);
        List<String> lines = finish(process, limit, nextStep);
        cluster.end(process);
        return lines;
    }

    /** Waits for the end of a started process, shows what it printed, and fails the demo when it failed. */
    List<String> finish(SppProcess process, Duration limit, String nextStep) {
        int exit = process.awaitExit(limit);
        show(process.out());
        if (exit != 0) {
            throw new DemoFailure(
                    process.name() + " ended with exit code " + exit + ": " + String.join("; ", process.err()),
                    nextStep);
        }
        return process.out();
    }

    /** Runs shell lines and shows their output. */
    void shell(String... lines) {
        show(cluster.shell(lines));
    }

    /**
     * Makes something that is closed with the stage, behind the processes; nothing more once that has begun: a process that is started
     * while Ctrl-C ends the others would be nobody's.
     *
     * @throws IllegalStateException when everything has been ended
     */
    synchronized <T extends AutoCloseable> T open(Supplier<T> maker) {
        if (closed) {
            throw new IllegalStateException("everything has been ended");
        }
        T resource = maker.get();
        others.push(resource);
        return resource;
    }

    @Override
    public void close() {
        closeAll();
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        } catch (IllegalStateException alreadyEnding) {
            // The hook is what runs: nothing is left to remove.
        }
    }

    private synchronized void closeAll() {
        closed = true;
        cluster.close();
        while (!others.isEmpty()) {
            try {
                others.pop().close();
            } catch (Exception e) {
                System.err.println("demo: clean-up: " + e.getMessage());
            }
        }
    }
}

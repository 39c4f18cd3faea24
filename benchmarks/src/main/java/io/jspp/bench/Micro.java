package io.jspp.bench;

import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the JMH benchmarks of {@link io.jspp.bench.micro}. */
final class Micro {
    private Micro() {}

    /** @param include regular expression on class and method names */
    static void run(String include) {
        // JMH would leave its lock file in /tmp.
        System.setProperty("jmh.ignoreLock", "true");
        try {
            new Runner(new OptionsBuilder().include(include).build()).run();
        } catch (RunnerException e) {
            throw new BenchFailure(e.getMessage());
        }
    }
}

package io.jspp.bench;

import io.jspp.frontend.TrafficPattern;

/**
 * What a bench measures.
 *
 * @param features what the guests ask for
 * @param both whether both guests send
 * @param busy whether our workers spin for ever (nfv --busy)
 * @param pairs runs of each switch, in turn
 * @param windows measured windows of 100 ms per run
 * @param warmUpMs before the windows
 * @param window frames under way in one direction, at most: what the path holds without loss
 * @param generatorCpu CPU of the generator
 * @param deviceCpu CPU of the switch's worker
 */
record BenchSetup(
        TrafficPattern pattern,
        long features,
        boolean both,
        boolean busy,
        int pairs,
        int windows,
        int warmUpMs,
        int window,
        int generatorCpu,
        int deviceCpu,
        boolean hugePages,
        long latencyRate) {}

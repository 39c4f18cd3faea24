package io.jspp.secondary.guest;

import picocli.CommandLine.Option;

/** Options of the modes that count frames. */
final class TrafficOptions {
    @Option(names = "--seconds", paramLabel = "S", description = "stop after this time")
    Double seconds;

    @Option(names = "--count", paramLabel = "N", description = "stop after this many frames, of each sending queue")
    Long count;

    @Option(names = "--payload", description = "write and check every byte, not just headers and sequence numbers")
    boolean payload;

    @Option(names = "--busy", description = "spin for ever instead of sleeping when nothing comes")
    boolean busy;

    @Option(
            names = "--report",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "a line every so many seconds, 0: none (default: ${DEFAULT-VALUE})")
    double report;

    void validate() {
        if (seconds != null && !(seconds > 0 && seconds < 1e9)) {
            throw new IllegalArgumentException("--seconds " + seconds + " (more than 0)");
        }
        if (count != null && count < 1) {
            throw new IllegalArgumentException("--count " + count + " (1 or more)");
        }
        if (!(report >= 0 && report < 1e9)) {
            throw new IllegalArgumentException("--report " + report + " (seconds, 0 or more)");
        }
    }
}

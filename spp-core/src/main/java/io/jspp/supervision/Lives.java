package io.jspp.supervision;

import io.jspp.config.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The lives of one process that is started again when it dies: each appends what it prints to one log, and the end of each decides about the next. Its
 * owner sees the deaths and the time pass, and guards it.
 */
public final class Lives {
    /** What becomes of it. */
    public enum State {
        RUNNING("running"),
        /** Died, and will be started again. */
        WAITING("waiting to be started again"),
        /** Ended by {@code exit} or a signal it obeys. */
        ENDED("ended"),
        /** Its options or its id were refused: another try would end in the same way. */
        REFUSED("refused"),
        /** Died too often. */
        GIVEN_UP("given up");

        private final String word;

        State(String word) {
            this.word = word;
        }

        /** For the operator. */
        public String word() {
            return word;
        }
    }

    /**
     * How deaths are dealt with.
     *
     * @param pauseMs before the first restart, doubled with every quick death up to 32 times that
     * @param steadyMs a process that lived as long did not die quickly
     * @param quickDeaths in a row, after which it is given up
     */
    public record Patience(long pauseMs, long steadyMs, int quickDeaths) {
        public static final Patience USUAL = new Patience(500, 10_000, 10);
        private static final int MOST_DOUBLINGS = 5;
    }

    private final Path log;
    private final Patience patience;
    private State state;
    private long startedNs;
    private long logStart;
    private int quickDeaths;

    /**
     * Starts nothing.
     *
     * @param state of its life so far; {@link State#RUNNING}: somebody else began it
     * @param nowNs when that is taken to have begun
     */
    public Lives(Path log, Patience patience, State state, long nowNs) {
        this.log = log;
        this.patience = patience;
        this.state = state;
        this.startedNs = nowNs;
    }

    /**
     * Begins a life.
     *
     * @param typed the command as the log shows it
     * @param environment set on top of the caller's
     * @throws IOException when it can't be started, or its log not written
     */
    public Process start(String typed, List<String> command, Map<String, String> environment, long nowNs)
            throws IOException {
        Files.writeString(
                log,
                "--- " + typed + "\n",
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        logStart = Files.size(log);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        startedNs = nowNs;
        state = State.RUNNING;
        return process;
    }

    /** Its process has ended with this status. */
    public void ended(int exit, long nowNs) {
        switch (exit) {
            case ExitCode.OK -> state = State.ENDED;
            case ExitCode.USAGE, ExitCode.REFUSED -> state = State.REFUSED;
            default -> died(nowNs);
        }
    }

    /** Its process has ended, and not as it was told to. */
    public void died(long nowNs) {
        boolean quick = nowNs - startedNs < TimeUnit.MILLISECONDS.toNanos(patience.steadyMs);
        quickDeaths = quick ? quickDeaths + 1 : 0;
        state = quickDeaths > patience.quickDeaths ? State.GIVEN_UP : State.WAITING;
    }

    /** There is to be no other life. */
    public void finish() {
        state = State.ENDED;
    }

    /** It could not even be started. */
    public void giveUp() {
        state = State.GIVEN_UP;
    }

    public State state() {
        return state;
    }

    public Path log() {
        return log;
    }

    /** Where in the log its present, or last, life begins. */
    public long logStart() {
        return logStart;
    }

    /** Deaths in a row, each soon after the start. */
    public int quickDeaths() {
        return quickDeaths;
    }

    /** How long it waits for its next life. */
    public long pauseMs() {
        return patience.pauseMs << Math.min(Math.max(quickDeaths - 1, 0), Patience.MOST_DOUBLINGS);
    }
}

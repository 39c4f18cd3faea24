package io.jspp.controller.start;

import io.jspp.config.ExitCode;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** One process over all its lives: what it prints is appended to its log. Driven by one thread with the time it is told. */
final class Supervised {
    private static final Pattern READY = Pattern.compile("(^|\\s)ready:");
    private static final int TAIL_LINES = 12;
    private static final int TAIL_BYTES = 16 << 10;
    private static final int PIECE_BYTES = 64 << 10;

    /** What becomes of it. */
    enum State {
        RUNNING,
        /** Died, and will be started again. */
        WAITING,
        /** Ended by {@code exit} or a signal it obeys. */
        ENDED,
        /** Its options or its id were refused: another try would end in the same way. */
        REFUSED,
        /** Died too often. */
        GIVEN_UP
    }

    /**
     * How deaths are dealt with.
     *
     * @param pauseMs before the first restart, doubled with every quick death up to 32 times that
     * @param steadyMs a process that lived as long did not die quickly
     * @param quickDeaths in a row, after which it is given up
     */
    record Patience(long pauseMs, long steadyMs, int quickDeaths) {
        static final Patience USUAL = new Patience(500, 10_000, 10);
        private static final int MOST_DOUBLINGS = 5;

        private long pauseNs(final int deaths) {
            return TimeUnit.MILLISECONDS.toNanos(pauseMs << Math.min(Math.max(deaths - 1, 0), MOST_DOUBLINGS));
        }
    }

    private final StartCommands.Part part;
    private final Path log;
    private final Map<String, String> environment;
    private final Patience patience;
    private volatile Process process;
    private State state = State.ENDED;
    private long startedNs;
    private long dueNs;
    private long logStart;
    private long looked;
    private boolean saidReady;
    private int deaths;

    Supervised(
            final StartCommands.Part part,
            final Path logDirectory,
            final Map<String, String> environment,
            final Patience patience) {
        this.part = part;
        this.log = logDirectory.resolve(part.name() + ".log");
        this.environment = environment;
        this.patience = patience;
    }

    StartCommands.Part part() {
        return part;
    }

    Path log() {
        return log;
    }

    State state() {
        return state;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Exit status of its last life; only when it does not run. */
    int exitStatus() {
        return process.exitValue();
    }

    /**
     * Starts it in a session of its own: Ctrl-C, the end of a terminal and what is sent to the whole process group, as timeout(1) does, are not for it
     * but for the process that supervises it. To be told twice would stop it without cleaning up.
     *
     * @throws IOException when it can't be started, or its log not written
     */
    void start(final long nowNs) throws IOException {
        Files.writeString(
                log,
                "--- " + StartCommands.typed(part.command()) + "\n",
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        logStart = Files.size(log);
        looked = logStart;
        saidReady = false;
        final List<String> command = new ArrayList<>(List.of("sh", "-c", "trap '' INT HUP; exec setsid \"$@\"", "sh"));
        command.addAll(part.command());
        final ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        process = builder.start();
        startedNs = nowNs;
        state = State.RUNNING;
    }

    /** Whether it has said since its start that it is ready: in a whole line. Reads what is new, in pieces, however long the log is. */
    boolean ready() throws IOException {
        byte[] piece = read(looked, PIECE_BYTES);
        while (!saidReady && piece.length != 0) {
            int end = piece.length;
            while (end > 0 && piece[end - 1] != '\n') {
                end--;
            }
            if (end == 0) {
                if (piece.length < PIECE_BYTES) {
                    return false; // the line goes on
                }
                end = piece.length; // of a line as long nothing is expected
            }
            saidReady = new String(piece, 0, end, StandardCharsets.UTF_8)
                    .lines()
                    .anyMatch(line -> READY.matcher(line).find());
            looked += end;
            piece = read(looked, PIECE_BYTES);
        }
        return saidReady;
    }

    private byte[] read(final long from, final int most) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(log)) {
            return Channels.newInputStream(channel.position(from)).readNBytes(most);
        }
    }

    /** The last lines of its life, for messages. */
    String tail() {
        try {
            final long from = Math.max(logStart, Files.size(log) - TAIL_BYTES);
            final List<String> lines = new String(read(from, TAIL_BYTES), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            final StringBuilder text = new StringBuilder();
            for (final String line : lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size())) {
                text.append(System.lineSeparator()).append("    ").append(line);
            }
            return text.toString();
        } catch (final IOException unreadable) {
            return "";
        }
    }

    /**
     * Looks after it.
     *
     * @return what happened, for the operator; null when nothing did
     */
    String poll(final long nowNs) {
        if (state == State.RUNNING && !process.isAlive()) {
            return ended(nowNs);
        }
        if (state == State.WAITING && nowNs - dueNs >= 0) {
            try {
                start(nowNs);
                return part.title() + " started again (pid " + process.pid() + ")";
            } catch (final IOException failure) {
                state = State.GIVEN_UP;
                return part.title() + " can't be started again: " + failure;
            }
        }
        return null;
    }

    private String ended(final long nowNs) {
        final int exit = process.exitValue();
        final String what = part.title() + " (pid " + process.pid() + ") ";
        if (exit == ExitCode.OK) {
            state = State.ENDED;
            return what + "has ended as it was told to";
        }
        if (exit == ExitCode.USAGE || exit == ExitCode.REFUSED) {
            state = State.REFUSED;
            return what + "ended with exit status " + exit + " and is not started again:" + tail();
        }
        deaths = nowNs - startedNs < TimeUnit.MILLISECONDS.toNanos(patience.steadyMs) ? deaths + 1 : 1;
        if (deaths > patience.quickDeaths) {
            state = State.GIVEN_UP;
            return what + "died " + deaths + " times in a row, last with exit status " + exit
                    + ", and is not started again, see " + log;
        }
        state = State.WAITING;
        final long pauseNs = patience.pauseNs(deaths);
        dueNs = nowNs + pauseNs;
        return what + "died with exit status " + exit + ": starting it again in "
                + TimeUnit.NANOSECONDS.toMillis(pauseNs) + " ms";
    }

    /** Asks it to end; it is not started again. */
    void terminate() {
        state = state == State.WAITING ? State.ENDED : state;
        if (process != null) {
            process.destroy();
        }
    }

    /** Waits for its end, and enforces it when the time is over. */
    void awaitEnd(final long limitMs) {
        if (process == null) {
            return;
        }
        try {
            if (!process.waitFor(limitMs, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                process.waitFor(limitMs, TimeUnit.MILLISECONDS);
            }
        } catch (final InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

package io.jspp.controller.start;

import io.jspp.config.ShellWords;
import io.jspp.supervision.Lives;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private final StartCommands.Part part;
    private final Map<String, String> environment;
    private final Lives lives;
    private volatile Process process;
    private long dueNs;
    private long looked;
    private boolean saidReady;

    Supervised(
            final StartCommands.Part part,
            final Path logDirectory,
            final Map<String, String> environment,
            final Lives.Patience patience) {
        this.part = part;
        this.environment = environment;
        lives = new Lives(logDirectory.resolve(part.name() + ".log"), patience, Lives.State.ENDED, 0);
    }

    StartCommands.Part part() {
        return part;
    }

    Path log() {
        return lives.log();
    }

    /** Whether it does not run, and is not started again. */
    boolean isOver() {
        return lives.state() != Lives.State.RUNNING && lives.state() != Lives.State.WAITING;
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
        final List<String> command = new ArrayList<>(List.of("sh", "-c", "trap '' INT HUP; exec setsid \"$@\"", "sh"));
        command.addAll(part.command());
        process = lives.start(ShellWords.typed(part.command()), command, environment, nowNs);
        looked = lives.logStart();
        saidReady = false;
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
        try (SeekableByteChannel channel = Files.newByteChannel(log())) {
            return Channels.newInputStream(channel.position(from)).readNBytes(most);
        }
    }

    /** The last lines of its life, for messages. */
    String tail() {
        final StringBuilder text = new StringBuilder();
        lastLines(TAIL_LINES)
                .forEach(line ->
                        text.append(System.lineSeparator()).append("    ").append(line));
        return text.toString();
    }

    /** The last line of its life. */
    String lastLine() {
        final List<String> lines = lastLines(1);
        return lines.isEmpty() ? "(it said nothing)" : lines.get(0).strip();
    }

    private List<String> lastLines(final int most) {
        try {
            final long from = Math.max(lives.logStart(), Files.size(log()) - TAIL_BYTES);
            final List<String> lines = new String(read(from, TAIL_BYTES), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return lines.subList(Math.max(0, lines.size() - most), lines.size());
        } catch (final IOException unreadable) {
            return List.of();
        }
    }

    /**
     * Looks after it.
     *
     * @return what happened, for the operator; null when nothing did
     */
    String poll(final long nowNs) {
        if (lives.state() == Lives.State.RUNNING && !process.isAlive()) {
            return ended(nowNs);
        }
        if (lives.state() == Lives.State.WAITING && nowNs - dueNs >= 0) {
            try {
                start(nowNs);
                return part.title() + " started again (pid " + process.pid() + ")";
            } catch (final IOException failure) {
                lives.giveUp();
                return part.title() + " can't be started again: " + failure;
            }
        }
        return null;
    }

    private String ended(final long nowNs) {
        final int exit = process.exitValue();
        lives.ended(exit, nowNs);
        final String what = part.title() + " (pid " + process.pid() + ") ";
        return what
                + switch (lives.state()) {
                    case ENDED -> "has ended as it was told to";
                    case REFUSED -> "ended with exit status " + exit + " and is not started again:" + tail();
                    case GIVEN_UP ->
                        "died " + lives.quickDeaths() + " times in a row, last with exit status " + exit
                                + ", and is not started again, see " + log();
                    default -> {
                        dueNs = nowNs + TimeUnit.MILLISECONDS.toNanos(lives.pauseMs());
                        yield "died with exit status " + exit + ": starting it again in " + lives.pauseMs() + " ms";
                    }
                };
    }

    /** Asks it to end; it is not started again. */
    void terminate() {
        if (lives.state() == Lives.State.WAITING) {
            lives.finish();
        }
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

package io.jspp.controller.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A child process whose lines are kept, so that a caller can wait for one: what demo, bench and system tests drive the
 * product with. Each stream has a reader thread that ends with the process. Thread-safe.
 */
public final class SppProcess implements LiveProcess, AutoCloseable {
    private static final int KEPT_LINES = 10_000;

    private final String name;
    private final Process process;
    private final List<String> out = new ArrayList<>();
    private final List<String> err = new ArrayList<>();
    private final List<Thread> readers = new ArrayList<>();

    private SppProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        readers.add(reader(process.getInputStream(), out, "out"));
        readers.add(reader(process.getErrorStream(), err, "err"));
    }

    /**
     * Starts a command.
     *
     * @param name what messages call it
     * @param environment set on top of the caller's
     */
    public static SppProcess start(String name, Map<String, String> environment, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        try {
            return new SppProcess(name, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("start " + String.join(" ", command) + ": " + e.getMessage(), e);
        }
    }

    private Thread reader(InputStream stream, List<String> lines, String suffix) {
        Thread thread = new Thread(() -> read(stream, lines), name + "-" + suffix);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void read(InputStream stream, List<String> lines) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                synchronized (lines) {
                    if (lines.size() < KEPT_LINES) {
                        lines.add(line);
                    }
                    lines.notifyAll();
                }
            }
        } catch (IOException e) {
            // The pipe closes when the process is killed: what was read so far stands.
        }
    }

    @Override
    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Lines of stdout so far. */
    public List<String> out() {
        synchronized (out) {
            return List.copyOf(out);
        }
    }

    /** Lines of stderr so far. */
    public List<String> err() {
        synchronized (err) {
            return List.copyOf(err);
        }
    }

    /**
     * Waits for a line of stdout that contains a match.
     *
     * @throws IllegalStateException when the process ends or the time is over first; the message holds its last lines
     */
    public Matcher awaitLine(Pattern pattern, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        int next = 0;
        synchronized (out) {
            while (true) {
                for (; next < out.size(); next++) {
                    Matcher matcher = pattern.matcher(out.get(next));
                    if (matcher.find()) {
                        return matcher;
                    }
                }
                long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                boolean ended = !process.isAlive() && !readers.get(0).isAlive();
                if (leftMs <= 0 || ended) {
                    throw new IllegalStateException(
                            name + (ended ? " ended with " + process.exitValue() : " said nothing") + " while waiting "
                                    + limit.toSeconds() + " s for \"" + pattern + "\"" + tail());
                }
                try {
                    out.wait(Math.min(leftMs, 50));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted while waiting for " + name, e);
                }
            }
        }
    }

    @Override
    public String tail() {
        return LiveProcess.tail(name, out()) + LiveProcess.tail(name, err());
    }

    /**
     * Waits for the end.
     *
     * @return exit code
     * @throws IllegalStateException when it has not ended in time
     */
    public int awaitExit(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(name + " has not ended within " + limit.toSeconds() + " s" + tail());
            }
            for (Thread reader : readers) {
                reader.join(1000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + name, e);
        }
        return process.exitValue();
    }

    /** SIGKILL, and waits until the process is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(10));
    }

    /** SIGTERM, then SIGKILL after five seconds. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

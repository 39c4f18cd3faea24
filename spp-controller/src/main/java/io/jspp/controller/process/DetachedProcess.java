package io.jspp.controller.process;

import io.jspp.attach.ProcessIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process that outlives who started it, in a session of its own, so that no Ctrl-C reaches it; it writes to a log file. Another process finds it again by
 * its number and start time. Immutable.
 *
 * @param name what messages call it
 * @param log where its stdout and stderr go
 */
public record DetachedProcess(String name, ProcessIdentity identity, Path log) implements LiveProcess {
    private static final long LOOK_AGAIN_NS = 20_000_000;

    /**
     * Starts a command.
     *
     * @param environment set on top of the caller's; an empty value removes a variable
     * @throws UncheckedIOException when it can't be started
     */
    public static DetachedProcess start(String name, Map<String, String> environment, Path log, List<String> command) {
        List<String> words = new ArrayList<>(List.of("setsid"));
        words.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(words);
        environment.forEach((variable, value) -> {
            if (value.isEmpty()) {
                builder.environment().remove(variable);
            } else {
                builder.environment().put(variable, value);
            }
        });
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).redirectErrorStream(true);
        try {
            return new DetachedProcess(
                    name, ProcessIdentity.of((int) builder.start().pid()), log);
        } catch (IOException e) {
            throw new UncheckedIOException("start " + String.join(" ", command) + ": " + e.getMessage(), e);
        }
    }

    @Override
    public boolean isAlive() {
        return identity.alive();
    }

    public int pid() {
        return identity.pid();
    }

    /**
     * Waits for a line of the log that contains a match.
     *
     * @throws IllegalStateException when the process ends or the time is over first; the message holds its last lines
     */
    public Matcher awaitLine(Pattern pattern, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            boolean alive = isAlive();
            for (String line : lines()) {
                Matcher matcher = pattern.matcher(line);
                if (matcher.find()) {
                    return matcher;
                }
            }
            if (!alive || System.nanoTime() > deadline) {
                throw new IllegalStateException(name
                        + (alive ? " has not said \"" + pattern + "\" within " + limit.toSeconds() + " s" : " ended")
                        + tail());
            }
            LockSupport.parkNanos(LOOK_AGAIN_NS);
        }
    }

    private List<String> lines() {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1).lines().toList();
        } catch (IOException e) {
            return List.of(); // not made yet, or removed with the lab
        }
    }

    @Override
    public String tail() {
        return LiveProcess.tail(name, lines());
    }

    /** SIGTERM. */
    public void terminate() {
        if (isAlive()) {
            ProcessHandle.of(identity.pid()).ifPresent(ProcessHandle::destroy);
        }
    }

    /**
     * Waits for the end, then SIGKILLs.
     *
     * @return whether it ended by itself
     */
    public boolean awaitEnd(Duration limit) {
        if (endsWithin(limit)) {
            return true;
        }
        if (isAlive()) {
            ProcessHandle.of(identity.pid()).ifPresent(ProcessHandle::destroyForcibly);
        }
        endsWithin(Duration.ofNanos(TimeUnit.SECONDS.toNanos(5)));
        return false;
    }

    private boolean endsWithin(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (isAlive()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NS);
        }
        return true;
    }
}

package io.jspp.controller.start;

import io.jspp.config.ExitCode;
import io.jspp.config.ProcessException;
import io.jspp.config.RunDirectory;
import io.jspp.config.ShellWords;
import io.jspp.config.Termination;
import io.jspp.control.ProcessKind;
import io.jspp.controller.shell.RestClient;
import io.jspp.controller.shell.ShellException;
import io.jspp.supervision.Lives;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One run of {@code ./spp start}, from the first process to the last file removed. The main thread's, but for the end on a signal. */
final class StartSession implements AutoCloseable {
    private static final long READY_MS = 60_000;
    private static final long LOOK_MS = 50;

    private final StartConfig config;
    private final StartCommands commands;
    private final Termination termination;
    private final PrintStream out;
    private final PrintStream err;
    private final RunDirectory runDirectory;
    private final StartLock lock;
    private final Path logDirectory;
    private final boolean ownLogs;
    private final Map<String, String> environment = new HashMap<>();
    private final Supervisor supervisor;
    private final Thread onExit = new Thread(this::end, "start-shutdown");
    private boolean ended;

    /**
     * Makes the directories; nothing runs yet.
     *
     * @param given directory for logs that stay, or null
     */
    StartSession(
            final StartConfig config,
            final StartCommands commands,
            final Path given,
            final Termination termination,
            final PrintStream out,
            final PrintStream err) {
        this.config = config;
        this.commands = commands;
        this.termination = termination;
        this.out = out;
        this.err = err;
        environment.put("SPP_NO_BUILD", "1");
        runDirectory = RunDirectory.select(
                System.getenv().getOrDefault("SPP_RUN_DIR", ""), config.filePrefix(), System.getenv());
        ownLogs = given == null && config.logDirectory().isEmpty();
        logDirectory = ownLogs
                ? runDirectory.path().resolve("log")
                : (given == null ? Path.of(config.logDirectory()) : given).toAbsolutePath();
        lock = begin();
        supervisor = new Supervisor(commands.parts(), logDirectory, environment, Lives.Patience.USUAL, this::say);
        Runtime.getRuntime().addShutdownHook(onExit);
        // They ignore Ctrl-C, and nobody would end them any more.
        termination.atSecond(() -> ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly));
    }

    private StartLock begin() {
        StartLock taken = null;
        try {
            taken = StartLock.take(runDirectory);
            Files.createDirectories(logDirectory);
            return taken;
        } catch (final ProcessException | IOException failure) {
            if (taken != null) {
                taken.close();
            }
            runDirectory.removeIfEmpty();
            if (failure instanceof ProcessException refused) {
                throw refused;
            }
            throw new ProcessException(
                    ExitCode.FAILED,
                    "log directory " + logDirectory + " can't be made (" + failure
                            + "): name another with --log-dir or log-dir",
                    failure);
        }
    }

    private void say(final String sentence) {
        out.println("spp start: " + sentence);
        out.flush();
    }

    /**
     * Runs until it is told to end.
     *
     * @param withShell the shell is opened, and its end is the end
     * @return exit status
     */
    int run(final boolean withShell) throws InterruptedException {
        try {
            supervisor.start(READY_MS, termination::asked);
            awaitRegistered();
        } catch (final ProcessException failure) {
            // Ctrl-C also ends a process that is just being started, before this one has heard of it.
            if (termination.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                return ExitCode.OK;
            }
            throw failure;
        }
        for (final List<String> preparation : commands.preparations()) {
            if (!termination.asked()) {
                prepare(preparation);
            }
        }
        if (termination.asked()) {
            return ExitCode.OK;
        }
        final String rest = config.controller().endpoint(config.controller().restPort());
        if (withShell) {
            say("ready: REST " + rest + "; leaving the shell ends everything");
            runShell();
        } else {
            say("ready: REST " + rest + "; ./spp cli -b " + rest + " drives it, SIGTERM or Ctrl-C ends everything");
            while (!termination.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                supervisor.poll(System.nanoTime());
            }
        }
        return ExitCode.OK;
    }

    /** A process is ready a little before the controller knows it. */
    private void awaitRegistered() throws InterruptedException {
        final RestClient rest =
                RestClient.at(config.controller().endpoint(config.controller().restPort()));
        final List<StartCommands.Part> missing = new ArrayList<>(commands.parts());
        missing.removeIf(part -> part.kind() == null);
        final long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(READY_MS);
        while (!missing.isEmpty() && !termination.asked()) {
            supervisor.poll(System.nanoTime());
            supervisor.require(part -> part.kind() == null || missing.contains(part));
            try {
                removeRegistered(missing, rest);
            } catch (final ShellException notYet) {
                if (System.nanoTime() - deadline > 0) {
                    throw new ProcessException(notYet.exitCode(), notYet.getMessage());
                }
            }
            if (System.nanoTime() - deadline > 0) {
                throw new ProcessException(
                        ExitCode.TIMEOUT, missing.get(0).title() + " has not connected to the controller");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
        }
    }

    private static void removeRegistered(final List<StartCommands.Part> parts, final RestClient rest)
            throws ShellException {
        for (final ProcessKind kind : ProcessKind.values()) {
            final List<Integer> ids = kind.isSecondary() ? rest.clientIds(kind) : List.of();
            final boolean primary = !kind.isSecondary() && rest.hasPrimary();
            parts.removeIf(part -> part.kind() == kind && (primary || ids.contains(part.id())));
        }
    }

    /** A recipe or state that fails is said; what runs goes on. */
    private void prepare(final List<String> words) throws InterruptedException {
        final Process shell =
                shell(words, ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        while (!shell.waitFor(LOOK_MS, TimeUnit.MILLISECONDS)) {
            supervisor.poll(System.nanoTime());
            if (termination.asked()) {
                shell.destroy();
            }
        }
        if (shell.exitValue() != ExitCode.OK && !termination.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
            err.println("spp start: " + ShellWords.typed(words.subList(1, words.size())) + " ended with exit status "
                    + shell.exitValue());
        }
    }

    private void runShell() throws InterruptedException {
        termination.leaveInterrupts(true); // Ctrl-C is the shell's
        final Process shell = shell(commands.shell("--wait-pri"), ProcessBuilder.Redirect.INHERIT);
        while (!shell.waitFor(LOOK_MS, TimeUnit.MILLISECONDS)) {
            supervisor.poll(System.nanoTime());
            if (termination.asked()) {
                shell.destroy();
            }
        }
        termination.leaveInterrupts(false);
    }

    private Process shell(final List<String> words, final ProcessBuilder.Redirect input) {
        final ProcessBuilder builder = new ProcessBuilder(words).inheritIO().redirectInput(input);
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (final IOException failure) {
            throw new ProcessException(
                    ExitCode.FAILED, ShellWords.typed(words) + " can't be started: " + failure.getMessage());
        }
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (final IllegalStateException alreadyEnding) {
            // The hook is what runs: nothing is left to remove.
        }
    }

    private synchronized void end() {
        if (ended) {
            return;
        }
        ended = true;
        supervisor.close();
        if (ownLogs) {
            removeLogs();
        }
        lock.close();
        runDirectory.removeIfEmpty();
    }

    private void removeLogs() {
        try (Stream<Path> files = Files.list(logDirectory)) {
            for (final Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(logDirectory);
        } catch (final IOException left) {
            err.println("spp start: log directory " + logDirectory + " can't be removed: " + left.getMessage());
        }
    }
}

package io.jspp.controller.process;

import io.jspp.config.RunDirectory;
import io.jspp.controller.access.AccessToken;
import io.jspp.controller.shell.CliMain;
import io.jspp.controller.shell.RestClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A controller, a primary and secondaries as real processes started through {@code ./spp}, on free ports and under a file prefix of
 * their own: what demo, bench and system tests drive. Closing ends all of them, last first. Thread-safe.
 */
public final class SppCluster implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern READY = Pattern.compile("\\bready\\b");
    private static final Pattern CTL_READY =
            Pattern.compile("\\bready\\b.*primary \\S*:(\\d+).*secondar\\S* \\S*:(\\d+).*REST \\S*:(\\d+)");

    private final String prefix;
    private final RunDirectory runDirectory;
    private final Consumer<String> commandLog;
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> launcher;
    private final Deque<SppProcess> processes = new ArrayDeque<>();

    private int primaryPort;
    private int secondaryPort;
    private int restPort;
    private boolean closed;

    /**
     * Nothing runs yet.
     *
     * @param name part of the file prefix, unique with the pid
     * @param launcher path of {@code ./spp}
     * @param commandLog told each command line and shell line before it runs
     */
    public SppCluster(String name, String launcher, Consumer<String> commandLog) {
        this(name, List.of(launcher), commandLog);
    }

    /** The same with a launcher that is started by another program, such as {@link NetworkNamespace#inside}. */
    public SppCluster(String name, List<String> launcher, Consumer<String> commandLog) {
        prefix = name + "-" + ProcessHandle.current().pid();
        this.launcher = List.copyOf(launcher);
        this.commandLog = commandLog;
        runDirectory = RunDirectory.select("", prefix, System.getenv());
        environment.put("SPP_NO_BUILD", "1");
    }

    /** Sets an environment variable of processes started from here on. */
    public synchronized void environment(String name, String value) {
        environment.put(name, value);
    }

    /** The {@code --file-prefix} of its processes. */
    public String prefix() {
        return prefix;
    }

    /** The socket of a vhost port in server mode. */
    public Path vhostSocket(int index) {
        return runDirectory.path().resolve("sock" + index);
    }

    /** Where primary and secondaries meet. */
    public Path runDirectory() {
        return runDirectory.path();
    }

    public synchronized int restPort() {
        return restPort;
    }

    public synchronized int primaryPort() {
        return primaryPort;
    }

    public synchronized int secondaryPort() {
        return secondaryPort;
    }

    /** Starts {@code ./spp WORDS…} and leaves it running. */
    public SppProcess start(String name, List<String> words) {
        commandLog.accept("$ ./spp " + String.join(" ", words));
        return launch(name, words);
    }

    private synchronized SppProcess launch(String name, List<String> words) {
        List<String> command = new ArrayList<>(launcher);
        command.addAll(words);
        if (closed) {
            // Ctrl-C: the shutdown hook has ended everything, and nobody would end this one.
            throw new IllegalStateException(name + " is not started any more: everything has been ended");
        }
        SppProcess process = SppProcess.start(name, environment, command);
        processes.push(process);
        return process;
    }

    /** Starts a controller: the first time on ports that the kernel chooses, then on the same. */
    public SppProcess startController(String... options) {
        List<String> words = new ArrayList<>(
                List.of("ctl", "-p", "" + primaryPort(), "-s", "" + secondaryPort(), "-a", "" + restPort()));
        words.addAll(List.of(options));
        SppProcess ctl = start("ctl", words);
        Matcher ready = ctl.awaitLine(CTL_READY, LIMIT);
        synchronized (this) {
            primaryPort = Integer.parseInt(ready.group(1));
            secondaryPort = Integer.parseInt(ready.group(2));
            restPort = Integer.parseInt(ready.group(3));
        }
        return ctl;
    }

    /**
     * Starts a primary and waits until it is ready.
     *
     * @param options EAL options, {@code --vdev} pairs among them
     */
    public SppProcess startPrimary(int rings, String portMask, String... options) {
        List<String> words = new ArrayList<>(List.of("primary", "-l", "0", "--no-huge", "--file-prefix", prefix));
        words.addAll(List.of(options));
        words.addAll(List.of("--", "-p", portMask, "-n", "" + rings, "-s", "127.0.0.1:" + primaryPort()));
        return awaitReady(start("primary", words));
    }

    /**
     * Starts an nfv with one worker on lcore 1 and waits until it is ready.
     *
     * @param options application options
     */
    public SppProcess startNfv(int id, String... options) {
        List<String> words = new ArrayList<>(List.of("nfv", "-l", "0,1", "--file-prefix", prefix, "--"));
        words.addAll(List.of("-n", "" + id, "-s", "127.0.0.1:" + secondaryPort()));
        words.addAll(List.of(options));
        return awaitReady(start("nfv" + id, words));
    }

    /**
     * Starts a vf, mirror or pcap and waits until it is ready.
     *
     * @param command {@code vf}, {@code mirror} or {@code pcap}
     * @param lcores EAL's {@code -l}: the main one and those of the workers
     * @param options application options
     */
    public SppProcess startSecondary(String command, int id, String lcores, String... options) {
        List<String> words = new ArrayList<>(List.of(command, "-l", lcores, "--file-prefix", prefix, "--"));
        words.addAll(List.of("--client-id", "" + id, "-s", "127.0.0.1:" + secondaryPort()));
        words.addAll(List.of(options));
        return awaitReady(start(command + id, words));
    }

    /** Waits for a process's readiness line. */
    public SppProcess awaitReady(SppProcess process) {
        process.awaitLine(READY, LIMIT);
        return process;
    }

    /**
     * Runs shell lines as {@code ./spp cli -c} does, but in this process: a JVM for each would take longer than they do.
     *
     * @return what they printed
     * @throws IllegalStateException when one fails
     */
    public List<String> shell(String... lines) {
        for (String line : lines) {
            commandLog.accept("spp > " + line);
        }
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteArrayOutputStream complaints = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(said, false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(complaints, false, StandardCharsets.UTF_8);
        int exit = CliMain.run(controller(), List.of(lines), out, err);
        out.flush();
        err.flush();
        String printed = said.toString(StandardCharsets.UTF_8);
        if (exit != 0) {
            throw new IllegalStateException("the shell ended with exit code " + exit + System.lineSeparator() + printed
                    + complaints.toString(StandardCharsets.UTF_8));
        }
        return printed.lines().toList();
    }

    /** With the token that its processes have been given. */
    private synchronized RestClient controller() {
        RestClient client = RestClient.at("127.0.0.1:" + restPort);
        String token = environment.getOrDefault(AccessToken.ENVIRONMENT, "");
        try {
            return token.isEmpty() ? client : client.withToken(AccessToken.read(Path.of(token)));
        } catch (IOException e) {
            throw new UncheckedIOException("read the token " + token, e);
        }
    }

    /** Ends a process and forgets it. */
    public void end(SppProcess process) {
        process.close();
        forget(process);
    }

    private synchronized void forget(SppProcess process) {
        processes.remove(process);
    }

    /** Ends everything that was started, last first, and removes the run directory when empty. */
    @Override
    public synchronized void close() {
        closed = true;
        while (!processes.isEmpty()) {
            processes.pop().close();
        }
        runDirectory.removeIfEmpty();
    }
}

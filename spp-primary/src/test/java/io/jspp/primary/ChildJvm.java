package io.jspp.primary;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A real process on this test's class path with this JVM's flags; its lines are read as they come. */
final class ChildJvm implements AutoCloseable {
    private static final String END = "\0end of output";
    private static final long LIMIT_S = 30;

    private final Process process;
    private final BlockingQueue<String> out = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> err = new LinkedBlockingQueue<>();
    private final List<String> outSeen = new ArrayList<>();
    private final List<String> errSeen = new ArrayList<>();
    private final PrintStream input;

    ChildJvm(Class<?> main, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("-X")
                    || flag.startsWith("--")
                    || flag.startsWith("-Djffi")
                    || flag.startsWith("-Djna")) {
                command.add(flag);
            }
        }
        // the product's log configuration, not the one of unit tests
        command.addAll(List.of(
                "-Dlogback.configurationFile=logback.xml",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        process = builder.start();
        input = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        read(process.inputReader(StandardCharsets.UTF_8), out);
        read(process.errorReader(StandardCharsets.UTF_8), err);
    }

    private static void read(BufferedReader reader, BlockingQueue<String> lines) {
        Thread thread = new Thread(() -> {
            try (reader) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    lines.add(line);
                }
            } catch (IOException closed) {
                lines.add(closed.toString());
            }
            lines.add(END);
        });
        thread.setDaemon(true);
        thread.start();
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    void say(String line) {
        input.println(line);
    }

    /** The next line of stdout that contains a text; everything before it is passed over. */
    String awaitOut(String text) throws InterruptedException {
        return await(out, outSeen, text);
    }

    /** The same for stderr. */
    String awaitErr(String text) throws InterruptedException {
        return await(err, errSeen, text);
    }

    private String await(BlockingQueue<String> lines, List<String> seen, String text) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
        while (true) {
            String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null || line.equals(END)) {
                throw new AssertionError(
                        "no \"" + text + "\" " + (line == null ? "within " + LIMIT_S + " s" : "before the end")
                                + "; lines: " + seen + "; stderr: " + err + errSeen);
            }
            seen.add(line);
            if (line.contains(text)) {
                return line;
            }
        }
    }

    /** Asks a {@link SecondaryProbe} and returns its answer. */
    String ask(String line) throws InterruptedException {
        say(line);
        return awaitOut("> ").substring(2);
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
            throw new AssertionError(
                    "still running after " + LIMIT_S + " s; stdout: " + outSeen + out + "; stderr: " + err);
        }
        return process.exitValue();
    }

    /** All of stderr of a process that has ended. */
    String allErr() throws InterruptedException {
        return all(err, errSeen);
    }

    /** All of stdout of a process that has ended. */
    String allOut() throws InterruptedException {
        return all(out, outSeen);
    }

    private static String all(BlockingQueue<String> lines, List<String> seen) throws InterruptedException {
        while (true) {
            String line = lines.poll(LIMIT_S, TimeUnit.SECONDS);
            if (line == null || line.equals(END)) {
                lines.add(END);
                return String.join("\n", seen);
            }
            seen.add(line);
        }
    }

    /** SIGKILL, and waits until it has worked. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitExit();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    @Override
    public void close() throws InterruptedException {
        if (process.isAlive()) {
            kill();
        }
    }
}

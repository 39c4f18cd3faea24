package io.jspp.it.recipes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A shell that reads a pipe, one line after the other; the first that fails ends it, except in recipes. Used by one thread. */
final class ShellSession implements AutoCloseable {
    private static final long LIMIT_SECONDS = 60;

    /** A line that mentions exit is not recorded. */
    private static final String MARK = "-- exit mark ";

    private final Process process;
    private final Writer input;
    private final BlockingQueue<String> output = new LinkedBlockingQueue<>();
    private int lines;

    /** @param command starts the shell */
    ShellSession(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SPP_NO_BUILD", "1");
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "shell-session");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                output.add(line);
            }
        } catch (IOException e) {
            output.add("the shell's output can't be read: " + e);
        }
    }

    /**
     * Runs a line.
     *
     * @return what it printed, on stdout and stderr
     * @throws IllegalStateException when it failed, which has ended the shell
     */
    List<String> run(String line) {
        String mark = MARK + ++lines;
        List<String> printed = new ArrayList<>();
        try {
            input.write(line + "\necho " + mark + "\n");
            input.flush();
        } catch (IOException e) {
            throw new IllegalStateException("the shell has ended before: " + line, e);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (true) {
            String next = next();
            if (mark.equals(next)) {
                return printed;
            }
            if (next != null) {
                printed.add(next);
            } else if (!process.isAlive() && output.isEmpty()) {
                throw new IllegalStateException(line + " ended the shell:\n" + String.join("\n", printed));
            } else if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        line + " takes more than " + LIMIT_SECONDS + " s:\n" + String.join("\n", printed));
            }
        }
    }

    private String next() {
        try {
            return output.poll(50, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends the input; returns the exit status. */
    int end() throws IOException, InterruptedException {
        input.close();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the shell goes on at the end of its input");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

package io.jspp.controller.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * {@code playback FILE}: queues the lines of a recipe, each behind its echo {@code # line}. As in SPP a recipe inside a
 * recipe is appended at the end, and an error stops nothing.
 */
final class Playback implements ShellCommand {
    static final int MAX_DEPTH = 16;
    /** With its echo a line takes some hundred bytes; all that wait at once have to fit into the shell's heap. */
    static final int MAX_LINES = 100_000;

    private static final long MAX_BYTES = 8L * 1024 * 1024;

    private final FileCommands files;
    private final Recorder recorder;
    private final Deque<QueuedLine> queue = new ArrayDeque<>();
    private int depth;

    /**
     * A line of a recipe.
     *
     * @param text the line, or its echo
     * @param depth 1 for a recipe that the user played, one more for each recipe in between
     */
    record QueuedLine(String text, int depth) {}

    Playback(final FileCommands files, final Recorder recorder) {
        this.files = files;
        this.recorder = recorder;
    }

    @Override
    public String name() {
        return "playback";
    }

    @Override
    public String help() {
        return """
                Setup a network configuration from recipe file.

                        Recipe is a file describing a series of SPP command to setup
                        a network configuration. An error does not stop it.

                        spp > playback path/to/recipe_file
                """;
    }

    @Override
    public void run(final String arguments) throws ShellException {
        if (arguments.isEmpty()) {
            throw new ShellException("Record file is required!");
        }
        if (depth == MAX_DEPTH) {
            throw new ShellException("Error: recipes play each other more than " + MAX_DEPTH + " deep.");
        }
        recorder.close();
        final List<String> lines = read(arguments);
        if (queue.size() / 2 + lines.size() > MAX_LINES) {
            cancel();
            throw new ShellException("Error: more than " + MAX_LINES
                    + " lines wait to be played, do recipes play each other? The rest is not played.");
        }
        for (final String line : lines) {
            if (!isComment(line)) {
                queue.add(new QueuedLine("# " + line, depth + 1));
            }
            queue.add(new QueuedLine(line, depth + 1));
        }
    }

    @Override
    public List<String> complete(final String arguments) {
        return files.completePath(arguments);
    }

    /** The next line to run, or null. */
    String next() {
        final QueuedLine line = queue.poll();
        depth = line == null ? 0 : line.depth();
        return line == null ? null : line.text();
    }

    /** Forgets the lines that have not run. */
    void cancel() {
        queue.clear();
        depth = 0;
    }

    static boolean isComment(final String line) {
        final String text = line.strip();
        return text.startsWith("#") || text.startsWith("//");
    }

    private List<String> read(final String name) throws ShellException {
        final Path file = files.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new ShellException("Error: File does not exist.");
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ShellException("Error: " + name + " has more than " + MAX_BYTES + " bytes.");
            }
            final List<String> lines = new ArrayList<>();
            try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    if (lines.size() == MAX_LINES) {
                        throw new ShellException("Error: " + name + " has more than " + MAX_LINES + " lines.");
                    }
                    lines.add(line);
                }
            }
            return lines;
        } catch (final CharacterCodingException binary) {
            throw new ShellException("Error: " + name + " is no text file in UTF-8.");
        } catch (final IOException failure) {
            throw new ShellException("Error: cannot read " + name + ": " + failure.getMessage());
        }
    }
}

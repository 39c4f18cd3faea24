package io.jspp.controller.shell;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code record FILE}: writes the lines that follow to a recipe, until {@code playback}, {@code bye} or {@code exit}. */
final class Recorder implements ShellCommand {
    private final FileCommands files;
    private final PrintStream out;
    private Writer recipe;

    Recorder(final FileCommands files, final PrintStream out) {
        this.files = files;
        this.out = out;
    }

    @Override
    public String name() {
        return "record";
    }

    @Override
    public String help() {
        return """
                Save commands as a recipe file.

                        Save all of commands to a specified file as a recipe. This file
                        is reloaded with 'playback' command later. You can also edit
                        the recipe by hand to customize.

                        spp > record path/to/recipe_file
                """;
    }

    @Override
    public void run(final String arguments) throws ShellException {
        if (arguments.isEmpty()) {
            throw new ShellException("Record file is required!");
        }
        final Path file = files.resolve(arguments);
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new ShellException("Error: " + arguments + " is no regular file.");
        }
        close();
        try {
            recipe = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
        } catch (final IOException failure) {
            throw new ShellException("Error: cannot write " + arguments + ": " + failure);
        }
    }

    @Override
    public List<String> complete(final String arguments) {
        return files.completePath(arguments);
    }

    /** Takes a line that is about to run. As in SPP, one that mentions playback, bye or exit is left out. */
    void line(final String line) throws ShellException {
        if (recipe == null || line.contains("playback") || line.contains("bye") || line.contains("exit")) {
            return;
        }
        try {
            recipe.write(line + '\n');
            recipe.flush();
        } catch (final IOException failure) {
            recipe = null;
            throw new ShellException("Error: the recipe cannot be written, recording stops: " + failure.getMessage());
        }
    }

    /** Whether lines are being written to a recipe. */
    boolean isRecording() {
        return recipe != null;
    }

    /** Ends the recipe, if one is being written. */
    void close() {
        if (recipe == null) {
            return;
        }
        out.println("Closing file");
        try {
            recipe.close();
        } catch (final IOException failure) {
            out.println("Error: the recipe may be incomplete: " + failure.getMessage());
        }
        recipe = null;
    }
}

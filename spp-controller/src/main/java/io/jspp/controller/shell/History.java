package io.jspp.controller.shell;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code history}: shows the lines typed so far, which live in {@code $HOME/.spp_history}. */
final class History implements ShellCommand {
    private final Path file;
    private final OutputFormat format;
    private final PrintStream out;

    /** @param file the history file, or null without a home directory */
    History(final Path file, final OutputFormat format, final PrintStream out) {
        this.file = file;
        this.format = format;
        this.out = out;
    }

    /** {@code $HOME/.spp_history}, or null when HOME is not set. */
    static Path fileOf(final String home) {
        return home == null || home.isEmpty() ? null : Path.of(home, ".spp_history");
    }

    @Override
    public String name() {
        return "history";
    }

    @Override
    public String help() {
        return """
                Show command history.

                        spp > history
                          1  ls
                          2  cat file.txt
                          ...

                        Command history is recorded in a file named '.spp_history'.
                        It does not add some command which are no meaning for history.
                        'bye', 'exit', 'history', 'redo'
                """;
    }

    @Override
    public void run(final String arguments) throws ShellException {
        final List<String> lines = lines();
        if (format.print(out, lines)) {
            return;
        }
        final int width = Integer.toString(lines.size()).length();
        for (int i = 0; i < lines.size(); i++) {
            out.printf("  %" + width + "d  %s%n", i + 1, lines.get(i).strip());
        }
    }

    /** The line with this number, from 1 on. */
    String line(final String number) throws ShellException {
        final List<String> lines = lines();
        if (!number.matches("[0-9]{1,9}") || Integer.parseInt(number) < 1 || Integer.parseInt(number) > lines.size()) {
            throw new ShellException("Error: the history has no line \"" + number + "\".");
        }
        return lines.get(Integer.parseInt(number) - 1);
    }

    private List<String> lines() throws ShellException {
        if (file == null || !Files.isRegularFile(file)) {
            return List.of();
        }
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (final MalformedInputException binary) {
            throw new ShellException("Error: \"" + file + "\" is no history: it holds other things than text.");
        } catch (final IOException failure) {
            throw new ShellException("Error: Cannot open history file \"" + file + '"');
        }
    }
}

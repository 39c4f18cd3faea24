package io.jspp.controller.shell;

import io.jspp.control.ControlEndpoint;
import io.jspp.controller.Controller;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A shell whose output is kept. */
final class ShellHarness {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
    private final ShellConfig config = new ShellConfig();
    private final Shell shell;

    ShellHarness(final Controller controller, final Path historyFile) {
        final RestClient client = new RestClient(new ControlEndpoint("127.0.0.1", controller.restPort()));
        shell = new Shell(
                new Servers(List.of(client)),
                historyFile,
                config,
                new OutputFormat(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                errStream);
    }

    /** The settings that the shell was started with. */
    ShellConfig config() {
        return config;
    }

    /** Runs one line as a terminal does, where the shell goes on after an error. */
    void type(final String line) throws ShellException {
        shell.execute(line);
    }

    String prompt() {
        return shell.prompt();
    }

    /** Runs lines as {@code -c} does; returns the exit code. */
    int run(final String... lines) {
        return new ScriptRunner(shell, errStream).run(List.of(lines));
    }

    /** Runs text as a pipe does. */
    int pipe(final String text) throws IOException {
        return new ScriptRunner(shell, errStream).run(new StringReader(text), "standard input");
    }

    /** What was printed since the last call. */
    String out() {
        return take(out);
    }

    /** What went to stderr since the last call. */
    String err() {
        return take(err);
    }

    List<String> complete(final String typed) {
        return new ShellCompleter(shell.commands()).candidates(typed);
    }

    private static String take(final ByteArrayOutputStream stream) {
        final String text = stream.toString(StandardCharsets.UTF_8);
        stream.reset();
        return text;
    }
}

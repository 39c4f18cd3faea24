package io.jspp.controller.shell;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** The shell on a terminal: prompt, editing, completion and history. */
final class InteractiveRunner {
    private static final String INTRO = "Welcome to the SPP CLI. Type `help` or `?` to list commands.";
    /** What SPP leaves out of the history. */
    private static final String NOT_IN_HISTORY = "bye*:exit*:history*:redo*";

    private final Shell shell;
    private final Path historyFile;
    private final PrintStream out;

    InteractiveRunner(final Shell shell, final Path historyFile, final PrintStream out) {
        this.shell = shell;
        this.historyFile = historyFile;
        this.out = out;
    }

    /** Reads and runs lines until {@code bye}, {@code exit} or Ctrl-D. */
    void run() throws IOException {
        // A history that cannot be read or written, or an unknown TERM, is no reason for log lines between the prompts.
        final Logger jline = Logger.getLogger("org.jline");
        jline.setLevel(Level.OFF);
        try (Terminal terminal = TerminalBuilder.builder()
                .system(true)
                .dumb(true)
                .graphemeCluster(false)
                .nativeSignals(true)
                .signalHandler(Terminal.SignalHandler.SIG_IGN)
                .build()) {
            // What was sent to a process is sent: Ctrl-C ends recipes and plugins between two lines, not a command, nor
            // the shell.
            terminal.handle(Terminal.Signal.INT, signal -> shell.interrupt());
            if (terminal.getSize().getColumns() == 0) {
                // A pseudo terminal whose other end never said how large it is.
                terminal.setSize(Size.of(80, 24));
            }
            final LineReaderBuilder builder = LineReaderBuilder.builder()
                    .terminal(terminal)
                    .appName("spp")
                    .parser(new ShellParser())
                    .completer(new ShellCompleter(shell.commands()))
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                    .option(LineReader.Option.HISTORY_TIMESTAMPED, false)
                    .variable(LineReader.HISTORY_IGNORE, NOT_IN_HISTORY);
            if (historyFile != null) {
                builder.variable(LineReader.HISTORY_FILE, historyFile);
            }
            final LineReader reader = builder.build();
            shell.setPager(InteractiveRunner::page);
            out.println(INTRO);
            out.println();
            while (!shell.hasLeft() && readAndRun(reader)) {
                out.flush();
            }
        }
        jline.setLevel(null);
    }

    /** With the user's pager, or less; the terminal is not in editing mode while a command runs. */
    private static void page(final Path file) throws IOException {
        final String pager = System.getenv().getOrDefault("PAGER", "");
        try {
            // By a shell: PAGER may have options, as in "less -R".
            new ProcessBuilder("sh", "-c", (pager.isBlank() ? "less" : pager) + " \"$1\"", "sh", file.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (final InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** One line; false when the input has ended. */
    private boolean readAndRun(final LineReader reader) {
        try {
            shell.execute(reader.readLine(shell.prompt()));
        } catch (final ShellException failure) {
            shell.report(failure);
        } catch (final UserInterruptException interrupted) {
            return true;
        } catch (final EndOfFileException endOfInput) {
            shell.finish();
            return false;
        }
        return true;
    }
}

package io.jspp.controller.shell;

import io.jspp.config.ExitCode;
import io.jspp.control.CommandCodec;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.util.List;

/** Runs the lines of {@code -c}, {@code -f} or a pipe; the first that fails ends it. */
final class ScriptRunner {
    private final Shell shell;
    private final PrintStream err;

    ScriptRunner(final Shell shell, final PrintStream err) {
        this.shell = shell;
        this.err = err;
    }

    /** Runs {@code -c} lines; returns the exit code. */
    int run(final List<String> lines) {
        for (int i = 0; i < lines.size() && !shell.hasLeft(); i++) {
            final int exitCode = runLine(lines.get(i), "-c " + (i + 1));
            if (exitCode != ExitCode.OK) {
                return exitCode;
            }
        }
        return end();
    }

    /** Runs a file or a pipe; {@code source} names it in messages. */
    int run(final Reader reader, final String source) throws IOException {
        final LineReaderWithLimit lines = new LineReaderWithLimit(reader);
        int number = 1;
        for (String line = lines.next(); line != null && !shell.hasLeft(); line = lines.next()) {
            final int exitCode = runLine(line, source + " line " + number++);
            if (exitCode != ExitCode.OK) {
                return exitCode;
            }
        }
        return end();
    }

    private int runLine(final String line, final String place) {
        try {
            shell.execute(line);
            return ExitCode.OK;
        } catch (final ShellException failure) {
            shell.report(failure);
            err.println("stopped at " + place + ": " + CommandCodec.printable(line.strip(), 200));
            shell.finish();
            return failure.exitCode();
        }
    }

    private int end() {
        shell.finish();
        return shell.playbackErrors() == 0 ? ExitCode.OK : ExitCode.FAILED;
    }
}

package io.jspp.controller.shell;

import io.jspp.config.ExitCode;
import io.jspp.control.CommandCodec;
import io.jspp.control.ProcessKind;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs lines. Knows the commands, echoes comments, records, and plays recipes; where lines come from is the caller's
 * business. One thread.
 */
final class Shell {
    /** Longest line. */
    static final int MAX_LINE_LENGTH = 64 * 1024;

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, ShellCommand> commands = new TreeMap<>();
    private final Recorder recorder;
    private final Playback playback;
    private boolean left;
    private int playbackErrors;

    Shell(final Servers servers, final Path historyFile, final PrintStream out, final PrintStream err) {
        this.out = out;
        this.err = err;
        final FileCommands files = new FileCommands(out);
        recorder = new Recorder(files, out);
        playback = new Playback(files, recorder);
        final Map<ProcessKind, ProcessCommand> processes = new EnumMap<>(ProcessKind.class);
        for (final ProcessKind kind : ProcessKind.values()) {
            processes.put(kind, new ProcessCommand(kind, servers, out));
        }
        final History history = new History(historyFile, out);
        processes.values().forEach(this::add);
        files.all().forEach(this::add);
        add(new StatusCommand(servers, out));
        add(new ServerCommand(servers, out));
        add(recorder);
        add(playback);
        add(history);
        add(new RedoCommand(history, this::run));
        add(new HelpCommand(Collections.unmodifiableMap(commands), out));
        add(new ByeCommand("bye", servers, processes, out, this::leave));
        add(new ByeCommand("exit", servers, processes, out, this::leave));
    }

    /** Commands by name. */
    Map<String, ShellCommand> commands() {
        return Collections.unmodifiableMap(commands);
    }

    /** True after {@code bye} or {@code exit}. */
    boolean hasLeft() {
        return left;
    }

    /**
     * Runs one line and whatever it plays back. Errors inside a recipe are printed and counted; an error of the line itself
     * is thrown.
     */
    void execute(final String line) throws ShellException {
        final int errorsBefore = playbackErrors;
        run(line);
        for (String next = playback.next(); next != null && !left; next = playback.next()) {
            try {
                run(next);
            } catch (final ShellException failure) {
                playbackErrors++;
                report(failure);
                if (failure.exitCode() == ExitCode.UNREACHABLE) {
                    playback.cancel();
                }
            }
        }
        if (playbackErrors > errorsBefore) {
            err.println("playback: " + (playbackErrors - errorsBefore) + " line(s) failed");
        }
    }

    /** Lines of recipes that failed so far. */
    int playbackErrors() {
        return playbackErrors;
    }

    void report(final ShellException failure) {
        out.flush();
        err.println(failure.getMessage());
    }

    /** Ends a session whose input has ended. */
    void finish() {
        recorder.close();
        out.flush();
    }

    private void run(final String line) throws ShellException {
        if (line.length() > MAX_LINE_LENGTH) {
            throw new ShellException(
                    "Error: a line may have " + MAX_LINE_LENGTH + " characters, this one has " + line.length() + '.');
        }
        recorder.line(line);
        final String text = line.strip();
        if (text.isEmpty()) {
            return;
        }
        if (Playback.isComment(text)) {
            out.println(text);
            return;
        }
        final int end = endOfName(text);
        final String name = text.startsWith("?") ? "help" : text.substring(0, end);
        final ShellCommand command = commands.get(name);
        if (command == null) {
            throw new ShellException("*** Unknown syntax: " + CommandCodec.printable(text, 200));
        }
        command.run(text.substring(text.startsWith("?") ? 1 : end).strip());
    }

    private void leave() {
        recorder.close();
        out.println("Thank you for using Soft Patch Panel");
        left = true;
    }

    private void add(final ShellCommand command) {
        commands.put(command.name(), command);
    }

    /** A name ends, as in SPP, at the first character that is no letter, digit or underscore: {@code pri;status}. */
    private static int endOfName(final String text) {
        int end = 0;
        while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
            end++;
        }
        return end;
    }
}

package io.jspp.controller.shell;

import java.util.List;
import java.util.Map;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Asks the command of the line for candidates. */
final class ShellCompleter implements Completer {
    private final Map<String, ShellCommand> commands;

    ShellCompleter(final Map<String, ShellCommand> commands) {
        this.commands = commands;
    }

    @Override
    public void complete(final LineReader reader, final ParsedLine line, final List<Candidate> candidates) {
        for (final String value : candidates(line.line().substring(0, line.cursor()))) {
            final boolean goesOn = value.endsWith(":") || value.endsWith("/");
            candidates.add(new Candidate(value, value, null, null, null, null, !goesOn));
        }
    }

    /** Candidates that continue the last word of what was typed. */
    List<String> candidates(final String typed) {
        int begin = typed.length();
        while (begin > 0 && !ShellParser.isSeparator(typed.charAt(begin - 1))) {
            begin--;
        }
        final String word = typed.substring(begin);
        return all(typed.stripLeading()).stream()
                .filter(value -> value.startsWith(word))
                .toList();
    }

    private List<String> all(final String text) {
        final int end = Shell.endOfName(text);
        if (end == text.length()) {
            return List.copyOf(commands.keySet());
        }
        final ShellCommand command = commands.get(text.substring(0, end));
        return command == null
                ? List.of()
                : command.complete(text.substring(end).stripLeading());
    }
}

package io.jspp.controller.shell;

import io.jspp.control.CommandCodec;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code help}: the list of commands, or the text of one. */
final class HelpCommand implements ShellCommand {
    private static final int WIDTH = 79;

    private final Map<String, ShellCommand> commands;
    private final OutputFormat format;
    private final PrintStream out;

    /** @param commands all commands by name, sorted; may grow after the constructor */
    HelpCommand(final Map<String, ShellCommand> commands, final OutputFormat format, final PrintStream out) {
        this.commands = commands;
        this.format = format;
        this.out = out;
    }

    @Override
    public String name() {
        return "help";
    }

    @Override
    public String help() {
        return "List available commands with \"help\" or detailed help with \"help cmd\".\n";
    }

    @Override
    public void run(final String arguments) throws ShellException {
        if (arguments.isEmpty()) {
            if (format.print(out, List.copyOf(commands.keySet()))) {
                return;
            }
            out.println();
            out.println("Documented commands (type help <topic>):");
            out.println("========================================");
            columns(List.copyOf(commands.keySet())).forEach(out::println);
            out.println();
            return;
        }
        final ShellCommand command = commands.get(arguments);
        if (command == null) {
            throw new ShellException("*** No help on " + CommandCodec.printable(arguments));
        }
        if (!format.print(out, Map.of("help", command.help()))) {
            out.println(command.help());
        }
    }

    @Override
    public List<String> complete(final String arguments) {
        return List.copyOf(commands.keySet());
    }

    /** Names in as few rows as the width allows, filled column by column. */
    private static List<String> columns(final List<String> names) {
        for (int rows = 1; ; rows++) {
            final List<StringBuilder> lines = new ArrayList<>();
            for (int i = 0; i < rows; i++) {
                lines.add(new StringBuilder());
            }
            int column = 0;
            for (int first = 0; first < names.size(); first += rows) {
                int widest = 0;
                for (int i = first; i < Math.min(first + rows, names.size()); i++) {
                    final StringBuilder line = lines.get(i - first);
                    line.append(" ".repeat(column - line.length())).append(names.get(i));
                    widest = Math.max(widest, line.length());
                }
                column = widest + 2;
            }
            if (rows == names.size() || column - 2 <= WIDTH) {
                return lines.stream().map(StringBuilder::toString).toList();
            }
        }
    }
}

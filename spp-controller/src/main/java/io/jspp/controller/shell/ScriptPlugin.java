package io.jspp.controller.shell;

import io.jspp.control.CommandCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command made of shell lines. */
final class ScriptPlugin implements PluginCommand {
    private static final Pattern ARGUMENT = Pattern.compile("\\$([1-9*])");

    private final String name;
    private final List<String> lines;
    private final RedoCommand.Runner runner;
    private final PluginDepth depth;

    ScriptPlugin(
            final String name, final List<String> lines, final RedoCommand.Runner runner, final PluginDepth depth) {
        this.name = name;
        this.lines = List.copyOf(lines);
        this.runner = runner;
        this.depth = depth;
    }

    @Override
    public String name() {
        return name;
    }

    /** The comments at the beginning. */
    @Override
    public String help() {
        final List<String> text = new ArrayList<>();
        for (final String line : lines) {
            if (!line.startsWith("#")) {
                break;
            }
            text.add(line.replaceFirst("# ?", ""));
        }
        return text.isEmpty() ? "Command of the plugin " + name + ".\n" : String.join("\n", text) + '\n';
    }

    @Override
    public void run(final String arguments) throws ShellException {
        depth.enter(name);
        try {
            for (int i = 0; i < lines.size(); i++) {
                final String line = lines.get(i);
                if (!Playback.isComment(line)) {
                    runLine(filled(line, arguments), i + 1);
                }
            }
        } finally {
            depth.leave();
        }
    }

    private void runLine(final String line, final int number) throws ShellException {
        try {
            runner.run(line);
        } catch (final ShellException failure) {
            throw new ShellException(failure.getMessage() + " (" + name + " line " + number + ')', failure.exitCode());
        }
    }

    private static String filled(final String line, final String arguments) {
        final List<String> words = CommandCodec.words(arguments);
        return ARGUMENT.matcher(line).replaceAll(place -> {
            final String which = place.group(1);
            final String value = which.equals("*")
                    ? arguments
                    : Integer.parseInt(which) <= words.size() ? words.get(Integer.parseInt(which) - 1) : "";
            return Matcher.quoteReplacement(value);
        });
    }
}

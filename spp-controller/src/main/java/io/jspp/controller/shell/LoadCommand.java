package io.jspp.controller.shell;

import io.jspp.control.CommandCodec;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * {@code load_cmd NAME}: makes a command of the plug-in {@code NAME.spp}, a script of shell lines. SPP's plug-ins are Python
 * functions; here they are what the user can type anyway.
 */
final class LoadCommand implements ShellCommand {
    private static final String SUFFIX = ".spp";
    private static final String NAME = "[A-Za-z][A-Za-z0-9_]{0,31}";
    private static final long MAX_BYTES = 1024 * 1024;

    private final FileCommands files;
    private final List<Path> directories;
    private final Predicate<String> isTaken;
    private final Consumer<ShellCommand> register;
    private final RedoCommand.Runner runner;
    private final PrintStream out;
    private final ScriptPlugin.Depth depth = new ScriptPlugin.Depth();

    /**
     * @param directories where plug-ins are sought after {@code plugins} in the shell's directory
     * @param isTaken whether a command of the shell itself has this name
     * @param register takes a loaded command, in place of an earlier one of its name
     * @param runner runs the plug-ins' lines
     */
    LoadCommand(
            final FileCommands files,
            final List<Path> directories,
            final Predicate<String> isTaken,
            final Consumer<ShellCommand> register,
            final RedoCommand.Runner runner,
            final PrintStream out) {
        this.files = files;
        this.directories = List.copyOf(directories);
        this.isTaken = isTaken;
        this.register = register;
        this.runner = runner;
        this.out = out;
    }

    @Override
    public String name() {
        return "load_cmd";
    }

    @Override
    public String help() {
        return """
            Load command plugin.

                    A plugin is a file NAME.spp with lines of this shell, in the directory 'plugins'
                    below the current one, in ~/.spp/plugins, or in conf/plugins. $1 to $9 are the
                    words behind the command, $* is all of them, 'echo TEXT' prints. Comments at
                    its beginning are its help. The first line that fails ends it.

                        spp > load_cmd hello
                        Module 'hello' loaded.
                        spp > hello alice
                        Hello, alice!
            """;
    }

    @Override
    public List<String> complete(final String arguments) {
        final List<String> names = new ArrayList<>();
        for (final Path directory : allDirectories()) {
            try (Stream<Path> entries = Files.list(directory)) {
                entries.map(entry -> entry.getFileName().toString())
                        .filter(file -> file.endsWith(SUFFIX))
                        .map(file -> file.substring(0, file.length() - SUFFIX.length()))
                        .sorted()
                        .forEach(names::add);
            } catch (final IOException absent) {
                continue;
            }
        }
        return names;
    }

    @Override
    public void run(final String arguments) throws ShellException {
        if (!arguments.matches(NAME)) {
            throw new ShellException(
                    "Error: load_cmd wants the name of a plugin: a letter, then letters, digits, '_'.");
        }
        if (isTaken.test(arguments)) {
            throw new ShellException("Error: \"" + arguments + "\" is a command of the shell itself.");
        }
        for (final Path directory : allDirectories()) {
            final Path file = directory.resolve(arguments + SUFFIX);
            if (Files.isRegularFile(file)) {
                register.accept(new ScriptPlugin(arguments, read(file), runner, depth));
                out.println("Module '" + arguments + "' loaded.");
                return;
            }
        }
        throw new ShellException("Error: there is no " + arguments + SUFFIX + " in "
                + String.join(
                        ", ", allDirectories().stream().map(Path::toString).toList()) + '.');
    }

    private List<Path> allDirectories() {
        final List<Path> all = new ArrayList<>();
        try {
            all.add(files.resolve("plugins"));
        } catch (final ShellException impossible) {
            throw new IllegalStateException(impossible);
        }
        all.addAll(directories);
        return all;
    }

    private static List<String> read(final Path file) throws ShellException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ShellException("Error: " + file + " has more than " + MAX_BYTES + " bytes.");
            }
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (final IOException unreadable) {
            throw new ShellException(
                    "Error: cannot read " + file + " as UTF-8 text: " + CommandCodec.printable(unreadable.toString()));
        }
    }
}

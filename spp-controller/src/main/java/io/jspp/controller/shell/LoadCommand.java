package io.jspp.controller.shell;

import io.jspp.control.CommandCodec;
import io.jspp.controller.plugin.PluginCompiler;
import io.jspp.controller.plugin.PluginException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * {@code load_cmd NAME}: makes a command of the plugin {@code NAME.spp}, a script of shell lines, or {@code NAME.java}, a class. SPP's are Python
 * functions.
 */
final class LoadCommand implements ShellCommand {
    private static final String SCRIPT = ".spp";
    private static final String JAVA = ".java";
    private static final String NAME = "[A-Za-z][A-Za-z0-9_]{0,31}";
    private static final long MAX_BYTES = 1024 * 1024;

    private final FileCommands files;
    private final List<Path> directories;
    private final Predicate<String> isTaken;
    private final Consumer<ShellCommand> register;
    private final PluginHost host;
    private final PluginCompiler compiler;

    /**
     * @param directories where plugins are sought after {@code plugins} in the shell's directory
     * @param isTaken whether a command of the shell itself has this name
     * @param register takes a loaded command, in place of an earlier one of its name
     * @param host what plugins use
     * @param compiler makes objects of those in Java
     */
    LoadCommand(
            final FileCommands files,
            final List<Path> directories,
            final Predicate<String> isTaken,
            final Consumer<ShellCommand> register,
            final PluginHost host,
            final PluginCompiler compiler) {
        this.files = files;
        this.directories = List.copyOf(directories);
        this.isTaken = isTaken;
        this.register = register;
        this.host = host;
        this.compiler = compiler;
    }

    @Override
    public String name() {
        return "load_cmd";
    }

    @Override
    public String help() {
        return """
            Load command plugin.

                    A plugin is a file NAME.spp with lines of this shell, or NAME.java with a class, in
                    the directory 'plugins' below the current one, in ~/.spp/plugins, or in
                    conf/plugins. In lines $1 to $9 are the words behind the command, $* is all of
                    them, 'echo TEXT' prints; comments at the beginning are the help; the first line
                    that fails ends it. A class implements io.jspp.controller.plugin.ShellPlugin and
                    is compiled as it is loaded.

                        spp > load_cmd hello
                        Module 'hello' loaded.
                        spp > hello alice
                        Hello, alice!
            """;
    }

    @Override
    public List<String> complete(final String arguments) {
        final Set<String> names = new TreeSet<>();
        for (final Path directory : allDirectories()) {
            try (Stream<Path> entries = Files.list(directory)) {
                entries.map(entry -> entry.getFileName().toString())
                        .filter(file -> file.endsWith(SCRIPT) || file.endsWith(JAVA))
                        .map(file -> file.substring(0, file.lastIndexOf('.')))
                        .filter(name -> name.matches(NAME))
                        .forEach(names::add);
            } catch (final IOException absent) {
                continue;
            }
        }
        return List.copyOf(names);
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
            for (final String suffix : List.of(SCRIPT, JAVA)) {
                final Path file = directory.resolve(arguments + suffix);
                if (Files.isRegularFile(file)) {
                    register.accept(load(arguments, file));
                    host.println("Module '" + arguments + "' loaded.");
                    return;
                }
            }
        }
        throw new ShellException("Error: there is no " + arguments + SCRIPT + " or " + arguments + JAVA + " in "
                + String.join(
                        ", ", allDirectories().stream().map(Path::toString).toList()) + '.');
    }

    private PluginCommand load(final String name, final Path file) throws ShellException {
        final List<String> lines = read(file);
        if (file.toString().endsWith(SCRIPT)) {
            return new ScriptPlugin(name, lines, host.runner(), host.depth());
        }
        try {
            return new JavaPlugin(name, file, compiler.compile(file, String.join("\n", lines) + '\n'), host);
        } catch (final PluginException broken) {
            throw new ShellException("Error: " + broken.getMessage());
        }
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

package io.jspp.controller.shell;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** {@code pwd ls cd mkdir cat}: enough of a file system for recipes. Acts with the user's rights. */
final class FileCommands {
    private static final int TYPE_MASK = 0170000;
    private static final int TYPE_SOCKET = 0140000;
    private static final int TYPE_FIFO = 0010000;
    private static final long MAX_CAT_BYTES = 16L * 1024 * 1024;

    private final OutputFormat format;
    private final PrintStream out;
    private Pager pager;
    private Path current = Path.of("").toAbsolutePath();

    FileCommands(final OutputFormat format, final PrintStream out) {
        this.format = format;
        this.out = out;
    }

    /** Shows a file page by page, on a terminal. */
    interface Pager {
        void show(Path file) throws IOException;
    }

    /** Without one, {@code less} prints the whole file. */
    void setPager(final Pager pager) {
        this.pager = pager;
    }

    Path current() {
        return current;
    }

    List<ShellCommand> all() {
        return List.of(
                command("pwd", "Show current directory.\n\n        spp > pwd\n", false, path -> show()),
                command(
                        "ls",
                        "Show a list of specified directory.\n\n        spp > ls path/to/dir\n",
                        false,
                        this::list),
                command("cd", "Change current directory.\n\n        spp > cd path/to/dir\n", true, this::change),
                command("mkdir", "Create a new directory.\n\n        spp > mkdir path/to/dir\n", true, this::make),
                command("cat", "View contents of a file.\n\n        spp > cat file\n", true, this::print),
                command(
                        "less",
                        "View contents of a file page by page.\n\n        spp > less file\n",
                        true,
                        this::page));
    }

    /** A path as the user typed it, relative to the shell's directory. */
    Path resolve(final String text) throws ShellException {
        try {
            return current.resolve(text).normalize();
        } catch (final InvalidPathException malformed) {
            throw new ShellException("Error: no path can be written like that.");
        }
    }

    /** Paths that continue what was typed; directories end with {@code /}. */
    List<String> completePath(final String typed) {
        final int slash = typed.lastIndexOf('/');
        final String directory = typed.substring(0, slash + 1);
        try (Stream<Path> entries = Files.list(resolve(directory))) {
            return entries.map(entry -> directory + entry.getFileName() + (Files.isDirectory(entry) ? "/" : ""))
                    .sorted()
                    .toList();
        } catch (final IOException | ShellException unreadable) {
            return List.of();
        }
    }

    private void show() {
        if (!format.print(out, Map.of("directory", current.toString()))) {
            out.println(current);
        }
    }

    private void list(final String text) throws ShellException {
        final Path directory = resolve(text);
        if (!Files.isDirectory(directory)) {
            throw new ShellException("No such a directory.");
        }
        final List<String> names = new ArrayList<>();
        try (Stream<Path> entries = Files.list(directory)) {
            entries.filter(entry -> !entry.getFileName().toString().startsWith("."))
                    .forEach(entry -> names.add(entry.getFileName() + suffix(entry)));
        } catch (final IOException failure) {
            throw new ShellException("Error: cannot list " + directory + ": " + failure.getMessage());
        }
        names.sort(null);
        if (format.print(out, names)) {
            return;
        }
        names.forEach(out::println);
    }

    private void change(final String text) throws ShellException {
        final Path directory = resolve(text);
        if (!Files.isDirectory(directory)) {
            throw new ShellException("No such a directory.");
        }
        current = directory;
        out.println(current);
    }

    private void make(final String text) throws ShellException {
        try {
            Files.createDirectories(resolve(text));
        } catch (final IOException failure) {
            throw new ShellException("Error: cannot make directory " + text + ": " + failure);
        }
    }

    private void page(final String text) throws ShellException {
        if (pager == null) {
            print(text);
            return;
        }
        try {
            out.flush();
            pager.show(regularFile(text));
        } catch (final IOException failure) {
            throw new ShellException("Error: cannot show " + text + ": " + failure.getMessage());
        }
    }

    private Path regularFile(final String text) throws ShellException {
        final Path file = resolve(text);
        if (!Files.isRegularFile(file)) {
            throw new ShellException("No such a directory.");
        }
        return file;
    }

    private void print(final String text) throws ShellException {
        final Path file = regularFile(text);
        try {
            if (Files.size(file) > MAX_CAT_BYTES) {
                throw new ShellException("Error: " + text + " has more than " + MAX_CAT_BYTES + " bytes.");
            }
            Files.copy(file, out);
            out.flush();
        } catch (final IOException failure) {
            throw new ShellException("Error: cannot read " + text + ": " + failure);
        }
    }

    /** What {@code ls -F} puts behind a name. */
    private static String suffix(final Path entry) {
        if (Files.isSymbolicLink(entry)) {
            return "@";
        }
        if (Files.isDirectory(entry)) {
            return "/";
        }
        try {
            final int type = (int) Files.getAttribute(entry, "unix:mode", LinkOption.NOFOLLOW_LINKS) & TYPE_MASK;
            return type == TYPE_SOCKET ? "=" : type == TYPE_FIFO ? "|" : Files.isExecutable(entry) ? "*" : "";
        } catch (final IOException vanished) {
            return "";
        }
    }

    /** What a file command does. */
    private interface Action {
        void run(String text) throws ShellException;
    }

    private ShellCommand command(final String name, final String help, final boolean needsPath, final Action action) {
        return new NamedCommand(name, help) {
            @Override
            public void run(final String arguments) throws ShellException {
                if (needsPath && arguments.isEmpty()) {
                    throw new ShellException("Error: " + name + " wants a path.");
                }
                action.run(arguments);
            }

            @Override
            public List<String> complete(final String arguments) {
                return name.equals("pwd") ? List.of() : completePath(arguments);
            }
        };
    }
}

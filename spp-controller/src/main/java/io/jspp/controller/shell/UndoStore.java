package io.jspp.controller.shell;

import io.jspp.controller.state.StateFile;
import io.jspp.controller.state.StateWriter;
import io.jspp.controller.state.SwitchState;
import io.jspp.controller.yaml.YamlException;
import io.jspp.controller.yaml.YamlFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * What {@code undo} goes back to, for each controller: a file in {@code ~/.spp}, so that another shell finds it; without a usable home directory it is kept
 * as long as this shell lives.
 */
final class UndoStore {
    private final Path directory;
    private final Map<String, SwitchState> kept = new HashMap<>();

    /** @param historyFile beside which the directory {@code .spp} lies, or null */
    UndoStore(final Path historyFile) {
        final Path home =
                historyFile == null ? null : historyFile.toAbsolutePath().getParent();
        directory = home != null && Files.isWritable(home) ? home.resolve(".spp") : null;
    }

    private Path file(final String endpoint) {
        return directory.resolve("undo-" + endpoint.replaceAll("[^A-Za-z0-9.]", "_") + ".yaml");
    }

    void put(final String endpoint, final SwitchState state) throws ShellException {
        if (directory == null) {
            kept.put(endpoint, state);
            return;
        }
        try {
            Files.createDirectories(directory);
            write(file(endpoint), StateWriter.yaml(state));
        } catch (final IOException failure) {
            throw new ShellException("Error: what undo would go back to cannot be written: " + failure);
        }
    }

    /** What to go back to, or null. */
    SwitchState get(final String endpoint) throws ShellException {
        if (directory == null) {
            return kept.get(endpoint);
        }
        final Path file = file(endpoint);
        if (!Files.exists(file)) {
            return null;
        }
        try {
            return StateFile.parse(file.toString(), YamlFile.text(file));
        } catch (final YamlException damaged) {
            throw new ShellException("Error: " + damaged.getMessage());
        }
    }

    void forget(final String endpoint) throws ShellException {
        kept.remove(endpoint);
        try {
            if (directory != null) {
                Files.deleteIfExists(file(endpoint));
            }
        } catch (final IOException failure) {
            throw new ShellException("Error: " + file(endpoint) + " cannot be removed: " + failure);
        }
    }

    /** Writes a file as a whole or not at all. */
    static void write(final Path file, final String text) throws IOException {
        // Beside it, under a name that nobody has, and through no link that somebody may have put there.
        final Path fresh = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".new");
        Files.deleteIfExists(fresh);
        try {
            Files.writeString(
                    fresh, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}

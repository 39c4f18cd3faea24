package io.jspp.attach;

import io.jspp.config.ExitCode;
import io.jspp.config.ProcessException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The list of attached processes, one {@code pid start} per line, for the primary that comes after a killed one. A host that has lost its power has
 * none of these processes, so the list is renamed into place but not synchronized with a disk.
 */
public final class ClientFile {
    private final Path path;

    /** @param runDirectory where the primary's socket is */
    public ClientFile(Path runDirectory) {
        path = runDirectory.resolve("clients");
    }

    /** Replaces the list in one step. */
    public void write(Collection<ProcessIdentity> clients) {
        StringBuilder text = new StringBuilder();
        clients.forEach(
                c -> text.append(c.pid()).append(' ').append(c.startTicks()).append('\n'));
        Path fresh = path.resolveSibling("clients.new");
        try {
            Files.writeString(fresh, text);
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new ProcessException(ExitCode.FAILED, "write " + path + ": " + e.getMessage(), e);
        }
    }

    /** Those of the list that still run. */
    public List<ProcessIdentity> living() {
        List<ProcessIdentity> living = new ArrayList<>();
        try {
            // Bytes of any kind, as a host that lost its power may leave them, are lines that name nobody.
            for (String line : Files.readAllLines(path, StandardCharsets.ISO_8859_1)) {
                if (line.matches("[0-9]{1,10} [0-9]{1,18}")) {
                    int space = line.indexOf(' ');
                    ProcessIdentity client = new ProcessIdentity(
                            Integer.parseInt(line.substring(0, space)), Long.parseLong(line.substring(space + 1)));
                    if (client.alive()) {
                        living.add(client);
                    }
                }
            }
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException e) {
            throw new ProcessException(ExitCode.FAILED, "read " + path + ": " + e.getMessage(), e);
        }
        return living;
    }

    /**
     * For the last secondary that ends after its primary: removes the list and the run directory, which nobody else would.
     *
     * @param self not counted among the living
     */
    void removeIfLast(ProcessIdentity self) {
        if (living().stream().anyMatch(client -> !client.equals(self))) {
            return;
        }
        remove();
        Path directory = path.getParent();
        try {
            Files.deleteIfExists(directory);
            Files.deleteIfExists(directory.getParent());
        } catch (DirectoryNotEmptyException somebodyElseUsesIt) {
            return;
        } catch (IOException e) {
            throw new ProcessException(ExitCode.FAILED, "remove run directory " + directory + ": " + e.getMessage(), e);
        }
    }

    /** Forgets the list. */
    public void remove() {
        try {
            Files.deleteIfExists(path);
            Files.deleteIfExists(path.resolveSibling("clients.new"));
        } catch (IOException e) {
            throw new ProcessException(ExitCode.FAILED, "remove " + path + ": " + e.getMessage(), e);
        }
    }
}

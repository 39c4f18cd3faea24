package io.jspp.testing;

import io.jspp.config.DirectoryTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Run-time directories of DPDK programs, which leave them behind. */
public final class DpdkRuntime {
    private DpdkRuntime() {}

    /** With this in its environment a program of anybody but root has its directory below the given one. */
    public static Map<String, String> environment(Path directory) {
        return Map.of("XDG_RUNTIME_DIR", directory.toString());
    }

    /** Where it is: root's, and everybody else's. */
    public static List<Path> directories(Path directory, String filePrefix) {
        return List.of(
                Path.of("/var/run/dpdk", filePrefix), directory.resolve("dpdk").resolve(filePrefix));
    }

    /** Removes what a program that has ended left. */
    public static void remove(Path directory, String filePrefix) {
        directories(directory, filePrefix).forEach(DpdkRuntime::removeTree);
    }

    private static void removeTree(Path root) {
        try {
            DirectoryTree.remove(root);
        } catch (IOException e) {
            throw new UncheckedIOException("remove " + root, e);
        }
    }
}

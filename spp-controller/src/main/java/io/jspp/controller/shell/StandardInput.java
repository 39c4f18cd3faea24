package io.jspp.controller.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What stands behind descriptor 0. */
public final class StandardInput {
    private StandardInput() {}

    /** Whether it is a terminal; the kernel's name of it tells without any native call. */
    public static boolean isTerminal() {
        try {
            final String target =
                    Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (final IOException noProc) {
            return System.console() != null;
        }
    }
}

package io.jspp.controller.plugin;

import java.nio.file.Path;

/** Says what went wrong in a plugin, and where in its file. */
public final class PluginFault {
    private PluginFault() {}

    /** {@code FILE:LINE: what}, with the line of the file in which it was thrown, or from which was called what threw it. */
    public static String describe(final Path file, final Throwable thrown) {
        final String name = file.getFileName().toString();
        for (final StackTraceElement element : thrown.getStackTrace()) {
            if (name.equals(element.getFileName())) {
                return file + ":" + element.getLineNumber() + ": " + thrown;
            }
        }
        return file + ": " + thrown;
    }
}

package io.jspp.controller.shell;

/** How many plugins run within each other: those of a shell share one, also those that are loaded while others run. */
final class PluginDepth {
    private static final int MAX_DEPTH = 16;

    private int value;

    /** Before a plugin runs. */
    void enter(final String name) throws ShellException {
        if (value == MAX_DEPTH) {
            throw new ShellException("Error: the plugin " + name + " calls itself more than " + MAX_DEPTH + " deep.");
        }
        value++;
    }

    /** After it, however it ended. */
    void leave() {
        value--;
    }
}

package io.jspp.controller.shell;

import java.io.PrintStream;

/** {@code echo TEXT}: for plug-ins and scripts. */
final class EchoCommand implements ShellCommand {
    private final PrintStream out;

    EchoCommand(final PrintStream out) {
        this.out = out;
    }

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public String help() {
        return "Print a text, for plugins and recipes.\n\n        spp > echo hello\n";
    }

    @Override
    public void run(final String arguments) {
        out.println(arguments);
    }
}

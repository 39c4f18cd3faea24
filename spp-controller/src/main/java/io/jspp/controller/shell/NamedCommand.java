package io.jspp.controller.shell;

/** A command with a name and a text that are known beforehand. */
abstract class NamedCommand implements ShellCommand {
    private final String name;
    private final String help;

    NamedCommand(final String name, final String help) {
        this.name = name;
        this.help = help;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String help() {
        return help;
    }
}

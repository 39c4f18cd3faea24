package io.jspp.controller.shell;

/** {@code redo N}: runs a line of the history again. */
final class RedoCommand implements ShellCommand {
    static final String NAME = "redo";

    private final History history;
    private final Runner runner;

    /** Runs a line. */
    interface Runner {
        void run(String line) throws ShellException;
    }

    RedoCommand(final History history, final Runner runner) {
        this.history = history;
        this.runner = runner;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String help() {
        return """
                Execute command of index of history.

                        spp > redo 5  # exec 5th command in the history
                """;
    }

    @Override
    public void run(final String arguments) throws ShellException {
        final String line = history.line(arguments);
        if (line.strip().startsWith(NAME)) {
            throw new ShellException("Error: redo does not run redo.");
        }
        runner.run(line);
    }
}

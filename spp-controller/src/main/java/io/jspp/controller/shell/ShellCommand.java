package io.jspp.controller.shell;

import java.util.List;

/** What the first word of a line does. */
interface ShellCommand {
    /** The first word. */
    String name();

    /** Text of {@code help NAME}. */
    String help();

    /**
     * Runs the command.
     *
     * @param arguments the rest of the line without blanks at its ends
     * @throws ShellException when it failed
     */
    void run(String arguments) throws ShellException;

    /**
     * Candidates for TAB. Those that do not begin with what was typed are left out by the caller; one that ends with
     * {@code :} or {@code /} is to be continued.
     *
     * @param arguments the rest of the line up to the cursor
     */
    default List<String> complete(final String arguments) {
        return List.of();
    }
}

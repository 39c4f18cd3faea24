package io.jspp.control;

/** What a process does for one command. Called by its control thread only, one command at a time. */
@FunctionalInterface
public interface CommandHandler {
    /**
     * Does the command completely, or changes nothing.
     *
     * @throws CommandException when it cannot be done; becomes a failed reply with this message
     */
    Reply handle(CommandRequest request) throws CommandException;
}

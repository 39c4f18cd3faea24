package io.jspp.control;

/** A command that cannot be done, said for the operator: field, value given, values allowed, next step. */
public class CommandException extends Exception {
    private static final long serialVersionUID = 1L;

    public CommandException(final String message) {
        super(message);
    }

    public CommandException(final String message, final Throwable cause) {
        super(message, cause);
    }
}

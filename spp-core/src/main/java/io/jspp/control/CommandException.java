package io.jspp.control;

/** A command that cannot be done, said for the operator: field, value given, values allowed, next step. */
public class CommandException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final String next;

    public CommandException(final String message) {
        this(message, "", "", null);
    }

    /**
     * With what programs can tell apart.
     *
     * @param code stable word for the cause, empty when there is none
     * @param next what the operator does next, may be empty
     */
    public CommandException(final String message, final String code, final String next, final Throwable cause) {
        super(message, cause);
        this.code = code;
        this.next = next;
    }

    public String code() {
        return code;
    }

    public String next() {
        return next;
    }
}

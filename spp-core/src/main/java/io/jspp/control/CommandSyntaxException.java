package io.jspp.control;

/** Text that is no command: which rule it broke, and the nearest command when there is one. */
public final class CommandSyntaxException extends CommandException {
    private static final long serialVersionUID = 1L;

    /** The rule that was broken. */
    public enum Problem {
        /** No command begins with these words. */
        UNKNOWN,
        /** It ended where an argument or word was expected. */
        INCOMPLETE,
        /** An argument's value is not allowed. */
        INVALID_VALUE,
        /** Words follow after the last one. */
        TOO_LONG
    }

    private final Problem problem;
    private final transient CommandSpec nearest;
    private final transient ArgumentSpec argument;

    CommandSyntaxException(
            final Problem problem, final CommandSpec nearest, final ArgumentSpec argument, final String message) {
        super(message);
        this.problem = problem;
        this.nearest = nearest;
        this.argument = argument;
    }

    public Problem problem() {
        return problem;
    }

    /** The command that fits best, or null when none begins like this. */
    public CommandSpec nearest() {
        return nearest;
    }

    /** The missing or wrong argument, or null. */
    public ArgumentSpec argument() {
        return argument;
    }
}

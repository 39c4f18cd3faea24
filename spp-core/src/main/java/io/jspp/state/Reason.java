package io.jspp.state;

/**
 * A {@link Cause} with its particulars filled in. Immutable; any thread.
 *
 * @param cause which one
 * @param text a few words for the operator, empty with {@link Cause#NONE}
 * @param next what the operator does next, may be empty
 */
public record Reason(Cause cause, String text, String next) {
    /** Nothing to say. */
    public static final Reason NONE = new Reason(Cause.NONE, "", "");

    /** {@code interface eth1 is down: ip link set eth1 up}. */
    @Override
    public String toString() {
        return next.isEmpty() ? text : text + ": " + next;
    }
}

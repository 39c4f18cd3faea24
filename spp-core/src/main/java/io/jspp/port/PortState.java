package io.jspp.port;

import io.jspp.state.Cause;
import io.jspp.state.Reason;
import java.util.Locale;

/**
 * Where a port stands, why, and what the operator does next. {@code down → listening|connecting → negotiating → up}, and back. Immutable.
 *
 * @param phase the stage
 * @param reason why it is there and not further; also what is remarkable about a port that is up
 */
public record PortState(Phase phase, Reason reason) {
    /** Stages on the way up. */
    public enum Phase {
        DOWN,
        LISTENING,
        CONNECTING,
        NEGOTIATING,
        UP;

        /** {@code negotiating}: as status and events spell it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Up and moving packets. */
    public static final PortState UP = new PortState(Phase.UP, Reason.NONE);

    /** Down for a cause, with its particulars. */
    public static PortState down(Cause cause, Object... particulars) {
        return new PortState(Phase.DOWN, cause.of(particulars));
    }

    /** Up, but with something to say about it. */
    public static PortState upBut(Cause cause, Object... particulars) {
        return new PortState(Phase.UP, cause.of(particulars));
    }

    /** {@link Cause#code}, empty when there is nothing to say. */
    public String code() {
        return reason.cause().code();
    }

    /** A few words, empty when there is nothing to say. */
    public String cause() {
        return reason.text();
    }

    /** The next step, may be empty. */
    public String next() {
        return reason.next();
    }

    /** {@code up}, or {@code down (interface eth1 is down: ip link set eth1 up)}. */
    @Override
    public String toString() {
        return reason.text().isEmpty() ? phase.word() : phase.word() + " (" + reason + ")";
    }
}

package io.jspp.vhostuser;

import io.jspp.state.Cause;
import io.jspp.state.Reason;

/** The connection is over: the peer closed it, or broke the framing. Session thread. */
final class ConnectionEnded extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    private ConnectionEnded(String message, Reason reason) {
        super(message);
        this.reason = reason;
    }

    static ConnectionEnded byPeer() {
        return new ConnectionEnded("front-end closed the connection", Reason.NONE);
    }

    static ConnectionEnded violation(String what) {
        return because(Cause.PROTOCOL_BROKEN, what);
    }

    /** @param what the particulars; the whole message */
    static ConnectionEnded because(Cause cause, String what) {
        return new ConnectionEnded(what, cause.of(what));
    }

    /** An end like any other, as opposed to a broken protocol. */
    boolean peerClosed() {
        return reason == Reason.NONE;
    }

    /** What the port's state says about it until the next front-end does better; {@link Reason#NONE} after an end like any other. */
    Reason reason() {
        return reason;
    }
}

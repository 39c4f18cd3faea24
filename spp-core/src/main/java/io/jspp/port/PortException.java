package io.jspp.port;

import io.jspp.state.Cause;

/** A port can't be opened or claimed; the message is a sentence for the operator: what, why, next step. */
public final class PortException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Cause why;

    public PortException(String message) {
        this(Cause.REFUSED, message, null);
    }

    public PortException(String message, Throwable cause) {
        this(Cause.REFUSED, message, cause);
    }

    /** @param why for programs; the message says it in full */
    public PortException(Cause why, String message, Throwable cause) {
        super(message, cause);
        this.why = why;
    }

    /** Which of the known causes it is; {@link Cause#REFUSED} when none of its own. */
    public Cause why() {
        return why;
    }
}

package io.jspp.port;

/** A port can't be opened or claimed; the message is a sentence for the operator: what, why, next step. */
public final class PortException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PortException(String message) {
        super(message);
    }

    public PortException(String message, Throwable cause) {
        super(message, cause);
    }
}

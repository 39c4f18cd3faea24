package io.jspp.flow;

/** Words that are no flow rule; the message says which. */
public final class FlowException extends Exception {
    private static final long serialVersionUID = 1L;

    FlowException(String message) {
        super(message);
    }
}

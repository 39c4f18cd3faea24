package io.jspp.frontend;

/** The back-end did what a back-end must not do, or refused what the front-end needs. The message says what, and what to do. */
public final class FrontendException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public FrontendException(String message) {
        super(message);
    }
}

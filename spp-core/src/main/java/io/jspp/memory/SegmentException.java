package io.jspp.memory;

/** A shared segment that can't be made or must not be used. The text says what, why and what to do. */
public final class SegmentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SegmentException(String message) {
        super(message);
    }
}

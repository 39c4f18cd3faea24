package io.jspp.bench;

/** A bench that cannot go on; the message says what and why. */
final class BenchFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchFailure(String message) {
        super(message);
    }
}

package io.jspp.worker;

/** A worker did not follow a change in time: nothing it may still use can be closed. */
public final class WorkerStuckException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WorkerStuckException(String message) {
        super(message);
    }
}

package io.jspp.controller.inventory;

import java.io.IOException;

/** A process did not answer in time; it may still do what it was told. */
public final class ProcessTimeoutException extends IOException {
    private static final long serialVersionUID = 1L;

    public ProcessTimeoutException(final String message) {
        super(message);
    }
}

package io.jspp.controller.inventory;

import java.io.IOException;

/** A process's connection ended before it answered. */
public final class ProcessLostException extends IOException {
    private static final long serialVersionUID = 1L;

    public ProcessLostException(final String message) {
        super(message);
    }
}

package io.jspp.controller.shell;

import io.jspp.config.ExitCode;

/** A line that failed; the message is what the user reads, in SPP's words where SPP has some. */
public final class ShellException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    ShellException(final String message) {
        this(message, ExitCode.FAILED);
    }

    ShellException(final String message, final int exitCode) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    /** Status with which a script ends that stops here. */
    public int exitCode() {
        return exitCode;
    }
}

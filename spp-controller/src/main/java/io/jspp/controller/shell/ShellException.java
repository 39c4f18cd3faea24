package io.jspp.controller.shell;

import io.jspp.config.ExitCode;
import io.jspp.config.KnownExit;

/** A line that failed; the message is what the user reads, in SPP's words where SPP has some. */
public final class ShellException extends Exception implements KnownExit {
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
    @Override
    public int exitCode() {
        return exitCode;
    }
}

package io.jspp.controller.shell;

import io.jspp.config.ExitCode;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** {@code --wait-pri}: waits for a primary, for ever, saying so once and then once a minute. */
final class PrimaryWait {
    private static final long INTERVAL_MS = 500;
    private static final int ROUNDS_A_MINUTE = 120;

    private final RestClient client;
    private final PrintStream err;

    PrimaryWait(final RestClient client, final PrintStream err) {
        this.client = client;
        this.err = err;
    }

    /**
     * Returns when a primary is connected.
     *
     * @throws ShellException when the controller answers something else than its list
     */
    void run() throws ShellException {
        for (int round = 0; !isThere(round); round++) {
            try {
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MS);
            } catch (final InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new ShellException("interrupted while waiting for a primary", ExitCode.UNREACHABLE);
            }
        }
    }

    private boolean isThere(final int round) throws ShellException {
        String missing = "spp_primary";
        try {
            if (client.hasPrimary()) {
                return true;
            }
        } catch (final ShellException failure) {
            if (failure.exitCode() != ExitCode.UNREACHABLE) {
                throw failure;
            }
            missing = "spp-ctl";
        }
        if (round % ROUNDS_A_MINUTE == 0) {
            err.println("Waiting for " + missing + " is ready ...");
        }
        return false;
    }
}

package io.jspp.secondary.guest;

import io.jspp.config.ExitCode;
import io.jspp.frontend.FrontendConfig;
import io.jspp.frontend.FrontendSession;
import io.jspp.virtio.Features;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What every mode shares with the outside: waiting for the back-end, the readiness line, stopping on a signal. */
final class GuestProcess {
    private static final long REMINDER_NS = TimeUnit.MINUTES.toNanos(1);
    private static final int STEP_MS = 50;

    private final PrintStream out;
    private final PrintStream err;
    private volatile boolean stopping;

    GuestProcess(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Asks the running mode to end; it cleans up and returns. */
    void stop() {
        stopping = true;
    }

    boolean stopping() {
        return stopping;
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    /**
     * Waits for all sessions and prints the readiness line.
     *
     * @param who what the line says about the guest
     * @return {@link ExitCode#OK}, or the status to end with
     */
    int awaitReady(List<FrontendSession> sessions, Long waitSeconds, String who) throws InterruptedException {
        long begin = System.nanoTime();
        long reminded = begin;
        for (FrontendSession session : sessions) {
            while (!session.awaitUp(STEP_MS)) {
                long now = System.nanoTime();
                if (stopping) {
                    return ExitCode.OK;
                }
                if (session.state() == FrontendSession.State.FAILED) {
                    err.println("guest: " + session.problem());
                    return ExitCode.FAILED;
                }
                if (waitSeconds != null && now - begin >= TimeUnit.SECONDS.toNanos(waitSeconds)) {
                    err.println("guest: no back-end after " + waitSeconds + " s: " + session.problem());
                    return ExitCode.UNREACHABLE;
                }
                if (now - reminded >= REMINDER_NS) {
                    reminded = now;
                    out.println("guest: still waiting: " + session.problem());
                    out.flush();
                }
            }
        }
        StringBuilder line = new StringBuilder("guest ready:");
        for (FrontendSession session : sessions) {
            FrontendConfig config = session.config();
            line.append(' ').append(config.socketPath()).append(config.listen() ? " (listening)" : " (connected)");
        }
        line.append(", ").append(who);
        line.append(", features ").append(Features.describe(sessions.get(0).features()));
        if (sessions.get(0).memory().hugePages()) {
            line.append(", hugepages");
        }
        out.println(line);
        out.flush();
        return ExitCode.OK;
    }
}

package io.jspp.controller.start;

import io.jspp.config.ExitCode;
import io.jspp.config.ProcessException;
import io.jspp.supervision.Lives;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Starts processes one after the other, each when the one before is ready, looks after them, and ends them in reverse order. */
final class Supervisor implements AutoCloseable {
    private static final long LOOK_MS = 20;
    private static final long END_MS = 10_000;

    private final List<Supervised> all = new ArrayList<>();
    private final Consumer<String> news;
    private boolean closed;

    /** @param news told what happens to the processes */
    Supervisor(
            final List<StartCommands.Part> parts,
            final Path logDirectory,
            final Map<String, String> environment,
            final Lives.Patience patience,
            final Consumer<String> news) {
        this.news = news;
        parts.forEach(part -> all.add(new Supervised(part, logDirectory, environment, patience)));
    }

    /**
     * Starts everything.
     *
     * @param stop looked at while it waits; true: start no more, and return
     * @throws ProcessException one ended or said nothing; its last lines are in the message, the others go on
     */
    void start(final long limitMs, final BooleanSupplier stop) throws InterruptedException {
        for (final Supervised one : all) {
            if (!begin(one)) {
                return;
            }
            final long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
            while (!isReady(one)) {
                if (stop.getAsBoolean()) {
                    return;
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new ProcessException(
                            ExitCode.TIMEOUT,
                            one.part().title() + " is not ready after " + limitMs / 1000 + " s" + one.tail());
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MS);
            }
            news.accept(one.part().title() + " ready (pid " + one.pid() + "), log " + one.log());
        }
    }

    private synchronized boolean begin(final Supervised one) {
        if (closed) {
            return false;
        }
        try {
            one.start(System.nanoTime());
            return true;
        } catch (final IOException failure) {
            throw new ProcessException(ExitCode.FAILED, one.part().title() + " can't be started: " + failure);
        }
    }

    private static boolean isReady(final Supervised one) {
        try {
            if (one.ready()) {
                return true;
            }
        } catch (final IOException failure) {
            throw new ProcessException(ExitCode.FAILED, "log " + one.log() + ": " + failure);
        }
        if (!one.isAlive()) {
            final int exit = one.exitStatus();
            throw new ProcessException(
                    exitCode(exit),
                    one.part().title() + " ended with exit status " + exit + " before it was ready:" + one.tail());
        }
        return false;
    }

    /** Its own where the contract has it, else that of a failure: also when it ended in peace, for nobody had told it to. */
    private static int exitCode(final int ofProcess) {
        return ofProcess > ExitCode.OK && ofProcess <= ExitCode.TIMEOUT ? ofProcess : ExitCode.FAILED;
    }

    /**
     * Says so when a process that is needed has ended for good.
     *
     * @throws ProcessException with its last line
     */
    synchronized void require(final Predicate<StartCommands.Part> needed) {
        if (closed) {
            return;
        }
        for (final Supervised one : all) {
            if (one.isOver() && needed.test(one.part())) {
                final int exit = one.exitStatus();
                throw new ProcessException(
                        exitCode(exit),
                        one.part().title() + " ended with exit status " + exit + " before all were connected: "
                                + one.lastLine());
            }
        }
    }

    /** Looks after all of them once. */
    synchronized void poll(final long nowNs) {
        if (closed) {
            return;
        }
        for (final Supervised one : all) {
            final String what = one.poll(nowNs);
            if (what != null) {
                news.accept(what);
            }
        }
    }

    /** Ends everything, last started first: secondaries together, then the primary, then the controller. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        final int firstSecondary = Math.min(2, all.size());
        end(all.subList(firstSecondary, all.size()));
        for (int i = firstSecondary - 1; i >= 0; i--) {
            end(all.subList(i, i + 1));
        }
    }

    private static void end(final List<Supervised> some) {
        some.forEach(Supervised::terminate);
        some.forEach(one -> one.awaitEnd(END_MS));
    }
}

package io.jspp.secondary.guest;

import io.jspp.config.ExitCode;
import io.jspp.frontend.FrontendException;
import io.jspp.frontend.TrafficRun;
import io.jspp.frontend.TrafficTotals;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Runs a {@link TrafficGuest} as a process: traffic on a thread of its own, a line per interval, a summary, an exit status. */
final class TrafficSession {
    private static final long QUIET_NS = TimeUnit.MILLISECONDS.toNanos(300);

    private final GuestProcess process;
    private final GuestOptions options;
    private final TrafficOptions traffic;
    private volatile boolean finished;
    private volatile RuntimeException failure;

    TrafficSession(GuestProcess process, GuestOptions options, TrafficOptions traffic) {
        this.process = process;
        this.options = options;
        this.traffic = traffic;
    }

    /**
     * What ends a run and what counts as good.
     *
     * @param rate frames per second and sending queue, 0 for flat out
     * @param frames per sending queue; without senders: frames to receive
     * @param expectFrames whether it is an error when nothing comes
     * @param maxLossPercent of the frames sent, when frames are expected
     */
    record Goal(long rate, long frames, long durationNs, boolean expectFrames, double maxLossPercent) {}

    int run(List<TrafficGuest.Port> ports, TrafficGuest.Options guestOptions, String who, Goal goal)
            throws InterruptedException {
        try (TrafficGuest guest = new TrafficGuest(ports, guestOptions)) {
            guest.start();
            int status = process.awaitReady(guest.sessions(), options.waitSeconds, who);
            if (status != ExitCode.OK || process.stopping()) {
                return status;
            }
            boolean sends = ports.get(0).destination() != null;
            TrafficRun run = guest.run();
            Thread thread = new Thread(() -> drive(run, sends, goal), "guest traffic");
            TrafficTotals begin = run.totals();
            thread.start();
            report(run, thread);
            thread.join();
            if (failure != null) {
                process.err().println("guest: " + failure.getMessage());
                return ExitCode.FAILED;
            }
            return summary(run.totals().since(begin), guest.latencyNs(), sends, goal);
        }
    }

    private void drive(TrafficRun run, boolean sends, Goal goal) {
        try {
            options.pin();
            if (sends) {
                run.send(goal.rate(), goal.frames(), goal.durationNs(), process::stopping);
                if (goal.expectFrames()) {
                    run.drain(run.totals().sent(), QUIET_NS, () -> false);
                }
            } else {
                long begin = System.nanoTime();
                run.drain(
                        goal.frames(),
                        Long.MAX_VALUE,
                        () -> process.stopping() || System.nanoTime() - begin >= goal.durationNs());
            }
        } catch (FrontendException e) {
            failure = e;
        } finally {
            finished = true;
        }
    }

    private void report(TrafficRun run, Thread thread) throws InterruptedException {
        long everyNs = (long) (traffic.report * 1e9);
        TrafficTotals last = run.totals();
        int line = 0;
        while (!finished) {
            thread.join(everyNs == 0 ? 1000 : Math.max(1, everyNs / 1_000_000));
            if (everyNs > 0 && !finished) {
                TrafficTotals now = run.totals();
                TrafficTotals step = now.since(last);
                last = now;
                process.out()
                        .printf(
                                Locale.ROOT,
                                "%6.1f s  sent %.3f Mpps  received %.3f Mpps  lost %d%n",
                                ++line * traffic.report,
                                step.sentMpps(),
                                step.receivedMpps(),
                                step.lost());
                process.out().flush();
            }
        }
    }

    private int summary(TrafficTotals all, Histogram latency, boolean sends, Goal goal) {
        PrintStream out = process.out();
        long unique = all.received() - all.duplicates();
        long lost = goal.expectFrames() && sends ? all.sent() - unique : all.lost();
        long expected = goal.expectFrames() && sends ? all.sent() : unique + all.lost();
        double lossPercent = expected == 0 ? 0 : 100.0 * lost / expected;
        out.printf(
                Locale.ROOT,
                "result: sent=%d received=%d lost=%d loss=%.4f%% reordered=%d duplicates=%d corrupt=%d foreign=%d mpps=%.3f gbps=%.3f%n",
                all.sent(),
                all.received(),
                lost,
                lossPercent,
                all.reordered(),
                all.duplicates(),
                all.corrupt(),
                all.foreign(),
                all.received() > 0 ? all.receivedMpps() : all.sentMpps(),
                all.receivedGbps());
        if (latency.getTotalCount() > 0) {
            out.printf(
                    Locale.ROOT,
                    "latency: samples=%d min=%.2f p50=%.2f p90=%.2f p99=%.2f p99.9=%.2f max=%.2f us%n",
                    latency.getTotalCount(),
                    latency.getMinValue() / 1e3,
                    latency.getValueAtPercentile(50) / 1e3,
                    latency.getValueAtPercentile(90) / 1e3,
                    latency.getValueAtPercentile(99) / 1e3,
                    latency.getValueAtPercentile(99.9) / 1e3,
                    latency.getMaxValue() / 1e3);
        }
        boolean damaged = all.reordered() + all.duplicates() + all.corrupt() > 0;
        if (goal.expectFrames() && unique == 0) {
            process.err().println("guest: no frame came back (are the two ports patched?)");
            return ExitCode.TIMEOUT;
        }
        if (!sends && goal.frames() != Long.MAX_VALUE && unique < goal.frames() && !process.stopping()) {
            process.err().println("guest: " + unique + " of " + goal.frames() + " frames came in time");
            return ExitCode.TIMEOUT;
        }
        if (lossPercent > goal.maxLossPercent()) {
            process.err()
                    .printf(
                            Locale.ROOT,
                            "guest: %.4f %% lost, allowed are %.4f %%%n",
                            lossPercent,
                            goal.maxLossPercent());
            return ExitCode.FAILED;
        }
        if (damaged) {
            process.err().println("guest: frames came reordered, duplicated or damaged, see the result line");
            return ExitCode.FAILED;
        }
        return ExitCode.OK;
    }
}

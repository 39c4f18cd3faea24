package io.jspp.it.reconnect;

import java.util.Locale;

/** The worst that a case has shown, checked as it comes. */
final class Figures {
    /** Longest time without traffic once the two sides can talk, milliseconds. */
    private static final double MAX_GAP_MS = 1000;

    /** Least rate after an event through the rate before it. */
    static final double MIN_RATIO = 0.8;

    private double gapMs;
    private double outageMs;
    private double ratio = Double.POSITIVE_INFINITY;

    /**
     * Traffic is back after a relaunch.
     *
     * @param client whether the back-end connects: then the gap begins when it is up, else with the front-end's connect(), or once an nfv that
     *     came back with nothing has been configured
     */
    void recovered(boolean client, BackEnd.Relaunch relaunch, Recovery.Result result) {
        if (!client && result.connectedNs() == 0) {
            throw new AssertionError("traffic without a connection");
        }
        long from = client ? relaunch.upNs() : result.connectedNs();
        if (relaunch.how() == BackEnd.Stop.CLEAN) {
            from = Math.max(from, relaunch.upNs());
        }
        double gap = Math.max(0, result.trafficNs() - from) / 1e6;
        gapMs = Math.max(gapMs, gap);
        outageMs = Math.max(outageMs, since(relaunch, result.trafficNs()));
        if (gap >= MAX_GAP_MS) {
            throw new AssertionError(String.format(
                    Locale.ROOT,
                    "gap of %.0f ms, %.0f allowed; after the stop (%s): up at %.0f ms, connected at %s, traffic at %.0f ms",
                    gap,
                    MAX_GAP_MS,
                    relaunch.how(),
                    since(relaunch, relaunch.upNs()),
                    client ? "any time" : String.format(Locale.ROOT, "%.0f ms", since(relaunch, result.connectedNs())),
                    since(relaunch, result.trafficNs())));
        }
    }

    private static double since(BackEnd.Relaunch relaunch, long ns) {
        return (ns - relaunch.stoppedNs()) / 1e6;
    }

    /** Rates by {@link GuestPair#rate} before the first event of these guests, and by {@link GuestPair#rateOnceBackAt} after this one. */
    void rates(double before, double after) {
        double now = after / before;
        ratio = Math.min(ratio, now);
        if (!(now >= MIN_RATIO)) {
            throw new AssertionError(String.format(
                    Locale.ROOT,
                    "rate %.2f of that before, %.1f expected: %.0f Mbit/s, before %.0f",
                    now,
                    MIN_RATIO,
                    after,
                    before));
        }
    }

    /** For the conformance page. */
    String text(boolean client) {
        StringBuilder text = new StringBuilder(client ? "we connect" : "we listen");
        if (outageMs > 0) {
            text.append(String.format(Locale.ROOT, ", gap %.0f ms (outage %.0f ms)", gapMs, outageMs));
        }
        if (Double.isFinite(ratio)) {
            text.append(String.format(Locale.ROOT, ", rate %.2f", ratio));
        }
        return text.toString();
    }
}

package io.jspp.frontend;

/**
 * Sums over the queues of a {@link TrafficRun} at one moment. {@code received} has duplicates in it; {@code lost} are gaps in the sequence
 * numbers, frames missing at the end show only as {@code sent - received}.
 *
 * @param atNs when, by {@link System#nanoTime}
 */
public record TrafficTotals(
        long atNs,
        long sent,
        long sentBytes,
        long received,
        long receivedBytes,
        long lost,
        long reordered,
        long duplicates,
        long corrupt,
        long foreign,
        long streams,
        long cycles,
        long idleCycles) {

    /** What happened between {@code earlier} and this. */
    public TrafficTotals since(TrafficTotals earlier) {
        return new TrafficTotals(
                atNs - earlier.atNs,
                sent - earlier.sent,
                sentBytes - earlier.sentBytes,
                received - earlier.received,
                receivedBytes - earlier.receivedBytes,
                lost - earlier.lost,
                reordered - earlier.reordered,
                duplicates - earlier.duplicates,
                corrupt - earlier.corrupt,
                foreign - earlier.foreign,
                streams - earlier.streams,
                cycles - earlier.cycles,
                idleCycles - earlier.idleCycles);
    }

    /** Million frames received per second, when this is a difference. */
    public double receivedMpps() {
        return atNs == 0 ? 0 : received * 1e3 / atNs;
    }

    public double sentMpps() {
        return atNs == 0 ? 0 : sent * 1e3 / atNs;
    }

    /** Gbit/s of frame bytes received, without preamble and FCS, when this is a difference. */
    public double receivedGbps() {
        return atNs == 0 ? 0 : receivedBytes * 8.0 / atNs;
    }

    /** Share of cycles in which nothing could be sent or received, 0 to 1: how far the generator is from being the limit. */
    public double idleShare() {
        return cycles == 0 ? 0 : (double) idleCycles / cycles;
    }
}

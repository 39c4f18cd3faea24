package io.jspp.vhostuser;

import io.jspp.virtio.PacketVectors;

/**
 * Processes rings that a guest transmits by and has disabled, by discarding their packets, as vhost-user.rst "Ring states" asks. When Linux gives up a
 * queue it still has packets in it, and puts some more there meanwhile; while they lie there, TCP sends them by no other queue. So this looks
 * often at first. Session thread.
 */
final class Discarder {
    private static final long SOON_NS = 10_000_000L;
    private static final long SOON_FOR_NS = 2_000_000_000L;
    private static final long LATER_NS = 1_000_000_000L;

    private static final int PACKETS = 64;
    private static final int SEGMENTS = 2048;

    private final VringUser user;
    private final PacketVectors vectors = new PacketVectors();
    private boolean bound;
    private boolean begun;
    private boolean working;
    private long begunNs;
    private long nextNs;

    Discarder(VringUser user) {
        this.user = user;
    }

    /** A ring was disabled. */
    void begin() {
        begun = true;
    }

    /** Discards what is due; returns nanoseconds until it is due again, or {@link Long#MAX_VALUE}. */
    long tick(Vring[] all, long nowNs) {
        if (begun) {
            begun = false;
            working = true;
            begunNs = nowNs;
            nextNs = nowNs;
        }
        if (!working) {
            return Long.MAX_VALUE;
        }
        if (nowNs - nextNs >= 0) {
            bind();
            working = false;
            for (Vring vring : all) {
                working |= vring.discard(vectors, user);
            }
            nextNs = nowNs + (nowNs - begunNs < SOON_FOR_NS ? SOON_NS : LATER_NS);
        }
        return working ? Math.max(1, nextNs - nowNs) : Long.MAX_VALUE;
    }

    private void bind() {
        if (!bound) {
            bound = true;
            vectors.bind(
                    new long[SEGMENTS],
                    new int[SEGMENTS],
                    new int[PACKETS],
                    new int[PACKETS],
                    new int[PACKETS],
                    new long[PACKETS]);
        }
    }
}

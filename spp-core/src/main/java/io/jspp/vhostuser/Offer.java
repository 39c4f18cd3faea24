package io.jspp.vhostuser;

/**
 * What an {@link Endpoint} lets front-ends choose from. The same for all of them, and after a restart: a front-end that comes back expects it.
 *
 * @param queuePairs pairs of rings
 * @param protocolFeatures bits of {@link ProtocolFeatures}
 */
public record Offer(int queuePairs, long protocolFeatures) {
    /** All that there is. */
    public static Offer of(int queuePairs) {
        return new Offer(queuePairs, Session.PROTOCOL);
    }

    /** Without a protocol feature. */
    public Offer without(long protocolFeature) {
        return new Offer(queuePairs, protocolFeatures & ~protocolFeature);
    }
}

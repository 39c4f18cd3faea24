package io.jspp.vhostuser;

import io.jspp.state.Cause;
import io.jspp.virtio.Features;

/** Requests about what the two sides agree on: features, protocol features, and the values that belong to them. Session thread. */
final class FeatureRequests {
    private static final int MIN_MTU = 68;
    private static final int MAX_MTU = 65535;

    private final Vrings vrings;
    private final long offered;
    private long protocolFeatures;
    private boolean chosen;

    /** @param offered protocol features */
    FeatureRequests(Vrings vrings, long offered) {
        this.vrings = vrings;
        this.offered = offered;
    }

    /** @throws RequestRefused when the front-end hasn't accepted a protocol feature that a request belongs to */
    void require(long protocolFeature, String name) throws RequestRefused {
        if ((protocolFeatures & protocolFeature) == 0) {
            throw new RequestRefused(name + " was not negotiated");
        }
    }

    /** Whether SET_FEATURES has come, and the last one was accepted. */
    boolean chosen() {
        return chosen;
    }

    long getFeatures(Message message) {
        return Session.FEATURES;
    }

    /** While rings run only dirty logging may be switched; QEMU repeats the whole word per queue pair. */
    long setFeatures(Message message) throws RequestRefused {
        long wanted = message.u64(0);
        if ((wanted & ~Session.FEATURES) != 0) {
            chosen = false;
            throw new RequestRefused(
                    Cause.FEATURE_REFUSED, "not offered: " + Features.describe(wanted & ~Session.FEATURES));
        }
        if (((wanted ^ vrings.features()) & ~Features.LOG_ALL) != 0 && vrings.anyStarted()) {
            throw new RequestRefused("features can't change while rings run");
        }
        vrings.features(wanted);
        chosen = true;
        if (!Features.has(wanted, Features.PROTOCOL_FEATURES)) {
            // Without the enable message rings begin enabled.
            vrings.enableAll(true);
            vrings.advanceAll();
        }
        return 0;
    }

    long getProtocolFeatures(Message message) {
        return offered;
    }

    long setProtocolFeatures(Message message) throws RequestRefused {
        long wanted = message.u64(0);
        if ((wanted & ~offered) != 0) {
            throw new RequestRefused(Cause.FEATURE_REFUSED, "not offered: 0x" + Long.toHexString(wanted & ~offered));
        }
        protocolFeatures = wanted;
        return 0;
    }

    long getQueueNum(Message message) {
        return vrings.count() / 2;
    }

    /** Checked and acknowledged; nothing depends on it, since a guest gets whatever its buffers hold. There is no request to read it. */
    long setMtu(Message message) throws RequestRefused {
        long wanted = message.u64(0);
        require(ProtocolFeatures.NET_MTU, "NET_MTU");
        if (wanted < MIN_MTU || wanted > MAX_MTU) {
            throw new RequestRefused("MTU " + Long.toUnsignedString(wanted) + ", 68 to 65535 expected");
        }
        return 0;
    }
}

package io.jspp.port.vhost;

import io.jspp.net.Offload;
import io.jspp.virtio.Features;

/** Which offload facts may cross the border to or from a driver with certain features, virtio 1.2 §5.1.3.1. Immutable. */
final class GuestOffloads {
    private final boolean checksum;
    private final int gsoTypes;
    private final boolean ecn;

    private GuestOffloads(boolean checksum, boolean tso4, boolean tso6, boolean ufo, boolean uso, boolean ecn) {
        this.checksum = checksum;
        this.gsoTypes = 1 << Offload.GSO_NONE
                | (tso4 ? 1 << Offload.GSO_TCPV4 : 0)
                | (tso6 ? 1 << Offload.GSO_TCPV6 : 0)
                | (ufo ? 1 << Offload.GSO_UDP : 0)
                | (uso ? 1 << Offload.GSO_UDP_L4 : 0);
        this.ecn = ecn;
    }

    /** What the driver may hand to the device. */
    static GuestOffloads ofDriver(long features) {
        return new GuestOffloads(
                Features.has(features, Features.CSUM),
                Features.has(features, Features.HOST_TSO4),
                Features.has(features, Features.HOST_TSO6),
                Features.has(features, Features.HOST_UFO),
                Features.has(features, Features.HOST_USO),
                Features.has(features, Features.HOST_ECN));
    }

    /** What the driver accepts from the device. UDP segments are of one gso type for both kinds of IP: only who takes both gets them. */
    static GuestOffloads toDriver(long features) {
        return new GuestOffloads(
                Features.has(features, Features.GUEST_CSUM),
                Features.has(features, Features.GUEST_TSO4),
                Features.has(features, Features.GUEST_TSO6),
                Features.has(features, Features.GUEST_UFO),
                Features.has(features, Features.GUEST_USO4 | Features.GUEST_USO6),
                Features.has(features, Features.GUEST_ECN));
    }

    boolean allow(long word) {
        if (word == Offload.NONE) {
            return true;
        }
        int type = Offload.gsoType(word);
        int plain = type & ~Offload.GSO_ECN;
        boolean typeAllowed = plain < Integer.SIZE && (gsoTypes & 1 << plain) != 0;
        return checksum && typeAllowed && (ecn || (type & Offload.GSO_ECN) == 0);
    }
}

package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.net.Offload;
import io.jspp.virtio.Features;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Virtio 1.2 §5.1.3.1: each feature opens the way for its kind of packet, no other. */
class GuestOffloadsTest {
    /** A gso type and the features that a driver needs to send it, and to receive it. */
    private record Kind(int type, long host, long guest) {}

    private static final List<Kind> KINDS = List.of(
            new Kind(Offload.GSO_TCPV4, Features.HOST_TSO4, Features.GUEST_TSO4),
            new Kind(Offload.GSO_TCPV6, Features.HOST_TSO6, Features.GUEST_TSO6),
            new Kind(Offload.GSO_UDP, Features.HOST_UFO, Features.GUEST_UFO),
            new Kind(Offload.GSO_UDP_L4, Features.HOST_USO, Features.GUEST_USO4 | Features.GUEST_USO6));

    private static long word(int type) {
        return Offload.pack(1, type, 1400, 34, 16);
    }

    @Test
    void shouldAllowEachKindWithItsFeatureOnly() {
        for (Kind kind : KINDS) {
            GuestOffloads host = GuestOffloads.ofDriver(Features.CSUM | kind.host);
            GuestOffloads guest = GuestOffloads.toDriver(Features.GUEST_CSUM | kind.guest);
            for (Kind other : KINDS) {
                assertEquals(kind == other, host.allow(word(other.type)), kind + " " + other);
                assertEquals(kind == other, guest.allow(word(other.type)), kind + " " + other);
            }
            assertTrue(host.allow(word(Offload.GSO_NONE)));
            assertFalse(host.allow(word(kind.type | Offload.GSO_ECN)));
            assertFalse(GuestOffloads.ofDriver(kind.host).allow(word(kind.type)), "no CSUM");
            assertFalse(GuestOffloads.toDriver(kind.guest).allow(word(kind.type)), "no GUEST_CSUM");
        }
    }

    @Test
    void shouldAllowEcnWithItsFeature() {
        long tso = word(Offload.GSO_TCPV4 | Offload.GSO_ECN);
        assertTrue(GuestOffloads.ofDriver(Features.CSUM | Features.HOST_TSO4 | Features.HOST_ECN)
                .allow(tso));
        assertTrue(GuestOffloads.toDriver(Features.GUEST_CSUM | Features.GUEST_TSO4 | Features.GUEST_ECN)
                .allow(tso));
    }

    @Test
    void shouldGiveUdpSegmentsOnlyToWhoTakesBothKindsOfIp() {
        for (long one : new long[] {Features.GUEST_USO4, Features.GUEST_USO6}) {
            assertFalse(GuestOffloads.toDriver(Features.GUEST_CSUM | one).allow(word(Offload.GSO_UDP_L4)));
        }
    }

    @Test
    void shouldKnowNoOtherType() {
        GuestOffloads all = GuestOffloads.ofDriver(-1L);
        for (int type = 0; type < 256; type++) {
            int plain = type & 0x7f;
            boolean known = plain == 0 || plain == 1 || plain >= 3 && plain <= 5;
            assertEquals(known, all.allow(word(type)), "type " + type);
        }
        assertTrue(GuestOffloads.ofDriver(0).allow(Offload.NONE));
        assertFalse(GuestOffloads.ofDriver(0).allow(word(0)));
    }
}

package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.port.PortState;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.testing.conformance.Proves;
import io.jspp.virtio.Features;
import io.jspp.worker.IdleMode;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Numbers 14, 86 and 235 of the catalogue of bad inputs: a hundred guests one after the other, whatever way they end. Descriptors, mappings and
 * native allocations are exactly what they were, for what we count ourselves; what the kernel counts is bounded.
 */
@Timeout(180)
class ConnectionCyclesTest {
    private static final int WARM_UP = 20;
    private static final int CYCLES = 100;

    /** Threads and compiled code of the JVM come and go; one mapping or descriptor kept per cycle is more. */
    private static final int ROOM = CYCLES / 2;

    /** A page of guest memory kept per cycle is more, as are the 3 MiB that a guest here touches. */
    private static final long ROOM_SHARED_KIB = 4L * CYCLES / 2;

    private static final long ROOM_PRIVATE_KIB = 64 * 1024;

    private enum Guest {
        SPLIT(Victim.PLAIN),
        PACKED(Victim.PLAIN | Features.RING_PACKED),
        EVERYTHING(Victim.PLAIN
                | Features.RING_PACKED
                | Features.INDIRECT_DESC
                | Features.EVENT_IDX
                | Features.IN_ORDER
                | Features.CSUM
                | Features.HOST_TSO4
                | Features.GUEST_CSUM
                | Features.GUEST_TSO4);

        private final long features;

        Guest(long features) {
            this.features = features;
        }
    }

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(Guest.class)
    @Proves(value = Feature.HUNDRED_CYCLES, with = Peer.FRONTEND)
    void shouldHoldNoMoreAfterAHundredGuests(Guest kind) throws Exception {
        Holdings atFirst = Holdings.now();
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE)) {
            Victim port = new Victim(lab, 0);
            for (int i = 0; i < WARM_UP; i++) {
                cycle(port, kind.features, i);
            }
            Holdings before = awaitIdle(port);
            int descriptors = Holdings.kernelDescriptors();
            int mappings = Holdings.kernelMappings();
            long shared = Holdings.kib("RssShmem");
            long anonymous = Holdings.kib("RssAnon");
            for (int i = 0; i < CYCLES; i++) {
                cycle(port, kind.features, i);
            }
            assertEquals(before, awaitIdle(port));
            assertTrue(Holdings.kernelDescriptors() <= descriptors + ROOM, "descriptors, " + descriptors + " before");
            assertTrue(Holdings.kernelMappings() <= mappings + ROOM, "mappings, " + mappings + " before");
            long sharedNow = Holdings.kib("RssShmem");
            assertTrue(sharedNow <= shared + ROOM_SHARED_KIB, sharedNow + " KiB shared, " + shared + " before");
            long anonymousNow = Holdings.kib("RssAnon");
            assertTrue(anonymousNow <= anonymous + ROOM_PRIVATE_KIB, anonymousNow + " KiB, " + anonymous + " before");
            assertTrue(lab.errors.isEmpty(), lab.errors::toString);
        }
        assertEquals(atFirst, Holdings.now());
    }

    private static Holdings awaitIdle(Victim port) {
        VhostLab.await("listens", () -> port.port.state().phase() == PortState.Phase.LISTENING);
        return Holdings.now();
    }

    /** Ends idle, in the middle of traffic, or before it was ready. */
    private static void cycle(Victim port, long features, int number) {
        try (HostileGuest guest = port.guest(features)) {
            if (number % 4 == 3) {
                guest.negotiate();
                guest.describe(HostileGuest.TX);
                return;
            }
            guest.start();
            guest.passes();
            for (int i = 0; i < number % 4 * 32; i++) {
                guest.send(60);
            }
            guest.kick();
        }
    }
}

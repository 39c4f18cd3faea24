package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.counters.DropReason;
import io.jspp.port.Port;
import io.jspp.port.PortState;
import io.jspp.testing.Need;
import io.jspp.testing.Requires;
import io.jspp.testing.conformance.Conformance;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.worker.IdleMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DPDK's virtio-user driver as guest on both ports: packets go round for ever, through testpmd's io forwarding and our patches. */
@Requires(Need.TESTPMD)
@Timeout(180)
@Tag("once")
class VirtioUserTest {
    private static final long ENOUGH = 200_000;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "'', false",
        "'mrg_rxbuf=0', false",
        "'in_order=0', false",
        "'in_order=0,mrg_rxbuf=0', false",
        "'vectorized=1,mrg_rxbuf=0', false",
        "'queue_size=64', false",
        "'queue_size=1024', false",
        "'', true",
        "'packed_vq=1', false",
        "'packed_vq=1,mrg_rxbuf=0', false",
        "'packed_vq=1,in_order=0', false",
        "'packed_vq=1,in_order=0,mrg_rxbuf=0', true",
        "'packed_vq=1,vectorized=1,mrg_rxbuf=0', false",
        "'packed_vq=1,queue_size=1024', false",
    })
    void shouldMovePacketsWithTheVirtioPollModeDriver(String options, boolean server) throws Exception {
        Conformance.prove(
                features(options, server),
                Peer.VIRTIO_USER,
                "poll-mode driver " + options + (server ? ", we connect" : ""),
                () -> {
                    movePackets(options, server);
                    return "";
                });
    }

    private static List<Feature> features(String options, boolean server) {
        List<Feature> features = new ArrayList<>();
        features.add(server ? Feature.CLIENT_MODE : Feature.SERVER_MODE);
        features.add(options.contains("packed_vq=1") ? Feature.PACKED : Feature.SPLIT);
        features.add(options.contains("mrg_rxbuf=0") ? Feature.NO_MERGEABLE : Feature.MERGEABLE);
        features.add(Feature.NO_EVENT_IDX);
        // It waits for the acknowledgement of each status, and reads it back: without FEATURES_OK it gives up.
        features.add(Feature.REPLY_ACK);
        features.add(Feature.STATUS);
        if (!options.contains("in_order=0")) {
            features.add(Feature.IN_ORDER);
        }
        if (!options.contains("queue_size")) {
            features.add(Feature.QUEUE_256);
        } else {
            features.add(options.contains("queue_size=64") ? Feature.QUEUE_64 : Feature.QUEUE_1024);
        }
        return features;
    }

    private void movePackets(String options, boolean server) throws Exception {
        try (VhostLab lab = new VhostLab(directory, server, IdleMode.ADAPTIVE)) {
            Port a = lab.open(0);
            Port b = lab.open(1);
            TestPatch there = lab.patch(a, b);
            TestPatch back = lab.patch(b, a);
            try (VirtioUser testpmd = VirtioUser.pair(directory, options, server)) {
                VhostLab.awaitUp(a, b);
                for (TestPatch patch : List.of(there, back)) {
                    VhostLab.await(
                            "packets, log: " + testpmd.log(),
                            () -> patch.tx.counters().packets() > ENOUGH);
                    assertEquals(0, patch.rx.counters().drops());
                    assertEquals(
                            patch.tx.counters().drops(),
                            patch.tx.counters().drops(DropReason.FULL)
                                    + patch.tx.counters().drops(DropReason.PORT_DOWN));
                    assertEquals(0, patch.tx.counters().bytes() % 64, "frames of 64 bytes");
                }
                testpmd.end();
                assertTrue(testpmd.log().contains("Accumulated forward statistics"), testpmd::log);
            }
            VhostLab.await("gone", () -> a.state().phase() != PortState.Phase.UP);
            assertTrue(lab.errors.isEmpty(), lab.errors::toString);
        }
    }
}

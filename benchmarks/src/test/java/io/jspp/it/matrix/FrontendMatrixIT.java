package io.jspp.it.matrix;

import io.jspp.controller.process.SppCluster;
import io.jspp.it.GuestCluster;
import io.jspp.testing.conformance.Conformance;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/**
 * Options of virtio-net devices in all combinations, by our own front-end: each negotiates as asked, pings on all of its queue pairs, and
 * transfers 20 MB intact through two vhost ports of a running nfv, one connection after the other on the same two ports.
 */
@Tag("system")
@Tag("once")
class FrontendMatrixIT {
    private static final long BYTES = 20_000_000;

    @Test
    void shouldTransferIntactWithTwelvePairwiseCombinations() {
        run(Combination.pairwise(12, Combination.ALL_SIZES));
    }

    @Tag("long")
    @Timeout(1800)
    @Test
    void shouldTransferIntactWithEveryCombination() {
        run(Combination.all(Combination.ALL_SIZES));
    }

    private static void run(List<Combination> combinations) {
        try (SppCluster cluster = GuestCluster.start("ownmatrix")) {
            cluster.startNfv(1);
            GuestCluster.joinTwoGuests(cluster);
            List<Executable> proofs = new ArrayList<>();
            for (Combination one : combinations) {
                List<Feature> features = one.features();
                features.add(Feature.IN_ORDER);
                proofs.add(() -> Conformance.prove(features, Peer.FRONTEND, "matrix " + one, () -> {
                    exchange(cluster, one);
                    return "";
                }));
            }
            Assertions.assertAll(proofs);
        }
    }

    private static void exchange(SppCluster cluster, Combination one) throws InterruptedException {
        try (FrontendExchange guests = new FrontendExchange(one, cluster.vhostSocket(0), cluster.vhostSocket(1))) {
            guests.ping();
            guests.transfer(BYTES);
        }
    }
}

package io.jspp.it.lifecycle;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.frontend.FrontendConfig;
import io.jspp.it.GuestCluster;
import io.jspp.secondary.guest.GuestNic;
import io.jspp.testing.conformance.Conformance;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Front-ends that come, exchange a frame and go, a hundred times. */
@Tag("system")
@Tag("once")
class ConnectionCyclesIT {
    private static final int CYCLES = 100;
    private static final int WARM_UP = 20;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Buffers of the class library are kept per thread; one allocation per cycle would be more. */
    private static final int ROOM_ALLOCATIONS = 40;

    @Test
    void shouldHoldNoMoreAfterAHundredConnectionsWhereWeListen() throws Exception {
        cycle(false);
    }

    @Test
    @Tag("long")
    void shouldHoldNoMoreAfterAHundredConnectionsWhereWeConnect() throws Exception {
        cycle(true);
    }

    private static void cycle(boolean client) throws Exception {
        List<Feature> features = List.of(Feature.HUNDRED_CYCLES, client ? Feature.CLIENT_MODE : Feature.SERVER_MODE);
        Conformance.prove(features, Peer.FRONTEND, "100 connections, we " + (client ? "connect" : "listen"), () -> {
            try (SppCluster cluster = GuestCluster.start("cycles")) {
                cluster.environment("SPP_JAVA_OPTS", ProcessUsage.TRACKING);
                SppProcess nfv = cluster.startNfv(1, client ? new String[] {"--vhost-client"} : new String[0]);
                cluster.shell("nfv 1; add vhost:0", "nfv 1; patch vhost:0 vhost:0", "nfv 1; forward");
                FrontendConfig config = FrontendConfig.connectTo(
                                cluster.vhostSocket(0).toString())
                        .withListen(client)
                        .withHugePages(false);
                for (int i = 0; i < WARM_UP; i++) {
                    exchange(config, i, nfv);
                }
                ProcessUsage before = ProcessUsage.of(nfv.pid());
                for (int i = 0; i < CYCLES; i++) {
                    exchange(config, i, nfv);
                }
                // The last connection's end is noticed a moment later.
                await().atMost(LIMIT).untilAsserted(() -> {
                    ProcessUsage after = ProcessUsage.of(nfv.pid());
                    assertTrue(
                            after.holdsNoMoreThan(before, ROOM_ALLOCATIONS), "before " + before + ", after " + after);
                });
                assertTrue(nfv.err().isEmpty(), nfv.tail());
                return "";
            }
        });
    }

    /** A frame goes round through the patch of the port with itself. */
    private static void exchange(FrontendConfig config, int number, SppProcess nfv) throws InterruptedException {
        byte[] frame = new byte[64 + number];
        byte[] received = new byte[GuestNic.MAX_FRAME];
        for (int i = 0; i < frame.length; i++) {
            frame[i] = (byte) (i + number);
        }
        long deadline = System.nanoTime() + LIMIT.toNanos();
        try (GuestNic nic = new GuestNic(config)) {
            nic.session().start();
            assertTrue(
                    nic.session().awaitUp(LIMIT.toMillis()),
                    () -> "cycle " + number + ": " + nic.session().state() + " "
                            + nic.session().problem() + nfv.tail());
            int length = -1;
            boolean sent = false;
            while (length < 0) {
                assertTrue(System.nanoTime() < deadline, "cycle " + number + ": the frame did not come back");
                // Sent once only: the back-end has its rings when the session is up.
                sent = sent || nic.send(frame, frame.length);
                nic.await(50);
                length = nic.receive(received);
            }
            assertTrue(
                    java.util.Arrays.equals(frame, 0, frame.length, received, 0, length),
                    "cycle " + number + ": damaged");
        }
    }
}

package io.jspp.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Need;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.testing.conformance.Proves;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DPDK's vhost-user and virtio-user as peers: our guest on its back-end, its front-end on our ports. */
@Tag("peer")
@Tag("once")
@Requires(Need.TESTPMD)
class TestpmdIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern READY = Pattern.compile("\\bready\\b");
    private static final Pattern RESULT =
            Pattern.compile("sent=(\\d+) received=(\\d+) lost=(\\d+) .* reordered=0 duplicates=0 corrupt=0 ");

    @TempDir
    private Path directory;

    @Test
    void shouldPingAndCarryTrafficThroughNetVhostInServerMode() {
        exchange(false, 1);
    }

    @Test
    void shouldPingAndCarryTrafficThroughNetVhostInClientMode() {
        exchange(true, 1);
    }

    @Test
    void shouldPingAndCarryTrafficThroughNetVhostByPackedRingsOfTwoQueuePairs() {
        exchange(false, 2, "--packed", "--queues", "2");
    }

    @Test
    void shouldCarryTrafficThroughNetVhostWithoutMergeableIndirectAndInOrder() {
        try (Testpmd testpmd = netVhost(false, 1)) {
            generate(
                    testpmd,
                    1,
                    "--no-mergeable",
                    "--no-indirect",
                    "--no-in-order",
                    "--no-event-idx",
                    "--queue-size",
                    "1024");
        }
    }

    @Test
    void shouldGoOnWithTheSameRingsWhenNetVhostIsReplaced() throws Exception {
        SppProcess load;
        try (SppCluster cluster = new SppCluster("pmd", ProjectHome.launcher().toString(), line -> {})) {
            try (Testpmd first = netVhost(false, 1)) {
                List<String> words = new ArrayList<>(List.of("guest", "generate", socket(0), "--peer", socket(1)));
                words.addAll(List.of("--both", "--rate", "20000", "--payload", "--wait", "30"));
                load = cluster.start("guest", words);
                load.awaitLine(READY, LIMIT);
                await().atMost(LIMIT).until(() -> moved(first));
            }
            try (Testpmd second = netVhost(false, 1)) {
                await().atMost(LIMIT).until(() -> moved(second));
                ProcessHandle.of(load.pid()).orElseThrow().destroy();
                load.awaitExit(LIMIT);
            }
        }
        // A frame that the old back-end had fetched and not completed may come twice or not at all; none may come
        // damaged.
        assertTrue(load.out().stream().anyMatch(line -> line.matches("result: .* corrupt=0 .*")), load.tail());
    }

    @Test
    @Proves(value = Feature.SERVER_MODE, with = Peer.VIRTIO_USER)
    void shouldServeVirtioUserWhenItConnectsToUs() {
        serveVirtioUser(false, "", 1);
    }

    @Test
    @Proves(
            value = {Feature.TWO_PAIRS, Feature.PACKED, Feature.SERVER_MODE},
            with = Peer.VIRTIO_USER)
    void shouldServeVirtioUserWithPackedRingsOfTwoQueuePairs() {
        serveVirtioUser(false, "packed_vq=1,", 2);
    }

    @Test
    @Proves(value = Feature.CLIENT_MODE, with = Peer.VIRTIO_USER)
    void shouldServeVirtioUserWhenItListens() {
        serveVirtioUser(true, "", 1);
    }

    private void exchange(boolean client, int queues, String... options) {
        try (Testpmd testpmd = netVhost(client, queues);
                SppCluster cluster =
                        new SppCluster("pmd", ProjectHome.launcher().toString(), line -> {})) {
            List<String> answer =
                    new ArrayList<>(List.of("guest", "answer", socket(1), "--ip", "10.0.0.2", "--wait", "30"));
            List<String> ping = new ArrayList<>(List.of("guest", "ping", socket(0), "10.0.0.2", "--ip", "10.0.0.1"));
            ping.addAll(List.of("-c", "10", "-i", "0.05", "--wait", "30"));
            List<String> common = new ArrayList<>(List.of(options));
            if (client) {
                common.add("--listen");
            }
            answer.addAll(common);
            ping.addAll(common);
            SppProcess answering = cluster.start("answer", answer);
            answering.awaitLine(READY, LIMIT);
            SppProcess pinging = cluster.start("ping", ping);
            assertEquals(0, pinging.awaitExit(LIMIT), pinging.tail() + testpmd.tail());
            cluster.end(pinging);
            cluster.end(answering);
            generate(testpmd, queues, common.toArray(String[]::new));
        }
    }

    /** Every byte of 200 000 frames each way is checked, and none is lost. */
    private void generate(Testpmd testpmd, int queues, String... options) {
        try (SppCluster cluster = new SppCluster("pmd", ProjectHome.launcher().toString(), line -> {})) {
            List<String> words = new ArrayList<>(List.of("guest", "generate", socket(0), "--peer", socket(1)));
            words.addAll(List.of("--both", "--imix", "--payload", "--count", "" + 200_000 / queues, "--wait", "30"));
            words.addAll(List.of(options));
            SppProcess guest = cluster.start("guest", words);
            int exit = guest.awaitExit(LIMIT);
            assertEquals(0, exit, guest.tail() + testpmd.tail());
            Matcher result = guest.awaitLine(RESULT, LIMIT);
            assertEquals("400000", result.group(1), guest.tail());
            assertEquals("400000", result.group(2), guest.tail());
            assertEquals("0", result.group(3), guest.tail());
            assertTrue(guest.err().isEmpty(), guest.tail());
        }
    }

    private Testpmd netVhost(boolean client, int queues) {
        for (int i = 0; !client && i < 2; i++) {
            // One that had to be killed leaves its socket, and the next then cannot bind.
            new File(socket(i)).delete();
        }
        String mode = client ? ",client=1" : "";
        return new Testpmd(
                directory,
                List.of(
                        "net_vhost0,queues=" + queues + ",iface=" + socket(0) + mode,
                        "net_vhost1,queues=" + queues + ",iface=" + socket(1) + mode),
                "--rxq=" + queues,
                "--txq=" + queues);
    }

    private String socket(int index) {
        return directory.resolve("sock" + index).toString();
    }

    /** Frames that testpmd sends first go round: out of one port, through us, into the other, and out again. */
    private void serveVirtioUser(boolean itListens, String rings, int queues) {
        try (SppCluster cluster = GuestCluster.start("vu")) {
            cluster.startNfv(1, itListens ? new String[] {"--vhost-client"} : new String[0]);
            GuestCluster.joinTwoGuests(cluster);
            String mode = itListens ? ",server=1" : "";
            String words = rings + "queues=" + queues + ",queue_size=256,path=";
            List<String> devices = List.of(
                    "net_virtio_user0," + words + cluster.vhostSocket(0) + mode,
                    "net_virtio_user1," + words + cluster.vhostSocket(1) + mode);
            RestClient rest = new RestClient(cluster.restPort());
            try (Testpmd testpmd =
                    new Testpmd(directory, devices, "--tx-first", "--rxq=" + queues, "--txq=" + queues)) {
                await().atMost(LIMIT).until(() -> moved(testpmd));
                await().atMost(LIMIT).until(() -> busyQueues(rest) == 2 * queues);
            }
        }
    }

    /** Receive queues of our two ports that frames have come on. */
    private static long busyQueues(RestClient rest) {
        return RestClient.list(rest.get("/nfvs/1"), "counters").stream()
                .map(Json::asObject)
                .filter(row -> row.get("direction").equals("rx") && RestClient.number(row.get("packets")) > 0)
                .count();
    }

    /** Both devices have received at least a thousand frames. */
    private static boolean moved(Testpmd testpmd) {
        List<Long> received = testpmd.received();
        return received.size() == 2 && received.get(0) > 1000 && received.get(1) > 1000;
    }
}

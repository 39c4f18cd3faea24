package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Patience;
import io.jspp.testing.ProjectHome;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two secondaries joined by rings: order, drops, conservation, refused claims, death of each process, resuming. */
@Tag("system")
class NfvIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final SppCluster cluster =
            new SppCluster("nfvit", ProjectHome.launcher().toString(), line -> {});
    private final List<SppProcess> secondaries = new ArrayList<>();
    private SppProcess ctl;
    private SppProcess primary;
    private RestClient rest;

    @BeforeEach
    void start() {
        ctl = cluster.startController();
        primary = cluster.startPrimary(3, "0x01", "--vdev", "net_null0");
        rest = new RestClient(cluster.restPort());
    }

    /** A primary that ends before its secondaries leaves what the next one needs, so they end first. */
    @AfterEach
    void close() {
        secondaries.forEach(cluster::end);
        cluster.close();
        assertFalse(Files.exists(cluster.runDirectory()), "left behind: " + cluster.runDirectory());
    }

    private SppProcess startNfv(int id) {
        SppProcess nfv = cluster.startNfv(id);
        secondaries.add(nfv);
        // ready means that it serves; on a busy machine the controller may hear of it a moment later
        waitFor(
                "nfv " + id + " at the controller",
                () -> rest.send("GET", "/nfvs/" + id, "").statusCode() == 200);
        return nfv;
    }

    /** vhost:0 → nfv 1 → ring:0 → nfv 2 → vhost:1, and back through ring:1. */
    private void chain() {
        cluster.shell(
                "nfv 1; add vhost:0",
                "nfv 1; add ring:0",
                "nfv 1; add ring:1",
                "nfv 2; add vhost:1",
                "nfv 2; add ring:0",
                "nfv 2; add ring:1",
                "nfv 1; patch vhost:0 ring:0",
                "nfv 1; patch ring:1 vhost:0",
                "nfv 2; patch ring:0 vhost:1",
                "nfv 2; patch vhost:1 ring:1",
                "nfv 1; forward",
                "nfv 2; forward");
    }

    private SppProcess generate(String... options) {
        List<String> words = new ArrayList<>(List.of(
                "guest",
                "generate",
                cluster.vhostSocket(0).toString(),
                "--peer",
                cluster.vhostSocket(1).toString(),
                "--both"));
        words.addAll(List.of(options));
        return cluster.start("load", words);
    }

    private static void waitFor(String what, BooleanSupplier condition) {
        Patience.poll(what, LIMIT, condition);
    }

    private List<String> patches(int nfv) {
        return RestClient.list(rest.get("/nfvs/" + nfv), "patches").stream()
                .map(Json::asObject)
                .map(patch -> patch.get("src") + " " + patch.get("dst"))
                .toList();
    }

    @Test
    @Tag("once")
    void shouldCarryFramesInOrderThroughTwoProcesses() {
        startNfv(1);
        startNfv(2);
        chain();
        // well below what a ring of 127 frames takes while the reader is off its shared CPU
        SppProcess load = generate("--size", "64", "--rate", "20000", "--seconds", "3", "--payload");
        assertEquals(0, load.awaitExit(LIMIT), load.tail());
        for (String port : List.of("ring:0", "ring:1")) {
            int writer = port.equals("ring:0") ? 1 : 2;
            long sent = rest.counter(writer, port, "tx", "packets");
            assertTrue(sent > 10_000, port + " carried " + sent);
            assertEquals(sent, rest.counter(3 - writer, port, "rx", "packets"), port);
        }
        assertConserved();
    }

    /** Every frame from a guest was sent to a ring or dropped with a reason; likewise from a ring to a guest. */
    private void assertConserved() {
        for (int nfv = 1; nfv <= 2; nfv++) {
            Map<String, Object> status = rest.get("/nfvs/" + nfv);
            long in = 0;
            long out = 0;
            for (Object row : RestClient.list(status, "counters")) {
                Map<String, Object> counters = Json.asObject(row);
                long packets = RestClient.number(counters.get("packets"));
                if (counters.get("direction").equals("rx")) {
                    in += packets;
                } else {
                    out += packets;
                    out += Json.asObject(counters.get("drops")).values().stream()
                            .mapToLong(RestClient::number)
                            .sum();
                }
            }
            assertEquals(in, out, "nfv " + nfv + ": " + status.get("counters"));
        }
    }

    @Test
    @Tag("once")
    void shouldDropAndCountWhenARingIsFullAndNeverBlock() {
        startNfv(1);
        startNfv(2);
        cluster.shell("nfv 1; add ring:0", "nfv 1; patch nullpmd:0 ring:0", "nfv 1; forward");
        waitFor("full ring", () -> rest.counter(1, "ring:0", "tx", "drops.full") > 100_000);
        assertEquals(127, rest.counter(1, "ring:0", "tx", "packets"));
        // it still obeys, and what is in the ring arrives
        cluster.shell(
                "nfv 1; stop",
                "nfv 2; add ring:0",
                "nfv 2; add nullpmd:1",
                "nfv 2; patch ring:0 nullpmd:1",
                "nfv 2; forward");
        waitFor("127 frames", () -> rest.counter(2, "nullpmd:1", "tx", "packets") == 127);
        assertConserved();
    }

    @Test
    @Tag("once")
    void shouldRefuseAClaimNamingItsHolderAndChangeNothing() {
        startNfv(1);
        startNfv(2);
        cluster.shell("nfv 1; add ring:0", "nfv 1; patch nullpmd:0 ring:0", "nfv 2; add ring:0", "nfv 2; add ring:1");
        HttpResponse<String> refused =
                rest.send("PUT", "/nfvs/2/patches", "{\"src\": \"ring:1\", \"dst\": \"ring:0\"}");
        assertEquals(400, refused.statusCode());
        assertTrue(refused.body().contains("nfv 1"), refused.body());
        assertEquals(List.of(), patches(2));
        cluster.shell("nfv 1; patch reset", "nfv 2; patch ring:1 ring:0");
        assertEquals(List.of("ring:1 ring:0"), patches(2));
    }

    @Test
    @Tag("once")
    void shouldResumeAfterKillsWhileTheOtherFlowLosesNothing() {
        killUnderLoad(2);
    }

    @Test
    @Tag("long")
    @Timeout(900)
    void shouldResumeAfterFiftyKillsWhileTheOtherFlowLosesNothing() {
        killUnderLoad(50);
    }

    /** Kills nfv 1 and nfv 2 in turn, at random moments of full load in both directions; nfv 3 serves somebody else. */
    private void killUnderLoad(int kills) {
        SppProcess[] victims = {startNfv(1), startNfv(2)};
        startNfv(3);
        chain();
        cluster.shell(
                "nfv 3; add vhost:2",
                "nfv 3; add vhost:3",
                "nfv 3; patch vhost:2 vhost:3",
                "nfv 3; patch vhost:3 vhost:2",
                "nfv 3; forward");
        SppProcess other = cluster.start("other", load(2, 3, "--rate", "1000"));
        SppProcess load = cluster.start("load", load(0, 1, "--size", "64"));
        long seed = System.nanoTime();
        System.out.println("seed of the moments: " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < kills; i++) {
            awaitFlow();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(300)));
            int v = i % 2;
            victims[v].kill();
            victims[v] = startNfv(v + 1);
            List<String> said = victims[v].out();
            assertTrue(
                    said.stream().anyMatch(line -> line.startsWith("resumed: 3 added ports, 2 patches, running")),
                    said.toString());
        }
        awaitFlow();
        String lostNothing = GuestCluster.endLoad(other, LIMIT);
        assertTrue(lostNothing.contains(" lost=0 "), lostNothing);
        String disturbed = GuestCluster.endLoad(load, LIMIT);
        assertTrue(disturbed.contains("reordered=0 duplicates=0 corrupt=0"), disturbed);
        assertPoolWhole();
    }

    private List<String> load(int from, int to, String... options) {
        List<String> words = new ArrayList<>(List.of("guest", "generate"));
        words.add(cluster.vhostSocket(from).toString());
        words.addAll(List.of("--peer", cluster.vhostSocket(to).toString(), "--both", "--report", "0"));
        words.addAll(List.of(options));
        return words;
    }

    /** Frames come out at both ends of the chain. */
    private void awaitFlow() {
        long right = rest.counter(2, "vhost:1", "tx", "packets");
        long left = rest.counter(1, "vhost:0", "tx", "packets");
        waitFor(
                "frames at both ends",
                () -> rest.counter(2, "vhost:1", "tx", "packets") > right + 1000
                        && rest.counter(1, "vhost:0", "tx", "packets") > left + 1000);
    }

    /** Once nobody uses a ring, every mbuf is free; and an nfv that ended by exit begins with nothing. */
    private void assertPoolWhole() {
        cluster.shell("nfv 1; exit", "nfv 2; exit", "nfv 3; exit");
        waitFor("all mbufs free", () -> {
            Map<String, Object> mbufs =
                    Json.asObject(rest.get("/primary/status").get("mempool"));
            return RestClient.number(mbufs.get("free")) == RestClient.number(mbufs.get("size"));
        });
        SppProcess again = startNfv(1);
        assertEquals(List.of(), patches(1), again.tail());
    }

    @Test
    @Tag("once")
    void shouldGoOnWithoutPrimaryAndController() {
        startNfv(1);
        startNfv(2);
        chain();
        SppProcess load = generate("--size", "64", "--rate", "5000");
        waitFor("traffic", () -> rest.counter(2, "ring:0", "rx", "packets") > 1000);
        primary.kill();
        long before = rest.counter(2, "vhost:1", "tx", "packets");
        waitFor("traffic without primary", () -> rest.counter(2, "vhost:1", "tx", "packets") > before + 2000);
        HttpResponse<String> refused =
                rest.send("PUT", "/nfvs/1/patches", "{\"src\": \"nullpmd:0\", \"dst\": \"ring:1\"}");
        assertEquals(400, refused.statusCode());
        assertTrue(refused.body().contains("primary"), refused.body());

        primary = cluster.startPrimary(3, "0x01", "--vdev", "net_null0");
        waitFor(
                "re-attached",
                () -> rest.send("PUT", "/nfvs/1/patches", "{\"src\": \"nullpmd:0\", \"dst\": \"nullpmd:0\"}")
                                .statusCode()
                        == 204);

        ctl.kill();
        ctl = cluster.startController();
        rest = new RestClient(cluster.restPort());
        waitFor(
                "both nfvs at the new controller",
                () -> rest.send("GET", "/nfvs/1", "").statusCode() == 200
                        && rest.send("GET", "/nfvs/2", "").statusCode() == 200);
        long later = rest.counter(2, "vhost:1", "tx", "packets");
        waitFor("traffic after all", () -> rest.counter(2, "vhost:1", "tx", "packets") > later + 2000);
        String disturbed = GuestCluster.endLoad(load, LIMIT);
        assertTrue(disturbed.contains("reordered=0 duplicates=0 corrupt=0"), disturbed);
    }

    @Test
    @Tag("once")
    void shouldStartBeforeItsPeers() {
        cluster.end(primary);
        SppProcess early = cluster.start(
                "early",
                List.of(
                        "nfv",
                        "-l",
                        "0,1",
                        "--file-prefix",
                        cluster.prefix(),
                        "--",
                        "-n",
                        "7",
                        "-s",
                        "127.0.0.1:" + cluster.secondaryPort()));
        secondaries.add(early);
        early.awaitLine(Pattern.compile("waiting for the primary"), LIMIT);
        primary = cluster.startPrimary(3, "0x01", "--vdev", "net_null0");
        cluster.awaitReady(early);
        assertEquals("idling", rest.get("/nfvs/7").get("status"));
        assertEquals(List.of(), early.err());
    }
}

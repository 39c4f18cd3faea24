package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.ProjectHome;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two secondaries joined by rings: order, drops, conservation, refused claims, death of each process, resuming. */
@Tag("system")
class NfvIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final SppCluster cluster =
            new SppCluster("nfvit", ProjectHome.launcher().toString(), line -> {});
    private SppProcess ctl;
    private SppProcess primary;
    private RestClient rest;

    @BeforeEach
    void start() {
        ctl = cluster.startController();
        primary = cluster.startPrimary(3, "0x01", "--vdev", "net_null0");
        rest = new RestClient(cluster.restPort());
    }

    @AfterEach
    void close() {
        cluster.close();
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
        long deadlineNs = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadlineNs, "not within " + LIMIT.toSeconds() + " s: " + what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private List<String> patches(int nfv) {
        return RestClient.list(rest.get("/nfvs/" + nfv), "patches").stream()
                .map(Json::asObject)
                .map(patch -> patch.get("src") + " " + patch.get("dst"))
                .toList();
    }

    @Test
    void shouldCarryFramesInOrderThroughTwoProcesses() {
        cluster.startNfv(1);
        cluster.startNfv(2);
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
    void shouldDropAndCountWhenARingIsFullAndNeverBlock() {
        cluster.startNfv(1);
        cluster.startNfv(2);
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
    void shouldRefuseAClaimNamingItsHolderAndChangeNothing() {
        cluster.startNfv(1);
        cluster.startNfv(2);
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
    void shouldResumeAfterKillWhileTheOtherFlowLosesNothing() {
        SppProcess victim = cluster.startNfv(1);
        cluster.startNfv(2);
        cluster.startNfv(3);
        chain();
        // the other flow: two guests of nfv 3
        cluster.shell(
                "nfv 3; add vhost:2",
                "nfv 3; add vhost:3",
                "nfv 3; patch vhost:2 vhost:3",
                "nfv 3; patch vhost:3 vhost:2",
                "nfv 3; forward");
        SppProcess other = cluster.start(
                "other",
                List.of(
                        "guest",
                        "generate",
                        cluster.vhostSocket(2).toString(),
                        "--peer",
                        cluster.vhostSocket(3).toString(),
                        "--both",
                        "--rate",
                        "2000",
                        "--seconds",
                        "20",
                        "--max-loss",
                        "0"));
        SppProcess load = generate("--size", "64", "--rate", "20000", "--seconds", "20");
        waitFor("traffic", () -> rest.counter(2, "ring:0", "rx", "packets") > 1000);
        for (int i = 0; i < 2; i++) {
            long before = rest.counter(2, "vhost:1", "tx", "packets");
            victim.kill();
            victim = cluster.startNfv(1);
            assertTrue(
                    victim.out().stream()
                            .anyMatch(line -> line.startsWith("resumed: 3 added ports, 2 patches, running")),
                    victim.tail());
            waitFor("traffic after kill", () -> rest.counter(2, "vhost:1", "tx", "packets") > before + 1000);
        }
        assertEquals(0, other.awaitExit(LIMIT), other.tail());
        load.awaitExit(LIMIT);
        cluster.shell("nfv 1; exit", "nfv 2; exit", "nfv 3; exit");
        SppProcess again = cluster.startNfv(1);
        assertEquals(List.of(), patches(1), again.tail());
    }

    @Test
    void shouldGoOnWithoutPrimaryAndController() {
        cluster.startNfv(1);
        cluster.startNfv(2);
        chain();
        SppProcess load = generate("--size", "64", "--rate", "5000", "--seconds", "15");
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
        assertEquals(0, load.awaitExit(LIMIT), load.tail());
        load.awaitLine(Pattern.compile("result: .*reordered=0 duplicates=0 corrupt=0"), LIMIT);
    }

    @Test
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
        early.awaitLine(Pattern.compile("waiting for the primary"), LIMIT);
        primary = cluster.startPrimary(3, "0x01", "--vdev", "net_null0");
        cluster.awaitReady(early);
        assertEquals("idling", rest.get("/nfvs/7").get("status"));
        assertEquals(List.of(), early.err());
    }
}

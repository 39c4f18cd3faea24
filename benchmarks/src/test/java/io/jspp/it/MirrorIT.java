package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.ProjectHome;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A mirror as a process: everything twice. */
@Tag("system")
class MirrorIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String MIRROR = "/mirrors/1";
    private static final int FRAMES = 100;

    private final SppCluster cluster =
            new SppCluster("mirrorit", ProjectHome.launcher().toString(), line -> {});
    private final List<SppProcess> secondaries = new ArrayList<>();
    private final List<String> frames = new ArrayList<>();
    private RestClient rest;

    @BeforeEach
    void start() {
        cluster.startController();
        cluster.startPrimary(4, "0x01", "--vdev", "net_null0");
        rest = new RestClient(cluster.restPort());
        for (int i = 0; i < FRAMES; i++) {
            frames.add(PcapFile.frame("52:54:00:12:34:56 02:00:00:00:00:99 0800" + String.format("%04x", i)));
        }
        PcapFile.write(port("rx", 0), frames);
    }

    /** A primary that ends before its secondaries leaves what the next one needs, so they end first. */
    @AfterEach
    void close() throws Exception {
        for (SppProcess secondary : secondaries) {
            cluster.end(secondary);
        }
        for (int i = 0; i < 4; i++) {
            Files.deleteIfExists(port("rx", i));
            Files.deleteIfExists(port("tx", i));
        }
        cluster.close();
        assertFalse(Files.exists(cluster.runDirectory()), "left behind: " + cluster.runDirectory());
    }

    private Path port(String direction, int number) {
        return cluster.runDirectory().resolve("spp-" + direction + number + ".pcap");
    }

    private SppProcess start(String command, int id, String lcores, String... options) {
        SppProcess process = cluster.startSecondary(command, id, lcores, options);
        secondaries.add(process);
        waitFor(
                command + " at the controller",
                () -> rest.send("GET", "/" + command + "s/" + id, "").statusCode() == 200);
        return process;
    }

    private static void waitFor(String what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadlineNs, "not within " + LIMIT.toSeconds() + " s: " + what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private List<String> written(int number) {
        waitFor(
                FRAMES + " frames in pcap:" + number,
                () -> PcapFile.read(port("tx", number)).size() >= FRAMES);
        return PcapFile.read(port("tx", number));
    }

    /** SPP's recipe: one source, two receivers; nothing is forwarded before there are two. */
    @Test
    void shouldSendEverythingToBothPorts() {
        start("mirror", 1, "0,1,2", "--set", "mirror.copy=deep");
        cluster.shell(
                "mirror 1; component start mir 1 mirror",
                "mirror 1; port add pcap:0 rx mir",
                "mirror 1; port add pcap:1 tx mir");
        assertEquals(0, rest.counter(MIRROR, "pcap:0", "rx", "packets"));
        cluster.shell("mirror 1; port add pcap:2 tx mir");
        assertEquals(frames, written(1));
        assertEquals(frames, written(2));

        HttpResponse<String> third = rest.send(
                "PUT",
                MIRROR + "/components/mir/ports",
                "{\"action\": \"attach\", \"port\": \"pcap:3\", \"dir\": \"tx\"}");
        assertEquals(400, third.statusCode());
        assertTrue(third.body().startsWith("command error: error occur"), third.body());
        Map<String, Object> status = rest.get(MIRROR);
        assertEquals(
                List.of("client-id", "ports", "master-lcore", "components", "copy"),
                List.copyOf(status.keySet()).subList(0, 5));
        assertEquals("deep", status.get("copy"));
        assertEquals(FRAMES, copied(status));
        List<String> shown = cluster.shell("mirror 1; status");
        assertEquals(
                List.of(
                        "Components:",
                        "  - core:1 'mir' (type: mirror)",
                        "    - rx: pcap:0",
                        "    - tx: [pcap:1, pcap:2]",
                        "  - core:2 '' (type: unuse)"),
                shown.subList(shown.indexOf("Components:"), shown.size()));
    }

    private static long copied(Map<String, Object> status) {
        Map<String, Object> counters =
                Json.asObject(RestClient.list(status, "component_counters").get(0));
        return RestClient.number(counters.get("copied"));
    }
}

package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Patience;
import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mirror and a pcap as processes: everything twice, and what is captured of it in files. */
@Tag("system")
class MirrorIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String MIRROR = "/mirrors/1";
    private static final String PCAP = "/pcaps/2";
    private static final int FRAMES = 100;

    @TempDir
    private Path directory;

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
        Patience.poll(what, LIMIT, condition);
    }

    private List<String> written(int number) {
        waitFor(
                FRAMES + " frames in pcap:" + number,
                () -> PcapFile.read(port("tx", number)).size() >= FRAMES);
        return PcapFile.read(port("tx", number));
    }

    /** SPP's recipe: one source, two receivers; nothing is forwarded before there are two. */
    @Test
    @Tag("once")
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

    /** The copy goes to a ring that a pcap captures, before, during and after the pcap's death. */
    @Test
    void shouldCaptureTheCopyWithoutDisturbingTheOriginal() throws IOException {
        start("mirror", 1, "0,1");
        String[] options = {"-c", "ring:0", "--out-dir", directory.toString(), "--fsize", "2000"};
        SppProcess pcap = start("pcap", 2, "0,1,2,3", options);
        cluster.shell("pcap 2; start");
        Map<String, Object> running = rest.get(PCAP);
        assertEquals("running", running.get("status"));
        List<String> names = fileNames(running);
        assertEquals(2, names.size());
        for (int i = 0; i < 2; i++) {
            String name = names.get(i);
            assertTrue(
                    name.matches(".*/spp_pcap\\.[0-9]{14}\\.ring0\\." + (i + 1) + "\\.1\\.pcap\\.lz4"),
                    names::toString);
            assertTrue(Files.exists(Path.of(name + ".tmp")));
        }
        cluster.shell(
                "mirror 1; component start mir 1 mirror",
                "mirror 1; port add pcap:1 tx mir",
                "mirror 1; port add ring:0 tx mir",
                "mirror 1; port add pcap:0 rx mir");
        assertEquals(frames, written(1));
        waitFor("all frames captured", () -> captured("packets") == FRAMES);
        cluster.shell("pcap 2; stop");
        assertEquals(frames, captured());
        // 2000 bytes are some twenty frames: the next ones go into the next file
        assertTrue(Files.exists(Path.of(names.get(0).replace(".1.1.", ".1.2.")))
                || Files.exists(Path.of(names.get(1).replace(".2.1.", ".2.2."))));
        assertEquals(FRAMES, captured("written"));
        assertEquals(List.of("", ""), fileNames(rest.get(PCAP)));
        String states = rest.get(PCAP).get("port_states").toString();
        assertFalse(states.contains("ring:0"), () -> "a port that nobody captures is gone: " + states);

        cluster.shell("pcap 2; start");
        pcap.kill();
        secondaries.remove(pcap);
        pcap = start("pcap", 2, "0,1,2,3", options);
        assertTrue(pcap.out().contains("resumed: capturing ring:0"), pcap.out().toString());
        cluster.shell("pcap 2; exit");
        assertEquals(0, pcap.awaitExit(LIMIT));
        pcap = start("pcap", 2, "0,1,2,3", options);
        assertEquals("idle", rest.get(PCAP).get("status"));
        cluster.shell("pcap 2; start");
        start("pcap", 3, "0,1,2", options);
        HttpResponse<String> refused = rest.send("PUT", "/pcaps/3/capture", "{\"action\": \"start\"}");
        assertEquals(400, refused.statusCode());
        assertTrue(refused.body().startsWith("command error: error occur: "), refused.body());
        assertEquals("idle", rest.get("/pcaps/3").get("status"));
    }

    private long captured(String what) {
        return RestClient.number(Json.asObject(rest.get(PCAP).get("capture")).get(what));
    }

    private static List<String> fileNames(Map<String, Object> status) {
        return Json.asArray(status.get("core")).stream()
                .map(Json::asObject)
                .filter(core -> core.get("role").equals("write"))
                .map(core -> core.get("filename").toString())
                .toList();
    }

    /** Frames of all files, which are complete, in their order. */
    private List<String> captured() throws IOException {
        List<String> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                assertTrue(file.toString().endsWith(".pcap.lz4"), file::toString);
                all.addAll(PcapFile.readCompressed(file));
            }
        }
        return all.stream().sorted().toList();
    }

    @Test
    @Tag("once")
    void shouldRefuseWrongCaptureOptions() throws IOException {
        assertEquals(2, exit("-c", "phy"));
        assertEquals(2, exit("-c", "phy:0", "nq"));
        assertEquals(2, exit("--out-dir", directory.toString()));
        assertEquals(2, exit("-c", "phy:0", "--fsize", "0"));
        assertEquals(1, exit("-c", "phy:0", "--out-dir", directory + "/absent"));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(0, files.count());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        assertFalse(Files.exists(cluster.runDirectory().resolveSibling(cluster.prefix() + "-refused")));
    }

    private int exit(String... options) {
        List<String> words =
                new ArrayList<>(List.of("pcap", "--file-prefix", cluster.prefix() + "-refused", "-l", "0,1,2", "--"));
        words.addAll(List.of("--client-id", "2", "-s", "127.0.0.1:" + cluster.secondaryPort()));
        words.addAll(List.of(options));
        SppProcess pcap = cluster.start("pcap", words);
        try {
            return pcap.awaitExit(LIMIT);
        } finally {
            cluster.end(pcap);
        }
    }
}

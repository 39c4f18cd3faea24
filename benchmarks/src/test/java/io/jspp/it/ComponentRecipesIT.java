package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.NetworkNamespace;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Need;
import io.jspp.testing.Patience;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** SPP's recipes for spp_vf, spp_mirror and spp_pcap against real processes with three real interfaces: what the shell prints, and where frames go. */
@Tag("network")
@Tag("once")
@Requires({Need.NET_ADMIN, Need.IP, Need.BUSYBOX})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ComponentRecipesIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String PID = Long.toString(ProcessHandle.current().pid() % 100_000);
    private static final Path RECIPES = ProjectHome.directory().resolve("spp-controller/src/test/resources/recipes");
    private static final String FIRST = "52:54:00:12:34:56";
    private static final String SECOND = "52:54:00:12:34:58";
    private static final int PINGS = 5;

    @TempDir
    private Path directory;

    private final List<NetworkNamespace> hosts = new ArrayList<>();
    private final SppCluster cluster =
            new SppCluster("recipes2", ProjectHome.launcher().toString(), line -> {});
    private final List<SppProcess> secondaries = new ArrayList<>();
    private RestClient rest;

    /** phy:0 leads to a host that sends, phy:1 and phy:2 to hosts that both have the first address. */
    @BeforeAll
    void start() {
        List<String> devices = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            NetworkNamespace host = NetworkNamespace.open();
            hosts.add(host);
            String outside = "sppr" + i + PID;
            host.addVeth(outside, i == 0 ? "10.9.7.1/24" : "10.9.7.2/24");
            if (i > 0) {
                host.check("ip", "link", "set", "eth0", "address", FIRST);
            }
            devices.addAll(List.of("--vdev", "net_af_packet" + i + ",iface=" + outside));
        }
        neighbour("10.9.7.2", FIRST);
        neighbour("10.9.7.3", SECOND);
        cluster.startController();
        cluster.startPrimary(8, "0x07", devices.toArray(new String[0]));
        rest = new RestClient(cluster.restPort());
    }

    private void neighbour(String address, String mac) {
        hosts.get(0).check("ip", "neigh", "replace", address, "lladdr", mac, "dev", "eth0", "nud", "permanent");
    }

    @AfterEach
    void endSecondaries() {
        secondaries.forEach(cluster::end);
        secondaries.clear();
    }

    @AfterAll
    void close() {
        cluster.close();
        hosts.forEach(NetworkNamespace::close);
    }

    private void start(String command, int id, String lcores, String... options) {
        secondaries.add(cluster.startSecondary(command, id, lcores, options));
        awaitProcess(command, id, 200);
    }

    private void awaitProcess(String command, int id, int code) {
        await(
                command + ' ' + id + ": " + code,
                () -> rest.send("GET", "/" + command + "s/" + id, "").statusCode() == code);
    }

    private static void await(String what, BooleanSupplier condition) {
        Patience.poll(what, LIMIT, condition);
    }

    /** Nobody answers: the way leads in one direction. */
    private void ping(String address) {
        hosts.get(0).check("sh", "-c", "busybox ping -c " + PINGS + " -i 0.1 -W 1 " + address + " || true");
    }

    /** Echo requests that a host got. */
    private long echos(int host) {
        List<String> lines = hosts.get(host).check("cat", "/proc/net/snmp").stream()
                .filter(line -> line.startsWith("Icmp: "))
                .toList();
        List<String> names = List.of(lines.get(0).split(" "));
        return Long.parseLong(lines.get(1).split(" ")[names.indexOf("InEchos")]);
    }

    /** Plays the recipes of a directory whose names begin with a number from {@code from} to {@code to}, all in one shell. */
    private void play(String folder, int from, int to) throws IOException {
        try (Stream<Path> files = Files.list(RECIPES.resolve(folder))) {
            List<Path> recipes = files.sorted().toList();
            assertTrue(recipes.size() >= to);
            List<String> expected = new ArrayList<>();
            List<String> lines = new ArrayList<>();
            for (Path recipe : recipes.subList(from - 1, to)) {
                for (String line : Files.readAllLines(recipe)) {
                    expected.add("# " + line);
                    expected.add(message(line));
                }
                lines.add("playback " + recipe);
            }
            // A line that fails makes the shell end with 1, which throws here.
            List<String> played = cluster.shell(lines.toArray(new String[0]));
            assertEquals(
                    expected,
                    folder.startsWith("spp_pcap")
                            ? played.stream().filter(expected::contains).toList()
                            : played);
        }
    }

    /** SPP's message for a line of these recipes. */
    private static String message(String line) {
        String[] words = line.split("[; ]+");
        return switch (words[2]) {
            case "component" ->
                words[3].equals("start")
                        ? "Succeeded to start component '" + words[4] + "' on core:" + words[5]
                        : "Succeeded to delete component '" + words[4] + "'";
            case "port" -> "Succeeded to " + words[3] + " port";
            case "classifier_table" -> "Succeeded to " + words[3];
            case "exit" -> "Exit " + words[0] + ' ' + words[1] + '.';
            case "start" -> "Start packet capture.";
            case "stop" -> "Stop packet capture.";
            case "status" -> "Basic Information:";
            default -> throw new AssertionError(line);
        };
    }

    @Test
    void shouldClassifyMergeAndForgetIt() throws IOException {
        String recipes = "spp_vf/classify_icmp";
        start("vf", 1, "0,3,4,5,6");
        long before = echos(1);
        play(recipes, 1, 3);
        ping("10.9.7.2");
        ping("10.9.7.3");
        await("echo requests behind the first address", () -> echos(1) == before + PINGS);
        await("frames on both ways", () -> rest.counter("/vfs/1", "ring:3", "tx", "packets") >= PINGS);
        assertTrue(rest.counter("/vfs/1", "ring:2", "tx", "packets") >= PINGS);
        play(recipes, 4, 4);
        ping("10.9.7.2");
        assertEquals(before + PINGS, echos(1));
        play(recipes, 5, 6);
        awaitProcess("vf", 1, 404);
    }

    @Test
    void shouldSendEverythingToTwoHosts() throws IOException {
        String recipes = "spp_mirror/duplicate";
        start("mirror", 1, "0,2");
        long first = echos(1);
        long second = echos(2);
        play(recipes, 1, 1);
        ping("10.9.7.2");
        await("echo requests at both hosts", () -> echos(1) == first + PINGS && echos(2) == second + PINGS);
        play(recipes, 2, 2);
        awaitProcess("mirror", 1, 404);
    }

    /** ring:0 has a vf for its sender and a mirror for its only reader. */
    @Test
    void shouldMonitorAPathWithAMirror() throws IOException {
        String recipes = "spp_mirror/monitoring";
        start("vf", 1, "0,2,3,4,5,6,7,8");
        start("mirror", 2, "0,9");
        play(recipes, 1, 4);
        ping("10.9.7.2");
        await("frames at both readers of the copies", () -> readBy("ring:4") >= PINGS && readBy("ring:5") >= PINGS);
        play(recipes, 5, 8);
        awaitProcess("mirror", 2, 404);
    }

    private long readBy(String ring) {
        return rest.counter("/vfs/1", ring, "rx", "packets");
    }

    /** Two paths over twelve lcores, most of which this machine does not have. */
    @Test
    void shouldBuildTwoPathsAndTakeThemDown() throws IOException {
        start("vf", 1, "0,2,3,4,5,6,7,8,9,10,11,12,13");
        play("spp_vf/ssh_login/setup", 1, 6);
        long running = RestClient.list(rest.get("/vfs/1"), "component_counters").stream()
                .filter(row -> Json.asObject(row).get("running").equals(true))
                .count();
        assertEquals(12, running);
        play("spp_vf/ssh_login/shutdown", 1, 7);
        awaitProcess("vf", 1, 404);
    }

    @Test
    void shouldCaptureAPort() throws IOException {
        String recipes = "spp_pcap/capture";
        start("pcap", 1, "0,1,2,3", "-c", "phy:0", "--out-dir", directory.toString());
        play(recipes, 1, 1);
        ping("10.9.7.2");
        await(
                "frames",
                () -> RestClient.number(Json.asObject(rest.get("/pcaps/1").get("capture"))
                                .get("packets"))
                        >= PINGS);
        play(recipes, 2, 2);
        awaitProcess("pcap", 1, 404);
        String toFirst = FIRST.replace(":", "");
        long found = 0;
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                found += PcapFile.readCompressed(file).stream()
                        .filter(frame -> frame.startsWith(toFirst) && frame.startsWith("0800", 24))
                        .count();
            }
        }
        assertEquals(PINGS, found);
    }
}

package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Patience;
import io.jspp.testing.ProjectHome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SPP's shell, one feature after the other, by {@code ./spp cli} in front of two switches that run side by side. */
@Tag("system")
@Tag("once")
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SppShellIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PREFIX_VARIABLE = "SPP_FILE_PREFIX";

    private Path directory;

    private final SppCluster cluster =
            new SppCluster("sppsh", ProjectHome.launcher().toString(), line -> {});
    private String server;
    private String otherServer;
    private SppProcess waiting;
    private SppProcess primary;
    private SppProcess otherPrimary;
    private SppProcess nfv;

    /** The first primary has no lcore to forward on and shows statistics; neither is told its file prefix but by the environment. */
    @BeforeAll
    void start(@TempDir Path fresh) {
        directory = fresh;
        cluster.startController();
        server = "127.0.0.1:" + cluster.restPort();
        SppProcess other = cluster.start("ctl2", List.of("ctl", "-p", "0", "-s", "0", "-a", "0"));
        waiting = cli("--wait-pri", "-c", "status");
        Matcher ports = other.awaitLine(Pattern.compile("primary \\S*:(\\d+).*REST \\S*:(\\d+)"), LIMIT);
        otherServer = "127.0.0.1:" + ports.group(2);
        Patience.poll("the shell waits", LIMIT, () -> !waiting.err().isEmpty());
        String line = "primary -l 0 --no-huge --vdev net_null0 -- -p 0x1 -n 2 -s 127.0.0.1:";
        cluster.environment(PREFIX_VARIABLE, cluster.prefix() + "-b");
        otherPrimary = cluster.start("primary2", List.of((line + ports.group(1)).split(" ")));
        cluster.environment(PREFIX_VARIABLE, cluster.prefix());
        primary = cluster.start("primary", List.of((line + cluster.primaryPort() + " --disp-stats").split(" ")));
        cluster.awaitReady(primary);
        nfv = cluster.start("nfv", List.of(("nfv -l 0,5 -- -n 1 -s 127.0.0.1:" + cluster.secondaryPort()).split(" ")));
        cluster.awaitReady(nfv);
        RestClient rest = new RestClient(cluster.restPort());
        Patience.poll("nfv 1", LIMIT, () -> rest.send("GET", "/nfvs/1", "").statusCode() == 200);
        cluster.awaitReady(otherPrimary);
    }

    @AfterAll
    void close() {
        cluster.end(nfv);
        cluster.close();
        assertFalse(Files.exists(cluster.runDirectory()));
    }

    private SppProcess cli(String... words) {
        List<String> all = new ArrayList<>(List.of("cli", "-b", server));
        all.addAll(List.of(words));
        return cluster.start("cli", all);
    }

    /** In a process of its own, with the environment and the home directory that it is about. */
    private List<String> shell(String... lines) {
        SppProcess shell =
                cli(Stream.of(lines).flatMap(line -> Stream.of("-c", line)).toArray(String[]::new));
        assertEquals(0, shell.awaitExit(LIMIT), shell.tail());
        return shell.out();
    }

    private static String text(List<String> lines) {
        return String.join("\n", lines) + '\n';
    }

    @Test
    void shouldWaitForThePrimary() {
        assertEquals(0, waiting.awaitExit(LIMIT), waiting.tail());
        assertEquals("Waiting for spp_primary is ready ...", waiting.err().get(0));
        assertTrue(waiting.out().contains("  - status: running"), waiting.tail());
    }

    @Test
    void shouldKeepSwitchesApartByTheirFilePrefix() {
        assertTrue(text(primary.out()).contains("run directory " + cluster.runDirectory() + '\n'), primary.tail());
        assertTrue(text(otherPrimary.out()).contains("run directory " + cluster.runDirectory() + "-b\n"));
        assertTrue(nfv.out().stream().anyMatch(line -> line.startsWith("nfv 1 ready")), nfv.tail());
    }

    @Test
    void shouldDrawStatisticsEachSecond() {
        Patience.poll(
                "three screens",
                LIMIT,
                () -> primary.out().stream()
                                .filter(line -> line.matches("nullpmd:0( +[0-9]+){4}"))
                                .count()
                        >= 3);
        assertTrue(primary.out().stream().anyMatch(line -> line.matches("ring:1( +0){4}")), primary.tail());
    }

    @Test
    void shouldSaySppsWords() {
        List<String> out = shell(
                "# a comment",
                "// another",
                "",
                "status",
                "pri; status",
                "pri; clear",
                "pri; add pipe:0 ring:0 ring:1",
                "pri; del pipe:0",
                "nfv 1; add ring:0",
                "nfv 1; patch nullpmd:0 nullpmd:0",
                "nfv 1;   forward",
                "nfv 1; status",
                "nfv 1; stop",
                "nfv 1; patch reset",
                "nfv 1; del ring:0");
        assertEquals("""
                # a comment
                // another
                - spp-ctl:
                  - address: %s
                - primary:
                  - status: running
                - secondary:
                  - processes:
                    1: nfv:1
                - lcore_ids:
                  - master: 0
                - pipes:
                - stats
                  - physical ports:
                      ID          rx          tx     tx_drop  rxq  txq mac_addr
                  - ring ports:
                      ID          rx          tx     rx_drop     tx_drop
                       0           0           0           0           0
                       1           0           0           0           0
                Clear port statistics.
                Add pipe:0.
                Delete pipe:0.
                Add ring:0.
                Patch ports (nullpmd:0 -> nullpmd:0).
                Start forwarding.
                - status: running
                - lcore_ids:
                  - master: 0
                  - slave: 5
                - ports:
                  - nullpmd:0 -> nullpmd:0
                  - ring:0
                Stop forwarding.
                Clear all of patches.
                Delete ring:0.
                """.formatted(server), text(out));
    }

    /** In a recipe, which goes on. */
    @Test
    void shouldRefuseInSppsWords() throws IOException {
        Path recipe = directory.resolve("wrong.rcps");
        Map<String, String> answers = new java.util.LinkedHashMap<>();
        answers.put("bogus", "*** Unknown syntax: bogus");
        answers.put("nfv 9; status", "\"nfv 9\" does not exist.");
        answers.put("vf 1; status", "\"vf 1\" does not exist.");
        answers.put("nfv status", "Required an ID and ';' before the command.");
        answers.put("nfv x; status", "Invalid command: x;status");
        answers.put("nfv 1; bogus", "Invalid command \"bogus\".");
        answers.put("pri; bogus", "Invalid pri command: 'bogus'");
        answers.put("pri; add ring:0", "No forwarder is running.");
        answers.put("pri; patch ring:0 ring:1", "No forwarder is running.");
        answers.put("pri; forward", "No forwarder is running.");
        answers.put("nfv 1; add", "Port is required!");
        answers.put("nfv 1; del phy:0", "Cannot delete phy port 'phy:0'.");
        answers.put("nfv 1; patch ring:0", "Dst port is required!");
        answers.put("pri; launch nfv 1 -l 1,2 -- -n 1", "Secondary ID 1 is already used!");
        answers.put("pri; launch nfv 2 -l 1,2", "Arguments should include separator \"--\".");
        answers.put("pri; flow status phy:0 5", "'phy:0' is invalid");
        Files.write(recipe, answers.keySet());
        SppProcess shell = cli("-c", "playback " + recipe);
        assertEquals(1, shell.awaitExit(LIMIT), shell.tail());
        assertEquals(answers.keySet().stream().map(line -> "# " + line).toList(), shell.out());
        String said = text(shell.err());
        for (Map.Entry<String, String> answer : answers.entrySet()) {
            assertTrue(said.contains(answer.getValue()), answer + " in " + said);
        }
    }

    @Test
    void shouldRecordAndPlayBack() throws IOException {
        Path recipe = directory.resolve("recorded.rcp");
        List<String> out =
                shell("record " + recipe, "# ring one", "nfv 1; add ring:1", "nfv 1; del ring:1", "playback " + recipe);
        assertEquals(List.of("# ring one", "nfv 1; add ring:1", "nfv 1; del ring:1"), Files.readAllLines(recipe));
        assertEquals(
                List.of(
                        "# ring one",
                        "Add ring:1.",
                        "Delete ring:1.",
                        "Closing file",
                        "# ring one",
                        "# nfv 1; add ring:1",
                        "Add ring:1.",
                        "# nfv 1; del ring:1",
                        "Delete ring:1."),
                out);
    }

    @Test
    void shouldShowAndSetItsConfig() throws IOException {
        Path file = Files.writeString(
                directory.resolve("config.yml"), "max_secondary:\n  val: 8\n  desc: few\ntopo_size: 50%\n");
        SppProcess shell = cli(
                "--config",
                file.toString(),
                "-c",
                "config max_secondary",
                "-c",
                "config prompt \"$ spp \"",
                "-c",
                "config sec_m_",
                "-c",
                "config topo_size 101%");
        assertEquals(1, shell.awaitExit(LIMIT), shell.tail());
        assertEquals(
                List.of(
                        "- max_secondary: \"8\"\t# The maximum number of secondary processes",
                        "Set prompt: \"$ spp \"",
                        "- sec_m_lcore: \"2\"\t# Main lcore of secondaries"),
                shell.out());
        assertEquals("Invalid value \"101%\" for \"topo_size\"", shell.err().get(0));
    }

    @Test
    void shouldServeSeveralControllers() {
        SppProcess shell = cluster.start(
                "cli",
                List.of(
                        "cli",
                        "-b",
                        server,
                        "-b",
                        otherServer,
                        "-c",
                        "server list",
                        "-c",
                        "server 2",
                        "-c",
                        "status",
                        "-c",
                        "server " + server,
                        "-c",
                        "server del 2",
                        "-c",
                        "server add " + otherServer,
                        "-c",
                        "server"));
        assertEquals(0, shell.awaitExit(LIMIT), shell.tail());
        assertEquals(
                List.of(
                        "  1: " + server + " *",
                        "  2: " + otherServer + " ",
                        "Switch spp-ctl to \"2: " + otherServer + "\".",
                        "- spp-ctl:",
                        "  - address: " + otherServer,
                        "- primary:",
                        "  - status: running",
                        "- secondary:",
                        "  - processes:",
                        "Switch spp-ctl to \"1: " + server + "\".",
                        "Unregistered spp-ctl \"" + otherServer + "\".",
                        "Registered spp-ctl \"" + otherServer + "\".",
                        "  1: " + server + " *",
                        "  2: " + otherServer + " "),
                shell.out());
    }

    @Test
    void shouldDoWhatRecipesNeedOfASystem() throws IOException {
        Path work = Files.createDirectory(directory.resolve("work"));
        Files.writeString(work.resolve("notes"), "one\ntwo\n");
        List<String> out = shell(
                "cd " + work,
                "mkdir sub",
                "ls",
                "cd sub",
                "pwd",
                "cat ../notes",
                "less ../notes",
                "env " + PREFIX_VARIABLE,
                "inspect",
                "help",
                "help nfv",
                "load_cmd hello",
                "hello alice");
        assertEquals(
                List.of(
                        work.toString(),
                        "notes",
                        "sub/",
                        work + "/sub",
                        work + "/sub",
                        "one",
                        "two",
                        "one",
                        "two",
                        PREFIX_VARIABLE + ": " + cluster.prefix()),
                List.of(
                        out.get(0),
                        out.get(1),
                        out.get(2),
                        out.get(3),
                        out.get(4),
                        out.get(5),
                        out.get(6),
                        out.get(7),
                        out.get(8),
                        out.get(9)));
        assertTrue(Files.isDirectory(work.resolve("sub")));
        String rest = text(out);
        assertTrue(rest.contains("\nDocumented commands (type help <topic>):\n"), rest);
        assertTrue(rest.contains("Send a command to spp_nfv specified with ID.\n"), rest);
        assertTrue(rest.endsWith("Module 'hello' loaded.\nHello, alice!\n"), rest);
    }

    @Test
    void shouldDrawTheTopology() throws Exception {
        List<String> lines = new ArrayList<>(List.of(
                "cd " + directory,
                "nfv 1; add ring:0",
                "nfv 1; add ring:1",
                "nfv 1; patch ring:0 ring:1",
                "nfv 1; forward",
                "topo_subgraph add guest ring:0,ring:1",
                "topo_subgraph",
                "topo"));
        List<String> types = List.of("dot", "json", "yaml", "svg", "png", "jpg", "bmp");
        types.forEach(type -> lines.add("topo t." + type));
        lines.addAll(List.of("topo sixel", "topo_subgraph del guest", "topo_subgraph"));
        String out = text(shell(lines.toArray(new String[0])));
        assertTrue(out.contains("""
                Add subgraph 'guest'
                label: guest\tsubgraph: "ring:0;ring:1"
                ring:0 [guest]
                └─ nfv:1 -> ring:1 [guest]
                not connected: nullpmd:0
                """), out);
        assertTrue(
                out.contains("\u001bPq\"1;1;") && out.endsWith("\u001b\\\nDelete subgraph 'guest'\nNo subgraph.\n"),
                out);
        types.forEach(type -> assertTrue(out.contains("Create topology: 't." + type + "'\n")));
        String dot = Files.readString(directory.resolve("t.dot"));
        assertEquals(Set.of("ring_0 -> ring_1 nfv:1 solid"), edges(dot));
        assertTrue(dot.contains("subgraph cluster1 {label=\"guest\" ring_0;ring_1}"), dot);
        Map<String, Object> json = Json.asObject(Json.asArray(Json.parse(Files.readString(directory.resolve("t.json"))))
                .get(0));
        assertEquals("[{\"src\": \"ring:0\", \"dst\": \"ring:1\"}]", Json.write(json.get("patches")));
        assertTrue(Files.readString(directory.resolve("t.yaml"))
                .contains("  patches:\n  - dst: ring:1\n    src: ring:0\n"));
        assertTrue(Files.readString(directory.resolve("t.svg")).startsWith("<svg "));
        for (Map.Entry<String, String> begin :
                Map.of("png", "\u0089PNG", "jpg", "\u00ff\u00d8", "bmp", "BM").entrySet()) {
            byte[] bytes = Files.readAllBytes(directory.resolve("t." + begin.getKey()));
            assertTrue(new String(bytes, StandardCharsets.ISO_8859_1).startsWith(begin.getValue()), begin.getKey());
        }
        page();
        shell("nfv 1; stop", "nfv 1; patch reset", "nfv 1; del ring:0", "nfv 1; del ring:1");
    }

    private static Set<String> edges(String dot) {
        Set<String> edges = new TreeSet<>();
        Matcher edge = Pattern.compile("(\\w+ -> \\w+)\\[label=\"([^\"]+)\".*style=\"(\\w+)\"")
                .matcher(dot);
        while (edge.find()) {
            edges.add(edge.group(1) + ' ' + edge.group(2) + ' ' + edge.group(3));
        }
        return edges;
    }

    /** As long as the shell lives. */
    private void page() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(ProjectHome.launcher().toString(), "cli", "-b", server);
        builder.environment().put("SPP_NO_BUILD", "1");
        Process shell = builder.start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8))) {
            shell.getOutputStream().write("topo http 0\n".getBytes(StandardCharsets.US_ASCII));
            shell.getOutputStream().flush();
            String said = out.readLine();
            String address = said.replaceFirst(".* at (http://127.0.0.1:[0-9]+/), as long.*", "$1");
            try (var picture = new URL(address + "topology.svg").openStream()) {
                String svg = new String(picture.readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(svg.contains("ring:0") && svg.contains("nfv:1"), svg);
            }
            shell.getOutputStream().write("bye\n".getBytes(StandardCharsets.US_ASCII));
            shell.getOutputStream().close();
            assertEquals("Thank you for using Soft Patch Panel", out.readLine());
            assertEquals(0, shell.waitFor());
        } finally {
            shell.destroy();
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void shouldEndProcessesWithBye() {
        assertEquals(List.of("Thank you for using Soft Patch Panel"), shell("exit"));
        assertTrue(nfv.isAlive());
        assertEquals(List.of("Closing secondary ...", "Exit nfv 1"), shell("bye sec"));
        assertEquals(0, nfv.awaitExit(LIMIT));
        assertTrue(primary.isAlive());
        assertEquals(List.of("Closing secondary ...", "Closing primary ...", "Exit primary"), shell("bye all"));
        assertEquals(0, primary.awaitExit(LIMIT));
        assertTrue(otherPrimary.isAlive());
    }
}

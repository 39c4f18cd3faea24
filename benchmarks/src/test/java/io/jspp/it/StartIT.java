package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.config.RunDirectory;
import io.jspp.controller.json.Json;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Patience;
import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./spp start} as docs/start.md shows it. */
@Tag("system")
@Tag("once")
class StartIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PREFIX = "start-" + ProcessHandle.current().pid();

    @TempDir
    private Path directory;

    private static SppProcess spp(String... words) {
        List<String> command = new ArrayList<>(List.of(ProjectHome.launcher().toString()));
        command.addAll(List.of(words));
        return SppProcess.start("start", Map.of(), command);
    }

    private static List<String> blocks(String kind) throws IOException {
        return ConsoleBlocks.of("docs/start.md", kind);
    }

    private static List<Integer> freePorts() throws IOException {
        try (ServerSocket a = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket b = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket c = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return List.of(a.getLocalPort(), b.getLocalPort(), c.getLocalPort());
        }
    }

    /** The page's files, but on free ports and under a prefix of this test. */
    private List<Integer> write() throws IOException {
        List<Integer> ports = freePorts();
        Files.writeString(
                directory.resolve("lab.yaml"),
                blocks("yaml").get(0) + "file-prefix: " + PREFIX + "\ncontroller: {primary-port: " + ports.get(0)
                        + ", secondary-port: " + ports.get(1) + ", rest-port: " + ports.get(2) + "}\n");
        Files.writeString(directory.resolve("lab.rcp"), blocks("text").get(0));
        return ports;
    }

    /** What was printed, in the page's words. */
    private List<String> asInThePage(List<String> lines, List<Integer> ports) {
        return lines.stream()
                .map(line -> line.replace(ProjectHome.launcher().toString(), "./spp")
                        .replace(directory + "/", "")
                        .replace(":" + ports.get(0), ":5555")
                        .replace("-p " + ports.get(0), "-p 5555")
                        .replace(":" + ports.get(1), ":6666")
                        .replace("-s " + ports.get(1), "-s 6666")
                        .replace(":" + ports.get(2), ":7777")
                        .replace("-a " + ports.get(2), "-a 7777")
                        .replaceAll("/\\S*/" + PREFIX + "/", "/run/spp/spp/")
                        .replace(PREFIX, "spp")
                        .replaceAll("pid \\d+", "pid N"))
                .toList();
    }

    private static List<String> shown(int block, String command) throws IOException {
        List<String> lines =
                new ArrayList<>(blocks("console").get(block).lines().toList());
        assertEquals("$ ./spp start lab.yaml " + command, lines.remove(0));
        lines.replaceAll(line -> line.replaceAll("pid \\d+", "pid N"));
        return lines;
    }

    @Test
    void shouldPrintTheCommandLinesOfThePage() throws IOException {
        List<Integer> ports = write();
        SppProcess dry = spp("start", directory.resolve("lab.yaml").toString(), "--dry-run", "--no-shell");
        assertEquals(0, dry.awaitExit(LIMIT), dry.tail());
        assertEquals(shown(0, "--dry-run --no-shell"), asInThePage(dry.out(), ports));
        assertEquals(List.of(), dry.err());
        assertFalse(Files.exists(RunDirectory.expected("", PREFIX, System.getenv())));
    }

    @Test
    void shouldRefuseAWrongConfigurationWithItsLine() throws IOException {
        Path wrong = Files.writeString(directory.resolve("wrong.yaml"), "version: 1\nprimary:\n  rings: many\n");
        SppProcess start = spp("start", wrong.toString());
        assertEquals(2, start.awaitExit(LIMIT));
        assertEquals(List.of("spp start: " + wrong + ":3: rings: \"many\" is no number from 1 to 99"), start.err());
        assertEquals(List.of(), start.out());
    }

    @Test
    void shouldStartKeepRunningAndEndEverything() throws IOException {
        List<Integer> ports = write();
        Path runDirectory = RunDirectory.expected("", PREFIX, System.getenv());
        List<Long> pids = new ArrayList<>();
        try (SppProcess start = spp("start", directory.resolve("lab.yaml").toString(), "--no-shell")) {
            start.awaitLine(Pattern.compile("start: ready: REST"), LIMIT);
            assertEquals(shown(1, "--no-shell"), asInThePage(start.out(), ports));
            start.out().forEach(line -> {
                Matcher pid = Pattern.compile("ready \\(pid (\\d+)\\)").matcher(line);
                if (pid.find()) {
                    pids.add(Long.parseLong(pid.group(1)));
                }
            });
            assertEquals(3, pids.size());
            RestClient rest = new RestClient(ports.get(2));
            Patience.poll("frames", LIMIT, () -> moved(rest) > 0);

            ProcessHandle.of(pids.get(2)).orElseThrow().destroyForcibly();
            Matcher again = start.awaitLine(Pattern.compile("nfv 1 started again \\(pid (\\d+)\\)"), LIMIT);
            pids.add(Long.parseLong(again.group(1)));
            Patience.poll("the nfv is back and forwards", LIMIT, () -> back(rest, pids.get(3)));
            assertTrue(start.out().stream()
                    .anyMatch(line -> line.equals("spp start: nfv 1 (pid " + pids.get(2)
                            + ") died with exit status 137: starting it again in 500 ms")));
            assertTrue(
                    Files.readString(runDirectory.resolve("log/spp_nfv-1.log")).contains("nfv 1 ready: "));

            ProcessHandle.of(start.pid()).orElseThrow().destroy();
            assertEquals(0, start.awaitExit(LIMIT), start.tail());
            assertEquals(List.of(), start.err());
        }
        for (long pid : pids) {
            assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), "pid " + pid);
        }
        assertFalse(Files.exists(runDirectory), runDirectory + " is left");
    }

    /** Frames that the nfv has sent, or found no room for, as nobody empties the ring. */
    private static long moved(RestClient rest) {
        if (rest.send("GET", "/nfvs/1", "").statusCode() != 200) {
            return 0;
        }
        return rest.counter(1, "ring:0", "tx", "drops.full") + rest.counter(1, "ring:0", "tx", "packets");
    }

    /** Asked of the new process itself: its pid is the primary's client. */
    private static boolean back(RestClient rest, long pid) {
        boolean attached = RestClient.list(rest.get("/primary/status"), "clients").stream()
                .map(Json::asObject)
                .anyMatch(client -> RestClient.number(client.get("pid")) == pid);
        return attached && moved(rest) > 0;
    }
}

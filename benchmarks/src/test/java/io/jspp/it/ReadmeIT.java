package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The sessions that README and the how-to SPP users know show, typed as they stand there: the product's default ports are what is tested, so
 * they must be free.
 */
@Tag("system")
@Tag("once")
class ReadmeIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void shouldDoWhatTheReadmeShows() throws IOException {
        List<String> commands = DocumentedSession.commands("README.md");
        assertEquals("./spp demo", commands.get(0));
        // What stands before it are whole commands with tests of their own.
        int own = commands.indexOf("./spp test --all") + 1;
        assertTrue(own > 0, commands.toString());
        try (SppCluster cluster =
                new SppCluster("readme", ProjectHome.launcher().toString(), line -> {})) {
            DocumentedSession session = new DocumentedSession(cluster);
            session.run(commands.subList(own, commands.size()));
            assertTrue(session.shellOutput().contains("  - vhost:0 -> vhost:1"), session.shellOutput()::toString);
            assertQuiet(session, 3);
        }
    }

    @Test
    void shouldDoWhatTheQuickStartShows() throws IOException {
        try (SppCluster cluster = new SppCluster("quick", ProjectHome.launcher().toString(), line -> {})) {
            DocumentedSession session = new DocumentedSession(cluster);
            session.run(DocumentedSession.commands("docs/quick-start.md"));
            List<String> out = session.shellOutput();
            assertTrue(out.contains("    1: vf:1") && out.contains("    - rx: vhost:0"), out::toString);
            assertQuiet(session, 3);
        }
    }

    /** For those who come from SPP: from the first process to the end of the last. */
    @Test
    void shouldDoWhatSppUsersAreShown() throws IOException {
        try (SppCluster cluster =
                new SppCluster("fromspp", ProjectHome.launcher().toString(), line -> {})) {
            DocumentedSession session = new DocumentedSession(cluster);
            session.run(DocumentedSession.commands("docs/from-spp.md"));
            List<String> out = session.shellOutput();
            assertTrue(out.containsAll(List.of("    1: nfv:1", "nullpmd:0", "└─ nfv:1 -> ring:0")), out::toString);
            assertEquals("Exit primary", out.get(out.size() - 1));
            for (SppProcess process : session.processes().subList(1, 3)) {
                assertEquals(0, process.awaitExit(LIMIT), process.tail());
            }
            assertQuiet(session, 3);
        }
    }

    private static void assertQuiet(DocumentedSession session, int processes) {
        assertEquals(processes, session.processes().size());
        for (SppProcess process : session.processes()) {
            assertEquals(List.of(), process.err(), process.name());
        }
    }

    /** No page shows a session that no test, and no table of one, names. */
    @Test
    void shouldKnowWhoRunsEachSessionOfADocument() throws IOException {
        StringBuilder tests = new StringBuilder();
        Path home = ProjectHome.directory();
        try (Stream<Path> files = Files.walk(home.resolve("benchmarks/src/test"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                tests.append(Files.readString(file));
            }
        }
        try (Stream<Path> pages = Files.list(home.resolve("docs"))) {
            for (Path page :
                    pages.filter(file -> file.toString().endsWith(".md")).toList()) {
                String name = "docs/" + page.getFileName();
                assertTrue(
                        DocumentedSession.commands(name).isEmpty() || tests.indexOf(name) >= 0,
                        name + " shows a session that no test runs");
            }
        }
    }

    /** Seed of the how-to: SPP's own command lines, {@code ./spp primary} and {@code ./spp nfv} in place of the binaries. */
    @Test
    void shouldTakeTheCommandLinesOfSppsHowTo() {
        try (SppCluster cluster = new SppCluster("howto", ProjectHome.launcher().toString(), line -> {})) {
            SppProcess ctl = cluster.awaitReady(cluster.start("ctl", List.of("ctl", "-p", "5555", "-s", "6666")));
            SppProcess primary = cluster.awaitReady(cluster.start(
                    "primary",
                    prefixed(
                            words("./spp primary -c 0x02 -n 4 --socket-mem 512,512 --huge-dir=/run/hugepages/kvm"
                                    + " --proc-type=primary -- -p 0x03 -n 9 -s 127.0.0.1:5555"),
                            cluster)));
            SppProcess nfv = cluster.awaitReady(cluster.start(
                    "nfv",
                    prefixed(
                            words("./spp nfv -c 0x3ffd -n 4 --proc-type=secondary"
                                    + " -- --client-id 1 -s 127.0.0.1:6666 --vhost-client"),
                            cluster)));
            nfv.awaitLine(Pattern.compile("connected to ctl"), LIMIT);
            String said = String.join("\n", primary.out());
            assertTrue(said.contains("phy:0: no device, add --vdev net_af_packet0,iface="), said);
            assertTrue(said.contains("phy:1: no device, add --vdev"), said);
            SppProcess status = cluster.start("cli", List.of("cli", "-c", "nfv 1; status"));
            assertEquals(0, status.awaitExit(LIMIT), status.tail());
            for (SppProcess process : List.of(ctl, primary, nfv)) {
                assertEquals(List.of(), process.err(), process.name());
            }
        }
    }

    @Test
    void shouldRefuseWhatIsMalformedWithASentenceAndUsage() {
        for (String line : List.of(
                "./spp primary -c 0xzz -- -p 0x03 -n 9 -s 127.0.0.1:5555",
                "./spp primary -c 0x02 -- -p zz -n 9 -s 127.0.0.1:5555",
                "./spp primary -c 0x02 -- -p 0x03 -n 0 -s 127.0.0.1:5555",
                "./spp primary -c 0x02 -- -p 0x03 -n 9 -s 127.0.0.1:99999",
                "./spp primary -c 0x02 -- -p 0x03 -n 9",
                "./spp nfv -c 0x3 -- -n 0 -s 127.0.0.1:6666",
                "./spp nfv -c 0x3 -- -n 1 -s nowhere",
                "./spp nfv -c 0x3 -- -n 1 -s 127.0.0.1:6666 --frobnicate")) {
            SppProcess process = SppProcess.start("spp", Map.of(), absolute(words(line)));
            assertEquals(2, process.awaitExit(LIMIT), line + process.tail());
            assertFalse(process.err().isEmpty(), line);
            assertTrue(String.join("\n", process.err()).toLowerCase().contains("usage"), line + process.tail());
        }
    }

    @Test
    void shouldNameAnAbsentInterfaceAndExitWithOne() {
        SppProcess process = SppProcess.start(
                "primary",
                Map.of(),
                absolute(words("./spp primary -l 0 --file-prefix absent --vdev net_af_packet0,iface=nosuch0"
                        + " -- -p 0x01 -n 1 -s 127.0.0.1:5555")));
        assertEquals(1, process.awaitExit(LIMIT), process.tail());
        assertTrue(String.join("\n", process.err()).contains("nosuch0"), process.tail());
    }

    private static List<String> words(String command) {
        return DocumentedSession.words(command);
    }

    private static List<String> prefixed(List<String> words, SppCluster cluster) {
        List<String> all = new ArrayList<>(words);
        if (!words.get(0).equals("ctl")) {
            all.addAll(1, List.of("--file-prefix", cluster.prefix()));
        }
        return all;
    }

    private static List<String> absolute(List<String> words) {
        List<String> all = new ArrayList<>(words);
        all.add(0, ProjectHome.launcher().toString());
        return all;
    }
}

package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final Pattern READY = Pattern.compile("\\bready\\b");

    @Test
    void shouldDoWhatTheReadmeShows() throws IOException {
        List<String> commands =
                commands(Files.readString(ProjectHome.directory().resolve("README.md")));
        assertEquals("./spp demo", commands.get(0));
        // What stands before it are whole commands with tests of their own.
        int own = commands.indexOf("./spp test --all") + 1;
        assertTrue(own > 0, commands.toString());
        List<String> session = commands.subList(own, commands.size());
        try (SppCluster cluster =
                new SppCluster("readme", ProjectHome.launcher().toString(), line -> {})) {
            List<String> shellLines = new ArrayList<>();
            List<SppProcess> processes = new ArrayList<>();
            List<String> guests = new ArrayList<>();
            for (String command : session) {
                if (command.startsWith("spp > ")) {
                    shellLines.add(command.substring("spp > ".length()));
                } else if (command.contains(" guest ")) {
                    guests.add(command.replace("RUN_DIR", cluster.runDirectory().toString()));
                } else if (!command.equals("./spp")) {
                    List<String> words = words(command);
                    processes.add(cluster.awaitReady(cluster.start(words.get(0), prefixed(words, cluster))));
                }
            }
            assertEquals(3, processes.size());
            processes.get(2).awaitLine(Pattern.compile("connected to ctl"), LIMIT);
            List<String> cli = new ArrayList<>(List.of("cli"));
            shellLines.forEach(line -> cli.addAll(List.of("-c", line)));
            SppProcess shell = cluster.start("cli", cli);
            assertEquals(0, shell.awaitExit(LIMIT), shell.tail());
            assertTrue(shell.out().contains("  - vhost:0 -> vhost:1"), shell.tail());

            assertEquals(2, guests.size());
            SppProcess answering = cluster.start("answer", words(guests.get(0)));
            answering.awaitLine(READY, LIMIT);
            SppProcess ping = cluster.start("ping", words(guests.get(1)));
            assertEquals(0, ping.awaitExit(LIMIT), ping.tail());
            for (SppProcess process : processes) {
                assertEquals(List.of(), process.err(), process.name());
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

    private static List<String> commands(String readme) {
        List<String> commands = new ArrayList<>();
        Matcher block = Pattern.compile("```console\n(.*?)```", Pattern.DOTALL).matcher(readme);
        while (block.find()) {
            for (String line : block.group(1).split("\n")) {
                String command = line.replaceFirst("^\\$ ", "")
                        .replaceFirst("\\s+# .*", "")
                        .strip();
                if (!command.isEmpty()) {
                    commands.add(command);
                }
            }
        }
        return commands;
    }

    /** Without {@code ./spp}. */
    private static List<String> words(String command) {
        List<String> words = new ArrayList<>(Arrays.asList(command.split(" ")));
        assertEquals("./spp", words.remove(0));
        return words;
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

package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.controller.qemu.QemuGuest;
import io.jspp.testing.DpdkRuntime;
import io.jspp.testing.Need;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./spp vm-args} prints is taken as it is: a guest boots with it and pings, testpmd answers with it. */
@Tag("peer")
@Tag("once")
class VmArgsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration COMMAND = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    /** The printed lines that are no comment, as a shell would split them: nothing here needs quotes. */
    private static List<List<String>> commands(List<String> printed) {
        List<List<String>> commands = new ArrayList<>();
        boolean continued = false;
        for (String line : printed) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (!continued) {
                commands.add(new ArrayList<>());
            }
            continued = line.endsWith("\\");
            commands.get(commands.size() - 1)
                    .addAll(List.of(line.replaceFirst(" *\\\\$", "").split(" ")));
        }
        return commands;
    }

    private static List<List<String>> vmArgs(SppCluster cluster, String... words) {
        List<String> command = new ArrayList<>(List.of("vm-args"));
        command.addAll(List.of(words));
        SppProcess process = cluster.start("vm-args", command);
        assertEquals(0, process.awaitExit(LIMIT), process.tail());
        assertEquals(List.of(), process.err());
        return commands(process.out());
    }

    private static SppCluster cluster(String... options) {
        SppCluster cluster = GuestCluster.start("vmargs");
        try {
            cluster.startNfv(1, options);
            GuestCluster.joinTwoGuests(cluster);
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static String controller(SppCluster cluster) {
        return "127.0.0.1:" + cluster.restPort();
    }

    @Test
    @Requires({Need.QEMU, Need.GUEST_KERNEL, Need.BUSYBOX})
    void shouldBootAGuestThatPings() throws Exception {
        try (SppCluster cluster = cluster()) {
            String[] options = {"vhost:0", "--qemu", "--tcg", "-m", "160", "-b", controller(cluster)};
            List<String> arguments = vmArgs(cluster, options).get(0);
            try (SppProcess answer = answer(cluster);
                    QemuGuest guest = QemuGuest.start(
                                    TestGuests.image(), QemuGuest.Options.of("g0", directory, arguments))
                            .boot("192.168.7.1/24")) {
                String report = guest.check("ping -c 5 -i 0.05 -W 5 192.168.7.2", COMMAND);
                assertTrue(report.contains(" 0% packet loss"), report + answer.tail());
            }
            // and without share=on, the switch says what is wrong
            List<String> wrong = arguments.stream()
                    .map(word -> word.replace("share=on", "share=off"))
                    .toList();
            assertTrue(String.join(" ", wrong).contains("share=off"));
            try (QemuGuest guest = QemuGuest.start(TestGuests.image(), QemuGuest.Options.of("g1", directory, wrong))) {
                guest.awaitBoot();
                guest.check("ip link set eth0 up", COMMAND);
                awaitCode(cluster, "vhost:0", "memory_not_shared");
            }
        }
    }

    private SppProcess answer(SppCluster cluster) {
        SppProcess answer = cluster.start(
                "answer",
                List.of("guest", "answer", cluster.vhostSocket(1).toString(), "--ip", "192.168.7.2", "--wait", "30"));
        answer.awaitLine(Pattern.compile("\\bready\\b"), LIMIT);
        return answer;
    }

    private static void awaitCode(SppCluster cluster, String port, String code) {
        RestClient rest = new RestClient(cluster.restPort());
        long deadlineNs = System.nanoTime() + COMMAND.toNanos();
        while (true) {
            Map<String, Object> seen = RestClient.list(rest.get("/nfvs/1"), "port_states").stream()
                    .map(Json::asObject)
                    .filter(row -> row.get("port").equals(port))
                    .findFirst()
                    .orElseThrow();
            if (code.equals(seen.get("code"))) {
                return;
            }
            assertTrue(System.nanoTime() < deadlineNs, code + " expected, is " + seen);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    @Test
    @Requires(Need.TESTPMD)
    void shouldStartATestpmdThatAnswersInTheGuestsPlace() throws IOException {
        try (SppCluster cluster = cluster("--vhost-client")) {
            List<List<String>> commands = vmArgs(cluster, "vhost:0", "--testpmd", "-b", controller(cluster));
            assertEquals(2, commands.size(), commands.toString());
            try (SppProcess testpmd = testpmd(commands.get(0))) {
                ping(cluster, testpmd, cluster.vhostSocket(1), "--listen");
            } finally {
                // testpmd made it in the switch's run directory, and an ordinary user's leaves it there
                Files.deleteIfExists(cluster.vhostSocket(0));
            }
            removeLeftovers(commands.get(0));
        }
    }

    @Test
    @Requires(Need.TESTPMD)
    void shouldStartATestpmdInTheSwitchsPlaceWithoutAnyProcessRunning() {
        try (SppCluster cluster =
                new SppCluster("vmargs", ProjectHome.launcher().toString(), line -> {})) {
            List<List<String>> commands = vmArgs(cluster, "--testpmd", "--sock-dir", directory.toString());
            try (SppProcess testpmd = testpmd(commands.get(1))) {
                ping(cluster, testpmd, directory.resolve("sock0"));
            }
            removeLeftovers(commands.get(1));
        }
    }

    private SppProcess testpmd(List<String> command) {
        SppProcess testpmd = SppProcess.start("testpmd", DpdkRuntime.environment(directory), List.copyOf(command));
        testpmd.awaitLine(Pattern.compile("icmpecho packet forwarding"), LIMIT);
        return testpmd;
    }

    private void removeLeftovers(List<String> command) {
        DpdkRuntime.remove(directory, command.get(command.indexOf("--file-prefix") + 1));
    }

    private static void ping(SppCluster cluster, SppProcess testpmd, Path socket, String... options) {
        List<String> words = new ArrayList<>(
                List.of("guest", "ping", socket.toString(), "192.168.7.9", "--ip", "192.168.7.2", "--wait", "30"));
        words.addAll(List.of(options));
        SppProcess ping = cluster.start("ping", words);
        assertEquals(0, ping.awaitExit(LIMIT), ping.tail() + testpmd.tail());
    }
}

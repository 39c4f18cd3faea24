package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.controller.shell.CliMain;
import io.jspp.controller.shell.RestClient;
import io.jspp.testing.Patience;
import io.jspp.testing.ProjectHome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Controller, primary, secondary and guests may start in any order; the working state in the end is the same. */
@Tag("system")
@Tag("once")
class StartOrderIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final List<String> ALL = List.of("ctl", "primary", "nfv", "guest");

    static Stream<List<String>> fewOrders() {
        return Stream.of(
                List.of("guest", "nfv", "primary", "ctl"),
                List.of("nfv", "ctl", "guest", "primary"),
                List.of("primary", "guest", "ctl", "nfv"));
    }

    static Stream<List<String>> allOrders() {
        List<List<String>> orders = new ArrayList<>();
        permute(new ArrayList<>(), orders);
        return orders.stream();
    }

    private static void permute(List<String> chosen, List<List<String>> orders) {
        if (chosen.size() == ALL.size()) {
            orders.add(List.copyOf(chosen));
            return;
        }
        for (String word : ALL) {
            if (!chosen.contains(word)) {
                chosen.add(word);
                permute(chosen, orders);
                chosen.remove(word);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("fewOrders")
    void shouldWorkAfterStartingIn(List<String> order) throws IOException {
        startIn(order);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("allOrders")
    void shouldWorkAfterStartingInAnyOrder(List<String> order) throws IOException {
        startIn(order);
    }

    @Test
    void shouldBeRealOrders() {
        assertEquals(24, allOrders().distinct().count());
    }

    private static void startIn(List<String> order) throws IOException {
        int[] ports = freePorts();
        try (SppCluster cluster = new SppCluster("order", ProjectHome.launcher().toString(), line -> {})) {
            List<SppProcess> started = new ArrayList<>();
            SppProcess answering = null;
            for (String word : order) {
                SppProcess process = cluster.start(word, words(cluster, ports, word));
                started.add(process);
                if (word.equals("guest")) {
                    answering = process;
                }
            }
            for (SppProcess process : started) {
                if (process != answering) {
                    cluster.awaitReady(process);
                }
            }
            awaitProcesses(ports);
            assertEquals(
                    "",
                    complaintsOf(
                            ports,
                            "nfv 1; add vhost:0",
                            "nfv 1; add vhost:1",
                            "nfv 1; patch vhost:0 vhost:1",
                            "nfv 1; patch vhost:1 vhost:0",
                            "nfv 1; forward"));
            answering.awaitLine(Pattern.compile("ready"), LIMIT);
            SppProcess ping = cluster.start(
                    "ping",
                    List.of(
                            "guest",
                            "ping",
                            cluster.vhostSocket(1).toString(),
                            "192.168.1.1",
                            "--ip",
                            "192.168.1.2",
                            "-c",
                            "3",
                            "-i",
                            "0.1"));
            assertEquals(0, ping.awaitExit(LIMIT), ping.tail());
        }
    }

    private static List<String> words(SppCluster cluster, int[] ports, String word) {
        return switch (word) {
            case "ctl" -> List.of("ctl", "-p", "" + ports[0], "-s", "" + ports[1], "-a", "" + ports[2]);
            case "primary" ->
                List.of(
                        "primary",
                        "-l",
                        "0",
                        "--no-huge",
                        "--file-prefix",
                        cluster.prefix(),
                        "--vdev",
                        "net_null0",
                        "--",
                        "-p",
                        "0x01",
                        "-n",
                        "1",
                        "-s",
                        "127.0.0.1:" + ports[0]);
            case "nfv" ->
                List.of(
                        "nfv",
                        "-l",
                        "0,1",
                        "--file-prefix",
                        cluster.prefix(),
                        "--",
                        "-n",
                        "1",
                        "-s",
                        "127.0.0.1:" + ports[1]);
            default -> List.of("guest", "answer", cluster.vhostSocket(0).toString(), "--ip", "192.168.1.1");
        };
    }

    /** Until the controller knows both processes; they look for it once a second. */
    private static void awaitProcesses(int[] ports) {
        Patience.poll(
                "nfv 1 at the controller",
                LIMIT,
                () -> complaintsOf(ports, "nfv 1; status").isEmpty());
    }

    /** Of the shell that runs these lines. */
    private static String complaintsOf(int[] ports, String... lines) {
        ByteArrayOutputStream complaints = new ByteArrayOutputStream();
        PrintStream err = new PrintStream(complaints, true, StandardCharsets.UTF_8);
        PrintStream out = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        CliMain.run(RestClient.at("127.0.0.1:" + ports[2]), List.of(lines), out, err);
        return complaints.toString(StandardCharsets.UTF_8);
    }

    private static int[] freePorts() throws IOException {
        try (ServerSocket a = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket b = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket c = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new int[] {a.getLocalPort(), b.getLocalPort(), c.getLocalPort()};
        }
    }
}

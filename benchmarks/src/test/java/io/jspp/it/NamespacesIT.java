package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.NetworkNamespace;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Need;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Kernel hosts in network namespaces, joined by AF_PACKET and tap ports of a real nfv, with the offloads they have by default. */
@Tag("network")
@Tag("once")
@Requires({Need.NET_ADMIN, Need.IP, Need.PING, Need.IPERF3})
class NamespacesIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PID = Long.toString(ProcessHandle.current().pid() % 100_000);

    @Test
    void shouldJoinTwoNamespacesThroughAfPacketPorts() {
        String left = "sppl" + PID;
        String right = "sppr" + PID;
        try (NetworkNamespace a = NetworkNamespace.open();
                NetworkNamespace b = NetworkNamespace.open();
                SppCluster cluster = new SppCluster("ns", ProjectHome.launcher().toString(), line -> {})) {
            a.addVeth(left, "10.9.8.1/24");
            b.addVeth(right, "10.9.8.2/24");
            cluster.startController();
            cluster.startPrimary(
                    1, "0x03", "--vdev", "net_af_packet0,iface=" + left, "--vdev", "net_af_packet1,iface=" + right);
            cluster.startNfv(1);
            cluster.shell("nfv 1; patch phy:0 phy:1", "nfv 1; patch phy:1 phy:0", "nfv 1; forward");
            exchange(a, b, "10.9.8.2");
        }
    }

    @Test
    void shouldJoinTwoNamespacesThroughRingsBetweenTwoSecondaries() {
        String left = "sppx" + PID;
        String right = "sppy" + PID;
        try (NetworkNamespace a = NetworkNamespace.open();
                NetworkNamespace b = NetworkNamespace.open();
                SppCluster cluster =
                        new SppCluster("chain", ProjectHome.launcher().toString(), line -> {})) {
            a.addVeth(left, "10.9.6.1/24");
            b.addVeth(right, "10.9.6.2/24");
            cluster.startController();
            cluster.startPrimary(
                    2, "0x03", "--vdev", "net_af_packet0,iface=" + left, "--vdev", "net_af_packet1,iface=" + right);
            cluster.startNfv(1);
            cluster.startNfv(2);
            cluster.shell(
                    "nfv 1; add ring:0",
                    "nfv 1; add ring:1",
                    "nfv 2; add ring:0",
                    "nfv 2; add ring:1",
                    "nfv 1; patch phy:0 ring:0",
                    "nfv 2; patch ring:0 phy:1",
                    "nfv 2; patch phy:1 ring:1",
                    "nfv 1; patch ring:1 phy:0",
                    "nfv 1; forward",
                    "nfv 2; forward");
            ping(a, "10.9.6.2");
            iperf(a, b, "10.9.6.2", List.of("-n", "50M"));
        }
    }

    @Test
    @Requires(Need.TUN)
    void shouldJoinTwoNamespacesThroughTapPorts() {
        String left = "spptl" + PID;
        String right = "spptr" + PID;
        try (NetworkNamespace a = NetworkNamespace.open();
                NetworkNamespace b = NetworkNamespace.open();
                SppCluster cluster =
                        new SppCluster("tap", ProjectHome.launcher().toString(), line -> {})) {
            cluster.startController();
            cluster.startPrimary(1, "0x03", "--vdev", "net_tap0,iface=" + left, "--vdev", "net_tap1,iface=" + right);
            a.adopt(left, "10.9.7.1/24");
            b.adopt(right, "10.9.7.2/24");
            cluster.startNfv(1);
            cluster.shell("nfv 1; patch tap:0 tap:1", "nfv 1; patch tap:1 tap:0", "nfv 1; forward");
            exchange(a, b, "10.9.7.2");
        }
    }

    /** Ping without loss, TCP both ways, UDP at a low rate without loss. */
    private static void exchange(NetworkNamespace a, NetworkNamespace b, String address) {
        ping(a, address);
        iperf(a, b, address, List.of("-n", "200M"));
        iperf(a, b, address, List.of("-n", "200M", "-R"));
        // A rate at which the receiving socket (208 KiB, 90 such datagrams) survives 100 ms without a CPU for iperf3.
        List<String> udp = iperf(a, b, address, List.of("-u", "-b", "10M", "-t", "1", "-l", "1400"));
        Matcher lost = udp.stream()
                .filter(line -> line.endsWith("receiver"))
                .map(Pattern.compile("(\\d+)/(\\d+) \\(")::matcher)
                .filter(Matcher::find)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no receiver line: " + udp));
        assertEquals("0", lost.group(1), String.join("\n", udp));
        assertTrue(Integer.parseInt(lost.group(2)) > 600, String.join("\n", udp));
    }

    private static void ping(NetworkNamespace a, String address) {
        a.start("ping", "-c", "1", "-W", "5", address).awaitExit(LIMIT); // resolves the address
        SppProcess ping = a.start("ping", "-c", "20", "-i", "0.05", "-W", "5", address);
        ping.awaitExit(LIMIT);
        assertTrue(String.join("\n", ping.out()).contains(" 0% packet loss"), ping.tail());
    }

    private static List<String> iperf(NetworkNamespace a, NetworkNamespace b, String address, List<String> options) {
        SppProcess server = b.start("iperf3", "-s", "-1", "--forceflush");
        server.awaitLine(Pattern.compile("Server listening"), LIMIT);
        List<String> command = new java.util.ArrayList<>(List.of("iperf3", "-c", address));
        command.addAll(options);
        SppProcess client = a.start(command.toArray(new String[0]));
        assertEquals(0, client.awaitExit(LIMIT), client.tail());
        server.awaitExit(LIMIT);
        return client.out();
    }
}

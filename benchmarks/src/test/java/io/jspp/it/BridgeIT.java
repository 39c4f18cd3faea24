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
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The sessions of docs/bridge.md and docs/responder.md: kernel hosts in three network namespaces, a bridge, and a responder at its fourth port. */
@Tag("network")
@Tag("once")
@Requires({Need.NET_ADMIN, Need.IP, Need.PING, Need.TUN})
class BridgeIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PID = Long.toString(ProcessHandle.current().pid() % 100_000);
    private static final String VF = "/vfs/1";
    private static final String TABLE = VF + "/components/br/bridge_table";
    private static final String ECHO_MAC = "52:54:00:00:00:09";

    private SppCluster cluster;
    private RestClient rest;

    @Test
    void shouldJoinHostsAndAnswerThem() throws IOException {
        List<String> taps = List.of("sppba" + PID, "sppbb" + PID, "sppbc" + PID);
        try (NetworkNamespace a = NetworkNamespace.open();
                NetworkNamespace b = NetworkNamespace.open();
                NetworkNamespace c = NetworkNamespace.open();
                SppCluster open =
                        new SppCluster("bridge", ProjectHome.launcher().toString(), line -> {})) {
            cluster = open;
            cluster.startController();
            cluster.startPrimary(
                    2,
                    "0x07",
                    "--vdev",
                    "net_tap0,iface=" + taps.get(0),
                    "--vdev",
                    "net_tap1,iface=" + taps.get(1),
                    "--vdev",
                    "net_tap2,iface=" + taps.get(2));
            rest = new RestClient(cluster.restPort());
            a.adopt(taps.get(0), "10.9.5.1/24");
            b.adopt(taps.get(1), "10.9.5.2/24");
            c.adopt(taps.get(2), "10.9.5.3/24");
            a.check("ip", "-6", "addr", "add", "fd09::1/64", "dev", taps.get(0), "nodad");
            SppProcess vf = startVf();
            play("docs/bridge.md", "docs/responder.md");

            ping(a, "10.9.5.2");
            ping(c, "10.9.5.1");
            ping(b, "10.9.5.9");
            ping(a, "fd09::9");
            shouldKnowWhereTheHostsAre(taps, List.of(a, b, c));
            shouldSendToTheOneThatIsMeant(a, c);
            shouldNotAnswerFragments(a);
            assertTrue(count("br", "flooded") > 0 && count("br", "copied") > 0);
            waitFor("a printed ping", () -> printed(vf) > 0);
            String header = "src address: 10.9.5.2 | dest address: 10.9.5.9";
            assertTrue(vf.out().stream().anyMatch(line -> line.endsWith(header)), vf.tail());

            for (String direction : List.of("rx", "tx")) {
                String body = "{\"action\": \"detach\", \"port\": \"tap:1\", \"dir\": \"" + direction + "\"}";
                HttpResponse<String> reply = rest.send("PUT", VF + "/components/br/ports", body);
                assertEquals(204, reply.statusCode(), reply.body());
            }
            assertEquals(List.of(), macs("tap:1"));
            assertEquals(1, a.start("ping", "-c", "1", "-W", "1", "10.9.5.2").awaitExit(LIMIT));
            vf.kill();
            SppProcess next = startVf();
            ping(c, "10.9.5.9");
            ping(a, "fd09::9");
            waitFor("a printed ping", () -> printed(next) > 0);
            Object responders = rest.get(VF).get("responders");
            assertTrue(
                    Json.write(responders).contains("\"print\": \"on\"")
                            && Json.write(responders).contains("\"fd09::9\", \"mac_address\": \"" + ECHO_MAC + "\""),
                    Json.write(responders));
            cluster.end(next);
        }
    }

    private SppProcess startVf() {
        SppProcess vf = cluster.startSecondary("vf", 1, "0,2,3");
        waitFor("vf 1 at the controller", () -> rest.send("GET", VF, "").statusCode() == 200);
        return vf;
    }

    /** The first block of commands of each page. */
    private void play(String... pages) throws IOException {
        List<String> commands = new ArrayList<>();
        for (String page : pages) {
            String text = Files.readString(ProjectHome.directory().resolve(page));
            Matcher block =
                    Pattern.compile("```console\n(.*?)```", Pattern.DOTALL).matcher(text);
            assertTrue(block.find(), page);
            block.group(1).lines().map(line -> line.replace("spp > ", "")).forEach(commands::add);
        }
        cluster.shell(commands.toArray(new String[0]));
    }

    private void shouldKnowWhereTheHostsAre(List<String> taps, List<NetworkNamespace> namespaces) {
        for (int i = 0; i < taps.size(); i++) {
            String link = String.join(" ", namespaces.get(i).check("ip", "link", "show", taps.get(i)));
            Matcher mac = Pattern.compile("link/ether (\\S+)").matcher(link);
            assertTrue(mac.find(), link);
            assertEquals(List.of(mac.group(1)), macs("tap:" + i));
        }
        assertTrue(macs("pipe:0").contains(ECHO_MAC), macs("pipe:0").toString());
        String shown = String.join("\n", cluster.shell("vf 1; bridge_table show br"));
        assertTrue(shown.startsWith("Bridge Table (5 of 8192 addresses):\n  - "), shown);
        assertTrue(shown.contains("  - " + ECHO_MAC + ", pipe:0 ("), shown);
    }

    /** Addresses the bridge knows at a port. */
    private List<String> macs(String port) {
        return RestClient.list(rest.get(TABLE), "table").stream()
                .map(Json::asObject)
                .filter(entry -> port.equals(entry.get("port")))
                .map(entry -> String.valueOf(entry.get("address")))
                .collect(Collectors.toList());
    }

    /** A third host gets nothing of what two say to each other, but for the odd multicast of their kernels, until all is forgotten. */
    private void shouldSendToTheOneThatIsMeant(NetworkNamespace a, NetworkNamespace c) {
        long before = rest.counter(VF, "tap:1", "tx", "packets");
        ping(a, "10.9.5.3", "-i", "0.01", "-c", "50");
        long during = rest.counter(VF, "tap:1", "tx", "packets") - before;
        assertTrue(during < 25, during + " frames of 100 went to a third host");
        assertEquals(204, rest.send("DELETE", TABLE, "").statusCode());
        long flooded = count("br", "flooded");
        ping(c, "10.9.5.1");
        assertTrue(count("br", "flooded") > flooded);
    }

    private void shouldNotAnswerFragments(NetworkNamespace a) {
        SppProcess ping = a.start("ping", "-c", "1", "-W", "1", "-s", "4000", "10.9.5.9");
        assertEquals(1, ping.awaitExit(LIMIT), ping.tail());
        assertEquals(3, drops("echo", "fragment"));
        ping(a, "10.9.5.9", "-s", "1400");
    }

    private static long printed(SppProcess vf) {
        return vf.out().stream()
                .filter(line -> line.startsWith("ICMP Header - Type: 8 | id: "))
                .count();
    }

    private static void ping(NetworkNamespace from, String address, String... options) {
        from.start("ping", "-c", "1", "-W", "5", address).awaitExit(LIMIT); // resolves the address
        List<String> words = new ArrayList<>(List.of("ping", "-c", "2", "-i", "0.1", "-W", "5"));
        words.addAll(List.of(options));
        words.add(address);
        SppProcess ping = from.start(words.toArray(new String[0]));
        ping.awaitExit(LIMIT);
        assertTrue(String.join("\n", ping.out()).contains(" 0% packet loss"), ping.tail());
    }

    private long count(String component, String what) {
        return RestClient.number(counters(component).get(what));
    }

    private long drops(String component, String reason) {
        Object count = Json.asObject(counters(component).get("drops")).get(reason);
        return count == null ? 0 : RestClient.number(count);
    }

    private Map<String, Object> counters(String component) {
        return RestClient.list(rest.get(VF), "component_counters").stream()
                .map(Json::asObject)
                .filter(counters -> component.equals(counters.get("name")))
                .findFirst()
                .orElseThrow();
    }

    private static void waitFor(String what, BooleanSupplier condition) {
        Patience.poll(what, LIMIT, condition);
    }
}

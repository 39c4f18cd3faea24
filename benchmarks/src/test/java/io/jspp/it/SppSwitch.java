package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.NetworkNamespace;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Patience;
import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A switch with every process of SPP's, two hosts at its first devices, and what tests do with it; one for all tests of a class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SppSwitch {
    static final Duration LIMIT = Duration.ofSeconds(30);
    static final String PID = Long.toString(ProcessHandle.current().pid() % 100_000);
    private static final String MAC = "02:00:00:00:00:52";
    static final int PINGS = 5;

    static final List<String> DEVICES = List.of("nullpmd:0", "phy:0", "phy:1", "phy:2 nq 0", "phy:2 nq 1", "tap:0");

    /** More than fit into the status of SPP's primary, and into a merger of its vf. */
    static final int RINGS = 40;

    Path captures;

    private final List<NetworkNamespace> hosts = new ArrayList<>();
    final SppCluster cluster = new SppCluster("sppsw", ProjectHome.launcher().toString(), line -> {});
    SppProcess primary;
    SppProcess first;
    SppProcess second;
    SppProcess vf;
    SppProcess mirror;
    RestClient rest;

    /** phy:0 and phy:1 lead to hosts, phy:2 has two queues, then a tap and a null device. */
    @BeforeAll
    void start(@TempDir Path fresh) {
        captures = fresh;
        cluster.environment("SPP_SOCK_DIR", captures.toString());
        cluster.startController();
        rest = new RestClient(cluster.restPort());
        StringBuilder line = new StringBuilder("primary -l 0,1 --no-huge --file-prefix " + cluster.prefix());
        for (int i = 0; i < 3; i++) {
            NetworkNamespace host = NetworkNamespace.open();
            hosts.add(host);
            host.addVeth("spps" + i + PID, "10.9.5." + (i + 1) + "/24");
            host.check("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6");
            line.append(" --vdev net_af_packet" + i + ",iface=spps" + i + PID);
        }
        hosts.get(1).check("ip", "link", "set", "eth0", "address", MAC);
        hosts.get(0).check("ip", "neigh", "replace", "10.9.5.2", "lladdr", MAC, "dev", "eth0", "nud", "permanent");
        line.append(" --vdev net_tap0,iface=sppt" + PID + " --vdev net_null0 -- -p 0x1f -n " + RINGS + " -s 127.0.0.1:"
                + cluster.primaryPort() + " --port-num 2 rxq 2 txq 2 --set mbuf.count=16384");
        primary = cluster.start("primary", List.of(line.toString().split(" ")));
        cluster.awaitReady(primary);
        first = nfv(1, "0,1");
        second = nfv(2, "0,2");
        vf = cluster.startSecondary("vf", 4, "0,1,2");
        mirror = cluster.startSecondary("mirror", 3, "0,1,2");
        for (String process : List.of("/primary/status", "/nfvs/1", "/nfvs/2", "/vfs/4", "/mirrors/3")) {
            awaitCode(process, 200);
        }
    }

    private SppProcess nfv(int id, String lcores) {
        List<String> words = List.of("nfv", "-l", lcores, "--file-prefix", cluster.prefix(), "--", "-n", "" + id);
        return cluster.awaitReady(cluster.start(
                "nfv" + id,
                Stream.concat(words.stream(), Stream.of("-s", "127.0.0.1:" + cluster.secondaryPort()))
                        .toList()));
    }

    @AfterEach
    void clean() throws IOException {
        for (String process : List.of("/primary", "/nfvs/1", "/nfvs/2")) {
            rest.send("PUT", process + "/forward", "{\"action\": \"stop\"}");
            rest.send("DELETE", process + "/patches", "");
        }
    }

    /** A primary that ends before its secondaries leaves what the next one needs, so they end first. */
    @AfterAll
    void close() {
        for (SppProcess process : new SppProcess[] {mirror, vf, second, first}) {
            if (process != null) {
                cluster.end(process);
            }
        }
        cluster.close();
        hosts.forEach(NetworkNamespace::close);
        assertFalse(Files.exists(cluster.runDirectory()), "left behind: " + cluster.runDirectory());
    }

    static void await(String what, BooleanSupplier condition) {
        Patience.poll(what, LIMIT, condition);
    }

    void awaitCode(String path, int code) {
        await(path + ": " + code, () -> rest.send("GET", path, "").statusCode() == code);
    }

    void port(String process, String action, String port) {
        rest.change("PUT", process + "/ports", "{\"action\": \"" + action + "\", \"port\": \"" + port + "\"}");
    }

    void patch(String process, String from, String to) {
        rest.change("PUT", process + "/patches", "{\"src\": \"" + from + "\", \"dst\": \"" + to + "\"}");
    }

    void forward(String process, String action) {
        rest.change("PUT", process + "/forward", "{\"action\": \"" + action + "\"}");
    }

    void refuse(String process, String body, String text) {
        HttpResponse<String> answer = rest.send("PUT", process, body);
        assertEquals(400, answer.statusCode(), answer.body());
        assertTrue(answer.body().startsWith(text), answer.body());
    }

    /** Echo requests from the first host to the second; nobody answers where the way leads in one direction. */
    void ping() {
        hosts.get(0).check("sh", "-c", "busybox ping -c " + PINGS + " -i 0.05 -W 1 10.9.5.2 || true");
    }

    long echos() {
        List<String> lines = hosts.get(1).check("cat", "/proc/net/snmp").stream()
                .filter(line -> line.startsWith("Icmp: "))
                .toList();
        List<String> names = List.of(lines.get(0).split(" "));
        return Long.parseLong(lines.get(1).split(" ")[names.indexOf("InEchos")]);
    }

    /** Frames that the first host received. */
    long arrivedBack() {
        return hosts.get(0).check("cat", "/proc/net/dev").stream()
                .map(String::strip)
                .filter(line -> line.startsWith("eth0:"))
                .mapToLong(line -> Long.parseLong(line.split("[: ]+")[2]))
                .findFirst()
                .orElseThrow();
    }

    Path capture(String direction, int number) {
        return captures.resolve("spp-" + direction + number + ".pcap");
    }

    List<String> frames(int from, int count) {
        List<String> frames = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            frames.add(PcapFile.frame(MAC + "02:00:00:00:00:99 0800" + String.format("%04x", i)));
        }
        return frames;
    }

    List<String> written(int number, int count) {
        await(
                count + " frames in pcap:" + number,
                () -> PcapFile.read(capture("tx", number)).size() >= count);
        return PcapFile.read(capture("tx", number)).stream().sorted().toList();
    }

    long device(int phy, String member) {
        return statistics("phy_ports", phy, member);
    }

    private long statistics(String list, int id, String member) {
        return RestClient.list(rest.get("/primary/status"), list).stream()
                .map(Json::asObject)
                .filter(row -> RestClient.number(row.get("id")) == id)
                .mapToLong(row -> RestClient.number(row.get(member)))
                .findFirst()
                .orElseThrow();
    }

    Map<String, Object> forwarder() {
        return Json.asObject(rest.get("/primary/status").get("forwarder"));
    }

    void clear(String process, String... ports) {
        forward(process, "stop");
        rest.change("DELETE", process + "/patches", "");
        for (String port : ports) {
            port(process, "del", port);
        }
    }
}

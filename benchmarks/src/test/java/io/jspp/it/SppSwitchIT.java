package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Need;
import io.jspp.testing.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** What SPP's primary, nfv, vf and mirror do, one feature after the other on the same processes, by their REST statuses and by frames. */
@Tag("network")
@Tag("once")
@Timeout(180)
@Requires({Need.NET_ADMIN, Need.IP, Need.BUSYBOX, Need.TUN})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SppSwitchIT extends SppSwitch {
    @Test
    void shouldListWhoIsThereAndWhereItRuns() {
        String processes = rest.send("GET", "/processes", "").body();
        assertTrue(processes.startsWith("[{\"type\": \"primary\"}, {\"type\": \"nfv\", \"client-id\": 1}"), processes);
        String usage = rest.send("GET", "/cpu_usage", "").body();
        for (String row : List.of(
                "{\"proc-type\": \"primary\", \"master-lcore\": 0, \"lcores\": [0, 1]}",
                "{\"proc-type\": \"nfv\", \"client-id\": 2, \"master-lcore\": 0, \"lcores\": [0, 2]}",
                "{\"proc-type\": \"vf\", \"client-id\": 4, \"master-lcore\": 0, \"lcores\": [0, 1, 2]}",
                "{\"proc-type\": \"mirror\", \"client-id\": 3, \"master-lcore\": 0, \"lcores\": [0, 1, 2]}")) {
            assertTrue(usage.contains(row), usage);
        }
    }

    /** Members and their order are SPP's; what is ours comes behind. */
    @Test
    void shouldShowThePrimarysDevicesQueuesAndRings() {
        Map<String, Object> status = rest.get("/primary/status");
        assertEquals(
                List.of("master-lcore", "lcores", "forwarder", "phy_ports", "ring_ports", "pipes"),
                List.copyOf(status.keySet()).subList(0, 6));
        assertEquals(DEVICES, Json.asObject(status.get("forwarder")).get("ports"));
        Map<String, Object> device =
                Json.asObject(RestClient.list(status, "phy_ports").get(2));
        assertEquals(List.of("id", "eth", "rx", "tx", "tx_drop", "nof_queues", "flow"), List.copyOf(device.keySet()));
        assertEquals("{\"rx\": 2, \"tx\": 2}", Json.write(device.get("nof_queues")));
        assertEquals(RINGS, RestClient.list(status, "ring_ports").size());
        assertEquals(
                "{\"id\": 39, \"rx\": 0, \"rx_drop\": 0, \"tx\": 0, \"tx_drop\": 0}",
                Json.write(RestClient.list(status, "ring_ports").get(39)));
        for (int i = 0; i < RINGS; i++) {
            port("/primary", "add", "ring:" + i);
        }
        assertEquals(
                DEVICES.size() + RINGS, RestClient.list(forwarder(), "ports").size());
        for (int i = 0; i < RINGS; i++) {
            port("/primary", "del", "ring:" + i);
        }
        assertTrue(Files.exists(Path.of("/sys/class/net/sppt" + PID)), "the tap");
    }

    @Test
    void shouldForwardInThePrimary() {
        port("/primary", "add", "ring:5");
        assertTrue(forwarder().get("ports").toString().contains("ring:5"));
        patch("/primary", "phy:0", "phy:1");
        long before = echos();
        ping();
        assertEquals(before, echos(), "not before it forwards");
        forward("/primary", "start");
        assertEquals("running", forwarder().get("status"));
        assertEquals(
                "[{\"src\": \"phy:0\", \"dst\": \"phy:1\"}]",
                Json.write(forwarder().get("patches")));
        // what waited in the socket comes too
        await("echo requests", () -> {
            ping();
            return echos() >= before + PINGS;
        });
        assertTrue(device(0, "rx") >= PINGS && device(1, "tx") >= PINGS);
        rest.change("DELETE", "/primary/patches", "");
        long after = echos();
        ping();
        assertEquals(after, echos(), "nothing is patched any more");
        rest.change("DELETE", "/primary/status", "");
        assertEquals(0, device(0, "rx"));
        assertEquals(0, device(1, "tx"));
        forward("/primary", "stop");
        assertEquals("idling", forwarder().get("status"));
        port("/primary", "del", "ring:5");
        assertFalse(forwarder().get("ports").toString().contains("ring:5"));
    }

    @Test
    void shouldJoinTwoRingsToAPipe() {
        List<String> sent = frames(0, 40);
        PcapFile.write(capture("rx", 1), sent);
        rest.change(
                "PUT",
                "/primary/ports",
                "{\"action\": \"add\", \"port\": \"pipe:0\", \"rx\": \"ring:0\", \"tx\": \"ring:1\"}");
        assertEquals(
                "[{\"id\": 0, \"rx\": 0, \"tx\": 1}]",
                Json.write(rest.get("/primary/status").get("pipes")));
        port("/nfvs/1", "add", "pcap:1");
        port("/nfvs/2", "add", "ring:1");
        port("/nfvs/2", "add", "pcap:2");
        patch("/nfvs/2", "ring:1", "pcap:2");
        patch("/nfvs/1", "pcap:1", "pipe:0");
        forward("/nfvs/2", "start");
        forward("/nfvs/1", "start");
        assertEquals(sent, written(2, 40));
        assertTrue(RestClient.list(rest.get("/nfvs/1"), "ports").contains("pipe:0"));
        clear("/nfvs/1", "pcap:1");
        // as in SPP, whose shell can't draw it
        assertFalse(RestClient.list(rest.get("/nfvs/1"), "ports").contains("pipe:0"));
        clear("/nfvs/2", "ring:1", "pcap:2");
        port("/primary", "del", "pipe:0");
        assertEquals(List.of(), rest.get("/primary/status").get("pipes"));
    }

    @Test
    void shouldAddAndDeletePortsOfAnNfv() {
        Map<String, Object> status = rest.get("/nfvs/1");
        assertEquals(
                List.of("client-id", "status", "master-lcore", "lcores", "ports", "patches"),
                List.copyOf(status.keySet()).subList(0, 6));
        assertEquals("{\"a\": [0, 1]}", Json.write(Map.of("a", status.get("lcores"))));
        assertEquals("idling", status.get("status"));
        List<?> before = RestClient.list(status, "ports");
        assertEquals(DEVICES, before);
        port("/nfvs/1", "add", "ring:3");
        port("/nfvs/1", "add", "vhost:9");
        port("/nfvs/1", "add", "ring:3"); // as in SPP
        assertTrue(RestClient.list(rest.get("/nfvs/1"), "ports").containsAll(List.of("ring:3", "vhost:9")));
        assertTrue(Files.exists(captures.resolve("sock9")));
        patch("/nfvs/1", "nullpmd:0", "nullpmd:0");
        forward("/nfvs/1", "start");
        port("/nfvs/1", "del", "vhost:9");
        port("/nfvs/1", "del", "ring:3");
        assertFalse(Files.exists(captures.resolve("sock9")));
        Map<String, Object> after = rest.get("/nfvs/1");
        assertEquals(before, after.get("ports"));
        // SPP's del stops the whole process and takes a patch along that may have nothing to do with the port
        assertEquals("running", after.get("status"));
        assertEquals("[{\"src\": \"nullpmd:0\", \"dst\": \"nullpmd:0\"}]", Json.write(after.get("patches")));
        String add = "{\"action\": \"add\", \"port\": \"%s\"}";
        refuse("/nfvs/1/ports", String.format(add, "memif:0"), "command error: ");
        refuse("/nfvs/1/ports", String.format(add, "tap:7"), "command error: ");
        refuse("/nfvs/1/ports", String.format(add, "ring:" + RINGS), "command error: ");
        refuse("/nfvs/1/ports", String.format(add, "ring"), "invalid key(port): ring.");
        assertEquals(before, rest.get("/nfvs/1").get("ports"));
    }

    @Test
    void shouldPatchManyToOneAndReadAndWriteCaptures() {
        PcapFile.write(capture("rx", 11), frames(100, 30));
        PcapFile.write(capture("rx", 12), frames(200, 30));
        for (int i = 11; i <= 13; i++) {
            port("/nfvs/1", "add", "pcap:" + i);
        }
        patch("/nfvs/1", "pcap:11", "pcap:13");
        patch("/nfvs/1", "pcap:12", "pcap:13");
        forward("/nfvs/1", "start");
        assertEquals(
                Stream.concat(frames(100, 30).stream(), frames(200, 30).stream())
                        .toList(),
                written(13, 60));
        clear("/nfvs/1", "pcap:11", "pcap:12", "pcap:13");
    }

    @Test
    void shouldPatchToItselfOverwriteStopAndResetWhileFramesCome() {
        patch("/nfvs/1", "phy:0", "phy:0");
        forward("/nfvs/1", "start");
        long back = arrivedBack();
        await("own frames come back", () -> {
            ping();
            return arrivedBack() >= back + PINGS;
        });
        patch("/nfvs/1", "phy:0", "phy:1");
        assertEquals(
                "[{\"src\": \"phy:0\", \"dst\": \"phy:1\"}]",
                Json.write(rest.get("/nfvs/1").get("patches")));
        long before = echos();
        long returned = arrivedBack();
        long sent = device(1, "tx");
        ping();
        await("echo requests", () -> echos() == before + PINGS);
        assertEquals(returned, arrivedBack());
        assertTrue(device(1, "tx") >= sent + PINGS, "the statistics of all processes");
        forward("/nfvs/1", "stop");
        assertEquals("idling", rest.get("/nfvs/1").get("status"));
        ping();
        assertEquals(before + PINGS, echos());
        forward("/nfvs/1", "start");
        await("it goes on", () -> echos() > before + PINGS);
        rest.change("DELETE", "/nfvs/1/patches", "");
        Map<String, Object> status = rest.get("/nfvs/1");
        assertEquals("running", status.get("status"));
        assertEquals(List.of(), status.get("patches"));
        long last = echos();
        ping();
        assertEquals(last, echos());
    }

    @Test
    void shouldPatchQueuesOfADevice() {
        port("/nfvs/2", "add", "ring:2");
        port("/nfvs/2", "add", "ring:3");
        patch("/nfvs/2", "phy:2nq0", "ring:2");
        patch("/nfvs/2", "phy:2nq1", "ring:3");
        patch("/nfvs/2", "nullpmd:0", "phy:2nq1");
        assertEquals(
                "[{\"src\": \"phy:2 nq 0\", \"dst\": \"ring:2\"}, {\"src\": \"phy:2 nq 1\", \"dst\": \"ring:3\"},"
                        + " {\"src\": \"nullpmd:0\", \"dst\": \"phy:2 nq 1\"}]",
                Json.write(rest.get("/nfvs/2").get("patches")));
        refuse("/nfvs/2/patches", "{\"src\": \"phy:2nq2\", \"dst\": \"ring:2\"}", "command error: ");
        forward("/nfvs/2", "start");
        // what the null device makes goes out through the second queue
        await("frames of queue 1", () -> rest.counter(2, "phy:2", "tx", "packets") > 100);
        clear("/nfvs/2", "ring:2", "ring:3");
    }

    @Test
    void shouldNameQueuesOfAVfOnlyWhereThereAreSeveral() {
        rest.change("POST", "/vfs/4/components", "{\"name\": \"f\", \"core\": 1, \"type\": \"forward\"}");
        String attach = "{\"action\": \"attach\", \"port\": \"%s\", \"dir\": \"rx\"}";
        String ports = "/vfs/4/components/f/ports";
        refuse(ports, String.format(attach, "phy:2"), "command error: Invalid value (port)");
        refuse(ports, String.format(attach, "phy:0nq0"), "command error: Invalid value (port)");
        refuse(ports, String.format(attach, "phy:2nq2"), "command error: error occur");
        rest.change("PUT", ports, String.format(attach, "phy:2nq1"));
        Map<String, Object> component =
                Json.asObject(RestClient.list(rest.get("/vfs/4"), "components").get(0));
        assertTrue(Json.write(component.get("rx_port")).startsWith("[{\"port\": \"phy:2 nq 1\", \"vlan\": "));
        rest.change("DELETE", "/vfs/4/components/f", "");
    }

    @Test
    void shouldDoWhatThePageOfMirrorShows() throws IOException {
        List<String> out =
                cluster.shell(DocumentedSession.shellLines("docs/mirror.md").toArray(new String[0]));
        assertEquals(
                List.of(
                        "Components:",
                        "  - core:1 '' (type: unuse)",
                        "  - core:2 'mir' (type: mirror)",
                        "    - rx: phy:0",
                        "    - tx: [phy:1, ring:0]"),
                out.subList(out.indexOf("Components:"), out.size()));
        rest.change("DELETE", "/mirrors/3/components/mir", "");
    }

    /** A frame that is changed on one way behind a mirror is whole on the other. */
    @Test
    void shouldMirrorCopiesThatDontShareBytes() {
        List<String> sent = frames(300, 50);
        PcapFile.write(capture("rx", 21), sent);
        rest.change("POST", "/mirrors/3/components", "{\"name\": \"m\", \"core\": 1, \"type\": \"mirror\"}");
        rest.change("POST", "/vfs/4/components", "{\"name\": \"tag\", \"core\": 2, \"type\": \"forward\"}");
        String attach = "{\"action\": \"attach\", \"port\": \"%s\", \"dir\": \"%s\"}";
        rest.change("PUT", "/vfs/4/components/tag/ports", String.format(attach, "ring:4", "rx"));
        rest.change(
                "PUT",
                "/vfs/4/components/tag/ports",
                "{\"action\": \"attach\", \"port\": \"pcap:23\", \"dir\": \"tx\","
                        + " \"vlan\": {\"operation\": \"add\", \"id\": 200, \"pcp\": 7}}");
        for (String port : List.of("ring:4 tx", "pcap:22 tx", "pcap:21 rx")) {
            rest.change("PUT", "/mirrors/3/components/m/ports", String.format(attach, (Object[]) port.split(" ")));
        }
        assertEquals("shallow", rest.get("/mirrors/3").get("copy"));
        assertEquals(sent, written(22, 50));
        String tag = "8100e0c8";
        assertEquals(
                sent.stream()
                        .map(frame -> frame.substring(0, 24) + tag + frame.substring(24))
                        .toList(),
                written(23, 50));
        rest.change("DELETE", "/mirrors/3/components/m", "");
        rest.change("DELETE", "/vfs/4/components/tag", "");
    }

    @Test
    void shouldLoseNoBufferWhenOneOutputOfAMirrorIsFull() {
        rest.change("POST", "/mirrors/3/components", "{\"name\": \"full\", \"core\": 1, \"type\": \"mirror\"}");
        String attach = "{\"action\": \"attach\", \"port\": \"%s\", \"dir\": \"%s\"}";
        for (String port : List.of("ring:38 tx", "nullpmd:0 tx", "nullpmd:0 rx")) {
            rest.change("PUT", "/mirrors/3/components/full/ports", String.format(attach, (Object[]) port.split(" ")));
        }
        await("drops", () -> rest.counter("/mirrors/3", "ring:38", "tx", "drops.full") > 100_000);
        assertTrue(rest.counter("/mirrors/3", "nullpmd:0", "tx", "packets") > 100_000);
        rest.change("DELETE", "/mirrors/3/components/full", "");
        awaitAllBuffersFree();
    }

    private void awaitAllBuffersFree() {
        await("all mbufs free", () -> {
            Map<String, Object> mbufs =
                    Json.asObject(rest.get("/primary/status").get("mempool"));
            return RestClient.number(mbufs.get("free")) + RestClient.number(mbufs.get("in_ring"))
                    == RestClient.number(mbufs.get("size"));
        });
    }

    @Test
    void shouldMergeMoreRingsThanSppCan() {
        List<String> sent = frames(400, 20);
        PcapFile.write(capture("rx", 31), sent);
        rest.change("POST", "/vfs/4/components", "{\"name\": \"m\", \"core\": 1, \"type\": \"merge\"}");
        String attach = "{\"action\": \"attach\", \"port\": \"%s\", \"dir\": \"%s\"}";
        rest.change("PUT", "/vfs/4/components/m/ports", String.format(attach, "pcap:32", "tx"));
        for (int i = 0; i < 36; i++) {
            rest.change("PUT", "/vfs/4/components/m/ports", String.format(attach, "ring:" + i, "rx"));
        }
        port("/nfvs/1", "add", "pcap:31");
        port("/nfvs/1", "add", "ring:35");
        patch("/nfvs/1", "pcap:31", "ring:35");
        forward("/nfvs/1", "start");
        assertEquals(sent, written(32, 20));
        clear("/nfvs/1", "pcap:31", "ring:35");
        rest.change("DELETE", "/vfs/4/components/m", "");
    }

    /** An lcore is a CPU of this machine, or one of them in its stead. */
    @Test
    void shouldPinEachWorkerToTheCpuOfItsLcore() throws IOException {
        List<Integer> cpus = cpus(Path.of("/proc/self/status"));
        for (SppProcess nfv : List.of(first, second)) {
            int lcore = nfv == first ? 1 : 2;
            Path thread = thread(nfv.pid(), "lcore-" + lcore);
            int expected = cpus.contains(lcore) ? lcore : cpus.get(lcore % cpus.size());
            assertEquals(
                    List.of(expected),
                    cpus(thread.resolve("status")),
                    rest.get("/nfvs/" + lcore).toString());
        }
    }

    private static Path thread(long pid, String name) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks.toList()) {
                if (Files.readString(task.resolve("comm")).strip().equals(name)) {
                    return task;
                }
            }
        }
        throw new AssertionError("no thread " + name);
    }

    private static List<Integer> cpus(Path status) throws IOException {
        String list = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .findFirst()
                .orElseThrow()
                .split("\\s+")[1];
        TreeSet<Integer> cpus = new TreeSet<>();
        for (String range : list.split(",")) {
            String[] ends = range.split("-");
            for (int cpu = Integer.parseInt(ends[0]); cpu <= Integer.parseInt(ends[ends.length - 1]); cpu++) {
                cpus.add(cpu);
            }
        }
        return List.copyOf(cpus);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void shouldForgetWhoDiedAndEndWhoIsToldTo() {
        second.kill();
        await(
                "nfv 2 is gone from the list",
                () -> !rest.send("GET", "/processes", "").body().contains("\"client-id\": 2"));
        assertEquals(404, rest.send("GET", "/nfvs/2", "").statusCode());
        port("/nfvs/1", "add", "vhost:8");
        assertTrue(Files.exists(captures.resolve("sock8")));
        rest.change("DELETE", "/nfvs/1", "");
        assertEquals(0, first.awaitExit(LIMIT));
        assertFalse(Files.exists(captures.resolve("sock8")));
        rest.change("DELETE", "/vfs/4", "");
        rest.change("DELETE", "/mirrors/3", "");
        assertEquals(0, vf.awaitExit(LIMIT));
        assertEquals(0, mirror.awaitExit(LIMIT));
        rest.change("DELETE", "/primary", "");
        assertEquals(0, primary.awaitExit(LIMIT));
        awaitCode("/primary/status", 404);
        assertFalse(Files.exists(Path.of("/sys/class/net/sppt" + PID)), "the tap");
    }
}

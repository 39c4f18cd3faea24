package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.config.RunDirectory;
import io.jspp.controller.process.NetworkNamespace;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Need;
import io.jspp.testing.Patience;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the primary does besides owning things, on a real interface: forward, steer by flow rules, launch and restart, count. */
@Tag("network")
@Tag("once")
@Requires({Need.NET_ADMIN, Need.IP, Need.PING})
class PrimaryIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String IFACE = "sppp" + ProcessHandle.current().pid() % 100_000;

    private static final String PREFIX = "pri-" + ProcessHandle.current().pid();

    @TempDir
    private Path logs;

    private RestClient rest;

    /** What was launched goes on without its primary: also when this fails midway it must not. */
    @AfterEach
    void endWhatIsLeft() throws IOException {
        for (ProcessHandle left : processes()) {
            left.destroy();
        }
        Patience.poll("the end of what was launched", LIMIT, () -> processes().isEmpty());
        RunDirectory.select("", PREFIX, System.getenv()).removeIfEmpty();
    }

    /** Those with our file prefix on their command line. */
    private static List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(process -> {
                    try {
                        return Files.readString(
                                        Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1)
                                .contains("--file-prefix\0" + PREFIX + "\0");
                    } catch (IOException ended) {
                        return false;
                    }
                })
                .toList();
    }

    @Test
    void shouldForwardSteerAndLaunch() throws Exception {
        try (NetworkNamespace host = NetworkNamespace.open();
                SppCluster cluster =
                        new SppCluster("pri", ProjectHome.launcher().toString(), line -> {})) {
            assertEquals(PREFIX, cluster.prefix());
            host.addVeth(IFACE, "10.9.7.1/24");
            cluster.startController();
            rest = new RestClient(cluster.restPort());
            List<String> words = List.of(("primary -l 0,1 --no-huge --file-prefix " + cluster.prefix()
                            + " --vdev net_af_packet0,iface="
                            + IFACE + ",flow=1 -- -p 0x1 -n 4 -s 127.0.0.1:" + cluster.primaryPort()
                            + " --port-num 0 rxq 2 txq 2 --set launch.log.dir=" + logs)
                    .split(" "));
            SppProcess primary = cluster.awaitReady(cluster.start("primary", words));
            await("the primary at the controller", "\"forwarder\": \\{\"status\": \"idling\"");
            steer(cluster, host);
            primary = launch(cluster, primary, words);
            rest.send("DELETE", "/primary/status", "");
            await("counters from 0 on", "\"ring_ports\": \\[\\{\"id\": 0, \"rx\": 0, \"rx_drop\": 0, \"tx\": [0-9]\\b");
            cluster.end(primary);
        }
    }

    private String status() {
        return rest.send("GET", "/primary/status", "").body();
    }

    private Matcher await(String what, String pattern) {
        Pattern compiled = Pattern.compile(pattern);
        long deadlineNs = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            String status = status();
            Matcher matcher = compiled.matcher(status);
            if (matcher.find()) {
                return matcher;
            }
            assertTrue(System.nanoTime() < deadlineNs, "not within " + LIMIT + ": " + what + ": " + status);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private long sent(int ring) {
        return Long.parseLong(
                await("ring:" + ring, "\"id\": " + ring + ", \"rx\": [0-9]+, \"rx_drop\": [0-9]+, \"tx\": ([0-9]+)")
                        .group(1));
    }

    /** ARP requests, which are broadcasts, to the queue that the rule names. */
    private void steer(SppCluster cluster, NetworkNamespace host) {
        String broadcasts = "ingress pattern eth dst is ff:ff:ff:ff:ff:ff / end actions queue index ";
        List<String> out = cluster.shell(
                "pri; flow validate phy:0 " + broadcasts + "1 / end",
                "pri; flow create phy:0 " + broadcasts + "1 / end",
                "pri; flow create phy:0 ingress pattern eth type is 0x86dd / end actions queue index 0 / end",
                "pri; add ring:0",
                "pri; add ring:1",
                "pri; patch phy:0 nq 0 ring:0",
                "pri; patch phy:0 nq 1 ring:1",
                "pri; forward",
                "pri; flow list phy:0",
                "pri; flow status phy:0 0");
        assertTrue(out.contains("Flow rule #0 created") && out.contains("Flow rule #1 created"), out.toString());
        assertTrue(out.contains("Flow rule validated"), out.toString());
        assertTrue(out.containsAll(List.of("Attribute:", "Patterns:", "Actions:")), out.toString());
        assertTrue(out.contains("1       0       0       i--     ETH => QUEUE"), out.toString());
        assertEquals(0, sent(1), "nothing but IPv6's own frames has arrived");
        assertEquals(1, host.start("ping", "-c", "1", "-W", "1", "10.9.7.2").awaitExit(LIMIT), "nobody answers");
        assertTrue(sent(1) > 0, status());
        long before = sent(0);
        cluster.shell("pri; flow destroy phy:0 0", "pri; flow create phy:0 " + broadcasts + "0 / end");
        long steered = sent(1); // the kernel goes on asking for the neighbour after the first ping has ended
        host.start("ping", "-c", "1", "-W", "1", "10.9.7.3").awaitExit(LIMIT);
        assertTrue(sent(0) > before, status());
        assertEquals(steered, sent(1), "no broadcast comes here any more");
        List<String> tags = cluster.shell(
                "pri; flow create phy:0 ingress pattern eth dst is 52:54:00:00:00:01 / vlan vid is 100 / end actions queue"
                        + " index 1 / of_pop_vlan / end",
                "pri; flow create phy:0 egress pattern eth src is 52:54:00:00:00:01 / end actions of_push_vlan ethertype"
                        + " 0x8100 / of_set_vlan_vid vlan_vid 100 / of_set_vlan_pcp vlan_pcp 3 / end",
                "pri; flow destroy phy:0 ALL");
        assertTrue(tags.contains("Flow rule #3 created") && tags.contains("Flow rule #4 created"), tags.toString());
        assertTrue(tags.contains("Flow rule all destroyed"), tags.toString());
    }

    private SppProcess launch(SppCluster cluster, SppProcess primary, List<String> primaryWords) throws IOException {
        String peer = " -s 127.0.0.1:" + cluster.secondaryPort();
        List<String> out = cluster.shell(
                "pri; launch spp_vf 2 -l 0,2 -- --client-id 2" + peer,
                "pri; launch mirror -l 0,2 -- --client-id 3" + peer,
                "pri; launch pcap 4 -l 0,2,3 --proc-type secondary -- --client-id=4" + peer + " -c ring:3 --out-dir "
                        + logs,
                "config sec_wait_launch 60",
                "pri; launch nfv 1 -l 0,2 -- -n 1" + peer,
                "nfv 1; status");
        assertEquals("- status: idling", out.get(out.indexOf("Send request to launch nfv:1.") + 1), out.toString());
        await("nfv 1 attached", "\"type\": \"nfv\", \"pid\": [0-9]+, \"epoch\": [0-9]+, \"state\": \"attached\"");
        awaitNfv("\"client-id\": 1");
        for (String path : List.of("/vfs/2", "/mirrors/3", "/pcaps/4")) {
            Patience.poll(path, LIMIT, () -> rest.send("GET", path, "").statusCode() == 200);
        }
        cluster.shell("nfv 1; add ring:2");
        long pid = Long.parseLong(
                await("launched", "\"name\": \"spp_nfv\", \"id\": 1, \"pid\": ([0-9]+), \"state\": \"running\"")
                        .group(1));
        assertTrue(ProcessHandle.of(pid).orElseThrow().destroyForcibly());
        await("started again", "\"state\": \"running\", \"restarts\": 1, \"last_exit\": 137");
        awaitNfv("\"ring:2\"");
        cluster.shell("vf 2; exit", "mirror 3; exit", "pcap 4; exit");
        awaitOthersEnded("end"); // whoever ends while there is no primary can tell nobody that it was on purpose
        SppProcess next = takeOver(cluster, primary, primaryWords);
        cluster.shell("nfv 1; exit");
        await("ended", "\"state\": \"ended\", \"restarts\": 2, \"last_exit\": 0");
        for (String name : List.of("spp_vf-2", "spp_mirror-3", "spp_pcap-4")) {
            assertTrue(Files.readString(logs.resolve(name + ".log")).contains(" ready"), name);
        }
        String log = Files.readString(logs.resolve("spp_nfv-1.log"));
        assertTrue(log.contains("nfv 1 ready") && log.contains("resumed: 1 added ports"), log);
        assertFalse(log.contains("exception"), log);
        return next;
    }

    private void awaitOthersEnded(String what) {
        await(
                "those who were told to exit " + what,
                "^(?!.*\"name\": \"spp_(vf|mirror|pcap)\"[^}]*\"state\": \"(running|waiting))");
    }

    /** A primary that was killed is followed by one that starts again what the first launched. */
    private SppProcess takeOver(SppCluster cluster, SppProcess primary, List<String> words) {
        primary.kill();
        SppProcess next = cluster.awaitReady(cluster.start("primary", words));
        long pid = Long.parseLong(
                await("taken over", "\"name\": \"spp_nfv\", \"id\": 1, \"pid\": ([0-9]+), \"state\": \"running\"")
                        .group(1));
        awaitOthersEnded("stay ended");
        assertTrue(ProcessHandle.of(pid).orElseThrow().destroyForcibly());
        await("started again", "\"id\": 1, \"pid\": (?!" + pid + "\\b)[0-9]+, \"state\": \"running\", \"restarts\": 2");
        awaitNfv("\"ring:2\"");
        List<String> shown = cluster.shell("pri; status");
        assertTrue(
                shown.stream().anyMatch(line -> line.matches("  - nfv:1 running \\(pid [0-9]+\\), restarts: 2")),
                shown.toString());
        return next;
    }

    private void awaitNfv(String part) {
        long deadlineNs = System.nanoTime() + LIMIT.toNanos();
        String body = "";
        while (!body.contains(part)) {
            assertTrue(System.nanoTime() < deadlineNs, "no " + part + " in " + body);
            body = rest.send("GET", "/nfvs/1", "").body();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}

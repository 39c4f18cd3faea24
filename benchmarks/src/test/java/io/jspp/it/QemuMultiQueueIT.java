package io.jspp.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.NetworkNamespace;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.controller.qemu.QemuGuest;
import io.jspp.testing.Need;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.testing.conformance.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest with four queue pairs and four CPUs on an nfv with two workers, while its number of channels changes under load. */
@Tag("peer")
@Requires({Need.QEMU, Need.GUEST_KERNEL, Need.BUSYBOX, Need.IPERF3, Need.ETHTOOL, Need.NET_ADMIN, Need.IP})
class QemuMultiQueueIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PAIRS = 4;
    private static final int[] CHANNELS = {1, 4, 2, 3};
    private static final int PORT = 5201;

    /** Seconds of load under each number of channels that stays. */
    private static final int STEADY_SECONDS = 5;

    /**
     * In bursts, since what could overtake is what comes close behind; 800 packets each way and second in all, which leaves an emulated guest time.
     */
    private static final String STEADY = " -u -l 200 -b 160k/8 -P 2";

    /** Seconds of load while channels come and go. */
    private static final int SECONDS = 20;

    /** Seconds without a byte that end the hope for a connection. */
    private static final int STILL = 3;

    /** Packets each way under each number of channels. */
    private static final int STEP = 200;

    @TempDir
    private Path directory;

    /** What has come of a flow. */
    private record Datagrams(long packets, long lost, long late) {}

    /** Packets of a queue, and whether the guest uses it. */
    private record Queue(long packets, boolean live) {}

    @Tag("long")
    @Test
    @Proves(
            value = {Feature.SEVERAL_PAIRS, Feature.PAIRS_CHANGE, Feature.FOUR_PAIRS},
            with = Peer.QEMU)
    void shouldKeepEveryFlowInOrderAndGoOnWhenChannelsComeAndGo() throws Exception {
        String outside = "sppm" + ProcessHandle.current().pid() % 100_000;
        try (NetworkNamespace namespace = NetworkNamespace.open();
                SppCluster cluster =
                        new SppCluster("qmq", ProjectHome.launcher().toString(), line -> {})) {
            namespace.addVeth(outside, "192.168.7.2/24");
            cluster.startController();
            cluster.startPrimary(1, "0x01", "--vdev", "net_af_packet0,iface=" + outside);
            List<String> nfv = new ArrayList<>(List.of("nfv", "-l", "0-2", "--file-prefix", cluster.prefix(), "--"));
            nfv.addAll(List.of("-n", "1", "-s", "127.0.0.1:" + cluster.secondaryPort()));
            cluster.awaitReady(cluster.start("nfv1", nfv));
            cluster.shell(
                    "nfv 1; add vhost:0", "nfv 1; patch vhost:0 phy:0", "nfv 1; patch phy:0 vhost:0", "nfv 1; forward");
            QemuGuest.Options options = new QemuGuest.Options(
                    "g0",
                    directory,
                    cluster.vhostSocket(0),
                    false,
                    "52:54:00:00:00:01",
                    256,
                    PAIRS,
                    "queues=" + PAIRS,
                    "mq=on");
            try (QemuGuest guest = QemuGuest.start(TestGuests.image(), options).boot("192.168.7.1/24")) {
                RestClient rest = new RestClient(cluster.restPort());
                for (int channels : CHANNELS) {
                    keepOrder(rest, namespace, guest, channels);
                }
                changeUnderLoad(rest, namespace, guest);
            }
        }
    }

    /**
     * No datagram overtakes another one of its flow while the channels stay as they are: not in us, on two workers, and not in the guest, each of
     * whose processes stays on a CPU and thereby on a transmit queue. The servers stay on a CPU too: veth queues per CPU, so that what a process
     * sends before and after it is moved may change places in the host's kernel. How much is lost says how busy the machine is.
     */
    private void keepOrder(RestClient rest, NetworkNamespace namespace, QemuGuest guest, int channels)
            throws IOException {
        setChannels(rest, guest, channels);
        Map<Integer, Queue> received = queues(rest, "rx");
        Map<Integer, Queue> sent = queues(rest, "tx");
        List<SppProcess> servers = startServers(namespace);
        for (int i = 0; i < PAIRS; i++) {
            startClient(guest, i, STEADY, STEADY_SECONDS);
        }
        servers.forEach(server -> assertEquals(0, server.awaitExit(LIMIT.multipliedBy(2)), server::tail));
        awaitClients(guest);
        for (int i = 0; i < PAIRS; i++) {
            for (String report : List.of(Files.readString(serverReport(i)), clientReport(guest, i))) {
                for (Datagrams flow : datagrams(report)) {
                    assertTrue(flow.packets() > 100 && flow.lost() < flow.packets() / 2, report);
                    assertEquals(0, flow.late(), report);
                }
            }
        }
        for (int queue = 0; queue < PAIRS; queue++) {
            long fromGuest = queues(rest, "rx").get(queue).packets()
                    - received.get(queue).packets();
            long toGuest =
                    queues(rest, "tx").get(queue).packets() - sent.get(queue).packets();
            String moved = channels + " channels, queue " + queue + ": " + fromGuest + " from, " + toGuest + " to";
            // A process on each CPU, so each queue sends; which of them receive is up to the flows' hashes.
            assertEquals(queue < channels, fromGuest > 0, moved);
            assertTrue(queue < channels || toGuest == 0, moved);
        }
    }

    private void changeUnderLoad(RestClient rest, NetworkNamespace namespace, QemuGuest guest) throws IOException {
        setChannels(rest, guest, PAIRS);
        List<SppProcess> servers = startServers(namespace);
        for (int i = 0; i < PAIRS; i++) {
            // The last one has one connection each way.
            startClient(guest, i, i < PAIRS - 1 ? " -u -l 1000 -b 1500k -P 2" : " -b 8M -l 8k", SECONDS);
        }
        int changes = 0;
        BooleanSupplier loaded = () -> servers.stream().allMatch(SppProcess::isAlive);
        while (loaded.getAsBoolean()) {
            change(rest, guest, CHANNELS[changes++ % CHANNELS.length], loaded);
        }
        assertTrue(changes >= CHANNELS.length, () -> "too few changes: " + queues(rest, "rx"));
        for (String direction : List.of("rx", "tx")) {
            for (int i = 0; i < PAIRS; i++) {
                assertTrue(queues(rest, direction).get(i).packets() > 0, () -> direction + queues(rest, direction));
            }
        }
        awaitClients(guest);
        for (int i = 0; i < PAIRS; i++) {
            for (String report : List.of(Files.readString(serverReport(i)), clientReport(guest, i))) {
                if (i < PAIRS - 1) {
                    assertMostlyInOrder(report);
                } else {
                    assertContinues(report);
                }
            }
        }
    }

    private List<SppProcess> startServers(NetworkNamespace namespace) {
        List<SppProcess> servers = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            servers.add(namespace.start(
                    "busybox",
                    "sh",
                    "-c",
                    "exec busybox taskset 1 iperf3 -s -1 -J -p " + (PORT + i) + " > " + serverReport(i)));
        }
        namespace.check(
                "busybox",
                "sh",
                "-c",
                "for i in $(busybox seq 100); do [ $(busybox netstat -ltn | busybox grep -c :520) = " + PAIRS
                        + " ] && exit 0; busybox sleep 0.1; done; exit 1");
        return servers;
    }

    /** Both ways at once; on a CPU of its own, so that each transmit queue is used. */
    private static void startClient(QemuGuest guest, int number, String load, int seconds) {
        guest.check(
                "taskset " + Integer.toHexString(1 << number) + " iperf3 -c 192.168.7.2 -p " + (PORT + number)
                        + " --bidir -i 1 -J -t " + seconds + load + " >/tmp/report" + number + " 2>&1 &",
                LIMIT);
    }

    private static void awaitClients(QemuGuest guest) {
        guest.check(
                "for i in $(seq 40); do pidof iperf3 >/dev/null || exit 0; sleep 0.5; done; ps; exit 1",
                LIMIT.multipliedBy(2));
    }

    private static String clientReport(QemuGuest guest, int number) {
        return guest.check("cat /tmp/report" + number, LIMIT);
    }

    /** As many pairs are live. */
    private static void setChannels(RestClient rest, QemuGuest guest, int channels) {
        guest.check("ethtool -L eth0 combined " + channels, LIMIT);
        await().atMost(LIMIT).until(() -> live(queues(rest, "rx")) == channels && live(queues(rest, "tx")) == channels);
    }

    /** Changes the channels, then waits until as many pairs are live, and packets pass both ways on these only. */
    private static void change(RestClient rest, QemuGuest guest, int channels, BooleanSupplier loaded) {
        setChannels(rest, guest, channels);
        Map<Integer, Queue> received = queues(rest, "rx");
        Map<Integer, Queue> sent = queues(rest, "tx");
        await().atMost(LIMIT)
                .until(() -> !loaded.getAsBoolean()
                        || moved(queues(rest, "rx"), received) > STEP && moved(queues(rest, "tx"), sent) > STEP);
        for (int queue = channels; queue < PAIRS; queue++) {
            assertEquals(received.get(queue), queues(rest, "rx").get(queue));
            assertEquals(sent.get(queue), queues(rest, "tx").get(queue));
        }
    }

    /**
     * While the guest changes its channels it moves flows between its queues itself, in both directions, so that what was still in the former
     * queue is late, or lost with a queue that the guest disabled: more of it the busier the machine is, up to 2 % late and 21 % lost were seen with
     * a third process on two CPUs. That this comes from the changes is what {@link #keepOrder} shows, with the same guest and none late; a flow
     * shared by two workers would have a large part of it out of order in either.
     */
    private static void assertMostlyInOrder(String report) throws IOException {
        for (Datagrams flow : datagrams(report)) {
            assertTrue(flow.packets() > 1000 && flow.lost() < flow.packets() / 2, report);
            assertTrue(flow.late() < flow.packets() / 10, report);
        }
    }

    /** Of the flows that the side of a report has received, by the numbers in the datagrams. */
    private static List<Datagrams> datagrams(String report) throws IOException {
        List<Datagrams> flows = new ArrayList<>();
        for (Map<String, Object> stream : objects(end(report), "streams")) {
            Map<String, Object> udp = Json.asObject(stream.get("udp"));
            if (Boolean.FALSE.equals(udp.get("sender"))) {
                flows.add(new Datagrams(
                        RestClient.number(udp.get("packets")),
                        RestClient.number(udp.get("lost_packets")),
                        RestClient.number(udp.get("out_of_order"))));
            }
        }
        assertEquals(2, flows.size(), report);
        return flows;
    }

    /**
     * A connection never stands still for as many seconds as {@link #STILL}: for one it may, when what it sends again is lost with a disabled queue too
     * (RFC 6298 section 5.5 doubles the wait).
     */
    private static void assertContinues(String report) throws IOException {
        List<Map<String, Object>> intervals = objects(parse(report), "intervals");
        assertTrue(intervals.size() >= SECONDS - STILL, report);
        Map<Long, Integer> still = new TreeMap<>();
        for (Map<String, Object> interval : intervals.subList(0, SECONDS - STILL)) {
            for (Map<String, Object> stream : objects(interval, "streams")) {
                boolean moved = RestClient.number(stream.get("bytes")) > 0;
                int seconds = still.merge(
                        RestClient.number(stream.get("socket")),
                        moved ? 0 : 1,
                        (before, now) -> moved ? 0 : before + now);
                assertTrue(seconds < STILL, report);
            }
        }
        assertFalse(end(report).isEmpty(), report);
    }

    private static Map<String, Object> end(String report) throws IOException {
        return Json.asObject(parse(report).get("end"));
    }

    /** Without the part that tells how it started: there iperf3's servers name members twice. */
    private static Map<String, Object> parse(String report) throws IOException {
        int results = report.indexOf("\"intervals\"");
        assertTrue(results > 0, report);
        return Json.asObject(Json.parse('{' + report.substring(results)));
    }

    private static List<Map<String, Object>> objects(Map<String, Object> parent, String name) {
        List<Map<String, Object>> objects = new ArrayList<>();
        RestClient.list(parent, name).forEach(each -> objects.add(Json.asObject(each)));
        return objects;
    }

    private static long live(Map<Integer, Queue> queues) {
        return queues.values().stream().filter(Queue::live).count();
    }

    private static long moved(Map<Integer, Queue> now, Map<Integer, Queue> before) {
        long sum = 0;
        for (Map.Entry<Integer, Queue> entry : now.entrySet()) {
            sum += entry.getValue().packets() - before.get(entry.getKey()).packets();
        }
        return sum;
    }

    private static Map<Integer, Queue> queues(RestClient rest, String direction) {
        Map<Integer, Queue> queues = new TreeMap<>();
        for (Object row : RestClient.list(rest.get("/nfvs/1"), "counters")) {
            Map<String, Object> counters = Json.asObject(row);
            if (counters.get("port").equals("vhost:0")
                    && counters.get("direction").equals(direction)) {
                queues.put(
                        (int) RestClient.number(counters.get("queue")),
                        new Queue(
                                RestClient.number(counters.get("packets")), Boolean.TRUE.equals(counters.get("live"))));
            }
        }
        return queues;
    }

    private Path serverReport(int server) {
        return directory.resolve("iperf" + server + ".json");
    }
}

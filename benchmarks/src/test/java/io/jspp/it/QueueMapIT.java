package io.jspp.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which lcore polls which queue of a guest with four pairs, as {@code queue.map} says and status shows, as JSON and in the shell. */
@Tag("system")
@Tag("once")
@Timeout(120)
class QueueMapIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PAIRS = 4;

    /** Frames of each queue that are enough to look. */
    private static final int ENOUGH = 50;

    /** Of {@link #MAP}: from the second lcore to the first, unlike what is dealt out without it. */
    private static final List<Long> MAPPED = List.of(2L, 1L, 2L, 1L);

    private static final String MAP = "queue.map=vhost:0=2/1";
    private static final Pattern READY = Pattern.compile("\\bready\\b");
    private static final Pattern QUEUE = Pattern.compile(
            "  - (vhost:[01]) nq ([0-3]): rx ([0-9]+), (off|lcore [12]); tx ([0-9]+), (off|lcore [12])");
    private static final Pattern RESULT = Pattern.compile(
            "result: sent=([0-9]+) received=([0-9]+) lost=0 .* reordered=0 " + "duplicates=0 corrupt=0 .*");

    /** A row of {@code counters}. */
    private record Queue(long packets, boolean live, List<?> lcores) {}

    @Test
    void shouldPollEachQueueWhereTheMapSaysAndShowIt() {
        try (SppCluster cluster = GuestCluster.start("qmap")) {
            List<String> nfv = new ArrayList<>(List.of("nfv", "-l", "0-2", "--file-prefix", cluster.prefix()));
            nfv.addAll(List.of("--set", MAP, "--", "-n", "1", "-s", "127.0.0.1:" + cluster.secondaryPort()));
            cluster.awaitReady(cluster.start("nfv1", nfv));
            GuestCluster.joinTwoGuests(cluster);
            RestClient rest = new RestClient(cluster.restPort());

            SppProcess guest = cluster.start("guest", guest(cluster));
            guest.awaitLine(READY, LIMIT);
            await().atMost(LIMIT)
                    .until(() -> queues(rest, "vhost:0", "rx").values().stream().allMatch(q -> q.packets() > ENOUGH)
                            && queues(rest, "vhost:0", "rx").size() == PAIRS
                            && live(rest, "vhost:1", "tx") == PAIRS);

            assertEquals(List.of(0L, 1L, 2L), numbers(rest.get("/nfvs/1").get("lcores")));
            assertEquals(MAPPED, lcores(queues(rest, "vhost:0", "rx")));
            // Not named by the map: dealt out in turn.
            List<Long> dealt = lcores(queues(rest, "vhost:1", "rx"));
            assertTrue(dealt.equals(MAPPED) || dealt.equals(List.of(1L, 2L, 1L, 2L)), dealt::toString);
            for (int port = 0; port < 2; port++) {
                // Each worker has transmit queues of its own.
                List<Long> senders = lcores(queues(rest, "vhost:" + port, "tx"));
                assertEquals(List.of(1L, 1L, 2L, 2L), senders.stream().sorted().toList());
                assertEquals(PAIRS, live(rest, "vhost:" + port, "rx"));
                assertEquals(PAIRS, live(rest, "vhost:" + port, "tx"));
            }
            assertShown(rest, cluster.shell("nfv 1; status"), true);

            ProcessHandle.of(guest.pid()).orElseThrow().destroy();
            assertEquals(0, guest.awaitExit(LIMIT), guest.tail());
            Matcher result = guest.awaitLine(RESULT, LIMIT);
            long sent = Long.parseLong(result.group(1));
            assertEquals(sent, Long.parseLong(result.group(2)), guest.tail());
            await().atMost(LIMIT).until(() -> live(rest, "vhost:0", "rx") + live(rest, "vhost:1", "tx") == 0);
            // Each queue sends as many, at the same rate; each way none is lost or counted twice.
            assertEquals(sent, sum(rest, "rx"));
            assertEquals(sent, sum(rest, "tx"));
            assertShown(rest, cluster.shell("nfv 1; status"), false);
        }
    }

    private static List<String> guest(SppCluster cluster) {
        List<String> words = new ArrayList<>(
                List.of("guest", "generate", cluster.vhostSocket(0).toString(), "--no-huge"));
        words.addAll(List.of("--peer", cluster.vhostSocket(1).toString(), "--both"));
        words.addAll(List.of("--queues", "" + PAIRS, "--rate", "500", "--report", "0"));
        return words;
    }

    /** What the shell says of each queue is what the JSON says; a queue goes on counting until its line is read. */
    private static void assertShown(RestClient rest, List<String> lines, boolean live) {
        int begin = lines.indexOf("- queues:");
        assertTrue(begin > 0 && lines.contains("  - slaves: [1, 2]"), lines::toString);
        for (int port = 0; port < 2; port++) {
            for (int queue = 0; queue < PAIRS; queue++) {
                String line = lines.get(begin + 1 + PAIRS * port + queue);
                Matcher said = QUEUE.matcher(line);
                assertTrue(said.matches(), line);
                assertEquals("vhost:" + port, said.group(1), line);
                assertEquals(queue, Integer.parseInt(said.group(2)), line);
                assertQueue(queues(rest, said.group(1), "rx").get(queue), said.group(3), said.group(4), live);
                assertQueue(queues(rest, said.group(1), "tx").get(queue), said.group(5), said.group(6), live);
            }
        }
    }

    private static void assertQueue(Queue queue, String packets, String lcore, boolean live) {
        long shown = Long.parseLong(packets);
        if (live) {
            assertEquals("lcore " + queue.lcores().get(0), lcore);
            assertTrue(shown <= queue.packets(), () -> packets + " shown before " + queue);
        } else {
            assertEquals("off", lcore);
            assertEquals(queue.packets(), shown);
        }
    }

    private static Map<Integer, Queue> queues(RestClient rest, String port, String direction) {
        Map<Integer, Queue> queues = new TreeMap<>();
        for (Object each : RestClient.list(rest.get("/nfvs/1"), "counters")) {
            Map<String, Object> row = Json.asObject(each);
            if (row.get("port").equals(port) && row.get("direction").equals(direction)) {
                Queue queue = new Queue(
                        RestClient.number(row.get("packets")),
                        Boolean.TRUE.equals(row.get("live")),
                        RestClient.list(row, "lcores"));
                queues.put((int) RestClient.number(row.get("queue")), queue);
            }
        }
        return queues;
    }

    private static long live(RestClient rest, String port, String direction) {
        return queues(rest, port, direction).values().stream()
                .filter(Queue::live)
                .count();
    }

    /** One lcore for each queue. */
    private static List<Long> lcores(Map<Integer, Queue> queues) {
        List<Long> lcores = new ArrayList<>();
        for (Queue queue : queues.values()) {
            assertEquals(1, queue.lcores().size(), queues::toString);
            lcores.addAll(numbers(queue.lcores()));
        }
        return lcores;
    }

    private static List<Long> numbers(Object list) {
        return Json.asArray(list).stream().map(RestClient::number).toList();
    }

    /** Packets of both ports. */
    private static long sum(RestClient rest, String direction) {
        long sum = 0;
        for (int port = 0; port < 2; port++) {
            for (Queue queue : queues(rest, "vhost:" + port, direction).values()) {
                sum += queue.packets();
            }
        }
        return sum;
    }
}

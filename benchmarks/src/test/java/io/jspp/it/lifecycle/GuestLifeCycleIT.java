package io.jspp.it.lifecycle;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.controller.qemu.QemuGuest;
import io.jspp.it.GuestCluster;
import io.jspp.it.RestClient;
import io.jspp.it.TestGuests;
import io.jspp.testing.Need;
import io.jspp.testing.Requires;
import io.jspp.testing.conformance.Conformance;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A QEMU guest that reboots, is reset, powered off and killed, in the middle of its pings: the nfv keeps nothing of it, and the traffic
 * between two other ports of the same worker loses nothing.
 */
@Tag("peer")
@Tag("once")
@Requires({Need.QEMU, Need.GUEST_KERNEL, Need.BUSYBOX, Need.IPERF3, Need.ETHTOOL})
class GuestLifeCycleIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final Pattern READY = Pattern.compile("\\bready\\b");
    private static final String OUTSIDE = "192.168.7.9";

    /** Of native memory: two lives of a guest are compared with each state before, and one allocation for each of them would show. */
    private static final int ROOM_ALLOCATIONS = 1;

    @TempDir
    private Path directory;

    @Test
    void shouldKeepNothingOfAGuestAndHarmNobodyElse() throws Exception {
        try (SppCluster cluster = GuestCluster.start("life")) {
            cluster.environment("SPP_JAVA_OPTS", ProcessUsage.TRACKING);
            SppProcess nfv;
            SppProcess bystanders;
            ProcessUsage with;
            try (QemuGuest guest = start(cluster)) {
                // The guest was there before us.
                nfv = cluster.startNfv(1);
                wire(cluster);
                cluster.start("answer", answer(cluster)).awaitLine(READY, LIMIT);
                Conformance.prove(Feature.FRONTEND_FIRST, Peer.QEMU, "life cycle", () -> {
                    begin(guest);
                    return "";
                });
                bystanders = bystanders(cluster);
                with = ProcessUsage.of(nfv.pid());
                Conformance.prove(
                        Feature.REBOOT, Peer.QEMU, "life cycle", () -> again(guest, guest::reboot, nfv, with));
                Conformance.prove(Feature.RESET, Peer.QEMU, "life cycle", () -> again(guest, guest::reset, nfv, with));
                guest.powerOff();
            }
            awaitDown(cluster);
            ProcessUsage without = awaitLess(with, nfv);

            try (QemuGuest guest = start(cluster)) {
                begin(guest);
                guest.stream("flow", "ping -i 0.01 " + OUTSIDE);
                Conformance.prove(Feature.SIGKILL, Peer.QEMU, "life cycle", () -> {
                    guest.process().kill();
                    awaitNoMoreThan(without, nfv);
                    return "";
                });
            }
            Conformance.prove(Feature.POWER_OFF, Peer.QEMU, "life cycle", () -> {
                try (QemuGuest guest = start(cluster)) {
                    begin(guest);
                    guest.powerOff();
                    awaitNoMoreThan(without, nfv);
                }
                return "";
            });

            ProcessHandle.of(bystanders.pid()).orElseThrow().destroy();
            assertEquals(0, bystanders.awaitExit(LIMIT), bystanders.tail());
            assertTrue(
                    bystanders.out().stream()
                            .anyMatch(
                                    line -> line.matches("result: .* lost=0 .* reordered=0 duplicates=0 corrupt=0 .*")),
                    bystanders.tail());
            assertTrue(nfv.isAlive() && nfv.err().isEmpty(), nfv.tail());
        }
    }

    /** The guest on the first port talks to an own front-end on the second; the two others are bystanders. */
    private static void wire(SppCluster cluster) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            lines.add("nfv 1; add vhost:" + i);
        }
        for (int i = 0; i < 4; i++) {
            lines.add("nfv 1; patch vhost:" + i + " vhost:" + (i ^ 1));
        }
        lines.add("nfv 1; forward");
        cluster.shell(lines.toArray(String[]::new));
    }

    private static List<String> answer(SppCluster cluster) {
        return List.of("guest", "answer", cluster.vhostSocket(1).toString(), "--ip", OUTSIDE, "--no-huge");
    }

    private static SppProcess bystanders(SppCluster cluster) {
        List<String> words = new ArrayList<>(
                List.of("guest", "generate", cluster.vhostSocket(2).toString(), "--no-huge"));
        words.addAll(List.of("--peer", cluster.vhostSocket(3).toString(), "--both", "--rate", "5000", "--payload"));
        SppProcess process = cluster.start("bystanders", words);
        process.awaitLine(READY, LIMIT);
        return process;
    }

    private QemuGuest start(SppCluster cluster) throws IOException {
        return QemuGuest.start(
                TestGuests.image(),
                new QemuGuest.Options("g", directory, cluster.vhostSocket(0), false, "52:54:00:00:00:01"));
    }

    private static void begin(QemuGuest guest) {
        guest.boot("192.168.7.1/24");
        guest.run("ping -c 1 -W 5 " + OUTSIDE, LIMIT); // resolves the address
        String report = guest.check("ping -c 5 -i 0.05 -W 5 " + OUTSIDE, LIMIT);
        assertTrue(report.contains(" 0% packet loss"), report);
    }

    private static String again(QemuGuest guest, Runnable event, SppProcess nfv, ProcessUsage before) {
        guest.stream("flow", "ping -i 0.01 " + OUTSIDE);
        event.run();
        begin(guest);
        awaitNoMoreThan(before, nfv);
        return "";
    }

    /** What a guest leaves is dropped when its end is noticed, a moment later. */
    private static void awaitNoMoreThan(ProcessUsage before, SppProcess nfv) {
        await().atMost(LIMIT).failFast("the nfv ended", () -> !nfv.isAlive()).untilAsserted(() -> {
            ProcessUsage now = ProcessUsage.of(nfv.pid());
            assertTrue(now.holdsNoMoreThan(before, ROOM_ALLOCATIONS), "now " + now + ", before " + before);
        });
    }

    /** What is left once a guest has gone: less than with it, so that what it brings is among what is counted. */
    private static ProcessUsage awaitLess(ProcessUsage with, SppProcess nfv) {
        return await().atMost(LIMIT)
                .failFast("the nfv ended", () -> !nfv.isAlive())
                .until(
                        () -> ProcessUsage.of(nfv.pid()),
                        now -> now.descriptors() < with.descriptors() && now.memfdMappings() < with.memfdMappings());
    }

    private static void awaitDown(SppCluster cluster) {
        RestClient rest = new RestClient(cluster.restPort());
        await().atMost(LIMIT)
                .until(() -> RestClient.list(rest.get("/nfvs/1"), "port_states").stream()
                        .map(Json::asObject)
                        .anyMatch(port -> port.get("port").equals("vhost:0")
                                && !port.get("state").equals("up")));
    }
}

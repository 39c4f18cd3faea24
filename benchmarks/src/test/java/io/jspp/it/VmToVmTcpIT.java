package io.jspp.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.controller.qemu.GuestImage;
import io.jspp.controller.qemu.QemuGuest;
import io.jspp.testing.Need;
import io.jspp.testing.Requires;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.testing.conformance.Proves;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * TCP with segmentation offload between two guests that stay up, while an nfv and testpmd's net_vhost with {@code tso=1} serve the same sockets in turn.
 */
@Tag("peer")
@Requires({Need.QEMU, Need.GUEST_KERNEL, Need.BUSYBOX, Need.IPERF3, Need.ETHTOOL, Need.TESTPMD})
class VmToVmTcpIT {
    private static final Duration COMMAND = Duration.ofSeconds(60);
    private static final Duration RECONNECT = Duration.ofSeconds(30);
    private static final Pattern RECEIVED = Pattern.compile("([0-9.]+) Mbits/sec .*receiver");
    private static final String PEER = "192.168.7.2";

    @TempDir
    private Path directory;

    /** One turn each: all of it works, and jumbo frames arrive as they were sent. */
    @Test
    @Tag("long")
    @Proves(value = Feature.JUMBO, with = Peer.QEMU)
    void shouldCarryTcpOfGuestsThatTestpmdServedBefore() throws Exception {
        withGuests((cluster, a, b) -> {
            double reference = withTestpmd(cluster, () -> rate(a, 3));
            double ours = withNfv(cluster, () -> {
                double rate = rate(a, 3);
                transferJumbo(a, b);
                return rate;
            });
            System.out.printf(Locale.ROOT, "VM to VM TCP: nfv %.0f Mbit/s, testpmd %.0f Mbit/s%n", ours, reference);
            assertTrue(ours > 0 && reference > 0);
        });
    }

    @Test
    @Tag("long")
    void shouldBeNoSlowerThanTestpmd() throws Exception {
        withGuests((cluster, a, b) -> {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                double ours = withNfv(cluster, () -> rate(a, 5));
                double reference = withTestpmd(cluster, () -> rate(a, 5));
                System.out.printf(Locale.ROOT, "VM to VM TCP: nfv %.0f, testpmd %.0f Mbit/s%n", ours, reference);
                ratios.add(ours / reference);
            }
            Collections.sort(ratios);
            assertTrue(ratios.get(2) >= 1.0, ratios::toString);
        });
    }

    private interface Body {
        void run(SppCluster cluster, QemuGuest a, QemuGuest b);
    }

    private void withGuests(Body body) throws Exception {
        GuestImage image = TestGuests.image();
        try (SppCluster cluster = GuestCluster.start("tcp")) {
            SppProcess nfv = cluster.startNfv(1);
            GuestCluster.joinTwoGuests(cluster);
            try (QemuGuest a = QemuGuest.start(image, guest("g0", cluster.vhostSocket(0), 1));
                    QemuGuest b = QemuGuest.start(image, guest("g1", cluster.vhostSocket(1), 2))) {
                a.boot("192.168.7.1/24");
                b.boot(PEER + "/24");
                b.check("iperf3 -s -D", COMMAND);
                cluster.end(nfv);
                body.run(cluster, a, b);
            }
        }
    }

    private QemuGuest.Options guest(String name, Path socket, int number) {
        return new QemuGuest.Options(name, directory, socket, false, "52:54:00:00:00:0" + number);
    }

    /** It resumes its patches. */
    private static double withNfv(SppCluster cluster, Supplier<Double> measure) {
        SppProcess nfv = cluster.startNfv(1);
        try {
            return measure.get();
        } finally {
            cluster.end(nfv);
        }
    }

    private double withTestpmd(SppCluster cluster, Supplier<Double> measure) {
        List<String> devices = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            devices.add("net_vhost" + i + ",queues=1,tso=1,legacy-ol-flags=1,iface=" + cluster.vhostSocket(i));
        }
        try (Testpmd testpmd = new Testpmd(directory, devices)) {
            return measure.get();
        } finally {
            // One that had to be killed leaves them, and nobody could bind them again.
            for (int i = 0; i < 2; i++) {
                cluster.vhostSocket(i).toFile().delete();
            }
        }
    }

    /** Mbit/s that arrived. */
    private static double rate(QemuGuest from, int seconds) {
        await().atMost(RECONNECT)
                .until(() -> from.run("ping -c 1 -W 1 " + PEER, COMMAND).exitCode() == 0);
        String report = from.check("iperf3 -c " + PEER + " -f m -t " + seconds, COMMAND);
        Matcher matcher = RECEIVED.matcher(report);
        assertTrue(matcher.find(), report);
        return Double.parseDouble(matcher.group(1));
    }

    /** 64 MB in frames of up to 9000 bytes and segments of up to 64 KiB; the checksum is taken on both sides. */
    private static void transferJumbo(QemuGuest from, QemuGuest to) {
        for (QemuGuest guest : List.of(from, to)) {
            guest.check("ip link set eth0 mtu 9000", COMMAND);
        }
        String report = from.check("ping -c 3 -i 0.2 -s 8900 " + PEER, COMMAND);
        assertTrue(report.contains(" 0% packet loss"), report);
        from.check("dd if=/dev/urandom of=/tmp/part bs=1M count=4 2>/dev/null", COMMAND);
        String parts = "for i in $(seq 16); do cat /tmp/part; done";
        String sum = from.check("(" + parts + ") | md5sum", COMMAND);
        to.check("nc -l -p 5002 -e md5sum >/dev/null 2>&1 &", COMMAND);
        to.check("for i in $(seq 200); do netstat -ltn | grep -q :5002 && exit 0; sleep 0.1; done; exit 1", COMMAND);
        assertEquals(sum, from.check("(" + parts + ") | nc " + PEER + " 5002", COMMAND));
    }
}

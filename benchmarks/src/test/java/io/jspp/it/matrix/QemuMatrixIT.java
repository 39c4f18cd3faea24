package io.jspp.it.matrix;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.SppCluster;
import io.jspp.controller.qemu.GuestImage;
import io.jspp.controller.qemu.QemuGuest;
import io.jspp.it.TestGuests;
import io.jspp.testing.Need;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import io.jspp.testing.conformance.Conformance;
import io.jspp.testing.conformance.Peer;
import io.jspp.virtio.Features;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Options of virtio-net devices in all combinations: each is set up as asked, pings, and transfers 20 MiB intact, on all its queue pairs at
 * once. Two guests have a pair of devices for each of twelve combinations, so that they need to boot once only for those.
 */
@Tag("peer")
@Requires({Need.QEMU, Need.GUEST_KERNEL, Need.BUSYBOX, Need.IPERF3, Need.ETHTOOL})
class QemuMatrixIT {
    private static final int AT_ONCE = 12;
    /** Rings of the primary: the room for counters of an nfv grows with them. */
    private static final int COUNTER_ROOM = 24;

    private static final int MEMORY_MIB = 1024;
    private static final int CPUS = 2;
    private static final Duration COMMAND = Duration.ofSeconds(40);
    private static final Duration TRANSFER = Duration.ofSeconds(100);
    private static final int TRANSFER_PARTS = 4;

    /** A quarter of what is transferred. */
    private static final String MAKE_PART = "dd if=/dev/urandom of=/tmp/part bs=1M count=5 2>/dev/null";

    @TempDir
    private Path directory;

    @Tag("once")
    @Test
    void shouldTransferIntactWithTwelvePairwiseCombinations() throws IOException {
        run(Combination.pairwise(AT_ONCE, Combination.QEMU_SIZES));
    }

    /** Unlike ones together: rings without mergeable buffers take much memory of the guest. */
    static List<List<Combination>> groups() {
        List<Combination> all = Combination.all(Combination.QEMU_SIZES);
        int groups = (all.size() + AT_ONCE - 1) / AT_ONCE;
        return IntStream.range(0, groups)
                .mapToObj(group -> IntStream.iterate(group, i -> i < all.size(), i -> i + groups)
                        .mapToObj(all::get)
                        .toList())
                .toList();
    }

    @Tag("long")
    @ParameterizedTest(name = "group {index}")
    @MethodSource("groups")
    void shouldTransferIntactWithEveryCombination(List<Combination> group) throws IOException {
        run(group);
    }

    private void run(List<Combination> combinations) throws IOException {
        try (SppCluster cluster =
                new SppCluster("matrix", ProjectHome.launcher().toString(), line -> {})) {
            cluster.startController();
            cluster.startPrimary(COUNTER_ROOM, "0x01", "--vdev", "net_null0");
            cluster.startNfv(1);
            wire(cluster, combinations.size());
            GuestImage image = TestGuests.image();
            try (QemuGuest a = QemuGuest.start(image, guest(cluster, "a", 0, combinations));
                    QemuGuest b = QemuGuest.start(image, guest(cluster, "b", 1, combinations))) {
                a.awaitBoot();
                b.awaitBoot();
                a.check(MAKE_PART, COMMAND);
                Map<Integer, String> sums = new HashMap<>();
                List<Executable> proofs = new ArrayList<>();
                for (int i = 0; i < combinations.size(); i++) {
                    int device = i;
                    Combination one = combinations.get(i);
                    proofs.add(() -> Conformance.prove(one.features(), Peer.QEMU, "matrix " + one, () -> {
                        prove(one, device, a, b, sums);
                        return "";
                    }));
                }
                assertAll(proofs);
            }
        }
    }

    /** Device i of one guest is on vhost port 2i, that of the other on 2i + 1. */
    private static void wire(SppCluster cluster, int devices) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 2 * devices; i++) {
            lines.add("nfv 1; add vhost:" + i);
        }
        for (int i = 0; i < 2 * devices; i++) {
            lines.add("nfv 1; patch vhost:" + i + " vhost:" + (i ^ 1));
        }
        lines.add("nfv 1; forward");
        cluster.shell(lines.toArray(String[]::new));
    }

    private QemuGuest.Options guest(SppCluster cluster, String name, int side, List<Combination> combinations) {
        List<QemuGuest.Nic> nics = new ArrayList<>();
        for (int i = 0; i < combinations.size(); i++) {
            Combination one = combinations.get(i);
            String mac = String.format("52:54:00:00:%02x:%02x", i, side);
            Path socket = cluster.vhostSocket(2 * i + side);
            nics.add(new QemuGuest.Nic(socket, false, mac, one.netdevOptions(), one.deviceOptions()));
        }
        return new QemuGuest.Options(name, directory, nics, MEMORY_MIB, CPUS);
    }

    private static void prove(Combination one, int device, QemuGuest a, QemuGuest b, Map<Integer, String> sums) {
        String eth = "eth" + device;
        String net = "192.168." + (10 + device) + ".";
        List.of(a, b).forEach(guest -> setUp(guest, one, eth, net + (guest == a ? 1 : 2)));
        a.run("ping -c 1 -W 5 " + net + 2, COMMAND); // resolves the address
        String report = a.check("ping -c 3 -i 0.05 -W 5 " + net + 2, COMMAND);
        assertTrue(report.contains(" 0% packet loss"), one + ": " + report);
        transfer(one, a, b, net + 2, sums);
    }

    private static void setUp(QemuGuest guest, Combination one, String eth, String address) {
        String bits = guest.check("cat /sys/class/net/" + eth + "/device/features", COMMAND);
        assertEquals(one.packed(), negotiated(bits, Features.RING_PACKED), one + " packed: " + bits);
        assertEquals(one.mergeable(), negotiated(bits, Features.MRG_RXBUF), one + " mergeable: " + bits);
        assertEquals(one.indirect(), negotiated(bits, Features.INDIRECT_DESC), one + " indirect: " + bits);
        assertEquals(one.eventIndex(), negotiated(bits, Features.EVENT_IDX), one + " event index: " + bits);
        guest.check("ip addr add " + address + "/24 dev " + eth + " && ip link set " + eth + " up", COMMAND);
        if (one.pairs() > 1) {
            guest.run("ethtool -L " + eth + " combined " + one.pairs(), COMMAND); // an error when it is so already
            String channels = guest.check("ethtool -l " + eth, COMMAND);
            assertTrue(channels.matches("(?s).*Current.*Combined:\\s+" + one.pairs() + "\\b.*"), one + ": " + channels);
        }
        String rings = guest.check("ethtool -g " + eth, COMMAND);
        assertTrue(rings.matches("(?s).*Current.*RX:\\s+" + one.queueSize() + "\\b.*"), one + ": " + rings);
    }

    /** Linux shows bit n as the character n of a line. */
    private static boolean negotiated(String bits, long feature) {
        return bits.charAt(Long.numberOfTrailingZeros(feature)) == '1';
    }

    /** As many flows at once as there are queue pairs, 20 MiB together; the receiver of each answers with its checksum; {@code sums}, by
     * the number of flows, is that of what a flow sends. */
    private static void transfer(
            Combination one, QemuGuest from, QemuGuest to, String address, Map<Integer, String> sums) {
        int flows = one.pairs();
        String data = "for i in $(seq " + TRANSFER_PARTS / flows + "); do cat /tmp/part; done";
        String sum = sums.computeIfAbsent(flows, any -> from.check("(" + data + ") | md5sum", TRANSFER));
        to.check(
                "for p in $(seq " + flows + "); do nc -l -p $((5000 + p)) -e md5sum >/dev/null 2>&1 & done;"
                        + " for i in $(seq 200); do [ $(netstat -ltn | grep -c ':500[1-4] ') = " + flows
                        + " ] && exit 0; sleep 0.1; done; exit 1",
                COMMAND);
        String answers = from.check(
                "for p in $(seq " + flows + "); do (" + data + ") | nc " + address
                        + " $((5000 + p)) >/tmp/sum$p & done; wait; for p in $(seq " + flows
                        + "); do cat /tmp/sum$p; done",
                TRANSFER);
        assertEquals(String.join("\n", Collections.nCopies(flows, sum)), answers, one.toString());
    }
}

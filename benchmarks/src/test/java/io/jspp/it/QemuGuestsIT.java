package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.NetworkNamespace;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.controller.qemu.GuestImage;
import io.jspp.controller.qemu.QemuGuest;
import io.jspp.testing.Need;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.testing.conformance.Proves;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stock Linux guests with their default virtio-net settings, under QEMU, on vhost ports of a real nfv process. */
@Tag("peer")
@Tag("once")
@Requires({Need.QEMU, Need.GUEST_KERNEL, Need.BUSYBOX, Need.IPERF3, Need.ETHTOOL})
class QemuGuestsIT {
    private static final int NUMBERS_IN_FILE = 710_000;
    private static final int FILE_BYTES = 4_858_895;
    private static final int FILES = 21;

    private static final Duration COMMAND = Duration.ofSeconds(30);
    private static final Duration TRANSFER = Duration.ofSeconds(150);
    /** Numbers in a file of the sending guest. */
    private static final String MAKE_FILE = "seq 1 " + NUMBERS_IN_FILE + " >/tmp/part";

    /** 102 MB out of that file into a connection, then the answer to it. */
    private static final String SEND =
            " -e sh -c 'for i in $(seq " + FILES + "); do cat /tmp/part; done; cat >/tmp/answer'; cat /tmp/answer";

    /** Sum of as much from a connection, as an answer. */
    private static final String RECEIVE =
            " -e busybox sh -c 'busybox dd iflag=fullblock bs=" + FILE_BYTES + " count=" + FILES + " | busybox md5sum'";

    /** 104 MB that are the same wherever they are made, no two blocks alike. */
    private static final String NUMBERS = "busybox seq 1 13000000";

    @TempDir
    private Path directory;

    @Test
    @Proves(
            value = {Feature.SERVER_MODE, Feature.REPLY_ACK, Feature.STATUS, Feature.BACKEND_REQ},
            with = Peer.QEMU)
    void shouldPingAndTransferBetweenTwoGuestsWhenQemuConnectsToUs() throws Exception {
        try (SppCluster cluster = GuestCluster.start("qemu")) {
            cluster.startNfv(1);
            GuestCluster.joinTwoGuests(cluster);
            twoGuests(
                    TestGuests.image(),
                    guest("g0", cluster.vhostSocket(0), false, 1),
                    guest("g1", cluster.vhostSocket(1), false, 2));
        }
    }

    @Test
    @Proves(
            value = {Feature.CLIENT_MODE, Feature.REPLY_ACK, Feature.STATUS, Feature.BACKEND_REQ},
            with = Peer.QEMU)
    void shouldPingAndTransferBetweenTwoGuestsWhenWeConnectToQemu() throws Exception {
        try (SppCluster cluster = GuestCluster.start("qemu")) {
            cluster.startNfv(1, "--vhost-client");
            GuestCluster.joinTwoGuests(cluster);
            twoGuests(
                    TestGuests.image(),
                    guest("g0", cluster.vhostSocket(0), true, 1),
                    guest("g1", cluster.vhostSocket(1), true, 2));
        }
    }

    @Test
    @Requires({Need.NET_ADMIN, Need.IP, Need.IPERF3})
    @Proves(value = Feature.KERNEL_OFFLOAD, with = Peer.QEMU)
    void shouldPingAndTransferBetweenGuestAndNetworkNamespace() throws Exception {
        transferWithNamespace("phy:0");
    }

    @Test
    @Tag("long")
    @Requires({Need.NET_ADMIN, Need.IP, Need.IPERF3})
    @Proves(value = Feature.KERNEL_OFFLOAD, with = Peer.QEMU)
    void shouldPingAndTransferBetweenGuestAndTap() throws Exception {
        transferWithNamespace("tap:0");
    }

    /** Long packets cross in one piece, into the kernel and out of it: both sides leave segmentation and checksums to others. */
    private void transferWithNamespace(String port) throws Exception {
        String outside = "sppq" + ProcessHandle.current().pid() % 100_000;
        try (NetworkNamespace namespace = NetworkNamespace.open();
                SppCluster cluster =
                        new SppCluster("qemu", ProjectHome.launcher().toString(), line -> {})) {
            cluster.startController();
            if (port.startsWith("phy")) {
                namespace.addVeth(outside, "192.168.7.2/24");
                cluster.startPrimary(1, "0x01", "--vdev", "net_af_packet0,iface=" + outside);
            } else {
                cluster.startPrimary(1, "0x01", "--vdev", "net_tap0,iface=" + outside);
                namespace.adopt(outside, "192.168.7.2/24");
            }
            cluster.startNfv(1);
            cluster.shell(
                    "nfv 1; add vhost:0",
                    "nfv 1; patch vhost:0 " + port,
                    "nfv 1; patch " + port + " vhost:0",
                    "nfv 1; forward");
            try (QemuGuest guest = QemuGuest.start(TestGuests.image(), guest("g0", cluster.vhostSocket(0), false, 1))
                    .boot("192.168.7.1/24")) {
                ping(guest, "192.168.7.2");
                guest.check(MAKE_FILE, COMMAND);
                SppProcess sink = serve(namespace, 5001, RECEIVE);
                assertEquals(sumOfParts(), guest.check("nc 192.168.7.2 5001" + SEND, TRANSFER));
                assertEquals(0, sink.awaitExit(COMMAND), sink.tail());

                String expected = String.join("", namespace.check("busybox", "sh", "-c", NUMBERS + "| busybox md5sum"));
                SppProcess source = serve(namespace, 5002, " -e " + NUMBERS);
                assertEquals(
                        expected,
                        guest.check("nc 192.168.7.2 5002 -e sh -c 'md5sum >/tmp/sum'; cat /tmp/sum", TRANSFER));
                assertEquals(0, source.awaitExit(COMMAND), source.tail());

                SppProcess iperf = namespace.start("iperf3", "-s");
                awaitListening(namespace, 5201);
                assertLongPackets(cluster, "rx", () -> guest.check("iperf3 -c 192.168.7.2 -n 20M", TRANSFER));
                assertLongPackets(cluster, "tx", () -> guest.check("iperf3 -c 192.168.7.2 -R -n 20M", TRANSFER));
                iperf.close();
            }
        }
    }

    /** On the average over a transfer whose sender writes much at a time. */
    private static void assertLongPackets(SppCluster cluster, String direction, Runnable transfer) {
        RestClient rest = new RestClient(cluster.restPort());
        long packets = rest.counter(1, "vhost:0", direction, "packets");
        long bytes = rest.counter(1, "vhost:0", direction, "bytes");
        transfer.run();
        packets = rest.counter(1, "vhost:0", direction, "packets") - packets;
        bytes = rest.counter(1, "vhost:0", direction, "bytes") - bytes;
        assertTrue(bytes > 2000 * packets, direction + ": " + bytes + " bytes in " + packets + " packets");
    }

    private QemuGuest.Options guest(String name, Path socket, boolean serverMode, int number) {
        return new QemuGuest.Options(name, directory, socket, serverMode, "52:54:00:00:00:0" + number);
    }

    private static void twoGuests(GuestImage image, QemuGuest.Options first, QemuGuest.Options second) {
        try (QemuGuest a = QemuGuest.start(image, first);
                QemuGuest b = QemuGuest.start(image, second)) {
            a.boot("192.168.7.1/24");
            b.boot("192.168.7.2/24");
            ping(a, "192.168.7.2");
            transfer(a, b, "192.168.7.2");
        }
    }

    private static void ping(QemuGuest from, String address) {
        from.run("ping -c 1 -W 5 " + address, COMMAND); // resolves the address
        String report = from.check("ping -c 5 -i 0.05 -W 5 " + address, COMMAND);
        assertTrue(report.contains(" 0% packet loss"), report);
    }

    /** 102 MB over TCP; the receiver's checksum over all of them is what it must be. */
    private static void transfer(QemuGuest from, QemuGuest to, String address) {
        from.check(MAKE_FILE, COMMAND);
        to.check("nc -l -p 5001" + RECEIVE + " >/dev/null 2>&1 &", COMMAND);
        to.check("for i in $(seq 200); do netstat -ltn | grep -q :5001 && exit 0; sleep 0.1; done; exit 1", COMMAND);
        assertEquals(sumOfParts(), from.check("nc " + address + " 5001" + SEND, TRANSFER));
    }

    /** As md5sum prints it. */
    private static String sumOfParts() {
        StringBuilder numbers = new StringBuilder();
        for (int i = 1; i <= NUMBERS_IN_FILE; i++) {
            numbers.append(i).append('\n');
        }
        byte[] file = numbers.toString().getBytes(StandardCharsets.US_ASCII);
        try {
            MessageDigest sum = MessageDigest.getInstance("MD5");
            for (int i = 0; i < FILES; i++) {
                sum.update(file);
            }
            return HexFormat.of().formatHex(sum.digest()) + "  -";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A listener inside that joins one connection to the input and output of what its last option names. */
    private static SppProcess serve(NetworkNamespace namespace, int port, String option) {
        String line = "exec busybox nc -l -p " + port + option;
        SppProcess server = namespace.start("busybox", "sh", "-c", line);
        awaitListening(namespace, port);
        return server;
    }

    private static void awaitListening(NetworkNamespace namespace, int port) {
        String look = "for i in $(busybox seq 200); do busybox netstat -ltn | busybox grep -q :" + port
                + " && exit 0; busybox sleep 0.1; done; exit 1";
        namespace.check("busybox", "sh", "-c", look);
    }
}

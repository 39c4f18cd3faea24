package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.config.RunDirectory;
import io.jspp.controller.json.Json;
import io.jspp.controller.process.NetworkNamespace;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.controller.qemu.GuestImage;
import io.jspp.controller.qemu.QemuGuest;
import io.jspp.testing.Need;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guides that users of other soft switches and hypervisors follow, with us in their place: as typed, and as labs. */
@Tag("peer")
@Tag("once")
@Requires({Need.ROOT, Need.QEMU, Need.GUEST_KERNEL, Need.BUSYBOX, Need.IP})
class SeedsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration UP = Duration.ofSeconds(150);
    private static final int QUEUES = 4;
    private static final int WORKERS = 2;

    private static final String GUEST_MAC = "525400000001";
    private static final String HOST_MAC = "525400000002";
    private static final String OTHER_MAC = "525400000003";

    /** md5sum of what {@code seq 200000} prints. */
    private static final String NUMBERS_SUM = "0e10426a1d5bddffcef02f1345787128";

    private static final int NUMBERS_LENGTH = 1_288_895;

    @TempDir
    private Path directory;

    /**
     * SPP's how-to of spp_vf: its lines as typed, a guest in the place of [VM], and two hosts on the two ports of its mask. Its last two lines, which
     * switch offloads off, are not followed: the guest has no ethtool, the hosts keep theirs on.
     */
    @Test
    @Requires(Need.TSHARK)
    void shouldDoTheHowToOfSppVfAsTyped() throws Exception {
        SppVfHowTo howTo = SppVfHowTo.read();
        assertEquals(7, howTo.lines().size(), howTo.toString());
        String pid = Long.toString(ProcessHandle.current().pid() % 100_000);
        Path capture = directory.resolve("host2.pcap");
        try (NetworkNamespace host2 = NetworkNamespace.open();
                NetworkNamespace host3 = NetworkNamespace.open();
                SppCluster cluster =
                        new SppCluster("howto", ProjectHome.launcher().toString(), line -> {})) {
            host2.addVeth("spph" + pid, "192.168.122.2/24");
            host2.check("ip", "link", "set", "eth0", "address", "52:54:00:00:00:02");
            host3.addVeth("sppi" + pid, "192.168.122.3/24");
            host3.check("ip", "link", "set", "eth0", "address", "52:54:00:00:00:03");
            // What binding two network cards to DPDK is there; and a run directory that no other test has.
            Path devices = directory.resolve("devices.yaml");
            Files.writeString(
                    devices,
                    "vdev:\n  - net_af_packet0,iface=spph" + pid + "\n  - net_af_packet1,iface=sppi" + pid + "\n");
            cluster.environment("SPP_CONF", devices.toString());
            cluster.environment("SPP_FILE_PREFIX", cluster.prefix());

            for (int i = 0; i < 3; i++) {
                SppProcess process =
                        cluster.awaitReady(cluster.start(howTo.words(i).get(0), howTo.words(i)));
                assertEquals(List.of(), process.err(), process.name());
            }
            wire(cluster);
            assertEquals("virsh start [VM]", howTo.line(3));
            try (SppProcess sniffer =
                            host2.start("dumpcap", "-q", "-P", "-B", "64", "-i", "eth0", "-w", capture.toString());
                    QemuGuest guest = QemuGuest.start(
                            GuestImage.prepare(ProjectHome.directory(), List.of()),
                            new QemuGuest.Options(
                                    "vm", directory, cluster.vhostSocket(0), true, "52:54:00:00:00:01"))) {
                guest.awaitBoot();
                guest.check(
                        howTo.line(4)
                                .replace("[IF_NAME]", "eth0")
                                .replace("[IP_ADDR]", "192.168.122.1")
                                .replace("[NETMASK]", "255.255.255.0"),
                        LIMIT);
                for (int i = 5; i < 7; i++) {
                    assertEquals("ethtool -K [IF_NAME] tx off", howTo.line(i));
                }
                assertNotEquals(0, guest.run("which ethtool", LIMIT).exitCode());
                exchange(guest, host2, host3);
                awaitWritten(capture);
            }
        }
        lookAt(PcapFile.read(capture));
    }

    /** To each host what is for it, from both to the guest. */
    private static void wire(SppCluster cluster) {
        List<String> words = new ArrayList<>(List.of("cli"));
        for (String line : List.of(
                "component start cls 2 classifier",
                "component start mgr 3 merge",
                "port add vhost:0 rx cls",
                "port add phy:0 tx cls",
                "port add phy:1 tx cls",
                "port add phy:0 rx mgr",
                "port add phy:1 rx mgr",
                "port add vhost:0 tx mgr",
                "classifier_table add mac 52:54:00:00:00:02 phy:0",
                "classifier_table add mac 52:54:00:00:00:03 phy:1")) {
            words.addAll(List.of("-c", "vf 1; " + line));
        }
        SppProcess shell = cluster.start("cli", words);
        assertEquals(0, shell.awaitExit(LIMIT), shell.tail());
    }

    /** Pings, and TCP each way. */
    private static void exchange(QemuGuest guest, NetworkNamespace host2, NetworkNamespace host3) {
        for (String address : List.of("192.168.122.2", "192.168.122.3")) {
            String report = guest.check("ping -c 3 -i 0.05 -W 5 " + address, LIMIT);
            assertTrue(report.contains(" 0% packet loss"), report);
        }
        guest.check("mkdir -p /tmp/www && seq 200000 >/tmp/www/numbers && httpd -h /tmp/www", LIMIT);
        String fetch = "busybox wget -q -O - http://192.168.122.1/numbers | busybox md5sum";
        assertEquals(List.of(NUMBERS_SUM + "  -"), host2.check("busybox", "sh", "-c", fetch));
        try (SppProcess serving = host3.start("busybox", "nc", "-l", "-p", "8000", "-e", "busybox", "seq", "200000")) {
            host3.check(
                    "busybox",
                    "sh",
                    "-c",
                    "for i in $(busybox seq 100); do busybox netstat -ltn | busybox grep -q :8000 && exit; busybox sleep 0.1; done; exit 1");
            String sum = guest.check("nc 192.168.122.3 8000 -e sh -c 'md5sum >/tmp/sum'; cat /tmp/sum", LIMIT);
            assertEquals(NUMBERS_SUM + "  -", sum.strip());
            assertEquals(0, serving.awaitExit(LIMIT), serving.tail());
        }
        for (NetworkNamespace host : List.of(host2, host3)) {
            List<String> tcp = host.check("busybox", "grep", "^Tcp:", "/proc/net/snmp");
            assertTrue(tcp.get(0).endsWith(" InCsumErrors") && tcp.get(1).endsWith(" 0"), tcp.toString());
        }
    }

    /** dumpcap writes some time after a frame has passed; what it has not read yet when it ends is lost. */
    private static void awaitWritten(Path capture) throws IOException {
        long begin = System.nanoTime();
        while (Files.size(capture) < NUMBERS_LENGTH && System.nanoTime() - begin < LIMIT.toNanos()) {
            LockSupport.parkNanos(20_000_000);
        }
    }

    /** The wire of host2: its pings and all of the file, and nothing that is for host3 alone. */
    private static void lookAt(List<String> frames) {
        String toHost = HOST_MAC + GUEST_MAC + "0800";
        String toGuest = GUEST_MAC + HOST_MAC + "0800";
        assertEquals(3, icmp(frames, toHost, "08"), () -> frames.size() + " frames");
        assertEquals(3, icmp(frames, toGuest, "00"), () -> frames.size() + " frames");
        long bytes = frames.stream()
                .filter(frame -> frame.startsWith(toHost) && protocol(frame).equals("06"))
                .mapToLong(SeedsIT::tcpPayload)
                .sum();
        assertTrue(bytes >= NUMBERS_LENGTH, bytes + " bytes of TCP");
        assertEquals(
                0, frames.stream().filter(frame -> frame.startsWith(OTHER_MAC)).count());
    }

    private static long icmp(List<String> frames, String ethernet, String type) {
        return frames.stream()
                .filter(frame -> frame.startsWith(ethernet)
                        && protocol(frame).equals("01")
                        && frame.startsWith(type, 2 * (14 + 20)))
                .count();
    }

    private static String protocol(String frame) {
        return frame.substring(2 * (14 + 9), 2 * (14 + 10));
    }

    /** By IPv4's length and the two header lengths. */
    private static int tcpPayload(String frame) {
        int total = Integer.parseInt(frame.substring(2 * (14 + 2), 2 * (14 + 4)), 16);
        int ip = 4 * Integer.parseInt(frame.substring(2 * 14 + 1, 2 * 14 + 2), 16);
        int at = 2 * (14 + ip + 12);
        return total - ip - 4 * Integer.parseInt(frame.substring(at, at + 1), 16);
    }

    /** cloud-hypervisor's guide: four queue pairs in the guest, four queues of the tap, and traffic on each of them both ways. */
    @Test
    @Requires({Need.ETHTOOL, Need.TUN})
    void shouldUseAllQueuesOfGuestAndTap() throws IOException {
        inLab("multi-queue", rest -> {
            assertUsed(rest, "vhost:0", "rx", QUEUES);
            assertUsed(rest, "vhost:0", "tx", QUEUES);
            assertUsed(rest, "tap:0", "rx", QUEUES);
            // A worker sends to a kernel interface by a queue of its own.
            assertUsed(rest, "tap:0", "tx", WORKERS);
        });
    }

    private static void assertUsed(RestClient rest, String port, String direction, int expected) {
        Map<Integer, Long> queues = queues(rest, port, direction);
        assertEquals(expected, queues.size(), port + " " + direction + ": " + queues);
        assertTrue(queues.values().stream().allMatch(packets -> packets > 0), port + " " + direction + ": " + queues);
    }

    private static Map<Integer, Long> queues(RestClient rest, String port, String direction) {
        Map<Integer, Long> queues = new TreeMap<>();
        for (Object row : RestClient.list(rest.get("/nfvs/1"), "counters")) {
            Map<String, Object> counters = Json.asObject(row);
            if (counters.get("port").equals(port) && counters.get("direction").equals(direction)) {
                queues.put((int) RestClient.number(counters.get("queue")), RestClient.number(counters.get("packets")));
            }
        }
        return queues;
    }

    @Tag("long")
    @Test
    void shouldPrintPacketsInTheLabToo() throws IOException {
        inLab("ping", rest -> {
            Path log = RunDirectory.expected("", "lab-ping", System.getenv()).resolve("lab/vf1.log");
            try {
                assertTrue(Files.readString(log).contains("\nICMP Header - Type: 8 | id: "), log.toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Tag("long")
    @Test
    void shouldDoTheHowToOfSppVfAsALab() throws IOException {
        inLab("spp-vf", rest -> {});
    }

    /** Up, every check of its file good, down, and nothing left. */
    private static void inLab(String name, Consumer<RestClient> look) throws IOException {
        Path left = RunDirectory.expected("", "lab-" + name, System.getenv());
        assertFalse(Files.exists(left), left + " is there already: ./spp lab down " + name);
        try {
            List<String> up = lab(UP, "up", name);
            Matcher address = Pattern.compile("cli -b 127\\.0\\.0\\.1:(\\d+)").matcher(up.get(up.size() - 1));
            assertTrue(address.find(), up.toString());
            List<String> checked = lab(UP, "check", name);
            assertTrue(checked.get(checked.size() - 1).endsWith(" checks, all ok"), checked.toString());
            look.accept(new RestClient(Integer.parseInt(address.group(1))));
        } finally {
            assertEquals(List.of("lab " + name + " is down"), lab(LIMIT, "down", name));
        }
        assertFalse(Files.exists(left), left.toString());
    }

    private static List<String> lab(Duration limit, String... words) {
        List<String> command = new ArrayList<>(List.of(ProjectHome.launcher().toString(), "lab"));
        command.addAll(List.of(words));
        SppProcess process = SppProcess.start("lab " + String.join(" ", words), Map.of(), command);
        assertEquals(0, process.awaitExit(limit), process.tail());
        assertEquals(List.of(), process.err());
        return process.out();
    }
}

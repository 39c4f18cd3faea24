package io.jspp.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.NetworkNamespace;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.controller.qemu.GuestShell;
import io.jspp.controller.qemu.QemuGuest;
import io.jspp.testing.Need;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import io.jspp.testing.conformance.Conformance;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A QEMU guest with a card on each of two nfv processes: one takes its memory region by region (CONFIGURE_MEM_SLOTS), the other as a table. The guest gets
 * more memory while it pings through both; or it has 3 GiB, or huge pages.
 */
@Tag("peer")
@Requires({Need.QEMU, Need.GUEST_KERNEL, Need.BUSYBOX, Need.NET_ADMIN, Need.IP, Need.TUN})
class QemuMemorySlotsIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final int MEMORY_MIB = 160;
    private static final int MORE_MIB = 128;

    /** 8 MiB out of 4. */
    private static final String MAKE_PART = "dd if=/dev/urandom of=/tmp/part bs=1M count=4 2>/dev/null";

    private static final String PARTS = "for i in 1 2; do cat /tmp/part; done";

    private static final int MTU = 4000;
    private static final int PAGE = 4096;

    /** Fewer than the buffers of a ring lie in. */
    private static final int ENOUGH_PAGES = 32;

    /** Headers of a ping. */
    private static final int IP_AND_ICMP = 20 + 8;

    private static final Pattern MEMORY = Pattern.compile(
            "([0-9]+) regions?, ([0-9]+) MiB; SET_MEM_TABLE ([0-9]+), ADD_MEM_REG ([0-9]+), REM_MEM_REG ([0-9]+)");

    /** Of the guest's memory. */
    private static final Pattern MAPPING =
            Pattern.compile("^([0-9a-f]+)-([0-9a-f]+) \\S+ ([0-9a-f]+) .*/memfd:memory-backend");

    private static final Pattern SEQUENCE = Pattern.compile(" (?:icmp_)?seq=([0-9]+) ");

    @TempDir
    private Path directory;

    private final String outside = "spps" + ProcessHandle.current().pid() % 100_000;
    private final List<SppProcess> nfvs = new ArrayList<>();
    private SppCluster cluster;
    private RestClient rest;

    /** What an nfv says of its guest's memory. */
    private record Memory(int regions, int mebibytes, int tables, int added, int removed) {}

    @Tag("long")
    @Test
    void shouldTakeMemoryByRegionsOrAsATableAlsoWhenItGrows() throws Exception {
        String size = MEMORY_MIB + "M";
        List<String> memory = List.of(
                "-machine",
                "memory-backend=mem",
                "-m",
                size + ",slots=2,maxmem=1G",
                "-object",
                "memory-backend-memfd,id=mem,share=on,size=" + size);
        Conformance.prove(
                List.of(Feature.MEMORY_SLOTS, Feature.MEMORY_TABLE, Feature.SEVERAL_REGIONS),
                Peer.QEMU,
                "a DIMM is added",
                () -> withBoth(memory, "", (namespace, guest) -> {
                    assertMessages(MEMORY_MIB);
                    transfer(namespace, guest);
                    growUnderLoad(guest);
                    transfer(namespace, guest);
                }));
    }

    /** With 3 GiB a PC has 2 below 4 GiB and, behind the hole for devices, one above, which is at 2 GiB of the file. Only touched pages are there. */
    @Tag("long")
    @Test
    void shouldTakeThreeGibibytesWithAHoleAndAnMtu() throws Exception {
        int mebibytes = 3072;
        Conformance.prove(
                List.of(Feature.LARGE_MEMORY, Feature.SEVERAL_REGIONS, Feature.MTU),
                Peer.QEMU,
                "3 GiB",
                () -> withBoth(onFile(mebibytes, ""), "host_mtu=" + MTU, (namespace, guest) -> {
                    assertMessages(mebibytes);
                    ping(guest);
                    transfer(namespace, guest);
                    for (int i = 0; i < 2; i++) {
                        int pages = pagesUsed(nfvs.get(i), 2L << 30);
                        assertTrue(pages > ENOUGH_PAGES, "nfv " + (i + 1) + " used " + pages + " pages above 4 GiB");
                    }
                    pingWithMtu(namespace, guest);
                }));
    }

    @Tag("long")
    @Requires(Need.HUGEPAGES)
    @Test
    void shouldTakeHugePages() throws Exception {
        Conformance.prove(
                Feature.HUGE_PAGES,
                Peer.QEMU,
                "huge pages",
                () -> withBoth(onFile(MEMORY_MIB, ",hugetlb=on,hugetlbsize=2M"), "", (namespace, guest) -> {
                    assertMessages(MEMORY_MIB);
                    ping(guest);
                    transfer(namespace, guest);
                }));
    }

    private static List<String> onFile(int mebibytes, String more) {
        String size = mebibytes + "M";
        String file = "memory-backend-memfd,id=mem,share=on,prealloc=off,size=" + size + more;
        return List.of("-machine", "memory-backend=mem", "-m", size, "-object", file);
    }

    /** What is done with the guest. */
    private interface Body {
        void run(NetworkNamespace namespace, QemuGuest guest) throws IOException;
    }

    /**
     * Boots a guest with a card on each nfv.
     *
     * @param memory arguments of QEMU
     * @param deviceOptions of the cards
     * @return nothing to be said about it
     */
    private String withBoth(List<String> memory, String deviceOptions, Body body) throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.open();
                SppCluster started =
                        new SppCluster("slots", ProjectHome.launcher().toString(), line -> {})) {
            cluster = started;
            cluster.startController();
            List<String> devices = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                devices.addAll(List.of("--vdev", "net_tap" + i + ",iface=" + outside + i));
            }
            cluster.startPrimary(1, "0x03", devices.toArray(new String[0]));
            rest = new RestClient(cluster.restPort());
            for (int i = 0; i < 2; i++) {
                namespace.adopt(outside + i, "192.168." + (7 + i) + ".2/24");
                nfvs.add(startNfv(i + 1, i == 0));
                String nfv = "nfv " + (i + 1) + "; ";
                cluster.shell(
                        nfv + "add vhost:" + i,
                        nfv + "patch vhost:" + i + " tap:" + i,
                        nfv + "patch tap:" + i + " vhost:" + i,
                        nfv + "forward");
            }
            try (QemuGuest guest = QemuGuest.start(TestGuests.image(), options(memory, deviceOptions))
                    .boot("192.168.7.1/24")) {
                guest.check("ip addr add 192.168.8.1/24 dev eth1 && ip link set eth1 up", LIMIT);
                guest.check(MAKE_PART, LIMIT);
                body.run(namespace, guest);
            }
            return "";
        }
    }

    private SppProcess startNfv(int id, boolean slots) {
        List<String> words = new ArrayList<>(List.of("nfv", "-l", "0,1", "--file-prefix", cluster.prefix()));
        words.addAll(List.of("--set", "vhost.memory.slots=" + slots));
        words.addAll(List.of("--", "-n", "" + id, "-s", "127.0.0.1:" + cluster.secondaryPort()));
        return cluster.awaitReady(cluster.start("nfv" + id, words));
    }

    private QemuGuest.Options options(List<String> memory, String deviceOptions) {
        List<QemuGuest.Nic> nics = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            nics.add(new QemuGuest.Nic(cluster.vhostSocket(i), false, "52:54:00:00:00:0" + (1 + i), "", deviceOptions));
        }
        return new QemuGuest.Options("g0", directory, nics, 0, 1, memory);
    }

    private static void ping(QemuGuest guest) {
        for (int i = 0; i < 2; i++) {
            String peer = "192.168." + (7 + i) + ".2";
            guest.run("ping -c 1 -W 5 " + peer, LIMIT); // resolves the address
            String report = guest.check("ping -c 10 -i 0.1 -W 5 " + peer, LIMIT);
            assertTrue(report.contains(" 0% packet loss"), report);
        }
    }

    /** The guest's driver takes the MTU from the device; frames of that size go through whole. */
    private void pingWithMtu(NetworkNamespace namespace, QemuGuest guest) {
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    MTU,
                    Integer.parseInt(guest.check("cat /sys/class/net/eth" + i + "/mtu", LIMIT)
                            .strip()));
            namespace.check("ip", "link", "set", outside + i, "mtu", "" + MTU);
            long bytes = rest.counter(i + 1, "vhost:" + i, "rx", "bytes");
            long packets = rest.counter(i + 1, "vhost:" + i, "rx", "packets");
            String report = guest.check(
                    "ping -c 10 -i 0.1 -W 5 -s " + (MTU - IP_AND_ICMP) + " 192.168." + (7 + i) + ".2", LIMIT);
            assertTrue(report.contains(" 0% packet loss"), report);
            long more = rest.counter(i + 1, "vhost:" + i, "rx", "bytes") - bytes;
            long frames = rest.counter(i + 1, "vhost:" + i, "rx", "packets") - packets;
            // Each in one frame: fragments would be three times as many. The guest may ask for the neighbour's address
            // besides.
            assertTrue(frames < 20 && more >= 10L * MTU, more + " bytes in " + frames + " frames");
        }
        assertEquals(
                "0",
                guest.check("awk '/^Ip: [0-9]/ {print $15 + $18}' /proc/net/snmp", LIMIT)
                        .strip(),
                "fragments");
    }

    /** Pages that a process has used of the guest's memory, from {@code offset} on in its file; proc(5), maps and pagemap. */
    private static int pagesUsed(SppProcess nfv, long offset) throws IOException {
        Path proc = Path.of("/proc", "" + nfv.pid());
        int used = 0;
        try (FileChannel pages = FileChannel.open(proc.resolve("pagemap"))) {
            for (String line : Files.readAllLines(proc.resolve("maps"))) {
                Matcher mapping = MAPPING.matcher(line);
                if (mapping.find()) {
                    long end = Long.parseLong(mapping.group(2), 16);
                    long begin = Long.parseLong(mapping.group(1), 16);
                    begin += Math.max(0, offset - Long.parseLong(mapping.group(3), 16));
                    used += begin < end ? present(pages, begin, end) : 0;
                }
            }
        }
        return used;
    }

    private static int present(FileChannel pages, long begin, long end) throws IOException {
        ByteBuffer words =
                ByteBuffer.allocate((int) ((end - begin) / PAGE * Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        long from = begin / PAGE * Long.BYTES;
        int read = 0;
        while (words.hasRemaining() && read >= 0) {
            read = pages.read(words, from + words.position());
        }
        words.flip();
        int used = 0;
        while (words.remaining() >= Long.BYTES) {
            used += words.getLong() < 0 ? 1 : 0; // bit 63: present
        }
        return used;
    }

    /** Which requests brought the memory, by the nfvs' own account. */
    private void assertMessages(int leastMib) {
        Memory bySlots = memory(0);
        assertTrue(bySlots.tables() == 0 && bySlots.added() > 0, bySlots::toString);
        Memory byTable = memory(1);
        assertTrue(byTable.tables() > 0 && byTable.added() + byTable.removed() == 0, byTable::toString);
        assertEquals(bySlots.regions(), byTable.regions());
        assertEquals(bySlots.mebibytes(), byTable.mebibytes());
        // But for the holes of the first MiB, where the PC has its ROMs.
        assertTrue(bySlots.mebibytes() >= leastMib - 1, bySlots::toString);
    }

    private Memory memory(int card) {
        return RestClient.list(rest.get("/nfvs/" + (card + 1)), "port_states").stream()
                .map(Json::asObject)
                .filter(row -> row.get("port").equals("vhost:" + card))
                .map(QemuMemorySlotsIT::parse)
                .findFirst()
                .orElseThrow();
    }

    private static Memory parse(Map<String, Object> row) {
        Matcher said = MEMORY.matcher(String.valueOf(row.get("memory")));
        assertTrue(said.matches(), () -> "no memory in " + row);
        return new Memory(group(said, 1), group(said, 2), group(said, 3), group(said, 4), group(said, 5));
    }

    private static int group(Matcher said, int number) {
        return Integer.parseInt(said.group(number));
    }

    /** A DIMM is plugged in, above 4 GiB; no ping is lost through either nfv. */
    private void growUnderLoad(QemuGuest guest) {
        List<Memory> before = List.of(memory(0), memory(1));
        List<Supplier<List<GuestShell.Line>>> pings = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            pings.add(guest.stream("ping" + i, "ping -i 0.05 192.168." + (7 + i) + ".2"));
        }
        awaitAnswers(pings, 20);
        guest.qmp()
                .execute(
                        "object-add",
                        "{\"qom-type\":\"memory-backend-memfd\",\"id\":\"more\",\"share\":true,\"size\":"
                                + ((long) MORE_MIB << 20) + "}");
        guest.qmp().execute("device_add", "{\"driver\":\"pc-dimm\",\"id\":\"dimm\",\"memdev\":\"more\"}");
        for (int i = 0; i < 2; i++) {
            int card = i;
            await().atMost(LIMIT)
                    .until(() -> memory(card).mebibytes() == before.get(card).mebibytes() + MORE_MIB);
        }
        assertMessages(MEMORY_MIB + MORE_MIB);
        assertEquals(before.get(0).added() + 1, memory(0).added(), "only what is new comes");
        assertEquals(before.get(0).removed(), memory(0).removed());
        guest.check(
                "for n in $(seq 200); do for s in /sys/devices/system/memory/memory*/state; do"
                        + " grep -q offline $s && echo online > $s; done;"
                        + " [ $(awk '/MemTotal/ {print $2}' /proc/meminfo) -gt " + MEMORY_MIB * 1024
                        + " ] && exit 0; sleep 0.1; done; exit 1",
                LIMIT);
        awaitAnswers(pings, pings.get(0).get().size() + 20);
        guest.check("killall -INT ping", LIMIT);
        for (Supplier<List<GuestShell.Line>> ping : pings) {
            await().atMost(LIMIT)
                    .until(() ->
                            ping.get().stream().anyMatch(line -> line.text().contains("packet loss")));
            assertNoneLost(ping.get().stream().map(GuestShell.Line::text).toList());
        }
    }

    /** Of those sent before the last, which ping's end may have overtaken. */
    private static void assertNoneLost(List<String> lines) {
        List<Integer> answered = lines.stream()
                .map(SEQUENCE::matcher)
                .filter(Matcher::find)
                .map(found -> Integer.parseInt(found.group(1)))
                .sorted()
                .toList();
        assertEquals(IntStream.range(0, answered.size()).boxed().toList(), answered, () -> String.join("\n", lines));
        String sent = (answered.size() + 1) + " packets transmitted";
        String summary = lines.stream()
                .filter(line -> line.contains("packet loss"))
                .findFirst()
                .orElseThrow();
        assertTrue(summary.startsWith(sent) || summary.contains(" 0% packet loss"), summary);
    }

    private static void awaitAnswers(List<Supplier<List<GuestShell.Line>>> pings, int lines) {
        for (Supplier<List<GuestShell.Line>> ping : pings) {
            await().atMost(LIMIT).until(() -> ping.get().size() >= lines);
        }
    }

    /** 8 MiB through each card, whose checksum is compared on both sides. */
    private static void transfer(NetworkNamespace namespace, QemuGuest guest) {
        String sum = guest.check("(" + PARTS + ") | md5sum", LIMIT);
        for (int i = 0; i < 2; i++) {
            SppProcess sink = namespace.start("busybox", "sh", "-c", "exec busybox nc -l -p 5001 -e busybox md5sum");
            namespace.check(
                    "busybox",
                    "sh",
                    "-c",
                    "for i in $(busybox seq 200); do busybox netstat -ltn | busybox grep -q :5001 && exit 0;"
                            + " busybox sleep 0.1; done; exit 1");
            assertEquals(sum, guest.check("(" + PARTS + ") | nc 192.168." + (7 + i) + ".2 5001", LIMIT));
            assertEquals(0, sink.awaitExit(LIMIT), sink.tail());
        }
    }
}

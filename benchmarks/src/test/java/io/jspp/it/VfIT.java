package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Patience;
import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A vf as a process: frames from capture files through its components, changes under load, death and resuming. */
@Tag("system")
class VfIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String SOURCE = "02:00:00:00:00:99";
    private static final String FIRST = "52:54:00:12:34:56";
    private static final String SECOND = "52:54:00:12:34:58";
    private static final String VF = "/vfs/1";

    private final SppCluster cluster =
            new SppCluster("vfit", ProjectHome.launcher().toString(), line -> {});
    private SppProcess vf;
    private RestClient rest;

    @BeforeEach
    void start() {
        cluster.startController();
        cluster.startPrimary(6, "0x01", "--vdev", "net_null0");
        rest = new RestClient(cluster.restPort());
    }

    /** A primary that ends before its secondaries leaves what the next one needs, so they end first. */
    @AfterEach
    void close() throws Exception {
        if (vf != null) {
            cluster.end(vf);
        }
        for (int i = 0; i < 6; i++) {
            Files.deleteIfExists(capture("rx", i));
            Files.deleteIfExists(capture("tx", i));
        }
        cluster.close();
        assertFalse(Files.exists(cluster.runDirectory()), "left behind: " + cluster.runDirectory());
    }

    private void startVf(String lcores, String... options) {
        vf = cluster.startSecondary("vf", 1, lcores, options);
        waitFor("vf 1 at the controller", () -> rest.send("GET", VF, "").statusCode() == 200);
    }

    private Path capture(String direction, int number) {
        return cluster.runDirectory().resolve("spp-" + direction + number + ".pcap");
    }

    private static String frame(String destination, String rest) {
        return PcapFile.frame(destination + SOURCE + rest);
    }

    private static void waitFor(String what, BooleanSupplier condition) {
        Patience.poll(what, LIMIT, condition);
    }

    private void refuse(String method, String path, String body, String answer) {
        HttpResponse<String> response = rest.send(method, VF + path, body);
        assertEquals(400, response.statusCode(), response.body());
        assertTrue(response.body().startsWith(answer), response.body());
    }

    private void change(String method, String path, String body) {
        HttpResponse<String> response = rest.send(method, VF + path, body);
        assertEquals(204, response.statusCode(), response.body());
    }

    /** Frames of the capture that {@code pcap:number} wrote, once there are as many, sorted. */
    private List<String> written(int number, int frames) {
        Path file = capture("tx", number);
        waitFor(frames + " frames in " + file, () -> PcapFile.read(file).size() >= frames);
        List<String> read = new ArrayList<>(PcapFile.read(file));
        Collections.sort(read);
        return read;
    }

    /** The session of docs/vf.md. */
    @Test
    void shouldClassifyForwardAndMergeOverRings() throws IOException {
        List<String> sent = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            String payload = String.format("0800 %04x", i);
            sent.add(frame(FIRST, payload));
            sent.add(frame(SECOND, payload));
            sent.add(frame("52:54:00:aa:aa:aa", payload));
            expected.add(frame(FIRST, payload));
            expected.add(frame(SECOND, payload));
        }
        sent.add(frame("ff:ff:ff:ff:ff:ff", "0806"));
        expected.add(frame("ff:ff:ff:ff:ff:ff", "0806"));
        expected.add(frame("ff:ff:ff:ff:ff:ff", "0806"));
        PcapFile.write(capture("rx", 0), sent);
        startVf("0,2,3,4,5");
        String page = Files.readString(ProjectHome.directory().resolve("docs/vf.md"));
        cluster.shell(DocumentedSession.shellLines("docs/vf.md").toArray(new String[0]));
        Collections.sort(expected);
        assertEquals(expected, written(1, expected.size()));
        assertEquals(30, componentDrops("cls", "unmatched"));

        Map<String, Object> status = rest.get(VF);
        assertEquals(
                List.of("client-id", "ports", "master-lcore", "components", "classifier_table"),
                List.copyOf(status.keySet()).subList(0, 5));
        assertEquals(
                "[ring:2, ring:3, ring:0, ring:1, nullpmd:0, pcap:1, pcap:0]",
                status.get("ports").toString());
        List<String> shown = cluster.shell("vf 1; status");
        assertEquals(block(page, "text"), shown);
        List<String> topology = DocumentedSession.block("docs/shell.md", "spp > topo");
        assertEquals(topology.subList(1, topology.size()), cluster.shell("topo"));
        HttpResponse<String> usage = rest.send("GET", "/cpu_usage", "");
        assertTrue(usage.body().contains("\"master-lcore\": 0, \"lcores\": [0, 2, 3, 4, 5]"), usage.body());
    }

    /** Lines of the page's first block of a kind. */
    private static List<String> block(String page, String kind) {
        Matcher block =
                Pattern.compile("```" + kind + "\n(.*?)```", Pattern.DOTALL).matcher(page);
        assertTrue(block.find());
        return block.group(1).lines().toList();
    }

    private long componentDrops(String name, String reason) {
        for (Object row : RestClient.list(rest.get(VF), "component_counters")) {
            Map<String, Object> counters = Json.asObject(row);
            if (counters.get("name").equals(name)) {
                return RestClient.number(Json.asObject(counters.get("drops")).get(reason));
            }
        }
        throw new AssertionError("no component " + name);
    }

    /** SPP's rule of one entry for each port; where each of nine frames goes. */
    @Test
    @Tag("once")
    void shouldClassifyByVlanFallBackAndFlood() {
        String other = "52:54:00:aa:aa:aa";
        String broadcast = "ff:ff:ff:ff:ff:ff";
        String untaggedFirst = frame(FIRST, "0800 01");
        String untaggedOther = frame(other, "0800 02");
        String taggedFirst = frame(FIRST, "8100 0064 0800 03");
        String taggedOther = frame(other, "8100 0064 0800 04");
        String noDefault = frame(other, "8100 0065 0800 05");
        String noTable = frame(FIRST, "8100 0066 0800 06");
        String untaggedToAll = frame(broadcast, "0806 07");
        String taggedToAll = frame(broadcast, "8100 0064 0806 08");
        String multicast = frame("01:00:5e:00:00:09", "8100 0065 0800 09");
        PcapFile.write(
                capture("rx", 0),
                List.of(
                        untaggedFirst,
                        untaggedOther,
                        taggedFirst,
                        taggedOther,
                        noDefault,
                        noTable,
                        untaggedToAll,
                        taggedToAll,
                        multicast));
        startVf("0,1", "--set", "classifier.entries.per.port=1");
        change("POST", "/components", "{\"name\": \"cls\", \"core\": 1, \"type\": \"classifier\"}");
        String port = "{\"action\": \"attach\", \"port\": \"pcap:%d\", \"dir\": \"%s\"}";
        for (int i = 1; i <= 5; i++) {
            change("PUT", "/components/cls/ports", String.format(port, i, "tx"));
        }
        String mac = "{\"action\": \"add\", \"type\": \"mac\", \"mac_address\": \"%s\", \"port\": \"pcap:%d\"}";
        String vlan =
                "{\"action\": \"add\", \"type\": \"vlan\", \"vlan\": %d, \"mac_address\": \"%s\", \"port\": \"pcap:%d\"}";
        change("PUT", "/classifier_table", String.format(mac, FIRST, 1));
        change("PUT", "/classifier_table", String.format(mac, "default", 2));
        change("PUT", "/classifier_table", String.format(vlan, 100, FIRST, 3));
        change("PUT", "/classifier_table", String.format(vlan, 100, "default", 4));
        change("PUT", "/classifier_table", String.format(vlan, 101, FIRST, 5));
        refuse("PUT", "/classifier_table", String.format(mac, SECOND, 1), "command error: Invalid value (port)");
        assertEquals(5, RestClient.list(rest.get(VF), "classifier_table").size());
        Map<String, Object> page = rest.get(VF + "/classifier_table/3");
        assertEquals(5, RestClient.number(page.get("classifier_entries")));
        assertEquals(
                List.of("100/default", "101/" + FIRST.toUpperCase(Locale.ROOT)),
                RestClient.list(page, "classifier_table").stream()
                        .map(entry -> Json.asObject(entry).get("value"))
                        .toList());
        change("PUT", "/components/cls/ports", String.format(port, 0, "rx"));

        assertEquals(List.of(untaggedFirst, untaggedToAll), sorted(written(1, 2)));
        assertEquals(
                sorted(List.of(untaggedOther, noDefault, noTable, untaggedToAll, taggedToAll, multicast)),
                sorted(written(2, 6)));
        assertEquals(sorted(List.of(taggedFirst, taggedToAll)), sorted(written(3, 2)));
        assertEquals(sorted(List.of(taggedOther, taggedToAll)), sorted(written(4, 2)));
        assertEquals(List.of(multicast), written(5, 1));
        assertEquals(0, componentDrops("cls", "unmatched"));
    }

    @Test
    @Tag("once")
    void shouldTagRetagAndUntagFrames() {
        String plain = frame(FIRST, "0800 01");
        String tagged = frame(FIRST, "8100 6065 0800 02");
        PcapFile.write(capture("rx", 0), List.of(plain, tagged));
        PcapFile.write(capture("rx", 1), List.of(plain, tagged));
        PcapFile.write(capture("rx", 2), List.of(plain, tagged));
        startVf("0,1");
        cluster.shell(
                "vf 1; component start add 1 forward",
                "vf 1; component start del 1 forward",
                "vf 1; component start both 1 forward",
                "vf 1; port add pcap:0 tx add add_vlantag 5 1",
                "vf 1; port add pcap:0 tx add add_vlantag 200 7",
                "vf 1; port add pcap:0 rx add",
                "vf 1; port add pcap:1 tx del del_vlantag",
                "vf 1; port add pcap:1 rx del",
                "vf 1; port add pcap:2 tx both del_vlantag",
                "vf 1; port add pcap:2 rx both add_vlantag 1 0");
        // inserted: the frame grows; rewritten: VID and PCP change; DEI is 0
        assertEquals(
                List.of(
                        PcapFile.frame(FIRST + SOURCE + "8100 e0c8 0800 01") + "00000000",
                        frame(FIRST, "8100 e0c8 0800 02")),
                sorted(written(0, 2)));
        String untagged = frame(FIRST, "0800 02");
        assertEquals(List.of(plain, untagged.substring(0, untagged.length() - 8)), sorted(written(1, 2)));
        assertEquals(sorted(written(1, 2)), sorted(written(2, 2)));
        Object port = Json.asObject(RestClient.list(rest.get(VF), "components").get(0))
                .get("tx_port");
        assertEquals(
                "[{\"port\": \"pcap:0\", \"vlan\": {\"operation\": \"add\", \"id\": 200, \"pcp\": 7}}]",
                Json.write(port));
        assertTrue(cluster.shell("vf 1; status").contains("    - tx: pcap:0 (vlan operation: add, id: 200, pcp: 7)"));
    }

    private static List<String> sorted(List<String> frames) {
        return frames.stream()
                .sorted((a, b) -> payload(a).compareTo(payload(b)))
                .toList();
    }

    /** The number behind the ethertype. */
    private static String payload(String frame) {
        int at = frame.startsWith("8100", 24) ? 36 : 28;
        return frame.substring(at, at + 2);
    }

    @Test
    @Tag("once")
    void shouldRefuseInSppsWordsAndChangeNothing() {
        startVf("0,1,2");
        change("POST", "/components", "{\"name\": \"f\", \"core\": 1, \"type\": \"forward\"}");
        change("POST", "/components", "{\"name\": \"c\", \"core\": 2, \"type\": \"classifier\"}");
        String port = "{\"action\": \"attach\", \"port\": \"%s\", \"dir\": \"%s\", \"vlan\": {}}";
        change("PUT", "/components/f/ports", String.format(port, "ring:0", "rx"));
        change("PUT", "/components/c/ports", String.format(port, "ring:0", "tx"));
        change("PUT", "/components/c/ports", String.format(port, "ring:1", "tx"));
        String before = Json.write(rest.get(VF).get("components"));

        refuse(
                "POST",
                "/components",
                "{\"name\": \"f\", \"core\": 1, \"type\": \"merge\"}",
                "command error: Invalid value (component name)");
        refuse(
                "POST",
                "/components",
                "{\"name\": \"g\", \"core\": 0, \"type\": \"merge\"}",
                "command error: Invalid value (core)");
        refuse(
                "POST",
                "/components",
                "{\"name\": \"g\", \"core\": 9, \"type\": \"merge\"}",
                "command error: error occur");
        refuse("POST", "/components", "{\"name\": \"g\", \"core\": 1, \"type\": \"nosuch\"}", "invalid key(type)");
        refuse("POST", "/components", "{\"name\": \"g\", \"core\": \"1\", \"type\": \"merge\"}", "invalid key(core)");
        refuse("POST", "/components", "{\"name\": \"g\", \"type\": \"merge\"}", "key(core) required.");
        String attach = "/components/f/ports";
        refuse("PUT", attach, String.format(port, "ring:2", "rx"), "command error: error occur");
        refuse("PUT", attach, String.format(port, "ring:1", "tx"), "command error: Invalid value (port rxtx)");
        refuse("PUT", attach, String.format(port, "ring:0", "tx"), "command error: Invalid value (port)");
        refuse("PUT", attach, String.format(port, "ring:9", "tx"), "command error: error occur");
        refuse("PUT", attach, String.format(port, "ring:2", "up"), "invalid key(dir)");
        refuse("PUT", "/components/x/ports", String.format(port, "ring:2", "rx"), "command error: Invalid value (comp");
        String vlan = "{\"action\": \"attach\", \"port\": \"ring:3\", \"dir\": \"tx\", \"vlan\": %s}";
        refuse("PUT", attach, String.format(vlan, "{\"operation\": \"swap\"}"), "invalid key(vlan.operation)");
        refuse("PUT", attach, String.format(vlan, "{\"operation\": \"add\", \"pcp\": 0}"), "key(vlan.id) required.");
        refuse(
                "PUT",
                attach,
                String.format(vlan, "{\"operation\": \"add\", \"id\": 4096, \"pcp\": 0}"),
                "invalid key(vlan.id)");
        refuse(
                "PUT",
                attach,
                String.format(vlan, "{\"operation\": \"add\", \"id\": 1, \"pcp\": \"0\"}"),
                "invalid key(vlan.pcp)");
        String entry = "{\"action\": \"%s\", \"type\": \"mac\", \"mac_address\": \"%s\", \"port\": \"%s\"}";
        change("PUT", "/classifier_table", String.format(entry, "add", FIRST, "ring:0"));
        refuse("PUT", "/classifier_table", String.format(entry, "add", FIRST, "ring:0"), "command error: Invalid val");
        refuse("PUT", "/classifier_table", String.format(entry, "add", FIRST, "ring:1"), "command error: error occur");
        refuse("PUT", "/classifier_table", String.format(entry, "add", FIRST, "ring:5"), "command error: Invalid val");
        refuse("PUT", "/classifier_table", String.format(entry, "del", SECOND, "ring:0"), "command error: Invalid val");
        refuse("PUT", "/classifier_table", String.format(entry, "add", "52:54", "ring:0"), "invalid key(mac_address)");
        assertEquals(before, Json.write(rest.get(VF).get("components")));
        // never an error in SPP
        change("DELETE", "/components/unknown", "");
        change("PUT", attach, "{\"action\": \"detach\", \"port\": \"ring:4\", \"dir\": \"tx\"}");
    }

    /** Ports and entries come and go while a guest sends at a steady pace: not a frame is lost. */
    @Test
    @Tag("once")
    void shouldLoseNothingWhileTablesAndPortsChange() {
        startVf("0,1");
        cluster.shell(
                "vf 1; component start cls 1 classifier",
                "vf 1; port add vhost:0 rx cls",
                "vf 1; port add vhost:1 tx cls",
                "vf 1; component start back 1 forward",
                "vf 1; port add vhost:1 rx back",
                "vf 1; port add vhost:0 tx back",
                "vf 1; classifier_table add mac default vhost:1");
        SppProcess load = GuestCluster.startLoad(cluster, "--rate", "5000");
        waitFor("traffic", () -> rest.counter(VF, "vhost:1", "tx", "packets") > 1000);
        String entry =
                "{\"action\": \"%s\", \"type\": \"vlan\", \"vlan\": \"%d\", \"mac_address\": \"%s\", \"port\": \"%s\"}";
        for (int changes = 0; changes < 400; changes++) {
            String mac = String.format("52:54:00:00:%02x:%02x", changes >> 8 & 255, changes & 255);
            change("PUT", "/classifier_table", String.format(entry, "add", changes % 4096, mac, "vhost:1"));
            if (changes % 8 == 0) {
                change(
                        "PUT",
                        "/components/cls/ports",
                        "{\"action\": \"attach\", \"port\": \"ring:0\", \"dir\": \"tx\"}");
                change("PUT", "/classifier_table", String.format(entry, "add", changes % 4096, SECOND, "ring:0"));
                change(
                        "PUT",
                        "/components/cls/ports",
                        "{\"action\": \"detach\", \"port\": \"ring:0\", \"dir\": \"tx\"}");
                change("PUT", "/classifier_table", String.format(entry, "del", changes % 4096, SECOND, "ring:0"));
            }
            if (changes % 3 == 0) {
                change("PUT", "/classifier_table", String.format(entry, "del", changes % 4096, mac, "vhost:1"));
            }
        }
        String result = GuestCluster.endLoad(load, LIMIT);
        assertTrue(result.contains(" lost=0 "), result);
        assertEquals(0, componentDrops("cls", "unmatched"));
        assertTrue(Files.exists(cluster.vhostSocket(0)) && Files.exists(cluster.vhostSocket(1)));
        change("DELETE", "", "");
        assertEquals(0, vf.awaitExit(LIMIT));
        assertFalse(Files.exists(cluster.vhostSocket(0)) || Files.exists(cluster.vhostSocket(1)));
    }

    @Test
    @Tag("once")
    void shouldResumeAfterKillWithHundredsOfEntries() {
        startVf("0,1,2");
        cluster.shell(
                "vf 1; component start cls 1 classifier",
                "vf 1; port add ring:0 rx cls",
                "vf 1; port add ring:1 tx cls add_vlantag 7 3",
                "vf 1; port add nullpmd:0 tx cls",
                "vf 1; port add ring:2 tx cls",
                "vf 1; classifier_table add mac default ring:2",
                "vf 1; port del ring:2 tx cls",
                "vf 1; component start fwd 2 forward",
                "vf 1; port add ring:1 rx fwd del_vlantag",
                "vf 1; component start gone 2 merge",
                "vf 1; component stop gone");
        String entry = "{\"action\": \"%s\", \"type\": \"mac\", \"mac_address\": \"%s\", \"port\": \"nullpmd:0\"}";
        for (int i = 0; i < 300; i++) {
            String mac = String.format("52:54:00:00:%02x:%02x", i >> 8 & 255, i & 255);
            change("PUT", "/classifier_table", String.format(entry, "add", mac));
        }
        change("PUT", "/classifier_table", String.format(entry, "del", "52:54:00:00:00:05"));
        Map<String, Object> before = rest.get(VF);
        assertEquals(300, RestClient.list(before, "classifier_table").size());
        vf.kill();
        startVf("0,1,2");
        assertTrue(
                vf.out().stream().anyMatch(line -> line.equals("resumed: 2 components, 300 classifier entries")),
                vf.out().toString());
        Map<String, Object> after = rest.get(VF);
        for (String member : List.of("components", "classifier_table", "ports")) {
            assertEquals(Json.write(before.get(member)), Json.write(after.get(member)));
        }
        cluster.shell("vf 1; exit");
        assertEquals(0, vf.awaitExit(LIMIT));
        startVf("0,1,2");
        assertEquals(List.of(), RestClient.list(rest.get(VF), "classifier_table"));
    }
}

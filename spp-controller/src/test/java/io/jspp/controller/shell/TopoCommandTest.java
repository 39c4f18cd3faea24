package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.ScriptedSecondary;
import io.jspp.controller.json.Json;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.Socket;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code topo} and {@code topo_subgraph}: SPP's texts, and none of its crashes. */
class TopoCommandTest extends ShellFixture {
    TopoCommandTest() {
        super(false);
    }

    @BeforeEach
    void start() throws IOException {
        assertEquals(
                0, shell.run("cd " + directory, "nfv 1; add vhost:1", "nfv 1; patch phy:0 vhost:1", "nfv 1; forward"));
        shell.out();
    }

    @Test
    void shouldShowATree() {
        assertEquals(0, shell.run("topo_subgraph add guest vhost:1", "topo", "topo term -o json"));
        assertEquals("""
            Add subgraph 'guest'
            phy:0
            └─ nfv:1 -> vhost:1 [guest]
            not connected: phy:1
            {"nodes": [{"name": "phy:0", "type": "phy"}, {"name": "phy:1", "type": "phy"}, {"name": "vhost:1", \
            "type": "vhost"}], "edges": [{"from": "phy:0", "to": "vhost:1", "label": "nfv:1", "running": true}], \
            "subgraphs": [{"label": "guest", "ports": ["vhost:1"]}]}
            """, shell.out());
    }

    @Test
    void shouldWriteEachFormat() throws IOException {
        for (final String type :
                List.of("dot", "svg", "mmd", "txt", "json", "js", "yaml", "yml", "png", "jpg", "bmp")) {
            assertEquals(0, shell.run("topo t." + type));
            assertEquals("Create topology: 't." + type + "'\n", shell.out());
        }
        assertEquals(0, shell.run("topo named.conf dot"));
        assertTrue(read("named.conf").startsWith("digraph spp{\n"));
        assertEquals(read("named.conf"), read("t.dot"));
        assertTrue(read("t.svg").startsWith("<svg "));
        assertEquals("flowchart LR", read("t.mmd").lines().findFirst().orElseThrow());
        assertEquals(
                "[{\"client-id\": 1, \"status\": \"running\", \"master-lcore\": 1, \"lcores\": [1, 2], \"ports\":"
                        + " [\"phy:0\", \"phy:1\", \"vhost:1\"], \"patches\": [{\"src\": \"phy:0\", \"dst\":"
                        + " \"vhost:1\"}]}]",
                read("t.json"));
        assertEquals(Json.parse(read("t.json")), Json.parse(read("t.js")));
        assertEquals("""
            - client-id: 1
              lcores:
              - 1
              - 2
              master-lcore: 1
              patches:
              - dst: vhost:1
                src: phy:0
              ports:
              - phy:0
              - phy:1
              - vhost:1
              status: running
            """, read("t.yml"));
        assertEquals("\u0089PNG", new String(bytes("t.png"), 0, 4, StandardCharsets.ISO_8859_1));
        assertEquals("\u00ff\u00d8", new String(bytes("t.jpg"), 0, 2, StandardCharsets.ISO_8859_1));
        assertEquals("BM", new String(bytes("t.bmp"), 0, 2, StandardCharsets.ISO_8859_1));
    }

    /** The size is that of SPP's {@code topo term}: a part of the whole picture. */
    @Test
    void shouldDrawSixelsAsLargeAsTheConfigSays() throws IOException {
        assertEquals(0, shell.run("topo whole.png"));
        shell.out();
        final BufferedImage whole = ImageIO.read(directory.resolve("whole.png").toFile());
        for (final String size : List.of("100%", "50%", "0.25")) {
            final double ratio = size.equals("100%") ? 1 : size.equals("50%") ? 0.5 : 0.25;
            assertEquals(0, shell.run("config topo_size " + size));
            shell.out();
            assertEquals(0, shell.run("topo sixel"));
            final String picture = shell.out();
            final Matcher head =
                    Pattern.compile("^\u001bPq\"1;1;(\\d+);(\\d+)#").matcher(picture);
            assertTrue(head.find(), picture.substring(0, 40));
            assertEquals(Math.ceil(whole.getWidth() * ratio), Integer.parseInt(head.group(1)), 1);
            assertEquals(Math.ceil(whole.getHeight() * ratio), Integer.parseInt(head.group(2)), 1);
            assertTrue(picture.endsWith("\u001b\\\n"));
            // every band's colours cover each column exactly: no pixel left out, none twice
            final String[] bands = picture.substring(0, picture.length() - 3).split("-");
            assertEquals((Integer.parseInt(head.group(2)) + 5) / 6, bands.length);
            for (int i = 1; i < bands.length; i++) {
                assertEquals(Integer.parseInt(head.group(1)) * bits(i, head.group(2)), pixels(bands[i]));
            }
        }
    }

    private static int bits(final int band, final String height) {
        return Math.min(6, Integer.parseInt(height) - 6 * band);
    }

    private static int pixels(final String band) {
        int sum = 0;
        final Matcher run = Pattern.compile("#\\d+|\\$|(?:!(\\d+))?([?-~])").matcher(band);
        while (run.find()) {
            if (run.group(2) != null) {
                final int length = run.group(1) == null ? 1 : Integer.parseInt(run.group(1));
                sum += length * Integer.bitCount(run.group(2).charAt(0) - 63);
            }
        }
        return sum;
    }

    private String read(final String name) throws IOException {
        return Files.readString(directory.resolve(name));
    }

    private byte[] bytes(final String name) throws IOException {
        return Files.readAllBytes(directory.resolve(name));
    }

    @Test
    void shouldSayWhyNot() throws Exception {
        assertError("topo x.gif", "Invalid file type");
        assertError("topo x", "Invalid file type");
        assertError("topo x y z", "Error: topo takes a file and its type, not 3 words.");
        assertError("topo http nowhere", "Error: Invalid port in \"nowhere\".");
        assertError("topo http 99999", "Error: Invalid port in \"99999\".");
        assertEquals(1, shell.run("topo no/such/directory.svg"));
        assertTrue(shell.err().startsWith("Error: cannot write no/such/directory.svg: "));
        nfv.close();
        ctl.awaitProcesses("[]");
        assertError("topo x.svg", "No secondary process exist!");
        assertError("topo", "No secondary process exist!");
    }

    @Test
    void shouldKeepSubgraphs() {
        assertEquals(
                0,
                shell.run(
                        "topo_subgraph add c1 vhost:1;vhost:2",
                        "topo_subgraph add c2 vhost:3,vhost:4",
                        "topo_subgraph",
                        "topo_subgraph -o json",
                        "topo_subgraph del c1",
                        "topo_subgraph remove c2",
                        "topo_subgraph"));
        assertEquals("""
            Add subgraph 'c1'
            Add subgraph 'c2'
            label: c1	subgraph: "vhost:1;vhost:2"
            label: c2	subgraph: "vhost:3;vhost:4"
            [{"label": "c1", "ports": ["vhost:1", "vhost:2"]}, {"label": "c2", "ports": ["vhost:3", "vhost:4"]}]
            Delete subgraph 'c1'
            Delete subgraph 'c2'
            No subgraph.
            """, shell.out());
        assertError("topo_subgraph del nosuch", "Error: there is no subgraph 'nosuch'.");
        assertError("topo_subgraph del", "Error: topo_subgraph del wants one label.");
        assertError(
                "topo_subgraph add c1",
                "Error: topo_subgraph add wants a label and ports, such as guest1 vhost:1,vhost:2.");
        assertError("topo_subgraph add c1 nonsense", "Error: ports are written TYPE:NUMBER, such as vhost:1.");
        assertError("topo_subgraph add a/b vhost:1", "Error: a label has 1 to 32 letters, digits, '_', '.' or '-'.");
        assertError("topo_subgraph zap", "Error: topo_subgraph takes add, del or nothing, not \"zap\".");
    }

    private void assertError(final String line, final String text) {
        assertEquals(1, shell.run(line));
        assertEquals(text + "\nstopped at -c 1: " + line + "\n", shell.err());
    }

    @Test
    void shouldShowTheOthersWhenOneProcessFails() throws Exception {
        try (ScriptedSecondary vf = new ScriptedSecondary(ctl.controller(), "vf", 2)) {
            vf.status("null");
            ctl.awaitProcesses("[{\"type\": \"nfv\", \"client-id\": 1}, {\"type\": \"vf\", \"client-id\": 2}]");
            assertEquals(1, shell.run("topo"));
            assertTrue(shell.out().contains("└─ nfv:1 -> vhost:1\nnot connected: phy:1\nvf 2 is missing: Error: "));
            assertTrue(shell.err().startsWith("Error: "));
            assertEquals(1, shell.run("topo t.svg"));
            assertTrue(read("t.svg").contains(">vf 2 is missing: Error: "));
        }
    }

    /** With a pcap connected SPP's shell ends. */
    @Test
    void shouldShowACapture() throws Exception {
        try (ScriptedSecondary pcap = new ScriptedSecondary(ctl.controller(), "pcap", 4)) {
            pcap.status("{ \"client-id\": 4, \"status\": \"running\", \"master-lcore\": 1, \"core\": [ { \"core\": 2,"
                    + " \"role\": \"receive\", \"rx_port\": [ { \"port\": \"phy:0\" } ] } ] }");
            ctl.awaitProcesses("[{\"type\": \"nfv\", \"client-id\": 1}, {\"type\": \"pcap\", \"client-id\": 4}]");
            assertEquals(0, shell.run("topo"));
            assertTrue(shell.out().contains("└─ pcap:4 -> spppcap:4\n"));
        }
    }

    @Test
    void shouldServeALivePage() throws Exception {
        shell.type("topo http 0");
        final String said = shell.out();
        final String address = said.replaceFirst("(?s).* at (http://127.0.0.1:[0-9]+/), as long.*", "$1");
        assertTrue(said.startsWith("Topology of 127.0.0.1:"), said);
        assertTrue(get(address).contains("fetch(\"topology.svg\""));
        assertTrue(get(address + "topology.svg").contains("vhost:1"));
        assertEquals(404, status(address + "nosuch", "127.0.0.1"));
        assertEquals(403, status(address, "evil.example"));
        shell.type("nfv 1; add ring:5");
        final List<Socket> halfWritten = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            final Socket socket = new Socket("127.0.0.1", new URL(address).getPort());
            socket.getOutputStream().write("GET /topo".getBytes(StandardCharsets.US_ASCII));
            halfWritten.add(socket);
        }
        assertTrue(get(address + "topology.svg").contains("ring:5"));
        for (final Socket socket : halfWritten) {
            socket.close();
        }
        shell.type("topo http");
        assertTrue(shell.out().endsWith("The page is already there: " + address + "\n"));
        nfv.close();
        ctl.awaitProcesses("[]");
        assertEquals(503, status(address + "topology.svg", "localhost"));
        shell.type("bye");
    }

    private static String get(final String address) throws IOException {
        try (var in = new URL(address).openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** By hand, for Java's client sends no other Host. */
    private static int status(final String address, final String host) throws IOException {
        final URL url = new URL(address);
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.getOutputStream()
                    .write(("GET " + url.getPath() + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            final String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return Integer.parseInt(answer.substring(9, 12));
        }
    }

    @Test
    void shouldComplete() throws IOException {
        Files.writeString(directory.resolve("tree.svg"), "");
        assertEquals(List.of("term", "sixel", "http"), shell.complete("topo "));
        assertEquals(List.of("term", "tree.svg"), shell.complete("topo t"));
        assertTrue(shell.complete("topo file ").containsAll(List.of("svg", "png", "dot", "mmd")));
        assertEquals(0, shell.run("topo_subgraph add guest vhost:1"));
        assertEquals(List.of("add", "del"), shell.complete("topo_subgraph "));
        assertEquals(List.of("guest"), shell.complete("topo_subgraph del "));
    }
}

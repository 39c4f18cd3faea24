package io.jspp.controller.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.lab.Lab.Kind;
import io.jspp.controller.lab.Lab.Link;
import io.jspp.controller.yaml.YamlException;
import io.jspp.controller.yaml.YamlFile;
import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a lab file says, and what it may not say. */
class LabFileTest {
    private static final String GOOD = """
            name: two
            about: Two nodes.
            primary: -l 0 --vdev net_af_packet0,iface=eth7 -- -n 1
            secondaries:
              - vf -l 0,1 -- --client-id 1
              - pcap -l 0,2 -- --client-id 2 -c {b.eth0}
            nodes:
              a:
                kind: vm
                memory: 128
                programs: [iperf3]
                cards:
                  - {mac: "52:54:0:0:0:A", address: [10.0.0.1/24, "fd00::1/64"]}
                  - {port: vhost:0, queues: 2, listen: true}
                routes: [default via 10.0.0.2]
              b:
                kind: namespace
                forward: true
                cards:
                  - {address: 10.0.0.2/24}
                  - {link: tap}
            commands:
              - vf 1; port add {a.eth0} rx br1
            checks:
              - {from: a, ping: 10.0.0.2, hops: 0}
              - {from: b, path: [10.0.0.9, 10.0.0.1], limit: 5}
              - {from: a, run: "ip -o link | awk '{print $2}'", expect: "^eth1"}
            variants:
              small: {a: namespace}
            """;

    @TempDir
    private Path directory;

    private static Lab read(String text, String variant) throws YamlException {
        return LabFile.read(YamlFile.parse("lab.yaml", text), variant);
    }

    @Test
    void shouldReadEveryKey() throws YamlException {
        Lab lab = read(GOOD, "");
        assertEquals("two", lab.name());
        assertEquals("lab-two", lab.prefix());
        assertEquals(List.of(0, 0, 0), lab.ports());
        Lab.Node a = lab.node("a");
        assertEquals(Kind.VM, a.kind());
        assertEquals(128, a.memoryMiB());
        assertEquals(List.of("/usr/bin/iperf3"), a.programs());
        assertEquals("52:54:00:00:00:0a", a.cards().get(0).mac());
        assertEquals(List.of("10.0.0.1/24", "fd00::1/64"), a.cards().get(0).addresses());
        assertEquals(2, a.cards().get(1).queues());
        assertTrue(a.cards().get(1).listen());
        assertEquals(List.of("default via 10.0.0.2"), a.routes());
        assertTrue(lab.node("b").forward());
        assertEquals(
                List.of(
                        new Lab.Ping("a", Duration.ofSeconds(30), "10.0.0.2", 3, 3, 0),
                        new Lab.Route("b", Duration.ofSeconds(5), List.of("10.0.0.9", "10.0.0.1"))),
                lab.checks().subList(0, 2));
        Lab.Run run = (Lab.Run) lab.checks().get(2);
        assertEquals("ip -o link | awk '{print $2}'", run.line());
        assertTrue(run.expect().matcher("x\neth1: y").find());
    }

    @Test
    void shouldGiveEachCardAPortOfItsOwn() throws YamlException {
        Lab lab = read(GOOD, "");
        // vhost:0 is taken by name; phy:0 is the device that the file gives to the primary.
        assertEquals(
                List.of("vhost:1", "vhost:0"),
                lab.node("a").cards().stream().map(Lab.Card::port).toList());
        assertEquals(
                List.of("phy:1", "tap:0"),
                lab.node("b").cards().stream().map(Lab.Card::port).toList());
        assertEquals(List.of("vf 1; port add vhost:1 rx br1"), lab.commands());
        assertEquals("phy:1", lab.secondaries().get(1).get(7));
    }

    @Test
    void shouldCompleteTheWordsOfTheSwitch() throws YamlException {
        SwitchWords words = new SwitchWords(read(GOOD, ""), new LabInterfaces("k"));
        assertEquals(
                "primary -l 0 --vdev net_af_packet0,iface=eth7 --file-prefix lab-two --vdev net_af_packet1,iface=labkp1"
                        + " --vdev net_tap0,iface=labkt0 -- -n 1 -p 0x7 -s 127.0.0.1:5",
                String.join(" ", words.primary(5)));
        assertEquals(
                "vf -l 0,1 --file-prefix lab-two -- --client-id 1 -s 127.0.0.1:6",
                String.join(" ", words.secondary(read(GOOD, "").secondaries().get(0), 6)));
    }

    /** More than a primary takes: it says so, and what it counts are these. */
    @Test
    void shouldSelectAllDevicesHoweverMany() throws YamlException {
        StringBuilder text = new StringBuilder("name: many\nprimary: -l 0\nsecondaries: []\nnodes:\n");
        for (int i = 0; i < 9; i++) {
            text.append("  n" + i + ": {kind: namespace, cards: [{}, {}, {}, {}, {}, {}, {}, {}]}\n");
        }
        List<String> words = new SwitchWords(read(text.toString(), ""), new LabInterfaces("k")).primary(5);
        assertEquals("0x" + "f".repeat(18), words.get(words.indexOf("-p") + 1));
    }

    @Test
    void shouldChangeKindsByAVariant() throws YamlException {
        String plain = GOOD.replace("port: vhost:0, ", "");
        assertEquals(Kind.NAMESPACE, read(plain, "small").node("a").kind());
        assertEquals(
                List.of(Link.VETH, Link.VETH),
                read(plain, "small").node("a").cards().stream()
                        .map(Lab.Card::link)
                        .toList());
        YamlException none = assertThrows(YamlException.class, () -> read(plain, "large"));
        assertTrue(none.getMessage().contains("there is no variant \"large\": small"), none.getMessage());
    }

    @Test
    void shouldSetUpGuestsAndNamespacesWithTheSameLines() throws YamlException {
        Lab lab = read(GOOD, "");
        assertEquals(
                List.of(
                        "ip link set lo up",
                        "ip addr add 10.0.0.1/24 dev eth0",
                        "ip addr add fd00::1/64 nodad dev eth0",
                        "ip link set eth0 up",
                        "ip link set eth1 up",
                        "ip route add default via 10.0.0.2"),
                NodeSetup.lines(lab.node("a"), new LabInterfaces("k")));
        List<String> router = NodeSetup.lines(lab.node("b"), new LabInterfaces("k"));
        assertTrue(router.contains("echo 1 >/proc/sys/net/ipv4/ip_forward"));
        assertTrue(router.contains("ip link set labkt0 up"));
    }

    /** Row: a part of the good file, what stands there instead, and what the error says of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "name: two | nome: two | lab.yaml:1: there is no key \"nome\"",
                "name: two | name: ../etc | lab.yaml:1: name: \"../etc\" is given",
                "name: two | name: two\\nname: two | the key \"name\" is there twice",
                "about: Two nodes. | sockets: tmp | lab.yaml:2: sockets: \"tmp\" is given, an absolute path",
                "about: Two nodes. | prefix: a/b | lab.yaml:2: prefix",
                "about: Two nodes. | prefix: .. | lab.yaml:2: prefix",
                "about: Two nodes. | ports: {rest: 99999} | lab.yaml:2: rest: \"99999\" is no number from 0 to 65535",
                "about: Two nodes. | about: [a] | lab.yaml:2: about: one value is expected",
                "-- -n 1 | -- -n 1 -s 127.0.0.1:1 | lab.yaml:3: the lab gives -s itself",
                "vf -l 0,1 -- --client-id 1 | bash -c true -- | lab.yaml:5: nfv, vf, mirror or pcap",
                "kind: vm | kind: container | lab.yaml:9: kind: vm or namespace is expected",
                "memory: 128 | memory: 1 | lab.yaml:10: memory: \"1\" is no number from 64",
                "[iperf3] | [bash] | lab.yaml:11: iperf3 or ethtool is expected",
                "52:54:0:0:0:A | 52:54 | lab.yaml:13: mac: MAC address",
                "10.0.0.1/24, | 10.0.0.1, | lab.yaml:13: \"10.0.0.1\" is given, an address such as 10.0.0.1/24 is expected",
                "10.0.0.1/24, | 10.0.0.1/33, | lab.yaml:13: \"10.0.0.1/33\" is given",
                "10.0.0.1/24, | \"10.0.0.1/24; reboot\", | lab.yaml:13: \"10.0.0.1/24; reboot\" is given",
                "10.0.0.1/24, | localhost/8, | lab.yaml:13: \"localhost/8\" is given",
                "port: vhost:0 | port: phy:0 | lab.yaml:14: port: \"phy:0\" is given, this card's is vhost:N",
                "default via 10.0.0.2 | default via $(reboot) | lab.yaml:15: ",
                "link: tap | link: wire | lab.yaml:21: link: veth or tap is expected",
                "link: tap | link: tap, port: tap:3 | ports tap:N of cards are numbered from 0 on without a gap; tap:3",
                "rx br1 | rx {a.eth7} | lab.yaml:23: there is no card a.eth7",
                "from: a, ping | from: c, ping | lab.yaml:25: from: one of the nodes is expected: a, b",
                "ping: 10.0.0.2 | ping: 10.0.0.256 | lab.yaml:25: \"10.0.0.256\" is given",
                "hops: 0} | count: 2, answered: 3} | lab.yaml:25: answered: \"3\" is no number from 0 to 2",
                "limit: 5 | hops: 5 | lab.yaml:26: there is no key \"hops\"",
                "\"^eth1\" | \"(\" | lab.yaml:27: expect: no regular expression",
                "{a: namespace} | {z: namespace} | lab.yaml:29: z: there is no such node",
                "{a: namespace} | *a | references",
            })
    void shouldRefuseWhatItDoesNotUnderstand(String part, String instead, String message) {
        String text = GOOD.replace(part.strip(), instead.strip().replace("\\n", "\n"));
        assertFalse(text.equals(GOOD), part);
        YamlException refused = assertThrows(YamlException.class, () -> read(text, ""));
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
    }

    @Test
    void shouldRefuseMoreThanAnybodyWrites() {
        String many = GOOD.replace("  - vf 1; port add {a.eth0} rx br1\n", "  - a\n".repeat(1001));
        YamlException commands = assertThrows(YamlException.class, () -> read(many, ""));
        assertTrue(commands.getMessage().contains("commands: more than 1000 entries"), commands.getMessage());
        String cards = GOOD.replace("      - {link: tap}\n", "      - {link: tap}\n".repeat(9));
        assertTrue(assertThrows(YamlException.class, () -> read(cards, ""))
                .getMessage()
                .contains("1 to 8 cards"));
    }

    /** Whatever becomes of the bytes of a good file: a lab, or an error with a place; nothing else. */
    @Test
    void shouldSurviveAnyChangeOfAFile() {
        for (long seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder(GOOD);
            for (int i = 0; i <= random.nextInt(4); i++) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, (char) random.nextInt(random.nextBoolean() ? 128 : 0x3000));
                    case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(40)));
                    default -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(80))));
                }
            }
            try {
                read(text.toString(), random.nextBoolean() ? "" : "small");
            } catch (YamlException said) {
                assertTrue(said.getMessage().startsWith("lab.yaml"), "seed " + seed + ": " + said.getMessage());
            } catch (RuntimeException other) {
                throw new AssertionError("seed " + seed, other);
            }
        }
    }

    /** Every lab file of the product, in each of its variants. */
    @Test
    void shouldReadTheLabsOfTheProduct() throws IOException, YamlException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(ProjectHome.directory().resolve("conf/labs"))) {
            files.addAll(all.filter(file -> file.toString().endsWith(".yaml")).toList());
        }
        assertFalse(files.isEmpty());
        for (Path file : files) {
            List<String> variants = new ArrayList<>(List.of(""));
            if (YamlFile.read(file).map("variants") != null) {
                variants.addAll(YamlFile.read(file).map("variants").keys());
            }
            for (String variant : variants) {
                Lab lab = LabFile.read(file, variant);
                assertEquals(file.getFileName().toString(), lab.name() + ".yaml");
                assertFalse(lab.checks().isEmpty(), file + " checks nothing");
            }
        }
    }

    @Test
    void shouldNameTheFileThatIsNoLab() {
        YamlException absent = assertThrows(YamlException.class, () -> LabFile.nameOf(directory.resolve("none.yaml")));
        assertTrue(absent.getMessage().contains("there is no such file"), absent.getMessage());
    }
}

package io.jspp.controller.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.config.ShellWords;
import io.jspp.controller.yaml.YamlException;
import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartConfigTest {
    private static final String FULL = """
            version: 1
            controller:
              address: 127.0.0.2
              primary-port: 15555
              secondary-port: 16666
              rest-port: 17777
            file-prefix: two
            log-level: 8
            sock-dir: /tmp/two
            primary:
              lcores: 0-2
              memory: 512,512
              channels: 4
              huge-dir: /dev/hugepages
              rings: 9
              port-mask: 0x0f
              vhost: [11]
              tap: [3]
              vdevs: [net_null0, "net_af_packet0,iface=eth1"]
              queues: [0 rxq 2 txq 4]
              options: [--mbufs 8192]
            secondaries:
              - {type: nfv, id: 1, lcores: "0,1", vhost-client: true}
              - type: spp_vf
                id: 2
                lcores: 0,2-3
                options:
                  - --busy
              - {type: pcap, id: 3, lcores: "0-2", port: phy:0 nq 1}
            state: wanted.yaml
            recipes: [setup.rcp, /srv/more stuff.rcp]
            """;

    @TempDir
    private Path directory;

    private StartConfig read(String text) throws IOException, YamlException {
        return StartFile.read(Files.writeString(directory.resolve("start.yaml"), text));
    }

    private static List<String> lines(StartConfig config) {
        StartCommands commands = new StartCommands(config, "./spp");
        List<String> lines = new ArrayList<>();
        commands.parts().forEach(part -> lines.add(ShellWords.typed(part.command())));
        commands.preparations().forEach(words -> lines.add(ShellWords.typed(words)));
        return lines;
    }

    @Test
    void shouldMakeACommandLineOfEverythingThatIsConfigured() throws Exception {
        assertEquals(
                List.of(
                        "./spp ctl -b 127.0.0.2 -p 15555 -s 16666 -a 17777",
                        "./spp primary -l 0-2 -n 4 --socket-mem 512,512 --huge-dir /dev/hugepages"
                                + " --vdev eth_vhost11,iface=/tmp/two/sock11 --vdev net_tap3,iface=vtap3"
                                + " --vdev net_null0 --vdev net_af_packet0,iface=eth1 --proc-type primary"
                                + " --file-prefix two --log-level 8 --sock-dir /tmp/two"
                                + " -- -p 0x0f -n 9 --port-num 0 rxq 2 txq 4 --mbufs 8192 -s 127.0.0.2:15555",
                        "./spp nfv -l 0,1 --proc-type secondary --file-prefix two --log-level 8 --sock-dir /tmp/two"
                                + " -- -n 1 -s 127.0.0.2:16666 --vhost-client",
                        "./spp vf -l 0,2-3 --proc-type secondary --file-prefix two --log-level 8 --sock-dir /tmp/two"
                                + " -- --client-id 2 -s 127.0.0.2:16666 --busy",
                        "./spp pcap -l 0-2 --proc-type secondary --file-prefix two --log-level 8 --sock-dir /tmp/two"
                                + " -- --client-id 3 -s 127.0.0.2:16666 -c phy:0 nq 1",
                        "./spp cli -b 127.0.0.2:17777 -c 'apply " + directory + "/wanted.yaml'",
                        "./spp cli -b 127.0.0.2:17777 -c 'playback " + directory + "/setup.rcp'",
                        "./spp cli -b 127.0.0.2:17777 -c 'playback /srv/more stuff.rcp'"),
                lines(read(FULL)));
    }

    @Test
    void shouldHaveTheDefaultsThatTheSampleShows() throws Exception {
        StartConfig sample = StartFile.read(ProjectHome.directory().resolve("conf/start.yaml"));
        assertEquals(StartFile.defaults(), sample);
        assertEquals(sample, read("version: 1\n"));
        assertEquals(
                List.of(
                        "./spp ctl -b 127.0.0.1 -p 5555 -s 6666 -a 7777",
                        "./spp primary -l 0,1 --proc-type primary --file-prefix spp --log-level info --sock-dir /tmp"
                                + " -- -p 0x03 -n 8 -s 127.0.0.1:5555"),
                lines(sample));
    }

    /** What stands behind a # in the sample must be true as well. */
    @Test
    void shouldTakeEveryKeyOfTheSampleThatIsCommentedOut() throws Exception {
        String sample = Files.readString(ProjectHome.directory().resolve("conf/start.yaml"));
        String[] parts = sample.split("(?m)^version: 1$");
        StartConfig config = read("version: 1" + parts[1].replaceAll("(?m)^( *)# ", "$1"));
        List<String> lines = lines(config);
        assertEquals(7, lines.size(), lines.toString());
        assertTrue(lines.get(1).contains(" --vdev eth_vhost12,iface=/tmp/sock12 "), lines.get(1));
        assertTrue(lines.get(1).contains(" --port-num 1 rxq 2 txq 2 --mbufs 8192 "), lines.get(1));
        assertTrue(lines.get(4).contains(" -c phy:0 --out-dir /tmp"), lines.get(4));
    }

    /** SPP's sample, as SPP's {@code bin/start.sh} makes command lines of it, with what has no meaning in Java. */
    @Test
    void shouldReadSppsShellVariables() throws Exception {
        Path script = Files.writeString(directory.resolve("config.sh"), """
                # comment
                SPP_CTL_IP=127.0.0.1
                SPP_FILE_PREFIX=spp  # used for --file-prefix option

                SPP_HUGEPAGES=/dev/hugepages
                LOGLEVEL=7  # change to 8 if you refer debug messages.
                PRI_CORE_LIST=0,1  # required one lcore usually.
                PRI_MEM=1024
                PRI_MEMCHAN=4  # change for your memory channels.
                NUM_RINGS=8
                PRI_PORTMASK=0x03  # total num of ports of spp_primary.
                #PRI_RING_VDEVS=(1 2)
                PRI_VHOST_VDEVS=(11 12)  # IDs of `eth_vhost`
                PRI_VDEVS=(
                net_null0
                # one more
                "net_pcap0,rx_pcap=a.pcap,tx_pcap=b.pcap" 'net_tap7,iface=t7'
                )
                SPP_CTL_LOG=spp_ctl.log
                PRI_LOG=spp_primary.log
                PRI_PORT_QUEUE=(
                    "0 rxq 16 txq 16"
                )
                PRI_WHITE_LIST=("0000:04:00.0,dv_flow_en=1")
                """);
        assertEquals(
                List.of(
                        "./spp ctl -b 127.0.0.1 -p 5555 -s 6666 -a 7777",
                        "./spp primary -l 0,1 -n 4 --socket-mem 1024 --huge-dir /dev/hugepages"
                                + " --vdev eth_vhost11,iface=/tmp/sock11 --vdev eth_vhost12,iface=/tmp/sock12"
                                + " --vdev net_null0 --vdev net_pcap0,rx_pcap=a.pcap,tx_pcap=b.pcap"
                                + " --vdev net_tap7,iface=t7 -w 0000:04:00.0,dv_flow_en=1 --proc-type primary"
                                + " --file-prefix spp --log-level 7 --sock-dir /tmp -- -p 0x03 -n 8"
                                + " --port-num 0 rxq 16 txq 16 -s 127.0.0.1:5555"),
                lines(SppConfigScript.read(script)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PRI_MEM=$(rm -rf /)| 1: a plain value is expected, not \"$(rm -rf /)\"",
                "PRI_MEM=`id`| 1: a plain value is expected, not \"`id`\"",
                "PRI_MEM=1 2| 1: PRI_MEM takes one value, in quotes if it has blanks",
                "NUM_RINGS=100| 1: NUM_RINGS: \"100\" is no number from 1 to 99",
                "rm -rf /| 1: NAME=VALUE is expected, not \"rm -rf /\"",
                "PRI_MEMIF_VDEVS=(0 1)| 1: PRI_MEMIF_VDEVS: there is no memif device here, use vhost or ring",
                "PRI_VDEVS=(net_null0| 1: the ) of this list is missing",
                "PRI_VDEVS=(net_null0) ; id| 1: nothing is expected behind )",
                "PRI_VDEVS=(x)| 1: PRI_VDEVS: \"x\" is not NAME<N>,KEY=VALUE,... as in net_af_packet0,iface=eth0",
            })
    void shouldRefuseWhatAShellWouldRun(String line, String message) throws IOException {
        Path script = Files.writeString(directory.resolve("config.sh"), line + "\n");
        YamlException wrong = assertThrows(YamlException.class, () -> SppConfigScript.read(script));
        assertEquals(script + ":" + message, wrong.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "version: 2| 1: version: 2 is newer than this program, which knows version 1",
                "versoin: 1| 1: there is no key \"versoin\" here, only",
                "file-prefix: a/b| 1: file-prefix: \"a/b\" is not a name of 1 to 32 letters",
                "version: 1;sock-dir: /tmp/a,b| 2: sock-dir: \"/tmp/a,b\" has a comma, which ends a path in --vdev",
                "log-level: 9| 1: log-level: \"9\" is not a level",
                "version: 1;controller:;  rest-port: 70000| 3: rest-port: \"70000\" is no number from 1 to 65535",
                "controller: {address: 1.2.3}| 1: address: \"1.2.3\" is no host name",
                "primary: {rings: 0}| 1: rings: \"0\" is no number from 1 to 99",
                "primary:;  port-mask: 0| 2: port-mask: \"0\" is not a hexadecimal mask",
                "primary:;  vdevs:;  - net_null0;  - boo| 4: vdevs: \"boo\" is not NAME<N>",
                "primary: {queues: [0 rxq 1]}| 1: queues: \"0 rxq 1\" is not N rxq R txq T",
                "primary: [1]| 1: primary: KEY: VALUE lines are expected below",
                "secondaries: {type: nfv}| 1: secondaries: a list is expected",
                "secondaries:;  - type: nf| 2: type: \"nf\" is none of nfv, vf, mirror, pcap",
                "secondaries:;  - type: primary| 2: type: \"primary\" is none of",
                "secondaries:;  - {type: nfv, lcores: 1}| 2: the key id is missing",
                "secondaries:;  - {type: nfv, id: 0, lcores: 1}| 2: id: \"0\" is no number from 1 to 127",
                "secondaries:;  - {type: nfv, id: 1}| 2: the key lcores is missing",
                "secondaries:;  - {type: nfv, id: 1, lcores: 0};  - {type: vf, id: 1, lcores: 0}| 3: id: 1 is another",
                "secondaries:;  - {type: pcap, id: 1, lcores: 0}| 2: the key port is missing",
                "secondaries:;  - {type: vf, id: 1, lcores: 0, port: phy:0}| 2: port: only a pcap has a port here",
                "secondaries:;  - {type: vf, id: 1, lcores: 0, vhost-client: yes}| 2: vhost-client: \"yes\" is neither",
                "version: 1;state: \"wanted.y\\tml\"| 2: state: \"wanted.y?ml\" is not a path without control",
                "recipes: [a.rcp, \"\\x85\"]| 1: recipes: ",
                "log-dir: \"\\0\"| 1: log-dir: ",
                "recipes: [{a: b}]| 1: recipes: one value is expected",
                "a: &x [*x]| 1: references (*NAME) are not followed",
                "version: 1;version: 1| 2: the key \"version\" is there twice",
                "- 1| 1: KEY: VALUE lines are expected",
                "a: [| 1: no YAML",
                "[[[[[[[[[[[[[[[[[[| 1: more than 16 levels",
            })
    void shouldRefuseWhatIsWrongWithFileAndLine(String text, String message) {
        YamlException wrong = assertThrows(YamlException.class, () -> read(text.replace(';', '\n')));
        assertTrue(wrong.getMessage().startsWith(directory.resolve("start.yaml") + ":" + message), wrong.getMessage());
    }

    @Test
    void shouldRefuseFilesThatAreNone() throws IOException {
        Path binary = Files.write(directory.resolve("b.yaml"), new byte[] {(byte) 0xff, 0, 1});
        assertTrue(assertThrows(YamlException.class, () -> StartFile.read(binary))
                .getMessage()
                .endsWith("b.yaml: is no text in UTF-8: is it the right file?"));
        assertTrue(assertThrows(YamlException.class, () -> StartFile.read(directory))
                .getMessage()
                .endsWith(": is a directory, a file is expected"));
        assertTrue(assertThrows(YamlException.class, () -> StartFile.read(directory.resolve("none")))
                .getMessage()
                .endsWith("none: there is no such file"));
        assertTrue(assertThrows(YamlException.class, () -> StartFile.read(Path.of("/dev/zero")))
                .getMessage()
                .startsWith("/dev/zero: more than "));
    }

    /** Damaged files are refused with a place, or are still right; no word of a command line has anything but printable characters. */
    @Test
    void shouldSurviveDamagedFiles() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int refused = 0;
        for (int run = 0; run < 500; run++) {
            byte[] bytes = FULL.getBytes(StandardCharsets.UTF_8);
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte)
                        (random.nextBoolean() ? random.nextInt(256) : "{}[]:-#&*!\n ".charAt(random.nextInt(12)));
            }
            Path file = Files.write(directory.resolve("damaged.yaml"), bytes);
            try {
                for (String line : lines(StartFile.read(file))) {
                    assertFalse(line.chars().anyMatch(Character::isISOControl), () -> "seed " + seed + ": " + line);
                }
            } catch (YamlException wrong) {
                refused++;
                assertTrue(wrong.getMessage().startsWith(file.toString()), () -> "seed " + seed + ": " + wrong);
            }
        }
        assertTrue(refused > 100, "seed " + seed + ": only " + refused + " were refused");
    }
}

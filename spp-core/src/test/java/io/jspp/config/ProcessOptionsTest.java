package io.jspp.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessOptionsTest {
    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private Map<?, ?> file = Map.of();
    private int id = -1;

    private ProcessOptions parse(String line, String role) {
        environment.put("SPP_RUN_DIR", directory.resolve("run").toString());
        ProcessOptions.Parser parser = new ProcessOptions.Parser("nfv", role, environment, path -> file);
        parser.application().option("-n, --client-id", "ID", "client id", v -> id = Numbers.smallInteger(v, 1, 127));
        parser.application().flag("--vhost-client", "connect", () -> parser.set(ConfigKeys.VHOST_CLIENT, "true"));
        return parser.parse(line.strip().split(" +"), new TreeSet<>(List.of(0, 1)));
    }

    @Test
    void shouldTakeTheSecondaryLineOfSppsHowToAsTyped() {
        ProcessOptions options = parse(
                "-c 0x3ffd -n 4 --proc-type=secondary -- --client-id 1 -s 127.0.0.1:6666 --vhost-client", "secondary");
        assertEquals(1, id);
        assertEquals(6666, options.controller().port());
        assertTrue(options.configuration().flag(ConfigKeys.VHOST_CLIENT));
        assertEquals(13, options.lcores().lcores().size());
        assertEquals("ignored: -n 4 (memory channels)", options.ignoredLine());
    }

    @Test
    void shouldTakeThePrimaryLineOfSppsHowToAsTyped() {
        ProcessOptions options = parse(
                "-c 0x02 -n 4 --socket-mem 512,512 --huge-dir=/run/hugepages/kvm --proc-type=primary -- -n 9 -s 127.0.0.1:5555",
                "primary");
        assertEquals(9, id);
        assertEquals(1024, options.eal().memoryLimitMiB());
        assertEquals("[lcore 1 → cpu 1]", options.lcores().lcores().toString());
        assertEquals(
                "ignored: -n 4 (memory channels), --huge-dir /run/hugepages/kvm (memory needs no hugepage mount)",
                options.ignoredLine());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-l 0,1 -m 512 --file-prefix spp --base-virtaddr 0x100000000 --iova-mode va",
                "--lcores (0-3)@1 --master-lcore 2 --no-huge --in-memory --no-pci",
                "-l1 -n4 --log-level 7 --log-level=lib.eal:debug -w 0000:00:08.0,dv_flow_en=1",
                "-l 0 --single-file-segments --match-allocations --legacy-mem --no-telemetry --huge-unlink=always --telemetry",
                "-c 3 -b 0000:00:08.0 -d librte_pmd.so --vdev net_af_packet0,iface=eth0,qpairs=2 --vdev=net_null0",
                "",
            })
    void shouldAcceptWordsOfDpdk(String eal) {
        assertEquals(
                5,
                parse(eal + " -- -n 5 -s ctl.example:6666", "secondary")
                                .lcores()
                                .lcores()
                                .isEmpty()
                        ? 0
                        : id);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-c 0xzz | option -c 0xzz: \"0xzz\" is not a hexadecimal mask such as 0x3",
                "-c 0 | option -c 0: mask \"0\" selects no lcore: set at least one bit, as in 0x3",
                "-l 1-x | option -l 1-x: \"1-x\" is not a list such as 0,2-4",
                "-l 2000 | option -l 2000: number 2000 is too large: 0..1023",
                "-l 0 -c 1 | option -c 1: the lcores are given already by -l: give one of -l, -c, --lcores, once",
                "-l 0 --main-lcore 3 | main lcore 3 is not among the lcores 0",
                "-n x | option -n x: \"x\" is not a number in 1..255",
                "--proc-type primary | --proc-type primary given, but this command is a secondary: leave it out or say --proc-type secondary",
                "--proc-type other | option --proc-type other: \"other\" is not one of primary, secondary, auto",
                "--bogus | unknown option \"--bogus\" among the EAL options",
                "bogus | unexpected word \"bogus\" among the EAL options",
                "-l | option -l needs a value: -l LIST",
                "--no-huge=1 | option --no-huge takes no value, \"1\" given",
                "-m 0 | option -m 0: \"0\" is not a number in 1..1073741824",
                "--socket-mem 1,x | option --socket-mem 1,x: \"x\" is not a number in 0..1073741824",
                "--file-prefix ../x | option --file-prefix ../x: \"../x\" is not a name of 1..32 letters, digits, _ . -",
                "--vdev eth | ",
                "--vdev ,iface=x | ",
                "--vdev net_null0,a=1,a=2 | ",
                "--log-level loud | ",
                "--set ring.slots=100 | option --set ring.slots=100: configuration key ring.slots: \"100\" is not a power of two in 8..65536",
                "--set slots=128 | option --set slots=128: unknown configuration key \"slots\": did you mean ring.slots?",
                "--wait soon | ",
                "--iova-mode px | ",
            })
    void shouldRefuseWhatIsWrongWithASentence(String eal, String sentence) {
        UsageException refusal =
                assertThrows(UsageException.class, () -> parse(eal + " -- -n 5 -s h:6666", "secondary"));
        if (sentence == null) {
            assertTrue(refusal.getMessage().contains(eal.split("[ =]")[1]), refusal.getMessage());
        } else {
            assertEquals(sentence, refusal.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-s 127.0.0.1",
                "-s :1",
                "-s h:0",
                "-s h:65536",
                "-s 1.2.3:5",
                "-s 1.2.3.256:5",
                "-n 0 -s h:1",
                "-n 128 -s h:1",
                "-s h:1 x",
                "-z"
            })
    void shouldRefuseWrongApplicationWords(String application) {
        assertThrows(UsageException.class, () -> parse("-l 0 -- " + application, "secondary"));
    }

    @Test
    void shouldSayWhereApplicationOptionsBelong() {
        UsageException refusal = assertThrows(UsageException.class, () -> parse("-l 0 --client-id 4", "secondary"));
        assertTrue(refusal.getMessage().endsWith("(application options come after --)"), refusal.getMessage());
        UsageException missing = assertThrows(UsageException.class, () -> parse("-l 0 -- -n 4", "secondary"));
        assertEquals(
                "option -s HOST:PORT is missing: the controller's address, as in -s 127.0.0.1:6666",
                missing.getMessage());
    }

    @Test
    void shouldLetLaterSourcesWin() {
        file = Map.of(
                "ring", Map.of("slots", 256),
                "mbuf.data", 4096,
                "sock", Map.of("dir", "/from-file"),
                "log", Map.of("level", "warn"),
                "vdev", List.of("net_null0"));
        environment.put("SPP_CONF", "any.yaml");
        environment.put("SPP_SOCK_DIR", "/from-environment");
        environment.put("SPP_FILE_PREFIX", "left");
        ProcessOptions options =
                parse("-l 0 --vdev net_null1 -- -n 5 -s h:1 --set ring.slots=512 --log-level debug", "secondary");
        Configuration configuration = options.configuration();
        assertEquals(512, configuration.integer(ConfigKeys.RING_SLOTS));
        assertEquals(4096, configuration.integer(ConfigKeys.MBUF_DATA));
        assertEquals(1536, configuration.integer(ConfigKeys.MBUF_PER_PORT));
        assertEquals("debug", configuration.text(ConfigKeys.LOG_LEVEL));
        assertEquals(Path.of("/from-environment"), options.socketDirectory());
        assertEquals("left", options.runDirectory().path().getFileName().toString());
        assertEquals(Configuration.Source.ENVIRONMENT, configuration.source(ConfigKeys.SOCK_DIR));
        assertEquals(
                List.of("net_null0", "net_null1"),
                options.vdevs().stream().map(EalOptions.Vdev::name).toList());
        assertTrue(configuration.describe().contains("ring.slots=512  # slots, --set\n"), configuration.describe());
    }

    @Test
    void shouldKnowTheGroupOfSockets() {
        assertEquals(-1, parse("-l 0 -- -n 5 -s h:1", "secondary").socketGroup());
        assertEquals(
                0,
                parse("-l 0 -- -n 5 -s h:1 --sock-group root --sock-mode 660", "secondary")
                        .socketGroup());
        assertEquals(
                77, parse("-l 0 -- -n 5 -s h:1 --sock-group 77", "secondary").socketGroup());
        assertThrows(UsageException.class, () -> parse("-l 0 -- -n 5 -s h:1 --sock-group nosuchgroup", "secondary"));
        assertThrows(UsageException.class, () -> parse("-l 0 -- -n 5 -s h:1 --sock-mode 999", "secondary"));
    }

    @Test
    void shouldRefuseUnknownKeysOfAFile() {
        file = Map.of("ring", Map.of("slotz", 256));
        assertThrows(UsageException.class, () -> parse("--conf x.yaml -- -n 5 -s h:1", "secondary"));
    }

    @Test
    void shouldShowEveryOptionOnceInTheUsage() {
        ProcessOptions.Parser parser = new ProcessOptions.Parser("nfv", "secondary", environment, path -> file);
        String usage = parser.usage();
        assertTrue(usage.startsWith("usage: spp nfv [EAL options] -- [application options]\n"), usage);
        for (String name : List.of("--lcores", "--sock-dir", "--set KEY=VALUE", "--vdev", "-s HOST:PORT")) {
            assertEquals(2, usage.split(java.util.regex.Pattern.quote(name), -1).length, name);
        }
    }
}

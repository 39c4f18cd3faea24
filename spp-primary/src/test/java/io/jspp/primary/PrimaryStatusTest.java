package io.jspp.primary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.attach.ClientFile;
import io.jspp.config.CpuSets;
import io.jspp.config.EalOptions.Vdev;
import io.jspp.config.LcoreMap;
import io.jspp.config.ProcessOptions;
import io.jspp.control.JsonWriter;
import io.jspp.counters.CounterArea;
import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.SegmentGeometry;
import io.jspp.mbuf.SwitchSegment;
import io.jspp.port.Claims;
import io.jspp.port.Device;
import io.jspp.port.DeviceType;
import io.jspp.port.Direction;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import io.jspp.supervision.Lives;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbering of devices, and counters on their way from a claimant to the status. */
class PrimaryStatusTest {
    private record Card(int rxQueues, int txQueues) implements Device {
        @Override
        public String macAddress() {
            return "56:48:4f:53:54:00";
        }

        @Override
        public PortState state() {
            return PortState.UP;
        }

        @Override
        public Claims.Grant open(int queue, Direction direction) {
            return new Claims.Grant(List.of(), Map.of());
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    private record CardType(String vdevPrefix, String portType, boolean numberedByOrder) implements DeviceType {
        @Override
        public Device open(String name, Map<String, String> arguments) {
            int queues = Integer.parseInt(arguments.getOrDefault("qpairs", "1"));
            return new Card(queues, queues);
        }
    }

    private static final Map<String, DeviceType> TYPES =
            Map.of("net_card", new CardType("net_card", "phy", true), "net_tap", new CardType("net_tap", "tap", false));

    @TempDir
    Path directory;

    private Registry registry;
    private Launcher launcher;
    private PrimaryStatus status;
    private SwitchSegment segment;

    private DeviceTable devices(String vdevs, String applicationWords) {
        ProcessOptions.Parser parser = new ProcessOptions.Parser("primary", "primary", Map.of(), path -> Map.of());
        PrimaryOptions options = new PrimaryOptions(parser);
        parser.application().parse(List.of(("-n 2 " + applicationWords).split(" ")));
        options.finish();
        List<Vdev> parsed = vdevs.isEmpty()
                ? List.of()
                : List.of(vdevs.split(" ")).stream().map(Vdev::parse).toList();
        return DeviceTable.open(parsed, options, TYPES);
    }

    @BeforeEach
    void open() {
        registry = new Registry(
                new ClientFile(directory),
                new ClaimRegistry(devices("net_card0 net_card1", "-p 0x3 --port-num 1 rxq 2 txq 2"), Map.of()));
        segment = SwitchSegment.create("status-test", SegmentGeometry.of(2, 128, 512), false);
        registry.use(segment);
        LcoreMap lcores = LcoreMap.place(LcoreMap.plain(CpuSets.list("0,1")), 1, new TreeSet<>(List.of(0, 1)));
        launcher = new Launcher(directory, directory, "rte", Map.of(), false, new Lives.Patience(0, 0, 0), 50);
        status = new PrimaryStatus(lcores, registry, null, launcher);
    }

    @AfterEach
    void close() {
        launcher.close();
        registry.close();
    }

    private String json() {
        JsonWriter json = new JsonWriter().object();
        status.write(json);
        return json.endObject().toString();
    }

    private QueueCounters claimant(String label) {
        return new QueueCounters(
                new CounterArea(segment.counterArea(0), segment.geometry().counterAreaBytes()), label);
    }

    @Test
    void shouldShowWhatClaimantsCountAndForgetItOnClear() {
        claimant("phy:0 q0 rx").passed(10, 640);
        claimant("phy:1 q0 rx").passed(1, 64);
        claimant("phy:1 q1 rx").passed(2, 128);
        claimant("phy:1 q0 tx").dropped(DropReason.FULL, 5);
        claimant("ring:1 q0 tx").passed(7, 448);
        claimant("ring:1 q0 tx").dropped(DropReason.NO_MBUF, 3);
        claimant("ring:1 q0 rx").passed(6, 384);
        String spp = "{\"master-lcore\":1,\"lcores\":[1,0],\"phy_ports\":["
                + "{\"id\":0,\"eth\":\"56:48:4f:53:54:00\",\"rx\":10,\"tx\":0,\"tx_drop\":0,\"nof_queues\":{\"rx\":1,\"tx\":1},\"flow\":[]},"
                + "{\"id\":1,\"eth\":\"56:48:4f:53:54:00\",\"rx\":3,\"tx\":0,\"tx_drop\":5,\"nof_queues\":{\"rx\":2,\"tx\":2},\"flow\":[]}],"
                + "\"ring_ports\":[{\"id\":0,\"rx\":0,\"rx_drop\":0,\"tx\":0,\"tx_drop\":0},"
                + "{\"id\":1,\"rx\":6,\"rx_drop\":0,\"tx\":7,\"tx_drop\":3}],\"pipes\":[],";
        assertEquals(spp, json().substring(0, spp.length()));
        status.clear();
        assertTrue(json().contains("{\"id\":1,\"rx\":0,\"rx_drop\":0,\"tx\":0,\"tx_drop\":0}],\"pipes\""), json());
        claimant("ring:1 q0 tx").passed(1, 64);
        assertTrue(json().contains("{\"id\":1,\"rx\":0,\"rx_drop\":0,\"tx\":1,\"tx_drop\":0}],\"pipes\""), json());
        assertEquals(8, claimant("ring:1 q0 tx").packets(), "the counter itself goes on");
    }

    @Test
    void shouldGiveAPortTheQueuesOfEachDirection() {
        try (DeviceTable table = devices("net_card0 net_card1", "-p 0x3 --port-num 1 rxq 4 txq 1")) {
            Device limited = table.find(new PortId("phy", 1));
            assertEquals("4/1", limited.rxQueues() + "/" + limited.txQueues());
            assertEquals("56:48:4f:53:54:00", limited.macAddress());
            assertEquals(1, table.find(new PortId("phy", 0)).rxQueues());
        }
    }

    @Test
    void shouldNumberPortsInOptionOrderAndSelectByMask() {
        try (DeviceTable all = devices("net_tap7 net_card0 eth_tap3 net_card9", "-p 0x2d")) {
            assertEquals("[phy:1, tap:3, tap:7]", all.all().keySet().toString());
            assertEquals("[phy:3]", all.missing().toString(), "bit 5; bit 4 would have been phy:2");
        }
        try (DeviceTable none = devices("", "-p 0x3")) {
            assertEquals("[phy:0, phy:1]", none.missing().toString());
            assertEquals(
                    "phy:0: no device, add --vdev net_af_packet0,iface=… to the primary",
                    DeviceTable.missingText(new PortId("phy", 0)));
        }
    }
}

package io.jspp.port.afpacket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.port.Device;
import io.jspp.port.LocalPorts;
import io.jspp.port.Port;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortTraffic;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.testing.Need;
import io.jspp.testing.Requires;
import io.jspp.testing.Veth;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flow rules of a phy port with flow=1, seen by frames of the interface at the other end. */
@Tag("network")
@Requires({Need.NET_ADMIN, Need.NET_RAW, Need.IP})
class FlowPortTest {
    private static final String ADDRESSES = "525400000001" + "020000000009";
    private static final String REST = "88b5" + "5a".repeat(46);
    private static final String TAG_100 = "81006064";
    private static final String TAG_200 = "810060c8";

    private final int descriptorsBefore = LocalPorts.descriptors();
    private final PortTraffic traffic = new PortTraffic();
    private Veth veth;
    private LocalPorts ports;
    private Device device;
    private Port port;
    private Port peer;
    private final List<RxQueue> rx = new ArrayList<>();
    private TxQueue tx;
    private RxQueue peerRx;
    private TxQueue peerTx;

    @BeforeEach
    void open(@TempDir Path directory) {
        veth = new Veth();
        ports = new LocalPorts(directory);
        PortId id = ports.device("net_af_packet0", Map.of("iface", veth.a, "qpairs", "2", "flow", "1"));
        device = ports.device(id);
        port = ports.open(id);
        peer = ports.open(ports.device("net_af_packet1", Map.of("iface", veth.b)));
        rx.add(port.openRx(0));
        rx.add(port.openRx(1));
        tx = port.openTx(0);
        peerRx = peer.openRx(0);
        peerTx = peer.openTx(0);
    }

    @AfterEach
    void close() throws Exception {
        List<AutoCloseable> all = new ArrayList<>(rx);
        all.addAll(List.of(tx, peerRx, peerTx, port, peer, ports, veth, traffic));
        for (AutoCloseable one : all) {
            one.close();
        }
        assertEquals(descriptorsBefore, LocalPorts.descriptors(), "descriptors left open");
    }

    private void follow(String... texts) {
        device.useFlows(Rules.of(texts));
    }

    /** Sends a frame with these tags and tells with which it arrives. */
    private String through(TxQueue from, RxQueue to, String tags) {
        assertTrue(traffic.send(from, HexFormat.of().parseHex(ADDRESSES + tags + REST)));
        StringBuilder arrived = new StringBuilder();
        PortTraffic.await("the frame with " + tags, () -> {
            traffic.receive(to).stream()
                    .map(frame -> HexFormat.of().formatHex(frame.bytes()))
                    .filter(text -> text.startsWith(ADDRESSES))
                    .forEach(arrived::append);
            return !arrived.isEmpty();
        });
        assertTrue(arrived.toString().endsWith(REST), arrived::toString);
        return arrived.substring(ADDRESSES.length(), arrived.length() - REST.length());
    }

    /** SPP's guide: a VLAN's frames come untagged to a queue, and leave with a tag. Changes work for queues that are open. */
    @Test
    void shouldRemoveAndAddTags() {
        String toQueue1 = "ingress pattern eth dst is 52:54:00:00:00:01 / vlan vid is 100 / end actions queue index 1";
        follow(toQueue1 + " / end");
        assertEquals(TAG_100, through(peerTx, rx.get(1), TAG_100));
        follow(toQueue1 + " / of_pop_vlan / end");
        assertEquals("", through(peerTx, rx.get(1), TAG_100));
        follow(toQueue1 + " / of_set_vlan_vid vlan_vid 200 / end");
        assertEquals(TAG_200, through(peerTx, rx.get(1), TAG_100));
        follow(toQueue1 + " / of_push_vlan ethertype 0x8100 / of_set_vlan_vid vlan_vid 7 / end");
        assertEquals("81000007" + TAG_100, through(peerTx, rx.get(1), TAG_100));

        assertEquals("", through(tx, peerRx, ""));
        String toGroup1 = "egress pattern eth / end actions jump group 1 / end";
        follow(
                toGroup1,
                "egress group 1 pattern eth src is 02:00:00:00:00:09 / end actions of_push_vlan ethertype 0x8100 /"
                        + " of_set_vlan_vid vlan_vid 200 / of_set_vlan_pcp vlan_pcp 3 / end");
        assertEquals(TAG_200, through(tx, peerRx, ""));
        follow(toGroup1, "egress group 1 pattern eth / vlan vid is 200 / end actions of_pop_vlan / end");
        assertEquals("", through(tx, peerRx, TAG_200));
        assertEquals(TAG_100, through(tx, peerRx, TAG_100));
    }

    @Test
    void shouldChangeNothingWhenRulesAreRefused() {
        follow("ingress pattern eth dst is 52:54:00:00:00:01 / end actions queue index 1 / of_pop_vlan / end");
        PortException refused = assertThrows(
                PortException.class, () -> follow("ingress pattern eth / end actions queue index 2 / end"));
        assertTrue(refused.getMessage().startsWith("action: no queue 2"), refused.getMessage());
        assertEquals("", through(peerTx, rx.get(1), TAG_100));
    }
}

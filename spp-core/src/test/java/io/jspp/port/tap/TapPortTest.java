package io.jspp.port.tap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.Constants;
import io.jspp.linux.Linux;
import io.jspp.net.Offload;
import io.jspp.port.LocalPorts;
import io.jspp.port.Port;
import io.jspp.port.PortException;
import io.jspp.port.PortState;
import io.jspp.port.PortTraffic;
import io.jspp.port.PortTraffic.Received;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.testing.Need;
import io.jspp.testing.Requires;
import io.jspp.testing.Veth;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tap port; the host's side of the interface is a phy port. */
@Tag("network")
@Requires({Need.NET_ADMIN, Need.NET_RAW, Need.TUN, Need.IP})
class TapPortTest {
    private final int descriptorsBefore = LocalPorts.descriptors();
    private final String iface = "tp" + Long.toString(ProcessHandle.current().pid(), 36);
    private final PortTraffic traffic = new PortTraffic();
    private LocalPorts ports;
    private Port tap;
    private Port host;
    private RxQueue tapRx;
    private TxQueue tapTx;
    private RxQueue hostRx;
    private TxQueue hostTx;

    @BeforeEach
    void open(@TempDir Path directory) {
        ports = new LocalPorts(directory);
        tap = ports.open(ports.device("net_tap3", Map.of("iface", iface)));
        assertEquals("tap:3", tap.id().toString());
        Veth.quiet(iface);
        host = ports.open(ports.device("net_af_packet0", Map.of("iface", iface)));
        tapRx = tap.openRx(0);
        tapTx = tap.openTx(0);
        hostRx = host.openRx(0);
        hostTx = host.openTx(0);
    }

    @AfterEach
    void close() {
        for (AutoCloseable queue : new AutoCloseable[] {tapRx, tapTx, hostRx, hostTx, tap, host, ports, traffic}) {
            try {
                queue.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        assertEquals(0, ports.claimed().size());
        assertEquals(0, ports.countersInUse());
        assertEquals(descriptorsBefore, LocalPorts.descriptors(), "descriptors left open");
    }

    private List<Received> ours(RxQueue rx, int count) {
        List<Received> all = new java.util.ArrayList<>();
        PortTraffic.await(count + " frames", () -> {
            for (Received f : traffic.receive(rx)) {
                if ((f.bytes()[12] & 0xff) == 0x88 && (f.bytes()[13] & 0xff) == 0xb5) {
                    all.add(f);
                }
            }
            return all.size() >= count;
        });
        return all;
    }

    @Test
    void shouldMoveFramesBothWaysInOrder() {
        int number = 0;
        for (int length = 18; length <= 1514; length += 11) {
            byte[] frame = PortTraffic.frame(number++, length);
            assertTrue(traffic.send(tapTx, frame, 0, 3));
            assertTrue(traffic.send(hostTx, frame));
            assertArrayEquals(frame, ours(hostRx, 1).get(0).bytes());
            assertArrayEquals(frame, ours(tapRx, 1).get(0).bytes());
        }
        assertEquals(PortState.UP, tap.state());
        assertEquals(number, tapTx.counters().packets());
    }

    @Test
    void shouldPassOffloadFactsBothWays() {
        // UDP over IPv4 with a checksum left to the receiver, as the kernel's own stack sends it
        byte[] frame = PortTraffic.frame(1, 200);
        byte[] headers = java.util.HexFormat.of()
                .parseHex("0800450000ba000140004011662e0a0000010a000002" + "0005000600a600" + "00");
        System.arraycopy(headers, 0, frame, 12, headers.length);
        long offload = Offload.pack(1, 0, 0, 34, 6);
        assertTrue(traffic.send(hostTx, frame, offload, 1));
        Received got = traffic.receive(tapRx, 1).get(0);
        assertTrue(Offload.needsChecksum(got.offload()));
        assertEquals(34, Offload.csumStart(got.offload()));
        assertEquals(6, Offload.csumOffset(got.offload()));
        assertArrayEquals(frame, got.bytes());
        assertTrue(traffic.send(tapTx, frame, offload, 2));
        got = traffic.receive(hostRx, 1).get(0);
        assertArrayEquals(frame, got.bytes());
        assertTrue(Offload.needsChecksum(got.offload()));
    }

    @Test
    void shouldWakeASleeper() {
        traffic.receive(tapRx);
        assertFalse(tapRx.arm());
        tapRx.disarm();
        assertTrue(traffic.send(hostTx, PortTraffic.frame(1, 60)));
        assertEquals(Constants.POLLIN, Linux.pollOne(tapRx.wakeFd(), Constants.POLLIN, 5000));
        assertTrue(tapRx.arm());
        tapRx.disarm();
        assertEquals(1, ours(tapRx, 1).size());
    }

    @Test
    void shouldSayThatItsInterfaceIsDownOrGone() {
        Veth.run("ip", "link", "set", iface, "down");
        PortTraffic.await("down", () -> tap.state().cause().equals("interface " + iface + " is down"));
        assertFalse(traffic.send(tapTx, PortTraffic.frame(1, 60)));
        Veth.run("ip", "link", "set", iface, "up");
        PortTraffic.await("up", () -> traffic.send(tapTx, PortTraffic.frame(1, 60)));
        Veth.run("ip", "link", "del", iface);
        PortTraffic.await("gone", () -> tap.state().cause().equals("interface " + iface + " is gone"));
        assertEquals(0, traffic.receive(tapRx).size());
    }

    @Test
    void shouldStayUpInAnotherNetworkNamespace() throws Exception {
        Process namespace = new ProcessBuilder("unshare", "-n", "cat").start(); // ends with its input
        try {
            String pid = Long.toString(namespace.pid());
            PortTraffic.await("the namespace", () -> isElsewhere(namespace.pid()));
            Veth.run("ip", "link", "set", iface, "netns", pid);
            Veth.run("nsenter", "-t", pid, "-n", "ip", "link", "set", iface, "up");
            PortTraffic.await(
                    "state",
                    () -> tap.state().cause().equals("interface " + iface + " is in another network namespace"));
            assertEquals(PortState.Phase.UP, tap.state().phase());
            assertTrue(traffic.send(tapTx, PortTraffic.frame(1, 60)));
        } finally {
            namespace.destroy();
            namespace.waitFor();
        }
        PortTraffic.await("gone", () -> tap.state().cause().equals("interface " + iface + " is gone"));
    }

    private static boolean isElsewhere(long pid) {
        try {
            Path own = java.nio.file.Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
            return !own.equals(java.nio.file.Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/net")));
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldKeepWhatArrivesBetweenClaimsAwayFromTheNextClaimant() {
        tapRx.close();
        for (int i = 0; i < 20; i++) {
            traffic.send(hostTx, PortTraffic.frame(i, 60)); // the transmit claim keeps the queue attached
        }
        tapRx = tap.openRx(0);
        assertTrue(traffic.send(hostTx, PortTraffic.frame(99, 60)));
        assertArrayEquals(PortTraffic.frame(99, 60), ours(tapRx, 1).get(0).bytes());
    }

    @Test
    void shouldSayWhatIsWrongWithADevice(@TempDir Path directory) {
        LocalPorts own = new LocalPorts(directory);
        assertThrows(IllegalArgumentException.class, () -> own.device("net_tap0", Map.of("iface", "a b")));
        assertThrows(IllegalArgumentException.class, () -> own.device("net_tap0", Map.of("remote", "eth0")));
        String single = "ts" + Long.toString(ProcessHandle.current().pid(), 36);
        Veth.run("ip", "tuntap", "add", single, "mode", "tun");
        try {
            PortException e = assertThrows(PortException.class, () -> own.device("net_tap0", Map.of("iface", single)));
            assertTrue(
                    e.getMessage().contains("EINVAL") && e.getMessage().contains("ip link del " + single),
                    e.getMessage());
        } finally {
            Veth.run("ip", "link", "del", single);
        }
    }
}

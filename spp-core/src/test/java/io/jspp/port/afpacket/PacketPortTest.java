package io.jspp.port.afpacket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.jspp.counters.DropReason;
import io.jspp.linux.Constants;
import io.jspp.linux.Linux;
import io.jspp.mbuf.Burst;
import io.jspp.memory.NativeMemory;
import io.jspp.net.Offload;
import io.jspp.port.LocalPorts;
import io.jspp.port.Port;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import io.jspp.port.PortTraffic;
import io.jspp.port.PortTraffic.Received;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.testing.Need;
import io.jspp.testing.Requires;
import io.jspp.testing.Veth;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Phy ports on both ends of a veth pair. The first four hold the packet-socket facts the port is built on. */
@Tag("network")
@Requires({Need.NET_ADMIN, Need.NET_RAW, Need.IP})
class PacketPortTest {
    private static final int IP_AND_TCP = 14 + 20 + 20;

    private final int descriptorsBefore = LocalPorts.descriptors();
    private final PortTraffic traffic = new PortTraffic();
    private Veth veth;
    private LocalPorts ports;
    private Port portA;
    private Port portB;
    private RxQueue rxA;
    private RxQueue rxB;
    private TxQueue txA;
    private TxQueue txB;

    @BeforeEach
    void open(@TempDir Path directory) {
        veth = new Veth();
        ports = new LocalPorts(directory);
        PortId a = ports.device("net_af_packet0", Map.of("iface", veth.a));
        PortId b = ports.device("net_af_packet1", Map.of("iface", veth.b));
        assertEquals("phy:1", b.toString());
        portA = ports.open(a);
        portB = ports.open(b);
        rxA = portA.openRx(0);
        txA = portA.openTx(0);
        rxB = portB.openRx(0);
        txB = portB.openTx(0);
    }

    @AfterEach
    void close() {
        for (AutoCloseable queue : new AutoCloseable[] {rxA, rxB, txA, txB, portA, portB, ports, veth, traffic}) {
            try {
                queue.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        assertEquals(0, ports.claimed().size(), "claims left: " + ports.claimed());
        assertEquals(0, ports.countersInUse());
        assertEquals(descriptorsBefore, LocalPorts.descriptors(), "descriptors left open");
    }

    private static List<Received> ours(List<Received> frames) {
        return frames.stream()
                .filter(f -> (f.bytes()[12] & 0xff) == 0x88 && (f.bytes()[13] & 0xff) == 0xb5)
                .toList();
    }

    /** TCP over IPv4, headers as a sender that leaves checksum and segmentation to the device makes them. */
    private static byte[] tcpFrame(int payload, int tags) {
        ByteBuffer b = ByteBuffer.allocate(IP_AND_TCP + 4 * tags + payload);
        b.put(new byte[] {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1});
        for (int i = 0; i < tags; i++) {
            b.putShort((short) 0x8100).putShort((short) (0x6000 | 42 + i));
        }
        b.putShort((short) 0x0800);
        int ip = b.position();
        b.putShort((short) 0x4500).putShort((short) (40 + payload)).putInt(0x00014000);
        b.putInt(0x40060000).putInt(0x0a000001).putInt(0x0a000002);
        b.putShort(ip + 10, (short) ~fold(sum(b, ip, 20)));
        b.putShort((short) 5).putShort((short) 6).putInt(1000).putInt(1).putInt(0x50100200);
        int pseudo = fold(sum(b, ip + 12, 8) + 6 + 20 + payload);
        b.putShort((short) pseudo).putShort((short) 0);
        for (int i = 0; b.hasRemaining(); i++) {
            b.put((byte) (i * 7 + (i >>> 8)));
        }
        return b.array();
    }

    private static long sum(ByteBuffer b, int at, int length) {
        long sum = 0;
        for (int i = at; i < at + length; i += 2) {
            sum += Short.toUnsignedInt(b.getShort(i));
        }
        return sum;
    }

    private static int fold(long sum) {
        long s = sum;
        while (s >>> 16 != 0) {
            s = (s & 0xffff) + (s >>> 16);
        }
        return (int) s;
    }

    /** Fact: a ring of small frames truncates the 20–64 KiB frames that veth delivers; and GSO needs the socket without bypass. */
    @Test
    void shouldPassSegmentationOffloadFramesOfUpTo64KiBWhole() {
        // gso_max_size: the kernel cuts what has 65536 bytes or more with its Ethernet header
        int[] payloads = {3000, 20_000, 40_000, 65_535 - IP_AND_TCP};
        for (int payload : payloads) {
            byte[] frame = tcpFrame(payload, 0);
            long offload = Offload.pack(1, Offload.GSO_TCPV4, 1448, 34, 16);
            assertTrue(traffic.send(txA, PortTraffic.frame(1, 60)));
            assertTrue(traffic.send(txA, frame, offload, 17));
            assertTrue(traffic.send(txA, PortTraffic.frame(2, 60)));
            List<Received> got = traffic.receive(rxB, 3);
            assertEquals(3, got.size());
            assertArrayEquals(PortTraffic.frame(1, 60), got.get(0).bytes(), "order holds over both sockets");
            assertArrayEquals(frame, got.get(1).bytes());
            assertEquals(offload, got.get(1).offload());
            assertArrayEquals(PortTraffic.frame(2, 60), got.get(2).bytes());
        }
        assertEquals(0, txA.counters().drops() + rxB.counters().drops());
    }

    /** Fact: PACKET_QDISC_BYPASS drops frames the device can't segment itself (ENOBUFS). */
    @Test
    @Requires(Need.ETHTOOL)
    void shouldSendSegmentationOffloadFramesThroughADeviceWithoutOffloads() {
        Veth.run("ethtool", "-K", veth.a, "tso", "off", "tx", "off");
        byte[] frame = tcpFrame(14_480, 0);
        assertTrue(traffic.send(txA, frame, Offload.pack(1, Offload.GSO_TCPV4, 1448, 34, 16), 3));
        List<Received> got = traffic.receive(rxB, 10);
        ByteBuffer payload = ByteBuffer.allocate(14_480);
        for (Received segment : got) {
            assertFalse(Offload.needsChecksum(segment.offload()));
            assertEquals(IP_AND_TCP + 1448, segment.bytes().length);
            ByteBuffer b = ByteBuffer.wrap(segment.bytes());
            assertEquals(0xffff, fold(sum(b, 26, 8) + 6 + 20 + 1448 + sum(b, 34, 20 + 1448)));
            payload.put(segment.bytes(), IP_AND_TCP, 1448);
        }
        assertArrayEquals(Arrays.copyOfRange(frame, IP_AND_TCP, frame.length), payload.array());
    }

    /** Fact: the kernel takes the outer tag out of the frame. */
    @Test
    void shouldPutVlanTagsBackIncludingTheChecksumStart() {
        byte[] twice = tcpFrame(500, 2);
        assertTrue(traffic.send(txA, twice, Offload.pack(1, 0, 0, 42, 16), 2));
        Received got = traffic.receive(rxB, 1).get(0);
        assertArrayEquals(twice, got.bytes());
        assertTrue(Offload.needsChecksum(got.offload()));
        assertEquals(42, Offload.csumStart(got.offload()));
        assertEquals(16, Offload.csumOffset(got.offload()));

        byte[] big = tcpFrame(30_000, 1);
        assertTrue(traffic.send(txB, big, Offload.pack(1, Offload.GSO_TCPV4, 1448, 38, 16), 5));
        got = traffic.receive(rxA, 1).get(0);
        assertArrayEquals(big, got.bytes());
        assertEquals(38, Offload.csumStart(got.offload()));
    }

    /** Fact: without PACKET_IGNORE_OUTGOING every frame sent comes back. */
    @Test
    void shouldNotReceiveItsOwnFrames() {
        for (int i = 0; i < 50; i++) {
            assertTrue(traffic.send(txA, PortTraffic.frame(i, 100)));
        }
        assertTrue(traffic.send(txA, tcpFrame(9000, 0), Offload.pack(1, Offload.GSO_TCPV4, 1448, 34, 16), 1));
        assertEquals(51, traffic.receive(rxB, 51).size());
        assertTrue(traffic.send(txB, PortTraffic.frame(99, 100)));
        List<Received> got = ours(traffic.receive(rxA, 1));
        assertEquals(1, got.size());
        assertArrayEquals(PortTraffic.frame(99, 100), got.get(0).bytes());
    }

    @Test
    void shouldMoveFramesOfAnyLengthInOrder() {
        int number = 0;
        for (int length = 14; length <= 1514; length += 1 + length / 50) {
            for (int segments = 1; segments <= 3; segments++) {
                byte[] frame = PortTraffic.frame(number++, length);
                assertTrue(traffic.send(txA, frame, 0, segments));
                List<Received> got = traffic.receive(rxB, 1);
                assertEquals(1, got.size());
                assertArrayEquals(frame, got.get(0).bytes());
                assertEquals(Offload.NONE, got.get(0).offload());
            }
        }
        // more than a ring, so that both wrap
        int sent = 0;
        int received = 0;
        Burst burst = new Burst();
        try (NativeMemory memory = NativeMemory.allocate(64 * 64)) {
            while (received < 20_000) {
                burst.clear();
                while (burst.packets < 64) {
                    long at = memory.address() + 64L * burst.packets;
                    byte[] frame = PortTraffic.frame(sent++, 64);
                    io.jspp.memory.Memory.put(at, frame, 0, 64);
                    burst.add(at, 64, 0, Burst.BORROWED);
                }
                assertEquals(64, txA.txBurst(burst));
                txA.flush();
                for (Received frame : traffic.receive(rxB, 64)) {
                    assertArrayEquals(PortTraffic.frame(received++, 64), frame.bytes());
                }
            }
        }
        assertEquals(sent, received);
        assertEquals(rxB.counters().packets(), txA.counters().packets());
        assertEquals(rxB.counters().bytes(), txA.counters().bytes());
    }

    @Test
    void shouldCountWhatItDoesNotSend() {
        assertFalse(traffic.send(txA, PortTraffic.frame(1, 13)));
        assertFalse(traffic.send(txA, PortTraffic.frame(1, 1519)));
        assertFalse(traffic.send(txA, PortTraffic.frame(1, 100), Offload.pack(1, 0, 0, 99, 0), 1));
        assertFalse(traffic.send(txA, PortTraffic.frame(1, 100), Offload.pack(1, 1, 9, 34, 16), 1));
        assertEquals(1, txA.counters().drops(DropReason.RUNT));
        assertEquals(1, txA.counters().drops(DropReason.TOO_BIG));
        assertEquals(2, txA.counters().drops(DropReason.MALFORMED_HEADER));
        assertTrue(traffic.send(txA, PortTraffic.frame(7, 100)));
        assertArrayEquals(
                PortTraffic.frame(7, 100), ours(traffic.receive(rxB, 1)).get(0).bytes());
    }

    @Test
    void shouldCountFramesLostWhenNobodyReads() {
        Burst burst = new Burst();
        long before = txA.counters().packets();
        try (NativeMemory memory = NativeMemory.allocate(64)) {
            io.jspp.memory.Memory.put(memory.address(), PortTraffic.frame(0, 64), 0, 64);
            for (int i = 0; i < 64; i++) {
                burst.add(memory.address(), 64, 0, Burst.BORROWED);
            }
            for (int i = 0; i < 100; i++) {
                assertEquals(64, txA.txBurst(burst));
                txA.flush();
            }
        }
        int got = traffic.receive(rxB).size();
        long lost = txA.counters().packets() - before - got;
        assertTrue(lost > 0, "the ring was expected to overflow, got " + got);
        PortTraffic.await("the loss to be counted", () -> {
            traffic.receive(rxB);
            return rxB.counters().drops(DropReason.FULL) == lost;
        });
    }

    @Test
    void shouldWakeASleeper() {
        traffic.receive(rxB);
        assertFalse(rxB.arm());
        assertEquals(0, Linux.pollOne(rxB.wakeFd(), Constants.POLLIN, 0));
        rxB.disarm();
        assertTrue(traffic.send(txA, PortTraffic.frame(1, 60)));
        assertEquals(Constants.POLLIN, Linux.pollOne(rxB.wakeFd(), Constants.POLLIN, 5000) & Constants.POLLIN);
        assertTrue(rxB.arm());
        rxB.disarm();
        assertEquals(1, traffic.receive(rxB, 1).size());
        assertFalse(rxB.arm());
    }

    @Test
    void shouldFollowItsInterfaceDownUpRenamedAndMadeAgain() {
        assertEquals(PortState.UP, portA.state());
        Veth.run("ip", "link", "set", veth.b, "down");
        PortTraffic.await("state of A", () -> portA.state().toString().contains("no carrier"));
        PortTraffic.await(
                "state of B",
                () -> portB.state()
                        .toString()
                        .equals("down (interface " + veth.b + " is down: ip link set " + veth.b + " up)"));
        assertFalse(traffic.send(txA, PortTraffic.frame(1, 60)));
        assertEquals(1, txA.counters().drops(DropReason.PORT_DOWN));
        Veth.run("ip", "link", "set", veth.b, "up");
        shouldPassAgain();

        Veth.run("ip", "link", "set", veth.a, "name", "r" + veth.a);
        PortTraffic.await(
                "rename", () -> portA.state().cause().equals("interface " + veth.a + " was renamed to r" + veth.a));
        shouldPassAgain();

        Veth.run("ip", "link", "del", veth.b);
        PortTraffic.await("A gone", () -> portA.state().cause().equals("interface " + veth.a + " is gone"));
        PortTraffic.await("B gone", () -> portB.state().cause().equals("interface " + veth.b + " is gone"));
        veth.create();
        shouldPassAgain();
        assertEquals(PortState.UP, portA.state());
        assertEquals(PortState.UP, portB.state());
    }

    private void shouldPassAgain() {
        PortTraffic.await("A up", () -> portA.state().phase() == PortState.Phase.UP);
        PortTraffic.await("B up", () -> portB.state().phase() == PortState.Phase.UP);
        traffic.receive(rxB);
        traffic.receive(rxA);
        PortTraffic.await("A to B", () -> {
            traffic.send(txA, PortTraffic.frame(5, 60));
            return !ours(traffic.receive(rxB)).isEmpty();
        });
        PortTraffic.await("B to A", () -> {
            traffic.send(txB, PortTraffic.frame(5, 60));
            return !ours(traffic.receive(rxA)).isEmpty();
        });
        traffic.receive(rxB);
        traffic.receive(rxA);
    }

    @Test
    void shouldTakeLongerFramesAfterTheMtuGrew() {
        Veth.run("ip", "link", "set", veth.a, "mtu", "9000");
        Veth.run("ip", "link", "set", veth.b, "mtu", "9000");
        byte[] frame = PortTraffic.frame(3, 9014);
        PortTraffic.await("the new MTU", () -> traffic.send(txA, frame, 0, 4));
        assertArrayEquals(frame, ours(traffic.receive(rxB, 1)).get(0).bytes());
        assertEquals(0, rxB.counters().drops());
    }

    @Test
    void shouldDeliverEachFrameOnceToAFanoutGroup(@TempDir Path directory) {
        try (Veth pair = new Veth();
                LocalPorts own = new LocalPorts(directory)) {
            Port many = own.open(own.device("net_af_packet0", Map.of("iface", pair.b, "qpairs", "2")));
            Port one = own.open(own.device("net_af_packet1", Map.of("iface", pair.a)));
            try (RxQueue first = many.openRx(0);
                    RxQueue second = many.openRx(1);
                    TxQueue tx = one.openTx(0)) {
                assertThrows(PortException.class, () -> many.openRx(2));
                assertThrows(PortException.class, () -> many.openRx(0), "claimed already");
                boolean[] seen = new boolean[2];
                for (int i = 0; i < 100; i++) {
                    byte[] frame = tcpFrame(10, 0);
                    frame[IP_AND_TCP - 20] = (byte) i; // source port: another flow
                    assertTrue(traffic.send(tx, frame));
                    int[] got = new int[2];
                    PortTraffic.await("a frame", () -> {
                        got[0] += traffic.receive(first).size();
                        got[1] += traffic.receive(second).size();
                        return got[0] + got[1] >= 1;
                    });
                    assertEquals(1, got[0] + got[1]);
                    seen[0] |= got[0] > 0;
                    seen[1] |= got[1] > 0;
                }
                assertTrue(seen[0] && seen[1], "one queue got everything");
            }
        }
    }

    @Test
    void shouldAllocateNothingWhileForwarding() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        Burst out = new Burst();
        Burst in = new Burst();
        try (NativeMemory memory = NativeMemory.allocate(80_000)) {
            byte[] plain = PortTraffic.frame(0, 64);
            byte[] big = tcpFrame(20_000, 0);
            io.jspp.memory.Memory.put(memory.address(), plain, 0, plain.length);
            io.jspp.memory.Memory.put(memory.address() + 1000, big, 0, big.length);
            long offload = Offload.pack(1, Offload.GSO_TCPV4, 1448, 34, 16);
            long allocated = 1;
            // what class loading and compilation allocate once is not the steady state: one part without any is proof
            for (int part = 0; part < 10 && allocated != 0; part++) {
                allocated = threads.getThreadAllocatedBytes(self);
                for (int round = 0; round < 2000; round++) {
                    out.clear();
                    for (int i = 0; i < 8; i++) {
                        out.add(memory.address(), 64, 0, Burst.BORROWED);
                    }
                    out.add(memory.address() + 1000, big.length, offload, Burst.BORROWED);
                    txA.txBurst(out);
                    txA.flush();
                    in.clear();
                    rxB.rxBurst(in);
                    txB.txBurst(in);
                    rxB.release(in);
                    txB.flush();
                    in.clear();
                    rxA.rxBurst(in);
                    rxA.release(in);
                }
                allocated = threads.getThreadAllocatedBytes(self) - allocated;
            }
            assertEquals(0, allocated);
            assertTrue(rxA.counters().packets() >= 18_000, rxA.counters().packets() + " packets came back");
        }
    }

    @Test
    void shouldSayWhatIsWrongWithADevice(@TempDir Path directory) {
        LocalPorts own = new LocalPorts(directory);
        PortException absent =
                assertThrows(PortException.class, () -> own.device("net_af_packet0", Map.of("iface", "nosuch0")));
        assertEquals(
                "net_af_packet0: interface nosuch0 does not exist in this network namespace: ip link shows those that do",
                absent.getMessage());
        for (Map<String, String> wrong : List.of(
                Map.of("iface", "a/b"),
                Map.of("iface", "much-too-long-name0"),
                Map.<String, String>of(),
                Map.of("iface", veth.a, "qpairs", "0"),
                Map.of("iface", veth.a, "colour", "red"))) {
            assertThrows(IllegalArgumentException.class, () -> own.device("net_af_packet0", wrong), wrong.toString());
        }
        Veth.run("ip", "addr", "add", "198.51.100.1/24", "dev", veth.a);
        String note = ports.device(portA.id()).notes().get(0);
        assertTrue(note.contains("198.51.100.1") && note.contains("ip addr flush dev " + veth.a), note);
    }
}

package io.jspp.secondary.component.responder;

import static io.jspp.secondary.echo.Packets.HOST_MAC;
import static io.jspp.secondary.echo.Packets.PEER_MAC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.jspp.control.IpAddresses;
import io.jspp.mbuf.Burst;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.net.MacAddress;
import io.jspp.net.Offload;
import io.jspp.net.VlanOperation;
import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.ComponentCounters.Count;
import io.jspp.secondary.component.GraphException;
import io.jspp.secondary.component.Lane;
import io.jspp.secondary.component.Output;
import io.jspp.secondary.component.StartedComponent;
import io.jspp.secondary.component.SteadyLane;
import io.jspp.secondary.echo.Packets;
import io.jspp.worker.Component;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The component on real bursts; which frames it answers is EchoHostTest's. */
class ResponderTest {
    private static final String OWN = "192.168.1.2";
    private static final String PEER = "192.168.1.1";
    private static final long HOST = Long.parseLong(HOST_MAC, 16);
    private static final String PING = Packets.ipv4(PEER, OWN, 1, "", Packets.echo(8, "00".repeat(40)));
    private static final String PONG = PEER_MAC
            + Packets.ipv4(OWN, PEER, 1, "", Packets.echo(0, "00".repeat(40)))
                    .substring(12)
                    .replace(PEER_MAC, HOST_MAC)
                    .replace("a1924000", "00004000");

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Lane.Counters counterMemory = new Lane.Counters();
    private final Responders responders = new Responders(3, new PrintStream(printed, true, StandardCharsets.UTF_8), 20);
    private final ResponderType type = new ResponderType(responders);
    private final ComponentCounters counters = new ComponentCounters(counterMemory, "echo", type.counts());
    private final StartedComponent started = type.start("echo", counters, Burst.DEFAULT_CAPACITY);
    private final Lane lane = new Lane("vhost:0");
    private final List<Output> outputs = new ArrayList<>();
    private Component running = with(VlanOperation.NONE, VlanOperation.NONE);

    private Component with(VlanOperation rx, VlanOperation tx) {
        outputs.add(lane.output(tx));
        return started.build(List.of(lane.input(rx)), List.of(outputs.get(outputs.size() - 1)));
    }

    @AfterEach
    void close() {
        started.close();
        outputs.forEach(Output::close);
        counters.close();
        lane.close();
        assertEquals(0, counterMemory.inUse());
    }

    private void add(String address) {
        responders.add("echo", IpAddresses.parse(address), HOST);
    }

    private List<String> outcome(String... frames) {
        lane.put(frames);
        running.poll(1);
        return lane.take();
    }

    private static String pong() {
        String header = PONG.substring(28, 68);
        return PONG.replace(header, Packets.withSum(header, 10, ""));
    }

    @Test
    void shouldAnswerForTheAddressesItHasNow() {
        assertEquals(List.of(), outcome(PING));
        add(OWN);
        assertEquals(List.of(pong(), pong()), outcome(PING, PING));
        responders.remove("echo", IpAddresses.parse(OWN));
        assertEquals(List.of(), outcome(PING));
        assertEquals(2, counters.get(Count.UNMATCHED));
    }

    @Test
    void shouldCountEachDropUnderItsReason() {
        add(OWN);
        String fragment = Packets.withSum(PING.substring(28, 68).replace("a1924000", "a1922000"), 10, "");
        List<String> sent = outcome(
                PING,
                "ffff",
                PING.replace("0800" + "45", "0800" + "44"),
                PING.replace(PING.substring(28, 68), fragment),
                PING.substring(0, PING.length() - 2) + "01",
                HOST_MAC + PEER_MAC + "1234" + "00".repeat(46),
                PING);
        assertEquals(2, sent.size());
        for (Count count :
                List.of(Count.RUNT, Count.MALFORMED_HEADER, Count.FRAGMENT, Count.BAD_CHECKSUM, Count.UNMATCHED)) {
            assertEquals(1, counters.get(count), count.id());
        }
    }

    @Test
    void shouldTakeThePacketAsOneInWhateverPiecesItComes() {
        add(OWN);
        for (int bytes : new int[] {1, 13, 14, 15, 40}) {
            lane.segmentBytes = bytes;
            assertEquals(List.of(pong()), outcome(PING));
        }
    }

    @Test
    void shouldJudgeACopy() {
        add(OWN);
        lane.beforeSend = () -> Memory.fill(lane.memory(), 4096, (byte) 0x41);
        assertEquals(List.of(pong(), pong(), pong()), outcome(PING, PING, PING));
    }

    @Test
    void shouldDoTheVlanOperationsOfItsPorts() {
        add(OWN);
        String tagged = PING.substring(0, 24) + "81000064" + PING.substring(24);
        running = with(VlanOperation.DEL, VlanOperation.add(101, 3));
        String pong = pong();
        assertEquals(List.of(pong.substring(0, 24) + "81006065" + pong.substring(24)), outcome(tagged));
        running = with(VlanOperation.NONE, VlanOperation.NONE);
        assertEquals(List.of(pong.substring(0, 24) + "81000064" + pong.substring(24)), outcome(tagged));
    }

    @Test
    void shouldAnswerEachWithItsOwnHeaderThoughAnswersLeaveInTheMiddleOfABurst() {
        add(OWN);
        running = with(VlanOperation.NONE, VlanOperation.add(7, 0));
        String data = "5a".repeat(60_000);
        String frame = Packets.ipv4(PEER, OWN, 1, "", Packets.echo(8, data));
        List<String> sent = outcome(frame, frame, frame, PING);
        assertEquals(4, sent.size(), "answered, of 4");
        sent.forEach(answer -> assertEquals(PEER_MAC + HOST_MAC + "81000007" + "0800", answer.substring(0, 36)));
        assertEquals(0, counters.get(Count.UNMATCHED));
    }

    @Test
    void shouldAnswerThoughTheSenderLeftTheChecksumToItsDevice() {
        add(OWN);
        lane.offload = Offload.pack(Offload.F_NEEDS_CSUM, 0, 0, 34, 2);
        String open = PING.substring(0, 72) + "1234" + PING.substring(76);
        assertEquals(List.of(pong()), outcome(open));
        assertEquals(List.of(Offload.NONE), lane.sentOffloads());
        // the operation of the rx port moves the place
        running = with(VlanOperation.add(7, 0), VlanOperation.DEL);
        assertEquals(List.of(pong()), outcome(open));
    }

    @Test
    void shouldAnswerTheLongestPing() {
        add(OWN);
        String data = "5a".repeat(65_535 - 28);
        String frame = Packets.ipv4(PEER, OWN, 1, "", Packets.echo(8, data));
        for (int i = 0; i < 3; i++) {
            List<String> sent = outcome(frame, PING, frame, PING);
            assertEquals(
                    List.of(frame.length(), pong().length(), frame.length(), pong().length()),
                    sent.stream().map(String::length).toList());
            assertTrue(sent.get(2).endsWith(data));
            assertEquals(pong(), sent.get(3));
        }
    }

    @Test
    void shouldRefuseWhatItCannotDo() {
        add(OWN);
        assertEquals(
                "responder echo answers for 192.168.1.2 already, with 52:54:00:00:00:02",
                assertThrows(GraphException.class, () -> add(OWN)).getMessage());
        assertEquals(
                "responder echo does not answer for fd00::2",
                assertThrows(GraphException.class, () -> responders.remove("echo", IpAddresses.parse("fd00::2")))
                        .getMessage());
        assertEquals(
                "no responder other runs here",
                assertThrows(GraphException.class, () -> responders.print("other", true))
                        .getMessage());
    }

    @Test
    void shouldHaveAMacOfItsOwn() {
        long own = responders.all().iterator().next().mac();
        assertEquals("52:54:00", MacAddress.format(own).substring(0, 8));
        assertTrue(own != new Responders(4, System.out, 1).ownMac("echo"));
        responders.add("echo", IpAddresses.parse(OWN), null);
        String arp = outcome(Packets.arp(Packets.BROADCAST, PEER, OWN)).get(0);
        assertEquals(String.format("%012x", own), arp.substring(12, 24));
    }

    @Test
    void shouldPrintPingsOnceAskedTo() {
        add(OWN);
        outcome(PING);
        responders.print("echo", true);
        outcome(PING, Packets.arp(Packets.BROADCAST, PEER, OWN), PING);
        responders.print("echo", false);
        outcome(PING);
        String text = printed.toString(StandardCharsets.UTF_8);
        assertEquals(2, text.split("Packet Contents:", -1).length - 1, text);
        assertTrue(
                text.contains("src address: 192.168.1.1 | dest address: 192.168.1.2\nICMP Header - Type: 8 |"), text);
        assertEquals(0, counters.get(Count.UNPRINTED));
    }

    @Test
    void shouldPrintNoMoreThanTheRateAllows() {
        add(OWN);
        responders.print("echo", true);
        String[] pings = new String[50];
        Arrays.fill(pings, PING);
        assertEquals(50, outcome(pings).size());
        responders.print("echo", false);
        assertEquals(30, counters.get(Count.UNPRINTED));
        assertEquals(20, printed.toString(StandardCharsets.UTF_8).split("Packet Contents:", -1).length - 1);
    }

    @Test
    void shouldAllocateNothing() {
        add(OWN);
        responders.print("echo", true); // the rate is used up before the measurement
        byte[] ping = HexFormat.of().parseHex(PING.substring(0, 120));
        byte[] arp = HexFormat.of().parseHex(Packets.arp(Packets.BROADCAST, PEER, OWN));
        try (SteadyLane source = new SteadyLane(List.of(ping, arp, ping));
                Output output = source.output("nullpmd:0", VlanOperation.NONE)) {
            Component steady = started.build(List.of(source.input()), List.of(output));
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            for (int i = 0; i < 20_000; i++) {
                steady.poll(1);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20_000; i++) {
                steady.poll(1);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < 4096, allocated + " bytes"); // what the measurement itself takes
            assertTrue(source.sent > 20_000);
        }
    }

    @Test
    void shouldFreeItsMemory() {
        int before = NativeMemory.live();
        ComponentCounters own = new ComponentCounters(counterMemory, "other", type.counts());
        StartedComponent other = type.start("other", own, 64);
        responders.print("other", true);
        other.close();
        own.close();
        assertEquals(before, NativeMemory.live());
        assertEquals(1, responders.all().size());
    }
}

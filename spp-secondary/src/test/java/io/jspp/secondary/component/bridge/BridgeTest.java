package io.jspp.secondary.component.bridge;

import static io.jspp.secondary.component.bridge.BridgeFixture.SECOND_NS;
import static io.jspp.secondary.component.bridge.BridgeFixture.frame;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.jspp.config.Configuration;
import io.jspp.mbuf.Burst;
import io.jspp.memory.Memory;
import io.jspp.net.MacAddress;
import io.jspp.net.VlanOperation;
import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.ComponentCounters.Count;
import io.jspp.secondary.component.GraphException;
import io.jspp.secondary.component.Lane;
import io.jspp.secondary.component.Output;
import io.jspp.secondary.component.SteadyLane;
import io.jspp.worker.Component;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** IEEE 802.1Q §8.6 and §8.7 on real bursts. */
class BridgeTest {
    private static final long A = 0x5254_0000_000aL;
    private static final long B = 0x5254_0000_000bL;
    private static final long C = 0x5254_0000_000cL;
    private static final long MULTICAST = 0x0100_5e00_0001L;
    private static final int UNTAGGED = -1;
    private static final BridgeOptions OPTIONS = new BridgeOptions(300, 1000, 1000, 0);

    private BridgeFixture bridge = new BridgeFixture(OPTIONS, 4);

    @AfterEach
    void close() {
        bridge.close();
    }

    private void use(BridgeOptions options, int ports) {
        bridge.close();
        bridge = new BridgeFixture(options, ports);
    }

    private String ports(int lane, long destination, long source) {
        return bridge.ports(lane, frame(destination, source, UNTAGGED));
    }

    private List<String> table() {
        return bridge.bridge().table(bridge.nowNs, 100).first().stream()
                .map(a -> a.vlan() + " " + MacAddress.format(a.address()) + " " + a.port() + " " + a.ageSeconds())
                .toList();
    }

    @Test
    void shouldFloodUntilItHasSeenTheDestination() {
        assertEquals("123", ports(0, B, A));
        assertEquals("0", ports(1, A, B));
        assertEquals("1", ports(0, B, A));
        assertEquals("012", ports(3, MacAddress.BROADCAST, C));
        assertEquals("012", ports(3, MULTICAST, C));
        assertEquals(3, bridge.count(Count.LEARNED));
        assertEquals(3, bridge.count(Count.FLOODED));
        assertEquals(6, bridge.count(Count.COPIED));
        assertEquals(0, bridge.drops());
    }

    @Test
    void shouldNotSendBackWhereAFrameCameFrom() {
        ports(0, B, A);
        assertEquals("", ports(0, A, B));
        assertEquals(1, bridge.count(Count.SAME_PORT));
    }

    @Test
    void shouldFollowAStationThatMoves() {
        ports(0, B, A);
        ports(2, B, A);
        assertEquals("2", ports(1, A, B));
        assertEquals(1, bridge.count(Count.MOVED));
        assertEquals(List.of("0 52:54:00:00:00:0a vhost:2 0", "0 52:54:00:00:00:0b vhost:1 0"), table());
    }

    @Test
    void shouldForgetAnAddressFromWhichNothingCame() {
        ports(0, B, A);
        bridge.nowNs += 299 * SECOND_NS;
        ports(1, A, B);
        assertEquals(List.of("0 52:54:00:00:00:0a vhost:0 299", "0 52:54:00:00:00:0b vhost:1 0"), table());
        bridge.nowNs += 2 * SECOND_NS;
        assertEquals(List.of("0 52:54:00:00:00:0b vhost:1 2"), table());
        assertEquals("023", ports(1, A, B));
    }

    /** Without a frame that needs the slot. */
    @Test
    void shouldCountWhatAgedWhilePacketsAreRare() {
        for (int i = 0; i < 100; i++) {
            ports(0, B, A + 256 + i);
        }
        bridge.nowNs += 301 * SECOND_NS;
        for (int i = 0; i < 40; i++) {
            bridge.nowNs += SECOND_NS;
            bridge.poll();
        }
        assertEquals(100, bridge.count(Count.AGED));
        assertEquals(0, bridge.bridge().table(bridge.nowNs, 0).total());
    }

    @ParameterizedTest
    @ValueSource(longs = {MacAddress.BROADCAST, MULTICAST, 0})
    void shouldNotLearnWhatIsNoStation(long source) {
        assertEquals("123", ports(0, B, source));
        assertEquals("023", ports(1, B, source));
        assertEquals(0, bridge.count(Count.LEARNED));
        assertEquals(List.of(), table());
    }

    @Test
    void shouldKeepReservedAddressesToItself() {
        for (int i = 0; i < 16; i++) {
            assertEquals("", ports(0, 0x0180_c200_0000L + i, A));
        }
        assertEquals(16, bridge.count(Count.RESERVED_ADDRESS));
        assertEquals("123", ports(0, 0x0180_c200_0010L, A));
    }

    @Test
    void shouldLearnPerVlanOfTheOuterTag() {
        bridge.ports(0, frame(B, A, 5));
        assertEquals("023", bridge.ports(1, frame(A, B, 6)));
        assertEquals("0", bridge.ports(1, frame(A, B, 5)));
        assertEquals("023", bridge.ports(1, frame(A, B, UNTAGGED)));
        bridge.ports(2, frame(B, A, 0));
        assertEquals("2", bridge.ports(1, frame(A, B, UNTAGGED)));
        assertEquals("0", bridge.ports(1, frame(A, B, 5)));
    }

    @Test
    void shouldDoTheVlanOperationsOfItsPorts() {
        String plain = frame(B, A, UNTAGGED);
        bridge.use(
                List.of(
                        bridge.lanes.get(0).input(VlanOperation.add(7, 3)),
                        bridge.lanes.get(1).input(VlanOperation.NONE)),
                List.of(
                        bridge.output(0, VlanOperation.DEL),
                        bridge.output(1, VlanOperation.NONE),
                        bridge.output(2, VlanOperation.DEL)));
        assertEquals("1:" + frame(B, A, 7) + " 2:" + plain, bridge.outcome(0, plain));
        assertEquals("0:" + frame(A, B, UNTAGGED), bridge.outcome(1, frame(A, B, 7)));
    }

    @Test
    void shouldHandAMbufOverToItsOnlyDestination() {
        bridge.lanes.get(0).mbuf = 70;
        ports(0, B, A);
        assertEquals(List.of(Burst.BORROWED), bridge.lanes.get(1).sentMbufs());
        assertEquals(List.of(Burst.BORROWED), bridge.lanes.get(3).sentMbufs());
        ports(1, A, B);
        ports(0, B, A);
        assertEquals(List.of(Burst.BORROWED, 70), bridge.lanes.get(1).sentMbufs());
    }

    @Test
    void shouldSendWhatWasDecidedOnThoughTheGuestRewritesIt() {
        ports(1, A, B);
        Lane hostile = bridge.lanes.get(0);
        bridge.lanes.get(1).beforeSend = () -> Memory.fill(hostile.memory(), 14, (byte) 0xff);
        assertEquals("1", ports(0, B, A));
    }

    @Test
    void shouldForgetThePortThatGoes() {
        ports(0, B, A);
        ports(1, A, B);
        bridge.use(Set.of(1, 2, 3), Set.of(1, 2, 3));
        assertEquals(List.of("0 52:54:00:00:00:0b vhost:1 0"), table());
        assertEquals("23", ports(1, A, B));
        bridge.use(Set.of(0, 1, 2, 3), Set.of(0, 1, 2, 3));
        assertEquals("023", ports(1, A, B));
        assertEquals("1", ports(2, B, C));
    }

    @Test
    void shouldForgetThePortThatGoesWhileNothingRuns() {
        ports(0, B, A);
        bridge.use(Set.of(), Set.of(0));
        assertFalse(bridge.isRunning());
        bridge.use(Set.of(0, 1, 2, 3), Set.of(0, 1, 2, 3));
        assertEquals("023", ports(1, A, B));
    }

    @Test
    void shouldLearnOnlyWhereItCanSend() {
        bridge.use(Set.of(0, 1), Set.of(1, 2));
        assertEquals("12", ports(0, B, A));
        assertEquals("2", ports(1, A, B));
        assertEquals("1", ports(0, B, A));
        assertEquals(1, bridge.count(Count.LEARNED));
    }

    @Test
    void shouldWaitForTwoPorts() {
        bridge.use(Set.of(0), Set.of(0));
        assertFalse(bridge.isRunning());
        bridge.use(Set.of(0), Set.of(1));
        assertTrue(bridge.isRunning());
    }

    @Test
    void shouldCountWhatHasNoOtherPort() {
        bridge.use(Set.of(0, 1), Set.of(0));
        assertEquals("", ports(0, B, A));
        assertEquals(1, bridge.count(Count.UNMATCHED));
        assertEquals("0", ports(1, A, B));
    }

    @Test
    void shouldRefuseTwoQueuesOfOnePortAsDestination() {
        try (Lane first = new Lane("phy:0nq0");
                Lane second = new Lane("phy:0nq1")) {
            Output one = first.output(VlanOperation.NONE);
            Output other = second.output(VlanOperation.NONE);
            GraphException refused =
                    assertThrows(GraphException.class, () -> bridge.use(List.of(), List.of(one, other)));
            assertEquals(
                    "bridge br sends to phy:0 already: a second queue of it would get every flooded frame again",
                    refused.getMessage());
            one.close();
            other.close();
        }
    }

    @Test
    void shouldTakeAllQueuesOfAPortForOnePort() {
        try (Lane first = new Lane("phy:0nq0");
                Lane second = new Lane("phy:0nq1")) {
            Output out = first.output(VlanOperation.NONE);
            bridge.use(
                    List.of(
                            first.input(VlanOperation.NONE),
                            second.input(VlanOperation.NONE),
                            bridge.lanes.get(1).input(VlanOperation.NONE)),
                    List.of(out, bridge.output(1, VlanOperation.NONE)));
            second.put(frame(B, A, UNTAGGED));
            bridge.poll();
            assertEquals(List.of(), first.take());
            assertEquals(1, bridge.lanes.get(1).take().size());
            assertEquals("", ports(1, A, B));
            assertEquals(List.of(frame(A, B, UNTAGGED)), first.take());
            out.close();
        }
    }

    @Test
    void shouldForgetEverythingWhenAsked() {
        ports(0, B, A);
        bridge.bridges.flush("br");
        assertEquals(List.of(), table());
        bridge.use(Set.of(0, 1, 2, 3), Set.of(0, 1, 2, 3));
        assertEquals("023", ports(1, A, B));
        assertThrows(GraphException.class, () -> bridge.bridges.flush("other"));
    }

    @Test
    void shouldFloodWhatItHasNoRoomToLearn() {
        use(new BridgeOptions(300, 50, 50, 0), 3);
        for (int i = 0; i < 60; i++) {
            assertEquals("12", ports(0, 0x0200_0000_0000L, A + i * 16));
        }
        assertEquals(50, bridge.bridge().table(bridge.nowNs, 0).total());
        assertEquals(10, bridge.count(Count.UNLEARNED));
        assertEquals(50, bridge.count(Count.LEARNED));
        // who is known still is
        assertEquals("0", ports(1, A, B));
        assertEquals("02", ports(1, A + 59 * 16, B));
        bridge.nowNs += 301 * SECOND_NS;
        assertEquals("02", ports(1, A, B));
        assertEquals(List.of("0 52:54:00:00:00:0b vhost:1 0"), table());
    }

    /** Else one guest with forged sources would have the bridge flood what is for the others. */
    @Test
    void shouldLimitWhatOnePortMayFill() {
        use(new BridgeOptions(300, 50, 10, 0), 3);
        assertEquals("02", ports(1, A + 16, B));
        for (int i = 0; i < 60; i++) {
            ports(0, B, A + i * 16);
        }
        assertEquals(50, bridge.count(Count.PORT_LIMIT));
        assertEquals(0, bridge.count(Count.UNLEARNED));
        assertEquals(11, bridge.count(Count.LEARNED));
        assertEquals(
                Map.of("vhost:0", 10, "vhost:1", 1, "vhost:2", 0),
                bridge.bridge().table(bridge.nowNs, 0).ports());
        // others are learned, who is known still is
        assertEquals("1", ports(2, B, C));
        assertEquals("0", ports(1, A, B));
        assertEquals("02", ports(1, A + 59 * 16, B));
        assertEquals(0, bridge.drops());
    }

    @Test
    void shouldForgetAStationThatMovesToAPortThatIsFull() {
        use(new BridgeOptions(300, 50, 2, 0), 3);
        ports(1, A, B);
        ports(1, A, A + 16);
        ports(0, B, A);
        assertEquals("0", ports(2, A, C));
        ports(1, C, A);
        assertEquals(1, bridge.count(Count.PORT_LIMIT));
        assertEquals("01", ports(2, A, C));
        // one of the two leaves for another port: there is room
        ports(0, C, B);
        assertEquals(1, bridge.count(Count.MOVED));
        ports(1, C, A);
        assertEquals("1", ports(2, A, C));
        assertEquals(1, bridge.count(Count.PORT_LIMIT));
    }

    @Test
    void shouldLearnAtAFullPortAgainWhenItsAddressesCountNoMore() {
        use(new BridgeOptions(300, 50, 2, 0), 3);
        for (int round = 0; round < 4; round++) {
            ports(0, B, A);
            ports(0, B, A + 1);
            ports(0, B, A + 2);
            assertEquals(round + 1, bridge.count(Count.PORT_LIMIT));
            assertEquals("0", ports(1, A, B));
            switch (round) {
                case 0 -> bridge.bridge().flush();
                case 1 -> bridge.use(Set.of(0, 1, 2), Set.of(1, 2));
                case 2 -> {
                    // too old, and swept
                    for (int i = 0; i < 40; i++) {
                        bridge.nowNs += 10 * SECOND_NS;
                        bridge.poll();
                    }
                }
                default -> {
                    // the last round
                }
            }
            bridge.use(Set.of(0, 1, 2), Set.of(0, 1, 2));
        }
    }

    /** Its table was asked for before anything ran, and there was none. */
    @Test
    void shouldHaveATableWithOnePort() {
        use(OPTIONS, 1);
        assertFalse(bridge.isRunning());
        assertEquals(List.of(), table());
        assertEquals(
                Map.of("vhost:0", 0), bridge.bridge().table(bridge.nowNs, 0).ports());
    }

    @Test
    void shouldGiveAPortAQuarterOfTheTable() {
        assertEquals(2048, BridgeOptions.of(new Configuration.Builder().build()).entriesPerPort());
    }

    @Test
    void shouldLimitWhatItFloodsPerPortAndSecond() {
        use(new BridgeOptions(300, 50, 50, 5), 3);
        String storm = frame(MacAddress.BROADCAST, A, UNTAGGED);
        String[] many = new String[9];
        Arrays.fill(many, storm);
        bridge.lanes.get(0).put(many);
        bridge.poll();
        assertEquals(5, bridge.lanes.get(1).take().size());
        assertEquals(4, bridge.count(Count.STORM));
        bridge.lanes.get(2).take();
        assertEquals("02", ports(1, MacAddress.BROADCAST, B));
        bridge.lanes.get(0).put(frame(B, A, UNTAGGED));
        bridge.poll();
        assertEquals(1, bridge.lanes.get(1).take().size()); // known: not limited
        bridge.use(Set.of(0, 1, 2), Set.of(0, 1, 2));
        assertEquals("", ports(0, MULTICAST, A)); // the limit outlives a change of ports
        bridge.nowNs += SECOND_NS;
        assertEquals("12", ports(0, MULTICAST, A));
        assertEquals(bridge.drops(), bridge.count(Count.STORM));
    }

    @Test
    void shouldAllocateNothing() {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 48; i++) {
            long destination = i % 4 == 0 ? MacAddress.BROADCAST : A + i / 2;
            frames.add(
                    HexFormat.of().parseHex(frame(destination, A + i, UNTAGGED).substring(0, 120)));
        }
        Lane.Counters memory = new Lane.Counters();
        try (SteadyLane source = new SteadyLane(frames);
                SteadyLane sink = new SteadyLane(List.of());
                Output first = source.output("nullpmd:0", VlanOperation.NONE);
                Output second = sink.output("nullpmd:1", VlanOperation.NONE);
                Output third = sink.output("nullpmd:2", VlanOperation.NONE)) {
            BridgeType type = new BridgeType(new Bridges(), new BridgeOptions(1, 30, 30, 1000));
            ComponentCounters counters = new ComponentCounters(memory, "br", type.counts());
            StartedBridge started = (StartedBridge) type.start("br", counters, Burst.DEFAULT_CAPACITY);
            Component running = started.build(List.of(source.input()), List.of(first, second, third));
            started.settle(List.of(source.input()), List.of(first, second, third));
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long now = SECOND_NS;
            for (int i = 0; i < 20_000; i++) {
                running.poll(now += 1_000_000);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20_000; i++) {
                running.poll(now += 1_000_000);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < 4096, allocated + " bytes"); // what the measurement itself takes
            assertTrue(sink.sent > 0);
            assertTrue(counters.get(Count.AGED) + counters.get(Count.UNLEARNED) > 0);
            started.close();
            counters.close();
        }
        memory.close();
    }
}

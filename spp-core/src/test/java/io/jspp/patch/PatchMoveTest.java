package io.jspp.patch;

import static io.jspp.testing.Patience.waitFor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.port.PortException;
import io.jspp.port.PortId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All patches of one port become another's in one step, or none does, under traffic of two real workers. */
class PatchMoveTest extends PatchLab {
    @BeforeEach
    void start() {
        start(2, 1, QueueMap.none(), world.type("phy", false, 2), world.type("ring", true, 1));
        for (int i = 0; i < 4; i++) {
            ports.addDevice(phy(i), 2, 2);
        }
    }

    private static PortId phy(int index) {
        return new PortId("phy", index);
    }

    private TestPorts.Sink sink(int index) {
        return sink("phy:" + index, 0);
    }

    private long sent(int index) {
        return sink(index).counters().packets();
    }

    private String refusal(PortId from, PortId to) {
        Set<String> claims = new TreeSet<>(world.claims);
        List<String> patches = patchTexts();
        String asked = assertThrows(PortException.class, () -> panel.requireMovable(from, to))
                .getMessage();
        String done =
                assertThrows(PortException.class, () -> panel.move(from, to)).getMessage();
        assertEquals(asked, done);
        assertEquals(claims, world.claims);
        assertEquals(patches, patchTexts());
        return done;
    }

    @Test
    void shouldMoveSourcesAndDestinationsAndLeaveOtherPatchesAlone() {
        panel.forward();
        patch("phy:0", "phy:3");
        patch("phy:2", "phy:2");
        patch("phy:3", "phy:0");
        waitFor(() -> sent(3) > 1000 && sent(0) > 1000);
        TestPorts.Sink former = sink(0);
        panel.move(phy(0), phy(1));
        assertEquals(List.of("phy:1 -> phy:3", "phy:2 -> phy:2", "phy:3 -> phy:1"), patchTexts());
        assertTrue(panel.knows(phy(0)) && panel.running());
        assertTrue(world.claims.stream().noneMatch(claim -> claim.startsWith("phy:0")), world.claims::toString);
        long before = sent(3);
        waitFor(() -> sent(1) > 1000 && sent(3) > before + 1000);
        assertTrue((sink(3).seenSources() & 1 << 1) != 0, "frames of phy:1 arrive");
        for (TestPorts.Sink each : List.of(former, sink(1), sink(2), sink(3))) {
            assertEquals(List.of(), each.faults());
        }
    }

    @Test
    void shouldMoveAPatchOfAPortToItself() {
        panel.forward();
        patch("phy:0", "phy:0");
        panel.move(phy(0), phy(1));
        assertEquals(List.of("phy:1 -> phy:1"), patchTexts());
        waitFor(() -> sent(1) > 1000);
        assertEquals(List.of(), sink(1).faults());
    }

    @Test
    void shouldMoveSingleQueuesAndBackAgain() {
        panel.forward();
        patch("phy:0nq1", "phy:3nq1");
        patch("phy:3nq0", "phy:0nq0");
        for (int i = 0; i < 20; i++) {
            panel.move(phy(0), phy(1));
            assertEquals(List.of("phy:1 nq 1 -> phy:3 nq 1", "phy:3 nq 0 -> phy:1 nq 0"), patchTexts());
            panel.move(phy(1), phy(0));
        }
        assertEquals(List.of("phy:0 nq 1 -> phy:3 nq 1", "phy:3 nq 0 -> phy:0 nq 0"), patchTexts());
        assertEquals(Set.of("phy:0 1 rx", "phy:3 1 tx", "phy:3 0 rx", "phy:0 0 tx"), world.claims);
        long before = sent(0);
        waitFor(() -> sent(0) > before + 1000);
        assertEquals(List.of(), sink(0).faults());
    }

    @Test
    void shouldMoveWhileStoppedAndStayStopped() {
        patch("phy:0", "phy:3");
        panel.move(phy(0), phy(1));
        assertFalse(panel.running());
        workers.synchronize();
        assertEquals(0, sent(3));
        panel.forward();
        waitFor(() -> sent(3) > 1000);
        assertEquals(0, sink(3).seenSources() & 1, "no frame of phy:0");
    }

    @Test
    void shouldRefuseMissingPortsUnpatchedSourcesAndPatchedDestinations() {
        panel.forward();
        patch("phy:0", "phy:3");
        assertEquals("port phy:9 is not known here: the ports are phy:0, phy:1, phy:2, phy:3", refusal(phy(9), phy(1)));
        assertEquals("port ring:5 is not known here: add ring:5 first", refusal(phy(0), PortId.parse("ring:5")));
        assertEquals("port phy:1 is in no patch: patch it first", refusal(phy(1), phy(2)));
        assertEquals("port phy:3 is in a patch already: its own patches would be lost", refusal(phy(0), phy(3)));
        assertEquals("port phy:0 is in a patch already: its own patches would be lost", refusal(phy(0), phy(0)));
    }

    @Test
    void shouldRefuseAPortWithoutAQueueThatIsPatched() {
        PortId ring = PortId.parse("ring:0");
        panel.add(ring);
        patch("phy:0nq1", "phy:3");
        assertEquals("port ring:0 has no receive queue 1: 0..0", refusal(phy(0), ring));
        panel.reset();
        patch("phy:3", "phy:0nq1");
        assertEquals("port ring:0 has no transmit queue 1: 0..0", refusal(phy(0), ring));
        panel.reset();
        patch("phy:3", "phy:0nq0");
        panel.move(phy(0), ring);
        assertEquals(List.of("phy:3 -> ring:0"), patchTexts(), "its only queue is the whole port");
    }

    @Test
    void shouldChangeNothingWhenAClaimIsRefused() {
        panel.forward();
        patch("phy:0", "phy:3");
        patch("phy:3", "phy:0");
        world.claims.add("phy:1 0 tx");
        Set<String> before = new TreeSet<>(world.claims);
        assertEquals(
                "phy:1 tx is claimed by nfv 7",
                assertThrows(PortException.class, () -> panel.move(phy(0), phy(1)))
                        .getMessage());
        assertEquals(before, world.claims);
        assertEquals(List.of("phy:0 -> phy:3", "phy:3 -> phy:0"), patchTexts());
        long packets = sent(0);
        waitFor(() -> sent(0) > packets + 1000);
        world.claims.remove("phy:1 0 tx");
        panel.move(phy(0), phy(1));
        assertEquals(List.of("phy:1 -> phy:3", "phy:3 -> phy:1"), patchTexts());
    }
}

package io.jspp.patch;

import static io.jspp.testing.Patience.waitFor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.jspp.linux.FileDescriptor;
import io.jspp.memory.NativeMemory;
import io.jspp.port.Direction;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SPP's patch semantics on two real workers. */
class PatchPanelTest extends PatchLab {
    @BeforeEach
    void start() {
        start(
                2,
                1,
                QueueMap.none(),
                world.type("phy", false, 2),
                world.type("ring", true, 1),
                world.type("nullpmd", true, 1));
        for (int i = 0; i < 4; i++) {
            ports.addDevice(new PortId("phy", i), 1, 1);
        }
    }

    private TestPorts.Sink sink(String port) {
        return sink(port, 0);
    }

    private long sent(String port) {
        return sink(port).counters().packets();
    }

    @Test
    void shouldClaimWhenPatchedAndMoveOnlyWhenForwarding() {
        patch("phy:0", "phy:1");
        assertEquals(Set.of("phy:0 0 rx", "phy:1 0 tx"), world.claims);
        assertEquals(0, sent("phy:1"));
        panel.forward();
        waitFor(() -> sent("phy:1") > 1000);
        panel.stop();
        long stopped = sent("phy:1");
        workers.synchronize();
        assertEquals(stopped, sent("phy:1"));
        assertEquals(2, world.claims.size());
        panel.forward();
        waitFor(() -> sent("phy:1") > stopped + 1000);
        assertEquals(List.of(), sink("phy:1").faults());
    }

    @Test
    void shouldOverwriteThePatchOfASourceAndKeepItsOrder() {
        panel.forward();
        patch("phy:0", "phy:1");
        waitFor(() -> sent("phy:1") > 1000);
        patch("phy:0", "phy:2");
        assertEquals(List.of("phy:0 -> phy:2"), patchTexts());
        assertEquals(Set.of("phy:0 0 rx", "phy:2 0 tx"), world.claims);
        TestPorts.Sink former = sink("phy:1");
        waitFor(() -> sent("phy:2") > 1000);
        assertEquals(List.of(), former.faults());
        assertEquals(List.of(), sink("phy:2").faults());
    }

    @Test
    void shouldLetOneWorkerServeAllSourcesOfADestination() {
        panel.forward();
        patch("phy:0", "phy:3");
        patch("phy:1", "phy:2");
        patch("phy:1nq1", "phy:3");
        patch("phy:2", "phy:3");
        waitFor(() -> sink("phy:3").seenSources() == 0b100101 && sent("phy:2") > 1000);
        assertEquals(List.of(), sink("phy:2").faults());
        int worker3 = workerOf("phy:3", Direction.TX);
        assertEquals(worker3, workerOf("phy:0", Direction.RX));
        assertEquals(worker3, workerOf("phy:2", Direction.RX));
        assertNotEquals(worker3, workerOf("phy:2", Direction.TX));
        assertTrue(sink("phy:3").faults().stream().noneMatch(fault -> fault.startsWith("used")));
    }

    private int workerOf(String port, Direction direction) {
        return panel.queues().stream()
                .filter(queue ->
                        queue.id().equals(new QueueId(PortId.parse(port), 0)) && queue.direction() == direction)
                .findFirst()
                .orElseThrow()
                .workers()
                .get(0);
    }

    @Test
    void shouldPatchAPortToItself() {
        panel.forward();
        patch("phy:0", "phy:0");
        waitFor(() -> sent("phy:0") > 1000);
        assertEquals(List.of(), sink("phy:0").faults());
    }

    @Test
    void shouldChangeNothingWhenAClaimIsRefused() {
        panel.forward();
        patch("phy:0", "phy:1");
        world.claims.add("phy:2 0 tx");
        PortException refused = assertThrows(PortException.class, () -> patch("phy:3", "phy:2"));
        assertEquals("phy:2 tx is claimed by nfv 7", refused.getMessage());
        assertThrows(PortException.class, () -> patch("phy:0", "phy:2"));
        assertEquals(Set.of("phy:0 0 rx", "phy:1 0 tx", "phy:2 0 tx"), world.claims);
        assertEquals(List.of("phy:0 -> phy:1"), patchTexts());
        long before = sent("phy:1");
        waitFor(() -> sent("phy:1") > before + 1000);
        world.claims.remove("phy:2 0 tx");
    }

    @Test
    void shouldRefuseUnknownPortsAndQueues() {
        assertEquals(
                "port ring:5 is not known here: add ring:5 first",
                assertThrows(PortException.class, () -> patch("ring:5", "phy:0"))
                        .getMessage());
        assertEquals(
                "port phy:9 is not known here: the ports are phy:0, phy:1, phy:2, phy:3",
                assertThrows(PortException.class, () -> patch("phy:9", "phy:0")).getMessage());
        assertEquals(
                "port phy:0 has no receive queue 2: 0..1",
                assertThrows(PortException.class, () -> patch("phy:0nq2", "phy:1"))
                        .getMessage());
        assertEquals(
                "port type \"memif\" is not known: one of nullpmd, phy, ring",
                assertThrows(PortException.class, () -> panel.add(PortId.parse("memif:0")))
                        .getMessage());
        assertEquals(Set.of(), world.claims);
    }

    @Test
    void shouldDeleteAPortWithItsPatchesAndNothingElse() {
        panel.forward();
        panel.add(PortId.parse("ring:0"));
        panel.add(PortId.parse("ring:0"));
        patch("phy:0", "ring:0");
        patch("ring:0", "phy:1");
        patch("phy:2", "phy:3");
        panel.delete(PortId.parse("ring:0"));
        assertEquals(List.of("phy:2 -> phy:3"), patchTexts());
        assertTrue(panel.running());
        assertThrows(PortException.class, () -> panel.delete(PortId.parse("ring:0")));
        assertThrows(PortException.class, () -> panel.delete(PortId.parse("phy:2")));
        long before = sent("phy:3");
        waitFor(() -> sent("phy:3") > before + 1000);
    }

    @Test
    void shouldKeepDevicesOfATypeThatCanAlsoBeAdded() {
        ports.addDevice(PortId.parse("nullpmd:0"), 1, 1);
        panel.add(PortId.parse("nullpmd:0"));
        panel.add(PortId.parse("nullpmd:1"));
        assertEquals(List.of(PortId.parse("nullpmd:1")), ports.added());
        assertEquals(
                "port nullpmd:0 can't be deleted: it belongs to a device of the primary",
                assertThrows(PortException.class, () -> panel.delete(PortId.parse("nullpmd:0")))
                        .getMessage());
    }

    @Test
    void shouldAllocateNothingWhileItForwards() {
        panel.forward();
        patch("phy:0", "phy:1");
        waitFor(() -> sent("phy:1") > 2_000_000);
        long id = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("lcore-1"))
                .findFirst()
                .orElseThrow()
                .getId();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(id);
        long packets = sent("phy:1");
        waitFor(() -> sent("phy:1") > packets + 2_000_000);
        assertEquals(before, threads.getThreadAllocatedBytes(id));
    }

    @Test
    void shouldEndAllClaimsOnReset() {
        panel.forward();
        patch("phy:0", "phy:1");
        patch("phy:1", "phy:0");
        panel.reset();
        assertEquals(Set.of(), world.claims);
        assertEquals(List.of(), panel.patches());
        assertTrue(panel.running());
    }

    @Test
    void shouldRemoveThePatchOfOneSource() {
        panel.forward();
        patch("phy:0", "phy:1");
        patch("phy:2", "phy:3");
        panel.unpatch(PatchEnd.parse("phy:0"));
        assertEquals(Set.of("phy:2 0 rx", "phy:3 0 tx"), world.claims);
        assertEquals(1, panel.patches().size());
        assertThrows(PortException.class, () -> panel.unpatch(PatchEnd.parse("phy:0")));
        long before = sent("phy:3");
        waitFor(() -> sent("phy:3") > before + 1000);
    }

    @Test
    void shouldLoseNothingWhileOtherPatchesComeAndGo() {
        panel.forward();
        patch("phy:0", "phy:1");
        for (int i = 0; i < 100; i++) {
            patch("phy:2", i % 2 == 0 ? "phy:3" : "phy:2");
        }
        waitFor(() -> sent("phy:1") > 10_000);
        assertEquals(List.of(), sink("phy:1").faults());
    }

    /** Number 194 of the catalogue of bad inputs. */
    @Test
    void shouldLoseAndLeaveNothingWhileAPortIsAddedAndDeletedHundredsOfTimes() {
        panel.forward();
        patch("phy:0", "phy:1");
        PortId ring = PortId.parse("ring:0");
        int ports = world.openPorts;
        int memory = NativeMemory.live();
        int descriptors = FileDescriptor.live();
        for (int i = 0; i < 300; i++) {
            panel.add(ring);
            if (i % 100 == 0) {
                patch("phy:2", "ring:0");
            }
            panel.delete(ring);
        }
        assertEquals(ports, world.openPorts);
        assertEquals(memory, NativeMemory.live());
        assertEquals(descriptors, FileDescriptor.live());
        assertEquals(Set.of("phy:0 0 rx", "phy:1 0 tx"), world.claims);
        long before = sent("phy:1");
        waitFor(() -> sent("phy:1") > before + 1000);
        assertEquals(List.of(), sink("phy:1").faults());
    }
}

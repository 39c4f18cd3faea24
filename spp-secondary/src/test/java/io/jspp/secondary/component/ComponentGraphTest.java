package io.jspp.secondary.component;

import static io.jspp.testing.Patience.waitFor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.net.VlanOperation;
import io.jspp.net.VlanTag;
import io.jspp.patch.PatchEnd;
import io.jspp.patch.TestPorts;
import io.jspp.patch.WorkerLab;
import io.jspp.port.Direction;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.secondary.component.GraphException.Subject;
import io.jspp.secondary.component.classifier.ClassifierEntries;
import io.jspp.secondary.component.classifier.ClassifierType;
import io.jspp.secondary.component.forward.ForwardType;
import io.jspp.secondary.component.merge.MergeType;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** SPP's rules for components and their ports, on two real workers. */
@Timeout(60)
class ComponentGraphTest extends WorkerLab {
    private final ClassifierEntries entries = new ClassifierEntries(10);
    private ComponentGraph graph;

    @BeforeEach
    void start() {
        start(2, 1, world.type("phy", false, 2), world.type("ring", true, 1), world.type("vhost", true, 4, true));
        graph = new ComponentGraph(
                workers,
                ports,
                world.counters(),
                32,
                List.of(new ForwardType(), new MergeType(), new ClassifierType(entries)));
        for (int i = 0; i < 4; i++) {
            ports.addDevice(new PortId("phy", i), 2, 2);
        }
    }

    @Override
    protected void closeFirst() {
        graph.close();
    }

    private void add(String port, Direction direction, String component) {
        graph.addPort(end(port), direction, component, null);
    }

    /** The first queue of a phy that names none. */
    private static PatchEnd end(String port) {
        return PatchEnd.parse(port.matches("phy:[0-9]") ? port + "nq0" : port);
    }

    private void rx(String port, String component) {
        add(port, Direction.RX, component);
    }

    private void tx(String port, String component) {
        add(port, Direction.TX, component);
    }

    private Subject refused(Runnable change) {
        return assertThrows(GraphException.class, change::run).subject();
    }

    private TestPorts.Sink sink(String port) {
        PatchEnd end = PatchEnd.parse(port);
        return sink(end.port().toString(), Math.max(0, end.queue()));
    }

    private long sent(String port) {
        return sink(port).counters().packets();
    }

    @Test
    void shouldClaimWhenAPortIsAddedAndRunWhenComplete() {
        graph.start("f", 0, "forward");
        rx("phy:0", "f");
        assertEquals(Set.of("phy:0 0 rx"), world.claims);
        assertFalse(graph.isRunning("f"));
        tx("phy:1", "f");
        waitFor(() -> sent("phy:1") > 1000);
        graph.removePort(end("phy:0"), Direction.RX, "f");
        long stopped = sent("phy:1");
        workers.synchronize();
        assertEquals(stopped, sent("phy:1"));
        assertEquals(Set.of("phy:1 0 tx"), world.claims);
        assertEquals(List.of(), sink("phy:1").faults());
    }

    @Test
    void shouldHoldToTheLimitsOfEachType() {
        graph.start("f", 0, "forward");
        graph.start("m", 0, "merge");
        graph.start("c", 1, "classifier");
        rx("phy:0", "f");
        tx("phy:0", "f");
        assertEquals(Subject.EXECUTION, refused(() -> rx("phy:1", "f")));
        assertEquals(Subject.EXECUTION, refused(() -> tx("phy:1", "f")));
        rx("phy:1", "m");
        rx("phy:2", "m");
        rx("phy:0nq1", "m");
        tx("phy:1", "m");
        assertEquals(Subject.EXECUTION, refused(() -> tx("phy:2", "m")));
        rx("phy:3", "c");
        assertEquals(Subject.EXECUTION, refused(() -> rx("phy:1nq1", "c")));
        tx("phy:2", "c");
        tx("phy:3", "c");
        waitFor(() -> sink("phy:1").seenSources() == 0b1_0110);
    }

    @Test
    void shouldRefuseWhatIsThereAlready() {
        graph.start("f", 0, "forward");
        graph.start("g", 1, "forward");
        assertEquals(Subject.COMPONENT_NAME, refused(() -> graph.start("f", 1, "merge")));
        assertEquals(Subject.COMPONENT_TYPE, refused(() -> graph.start("h", 1, "mirror")));
        assertEquals(Subject.COMPONENT_NAME, refused(() -> rx("phy:0", "h")));
        rx("phy:0", "f");
        assertEquals(Subject.DIRECTION, refused(() -> rx("phy:0", "g")));
        assertEquals(Subject.DIRECTION, refused(() -> rx("phy:0", "f")));
        tx("phy:0", "g");
        assertEquals(Subject.PORT, refused(() -> rx("phy:0", "g")));
        rx("phy:0nq1", "g");
    }

    @Test
    void shouldChangeTheVlanOperationOfAPortItHas() {
        graph.start("f", 0, "forward");
        rx("phy:0", "f");
        tx("phy:1", "f");
        waitFor(() -> sent("phy:1") > 100);
        TestPorts.Sink before = sink("phy:1");
        graph.addPort(end("phy:1"), Direction.TX, "f", VlanOperation.add(5, 1));
        graph.addPort(end("phy:1"), Direction.TX, "f", VlanOperation.add(6, 2));
        graph.addPort(end("phy:0"), Direction.RX, "f", VlanOperation.DEL);
        ComponentGraph.View view = graph.components().get(0);
        assertEquals(VlanOperation.add(6, 2), view.outputs().get(0).vlan());
        assertEquals(VlanOperation.DEL, view.inputs().get(0).vlan());
        assertEquals(before, sink("phy:1"), "the queue stays open");
        waitFor(() -> sink("phy:1").tci() == VlanTag.tci(2, 6));
        graph.addPort(end("phy:0"), Direction.RX, "f", VlanOperation.NONE);
        graph.addPort(end("phy:1"), Direction.TX, "f", VlanOperation.NONE);
        long then = sent("phy:1");
        waitFor(() -> sent("phy:1") > then + 100 && sink("phy:1").tci() == -1);
        assertEquals(List.of(), sink("phy:1").faults());
        assertEquals(Set.of("phy:0 0 rx", "phy:1 0 tx"), world.claims);
    }

    @Test
    void shouldRunSeveralComponentsOnOneWorkerAndLoseNothingWhenOthersChange() {
        graph.start("f", 0, "forward");
        graph.start("g", 0, "forward");
        rx("phy:0", "f");
        tx("phy:1", "f");
        rx("phy:1", "g");
        tx("phy:0", "g");
        for (int i = 0; i < 100; i++) {
            graph.start("m", i % 2, "merge");
            rx("phy:2", "m");
            tx("ring:0", "m");
            rx("phy:3", "m");
            long before = sent("ring:0");
            waitFor(() -> sent("ring:0") > before + 100);
            assertEquals(List.of(), sink("ring:0").faults());
            graph.stop("m");
        }
        waitFor(() -> sent("phy:0") > 10_000 && sent("phy:1") > 10_000);
        assertEquals(List.of(), sink("phy:0").faults());
        assertEquals(List.of(), sink("phy:1").faults());
    }

    @Test
    void shouldChangeNothingWhenAPortIsRefused() {
        graph.start("f", 0, "forward");
        rx("phy:0", "f");
        world.claims.add("phy:1 0 tx");
        PortException claimed = assertThrows(PortException.class, () -> tx("phy:1", "f"));
        assertEquals("phy:1 tx is claimed by nfv 7", claimed.getMessage());
        world.claims.remove("phy:1 0 tx");
        assertThrows(PortException.class, () -> tx("phy:9", "f"));
        assertThrows(PortException.class, () -> tx("memif:0", "f"));
        assertThrows(PortException.class, () -> tx("phy:1nq2", "f"));
        assertEquals(Subject.PORT, refused(() -> tx("ring:0nq1", "f")));
        assertFalse(ports.contains(PortId.parse("ring:0")));
        assertEquals(List.of(), graph.components().get(0).outputs());
        tx("phy:1", "f");
        waitFor(() -> sent("phy:1") > 100);
    }

    /** SPP leaves a ring or vhost attached and listed for ever after port del. */
    @Test
    void shouldForgetAnAddedPortWithItsLastUser() {
        graph.start("f", 0, "forward");
        graph.start("g", 1, "forward");
        rx("ring:0", "f");
        tx("ring:0", "g");
        graph.removePort(PatchEnd.parse("ring:0"), Direction.RX, "f");
        assertTrue(ports.contains(PortId.parse("ring:0")));
        graph.stop("g");
        assertFalse(ports.contains(PortId.parse("ring:0")));
        // nothing to do, no error, as in SPP
        graph.removePort(PatchEnd.parse("ring:0"), Direction.RX, "f");
        graph.stop("g");
        rx("phy:0", "f");
        graph.stop("f");
        assertTrue(ports.contains(PortId.parse("phy:0")));
    }

    @Test
    void shouldRunAClassifierOnceItHasAnEntry() {
        graph.start("c", 0, "classifier");
        rx("phy:0", "c");
        tx("ring:1", "c");
        assertFalse(graph.isRunning("c"));
        ClassifierEntries.Entry entry = new ClassifierEntries.Entry(
                ClassifierEntries.UNTAGGED, ClassifierEntries.DEFAULT, PatchEnd.parse("ring:1"));
        entries.add(entry);
        graph.refresh();
        assertTrue(graph.isRunning("c"));
        entries.remove(entry);
        graph.refresh();
        assertFalse(graph.isRunning("c"));
        entries.add(entry);
        graph.refresh();
        graph.removePort(PatchEnd.parse("ring:1"), Direction.TX, "c");
        assertFalse(graph.isRunning("c"));
        assertEquals(1, entries.all().size());
        tx("ring:1", "c");
        assertTrue(graph.isRunning("c"));
        graph.stop("c");
        assertEquals(0, entries.all().size());
    }

    /** SPP's vhost ports have one queue; a guest with several may use any of them at any time. */
    @Test
    void shouldServeAllQueuesOfAGuestAsOnePort() {
        graph.start("in", 0, "forward");
        graph.start("out", 1, "forward");
        rx("vhost:1", "in");
        tx("ring:0", "in");
        rx("phy:0", "out");
        tx("vhost:2", "out");
        long allQueues = queueBits(1, 0, 1, 2, 3);
        waitFor(() -> (sink("ring:0").seenSources() & allQueues) == allQueues);
        assertEquals(Subject.DIRECTION, refused(() -> rx("vhost:1nq2", "out")));
        for (int queue = 0; queue < 4; queue++) {
            int number = queue;
            waitFor(() -> sent("vhost:2nq" + number) > 100);
        }
        // the guest gives up queue pairs and takes them up again: nothing is lost, nothing goes to a pair that is off
        TestPorts.TestPort guest = world.ports.get(PortId.parse("vhost:2"));
        for (int round = 0; round < 20; round++) {
            for (int queue = 1; queue < 4; queue++) {
                guest.enable(queue, round % 2 != 0, workers);
            }
            long before = sent("vhost:2");
            waitFor(() -> sent("vhost:2") > before + 100);
        }
        for (int queue = 0; queue < 4; queue++) {
            assertEquals(List.of(), sink("vhost:2nq" + queue).faults());
        }
        assertEquals(List.of(), sink("ring:0").faults());
        graph.stop("in");
        graph.stop("out");
        assertEquals(Set.of(), world.claims);
    }

    private static long queueBits(int port, int... queues) {
        long bits = 0;
        for (int queue : queues) {
            bits |= 1L << TestPorts.source(new PortId("vhost", port), queue);
        }
        return bits;
    }

    /** One that only has a port's second queue leaves the first to others. */
    @Test
    void shouldTakeOneQueueOfAGuest() {
        graph.start("f", 0, "forward");
        graph.start("g", 0, "forward");
        rx("vhost:1nq1", "f");
        tx("vhost:2nq3", "f");
        rx("vhost:1nq2", "g");
        tx("ring:0", "g");
        assertEquals(Set.of("vhost:1 1 rx", "vhost:1 2 rx", "vhost:2 3 tx", "ring:0 0 tx"), world.claims);
        waitFor(() -> sink("vhost:2nq3").seenSources() == queueBits(1, 1));
        waitFor(() -> sink("ring:0").seenSources() == queueBits(1, 2));
        assertEquals(Subject.DIRECTION, refused(() -> rx("vhost:1", "g")));
    }
}

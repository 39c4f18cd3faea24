package io.jspp.secondary.component;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.memory.NativeMemory;
import io.jspp.net.VlanOperation;
import io.jspp.patch.PortTable;
import io.jspp.patch.QueueId;
import io.jspp.patch.TestPorts;
import io.jspp.port.Direction;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.secondary.component.GraphException.Subject;
import io.jspp.secondary.component.classifier.ClassifierEntries;
import io.jspp.secondary.component.classifier.ClassifierType;
import io.jspp.secondary.component.forward.ForwardType;
import io.jspp.secondary.component.merge.MergeType;
import io.jspp.worker.IdleMode;
import io.jspp.worker.Worker;
import io.jspp.worker.WorkerGroup;
import io.jspp.worker.WorkerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** SPP's rules for components and their ports, on two real workers. */
@Timeout(60)
class ComponentGraphTest {
    private final NativeMemory statusMemory = NativeMemory.allocate(2L * WorkerStatus.SIZE);
    private final List<Throwable> errors = new ArrayList<>();
    private final TestPorts world = new TestPorts();
    private final PortTable ports =
            new PortTable(world, List.of(world.type("phy", false, 2), world.type("ring", true, 1)));
    private final ClassifierEntries entries = new ClassifierEntries(10);
    private WorkerGroup workers;
    private ComponentGraph graph;

    @BeforeEach
    void start() {
        List<Worker> list = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            WorkerStatus status = new WorkerStatus(statusMemory.address() + (long) i * WorkerStatus.SIZE);
            list.add(new Worker(i + 1, List.of(), IdleMode.ADAPTIVE, status, System::nanoTime, errors::add));
        }
        workers = new WorkerGroup(list);
        workers.start();
        graph = new ComponentGraph(
                workers,
                ports,
                world.counters(),
                32,
                List.of(new ForwardType(), new MergeType(), new ClassifierType(entries)));
        for (int i = 0; i < 4; i++) {
            ports.addDevice(new PortId("phy", i));
        }
    }

    @AfterEach
    void close() {
        graph.close();
        ports.close();
        workers.close();
        world.close();
        statusMemory.close();
        assertEquals(Set.of(), world.claims);
        assertEquals(List.of(), errors);
    }

    private void add(String port, Direction direction, String component) {
        graph.addPort(QueueId.parse(port), direction, component, null);
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
        return world.sinks.get(PortId.parse(port));
    }

    private long sent(String port) {
        return sink(port).counters().packets();
    }

    private static void waitFor(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadlineNs, "not within 30 s");
            LockSupport.parkNanos(100_000);
        }
    }

    @Test
    void shouldClaimWhenAPortIsAddedAndRunWhenComplete() {
        graph.start("f", 0, "forward");
        rx("phy:0", "f");
        assertEquals(Set.of("phy:0 0 rx"), world.claims);
        assertFalse(graph.isRunning("f"));
        tx("phy:1", "f");
        waitFor(() -> sent("phy:1") > 1000);
        graph.removePort(QueueId.parse("phy:0"), Direction.RX, "f");
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
        waitFor(() -> sink("phy:1").seenSources() == 0b111);
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
        graph.addPort(QueueId.parse("phy:1"), Direction.TX, "f", VlanOperation.add(5, 1));
        graph.addPort(QueueId.parse("phy:1"), Direction.TX, "f", VlanOperation.add(6, 2));
        graph.addPort(QueueId.parse("phy:0"), Direction.RX, "f", VlanOperation.DEL);
        ComponentGraph.View view = graph.components().get(0);
        assertEquals(VlanOperation.add(6, 2), view.outputs().get(0).vlan());
        assertEquals(VlanOperation.DEL, view.inputs().get(0).vlan());
        assertEquals(before, sink("phy:1"), "the queue stays open");
        // frames of eight bytes can't be tagged: they are counted, and the claim is as before
        waitFor(() -> view.counters().get(ComponentCounters.Count.RUNT) > 100);
        graph.addPort(QueueId.parse("phy:0"), Direction.RX, "f", VlanOperation.NONE);
        graph.addPort(QueueId.parse("phy:1"), Direction.TX, "f", VlanOperation.NONE);
        long then = sent("phy:1");
        waitFor(() -> sent("phy:1") > then + 100);
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
        assertThrows(PortException.class, () -> tx("ring:0nq1", "f"));
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
        graph.removePort(QueueId.parse("ring:0"), Direction.RX, "f");
        assertTrue(ports.contains(PortId.parse("ring:0")));
        graph.stop("g");
        assertFalse(ports.contains(PortId.parse("ring:0")));
        // nothing to do, no error, as in SPP
        graph.removePort(QueueId.parse("ring:0"), Direction.RX, "f");
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
                ClassifierEntries.UNTAGGED, ClassifierEntries.DEFAULT, QueueId.parse("ring:1"));
        entries.add(entry);
        graph.refresh();
        assertTrue(graph.isRunning("c"));
        entries.remove(entry);
        graph.refresh();
        assertFalse(graph.isRunning("c"));
        entries.add(entry);
        graph.refresh();
        graph.removePort(QueueId.parse("ring:1"), Direction.TX, "c");
        assertFalse(graph.isRunning("c"));
        assertEquals(1, entries.all().size());
        tx("ring:1", "c");
        assertTrue(graph.isRunning("c"));
        graph.stop("c");
        assertEquals(0, entries.all().size());
    }
}

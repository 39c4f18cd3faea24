package io.jspp.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.memory.NativeMemory;
import io.jspp.port.PortId;
import io.jspp.port.PortType;
import io.jspp.worker.IdleMode;
import io.jspp.worker.Worker;
import io.jspp.worker.WorkerGroup;
import io.jspp.worker.WorkerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A patch panel on real workers, between ports that check what passes. No claim is left after a test, and no worker met an error. */
@Timeout(60)
abstract class PatchLab {
    final TestPorts world = new TestPorts();
    PortTable ports;
    WorkerGroup workers;
    PatchPanel panel;
    private final List<Throwable> errors = new ArrayList<>();
    private NativeMemory statusMemory;

    /** Starts workers on the first and the following lcores; each test does it first. */
    final void start(int count, int firstLcore, QueueMap map, PortType... types) {
        ports = new PortTable(world, List.of(types));
        statusMemory = NativeMemory.allocate((long) count * WorkerStatus.SIZE);
        List<Worker> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            WorkerStatus status = new WorkerStatus(statusMemory.address() + (long) i * WorkerStatus.SIZE);
            list.add(new Worker(firstLcore + i, List.of(), IdleMode.ADAPTIVE, status, System::nanoTime, errors::add));
        }
        workers = new WorkerGroup(list);
        workers.start();
        panel = new PatchPanel(workers, ports, map, 32);
    }

    @AfterEach
    void close() {
        panel.close();
        ports.close();
        workers.close();
        world.close();
        statusMemory.close();
        assertEquals(Set.of(), world.claims);
        assertEquals(List.of(), errors);
    }

    final void patch(String source, String destination) {
        panel.patch(PatchEnd.parse(source), PatchEnd.parse(destination));
    }

    final List<String> patchTexts() {
        return panel.patches().stream().map(Patch::toString).toList();
    }

    /** The sink that was opened last for a queue; null if none was. */
    final TestPorts.Sink sink(String port, int queue) {
        return world.sinks.get(new QueueId(PortId.parse(port), queue));
    }
}

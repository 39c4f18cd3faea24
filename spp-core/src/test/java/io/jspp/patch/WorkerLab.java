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

/** Real workers between ports that check what passes. No claim is left after a test, and no worker met an error. */
public abstract class WorkerLab {
    protected final TestPorts world = new TestPorts();
    protected PortTable ports;
    protected WorkerGroup workers;
    private final List<Throwable> errors = new ArrayList<>();
    private NativeMemory statusMemory;

    /** Starts workers on the first and the following lcores; each test does it first. */
    protected final void start(int count, int firstLcore, PortType... types) {
        ports = new PortTable(world, List.of(types));
        statusMemory = NativeMemory.allocate((long) count * WorkerStatus.SIZE);
        List<Worker> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            WorkerStatus status = new WorkerStatus(statusMemory.address() + (long) i * WorkerStatus.SIZE);
            list.add(new Worker(firstLcore + i, List.of(), IdleMode.ADAPTIVE, status, System::nanoTime, errors::add));
        }
        workers = new WorkerGroup(list);
        workers.start();
    }

    /** Closes what runs on the workers. */
    protected abstract void closeFirst();

    @AfterEach
    protected final void close() {
        closeFirst();
        ports.close();
        workers.close();
        world.close();
        statusMemory.close();
        assertEquals(Set.of(), world.claims);
        assertEquals(List.of(), errors);
    }

    /** The sink that was opened last for a queue; null if none was. */
    protected final TestPorts.Sink sink(String port, int queue) {
        return world.sinks.get(new QueueId(PortId.parse(port), queue));
    }
}

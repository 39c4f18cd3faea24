package io.jspp.port.vhost;

import io.jspp.counters.CounterAllocator;
import io.jspp.memory.NativeMemory;
import io.jspp.patch.PatchPanel;
import io.jspp.patch.PortTable;
import io.jspp.patch.QueueMap;
import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import io.jspp.port.Quiescence;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.testing.Patience;
import io.jspp.worker.Component;
import io.jspp.worker.IdleMode;
import io.jspp.worker.Worker;
import io.jspp.worker.WorkerGroup;
import io.jspp.worker.WorkerStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** A process with vhost ports and real workers that patch them, without a primary: claims are a set, counters private memory. */
final class VhostLab implements PortContext, AutoCloseable {
    private final Path directory;
    private final boolean client;
    private final VhostPortType type = new VhostPortType();
    private final NativeMemory counterMemory = NativeMemory.allocate(256 * 1024);
    private final NativeMemory statusMemory;
    private final Map<String, Long> counters = new HashMap<>();
    private final Set<String> claims = new HashSet<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<Component> components = new ArrayList<>();
    final List<Throwable> errors = new ArrayList<>();
    private final WorkerGroup workers;
    private int socketMode = 0600;

    VhostLab(Path directory, boolean client, IdleMode idleMode) {
        this(directory, client, idleMode, 1);
    }

    VhostLab(Path directory, boolean client, IdleMode idleMode, int workerCount) {
        this.directory = directory;
        this.client = client;
        statusMemory = NativeMemory.allocate((long) workerCount * WorkerStatus.SIZE);
        List<Worker> list = new ArrayList<>();
        for (int i = 0; i < workerCount; i++) {
            WorkerStatus status = new WorkerStatus(statusMemory.address() + (long) i * WorkerStatus.SIZE);
            list.add(new Worker(i + 1, List.of(), idleMode, status, System::nanoTime, this::workerFailed));
        }
        workers = new WorkerGroup(list);
        workers.start();
    }

    /** A panel over the vhost ports of this lab, instead of {@link #open} and {@link #patch}. */
    PatchPanel panel() {
        PortTable ports = new PortTable(this);
        open.add(0, ports);
        PatchPanel panel = new PatchPanel(workers, ports, QueueMap.none(), 64);
        open.add(0, panel);
        return panel;
    }

    private synchronized void workerFailed(Throwable error) {
        errors.add(error);
    }

    /** Errors that workers met so far. */
    synchronized int faults() {
        return errors.size();
    }

    /** Blocks of all workers that lasted to their limit though there were packets. */
    long overslept() {
        return workers.workers().stream()
                .mapToLong(worker -> worker.status().overslept())
                .sum();
    }

    /** Permissions of the sockets of ports opened from now on. */
    void socketMode(int mode) {
        socketMode = mode;
    }

    @Override
    public int socketMode() {
        return socketMode;
    }

    Port open(int index) {
        Port port = type.open(new PortId("vhost", index), this);
        open.add(0, port);
        return port;
    }

    /** Frames from one port's guest go to the other's. */
    TestPatch patch(Port from, Port to) {
        RxQueue rx = from.openRx(0);
        open.add(0, rx);
        TxQueue tx = to.openTx(0);
        open.add(0, tx);
        TestPatch patch = new TestPatch(rx, tx);
        components.add(patch);
        workers.apply(List.of(List.copyOf(components)));
        return patch;
    }

    String socket(int index) {
        return directory.resolve("sock" + index).toString();
    }

    static void awaitUp(Port... ports) {
        for (Port port : ports) {
            await(port.id() + " is " + port.state(), () -> port.state().phase() == PortState.Phase.UP);
        }
    }

    static void await(String what, BooleanSupplier condition) {
        Patience.await(what, 30, condition);
    }

    @Override
    public Claims claims() {
        return new Claims() {
            @Override
            public Grant claim(PortId port, int queue, Direction direction) {
                if (!claims.add(port + " " + queue + " " + direction)) {
                    throw new AssertionError(port + " " + direction + " was claimed twice");
                }
                return new Grant(List.of(), Map.of());
            }

            @Override
            public void release(PortId port, int queue, Direction direction) {
                claims.remove(port + " " + queue + " " + direction);
            }
        };
    }

    @Override
    public CounterAllocator counters() {
        return new CounterAllocator() {
            @Override
            public long allocate(String label) {
                synchronized (counters) {
                    return counters.computeIfAbsent(label, l -> counterMemory.address() + 8L * counters.size());
                }
            }

            @Override
            public void free(long address) {
                // kept, so that a test can look at it afterwards
            }
        };
    }

    @Override
    public Quiescence quiescence() {
        return workers;
    }

    @Override
    public Path socketDirectory() {
        return directory;
    }

    @Override
    public boolean vhostClient() {
        return client;
    }

    int claimed() {
        return claims.size();
    }

    /** Takes the patches from the worker, closes queues and ports; the front-ends see their connection end. */
    void closePorts() throws Exception {
        if (!components.isEmpty()) {
            components.clear();
            workers.apply(List.of(List.of()));
        }
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
        open.clear();
    }

    @Override
    public void close() throws Exception {
        closePorts();
        workers.close();
        statusMemory.close();
        counterMemory.close();
    }
}

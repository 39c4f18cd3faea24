package io.jspp.worker;

import static io.jspp.testing.Patience.waitFor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.jspp.linux.Linux;
import io.jspp.memory.NativeMemory;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two workers on real threads. */
@Timeout(60)
class WorkerGroupTest {
    private final NativeMemory memory = NativeMemory.allocate(2L * WorkerStatus.SIZE);
    private final List<Throwable> errors = new ArrayList<>();
    private WorkerGroup group;

    private void start(IdleMode idleMode) {
        start(idleMode, List.of());
    }

    private void start(IdleMode idleMode, List<Integer> cpus) {
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            WorkerStatus status = new WorkerStatus(memory.address() + (long) i * WorkerStatus.SIZE);
            workers.add(new Worker(i + 1, cpus, idleMode, status, System::nanoTime, errors::add));
        }
        group = new WorkerGroup(workers);
        group.start();
    }

    @AfterEach
    void close() {
        group.close();
        memory.close();
        assertTrue(errors.isEmpty(), errors::toString);
    }

    @Test
    void shouldNeverRunAComponentOnTwoWorkersWhileItMoves() {
        start(IdleMode.ADAPTIVE);
        ExclusiveComponent moving = new ExclusiveComponent();
        ExclusiveComponent staying = new ExclusiveComponent();
        for (int i = 0; i < 300; i++) {
            List<Component> here = List.of(moving, staying);
            List<Component> there = List.of(staying);
            group.apply(i % 2 == 0 ? List.of(here, List.of()) : List.of(there, List.of(moving)));
        }
        group.apply(List.of(List.of(), List.of()));
        assertEquals(0, moving.collisions.get());
        assertEquals(0, staying.collisions.get());
        assertTrue(moving.polls > 0 && staying.polls > 0);
        long after = moving.polls;
        group.synchronize();
        assertEquals(after, moving.polls, "polled after it was out of use");
    }

    @Test
    void shouldSynchronizeWithAwakeAndWithSleepingWorkers() {
        start(IdleMode.ADAPTIVE);
        ReaderComponent reader = new ReaderComponent();
        group.apply(List.of(List.of(reader), List.of()));
        for (int i = 0; i < 2000; i++) {
            int[] old = reader.published;
            reader.published = new int[] {i};
            group.synchronize();
            old[0] = ReaderComponent.FREED;
        }
        assertEquals(0, reader.usesAfterFree);
        reader.quiet = true;
        waitFor(() -> asleep(0) && asleep(1));
        group.synchronize();
        assertEquals(0, reader.usesAfterFree);
    }

    @Test
    void shouldSleepWhenIdleAndWakeForANewPlan() {
        start(IdleMode.ADAPTIVE);
        waitFor(() -> asleep(0) && asleep(1));
        long startNs = System.nanoTime();
        group.apply(List.of(List.of(), List.of(new ExclusiveComponent())));
        assertTrue(
                System.nanoTime() - startNs < TimeUnit.MILLISECONDS.toNanos(800), "waited for the sleeper's time-out");
    }

    @Test
    void shouldPollForEverWhenBusy() {
        start(IdleMode.BUSY);
        long before = group.workers().get(0).status().emptyPolls();
        waitFor(() -> group.workers().get(0).status().emptyPolls() > before + 100_000);
        assertEquals(0, group.workers().get(0).status().wakeUps());
        assertFalse(asleep(0));
    }

    /** Numbers 228 and 240 of the catalogue of bad inputs: two loops that never wait, one CPU, somebody who wants their stacks again and again. */
    @Test
    void shouldFollowOnOneCpuWhileTheirThreadsAreInspected() {
        start(IdleMode.BUSY, List.of(Linux.schedGetaffinity(0).nextSetBit(0)));
        ExclusiveComponent moving = new ExclusiveComponent();
        ExclusiveComponent staying = new ExclusiveComponent();
        for (int i = 0; i < 6; i++) {
            List<Component> here = List.of(moving, staying);
            List<Component> there = List.of(staying);
            group.apply(i % 2 == 0 ? List.of(here, List.of()) : List.of(there, List.of(moving)));
            group.synchronize();
            long inspected = Thread.getAllStackTraces().entrySet().stream()
                    .filter(thread -> thread.getKey().getName().matches("lcore-[12]") && thread.getValue().length > 0)
                    .count();
            assertEquals(2, inspected);
        }
        long polls = moving.polls;
        waitFor(() -> moving.polls > polls + 1000);
        assertEquals(0, moving.collisions.get());
        assertEquals(0, staying.collisions.get());
    }

    /** Number 185 of the catalogue of bad inputs: a bug that ends the stack ends neither the worker nor its other components. */
    @Test
    void shouldGoOnWhenAComponentOverflowsTheStack() {
        start(IdleMode.ADAPTIVE);
        OverflowingComponent overflowing = new OverflowingComponent();
        ExclusiveComponent sound = new ExclusiveComponent();
        group.apply(List.of(List.of(overflowing, sound), List.of()));
        waitFor(() -> overflowing.recoveries == 1);
        long polls = sound.polls;
        waitFor(() -> sound.polls > polls + 1000);
        assertEquals(1, group.workers().get(0).status().faults());
        assertEquals(StackOverflowError.class, errors.remove(0).getClass());
    }

    @Test
    void shouldAllocateNothingWhileItCyclesAndSleeps() {
        start(IdleMode.ADAPTIVE);
        // a packet now and then: spins, yields, sleeps and wakes, all in turn
        SparseComponent sparse = new SparseComponent();
        group.apply(List.of(List.of(sparse), List.of()));
        waitFor(() -> sparse.polls > 20_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = sparse.thread.getId();
        long wakeUps = group.workers().get(0).status().wakeUps();
        long before = threads.getThreadAllocatedBytes(id);
        long polls = sparse.polls;
        waitFor(() -> sparse.polls > polls + 100_000
                && group.workers().get(0).status().wakeUps() > wakeUps + 20);
        assertEquals(before, threads.getThreadAllocatedBytes(id));
    }

    private boolean asleep(int worker) {
        return group.workers().get(worker).status().sleeping();
    }

    /** Never has a descriptor, never has work at arm time. */
    private abstract static class TestComponent implements Component {
        @Override
        public String name() {
            return getClass().getSimpleName();
        }

        @Override
        public boolean arm() {
            return false;
        }

        @Override
        public void disarm() {}

        @Override
        public int[] wakeFds() {
            return new int[0];
        }

        @Override
        public void recover() {}
    }

    /** Notices a second thread. */
    private static final class ExclusiveComponent extends TestComponent {
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger collisions = new AtomicInteger();
        private volatile long polls;

        @Override
        @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread, which is what the test proves
        public int poll(long nowNs) {
            if (inside.incrementAndGet() != 1) {
                collisions.incrementAndGet();
            }
            polls++;
            inside.decrementAndGet();
            return 1;
        }
    }

    /** Looks at an object that another thread unpublishes, synchronizes, and spoils. */
    private static final class ReaderComponent extends TestComponent {
        static final int FREED = -1;
        private volatile int[] published = {0};
        private volatile boolean quiet;
        private volatile int usesAfterFree;

        @Override
        @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
        public int poll(long nowNs) {
            int[] seen = published;
            for (int i = 0; i < 50; i++) {
                if (seen[0] == FREED) {
                    usesAfterFree++;
                }
                Thread.onSpinWait();
            }
            return quiet ? 0 : 1;
        }
    }

    /** Overflows the stack with its third poll. */
    private static final class OverflowingComponent extends TestComponent {
        private int polls;
        private volatile int recoveries;

        @Override
        public int poll(long nowNs) {
            return ++polls == 3 ? deeper(0) : 1;
        }

        private static int deeper(int depth) {
            return deeper(depth + 1) + 1;
        }

        @Override
        @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
        public void recover() {
            recoveries++;
        }
    }

    /** Some packets, then none until the worker has slept. */
    private static final class SparseComponent extends TestComponent {
        private volatile Thread thread;
        private volatile long polls;
        private int packetsLeft;

        @Override
        @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
        public int poll(long nowNs) {
            if (thread == null) {
                thread = Thread.currentThread();
            }
            polls++;
            if (packetsLeft == 0) {
                return 0;
            }
            packetsLeft--;
            return 1;
        }

        @Override
        public void disarm() {
            packetsLeft = 3000;
        }

        @Override
        public int[] wakeFds() {
            return new int[] {POLL_BY_TIMER};
        }
    }
}

package io.jspp.worker;

import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Layouts;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.memory.Memory;
import java.util.BitSet;
import java.util.List;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.NanoClock;

/**
 * One poll loop on one thread, pinned to one CPU.
 *
 * <p>{@link #run} is the worker thread; {@link #cycle} is one turn of it, so that a test can drive it by hand. {@link #publish},
 * {@link #wake}, {@link #stop} and {@link #close} belong to control threads.
 *
 * <p>Plans: the control thread stores the next plan (release) and wakes the worker; the worker takes it at the top of a cycle
 * (acquire), when no component holds a reference to a packet, and publishes its epoch. From then on the old plan, and what
 * only it used, may be closed.
 *
 * <p>Quiescence: every cycle begins with {@code cycle = cycle + 1; full fence}. Whoever unpublishes something, fences and then sees
 * a cycle begin knows that this and all later cycles see the change.
 */
public final class Worker implements Runnable, AutoCloseable {
    /** Longest block, so that a wake-up that a peer failed to send costs a second, not for ever. */
    private static final int MAX_BLOCK_MS = 1000;

    /** Block while a source has no descriptor. */
    private static final int TIMER_MS = 1;

    private static final int MAX_EVENTS = 8;
    private static final long NOT_IDLE = Long.MIN_VALUE;

    private final int lcore;
    private final BitSet cpus = new BitSet();
    private final IdleMode idleMode;
    private final WorkerStatus status;
    private final NanoClock clock;
    private final ErrorHandler errors;
    private final FileDescriptor wakeFd;
    private final long events;

    private volatile boolean running = true;
    private volatile WorkPlan published;

    // worker thread only
    private WorkPlan plan;
    private Throwable failure;
    private long cycle;
    private long packets;
    private long emptyPolls;
    private long longestCycleNs;
    private long lastCycleNs;
    private long idleSinceNs = NOT_IDLE;
    private long faults;
    private long wakeUps;
    private long overslept;
    private boolean sleptToLimit;

    /**
     * @param lcore the operator's number, shown in status
     * @param cpus where it runs, none for anywhere
     * @param status words of this worker, reset here
     * @param clock {@code System::nanoTime} except in tests
     * @param errors told about vanished memory and bugs; what it throws itself is lost
     */
    public Worker(
            int lcore,
            List<Integer> cpus,
            IdleMode idleMode,
            WorkerStatus status,
            NanoClock clock,
            ErrorHandler errors) {
        this.lcore = lcore;
        cpus.forEach(this.cpus::set);
        this.idleMode = idleMode;
        this.status = status;
        this.clock = clock;
        this.errors = errors;
        status.reset(lcore, this.cpus.nextSetBit(0));
        wakeFd = Linux.eventfd();
        try {
            plan = new WorkPlan(0, List.of(), wakeFd.value());
        } catch (RuntimeException e) {
            wakeFd.close();
            throw e;
        }
        published = plan;
        events = Memory.allocate(MAX_EVENTS * Layouts.EpollEvent.SIZE);
        lastCycleNs = clock.nanoTime();
        status.sleeping(true); // nobody looks at anything before begin()
    }

    public int lcore() {
        return lcore;
    }

    public WorkerStatus status() {
        return status;
    }

    public IdleMode idleMode() {
        return idleMode;
    }

    /** The worker thread: pins itself, then cycles until {@link #stop}. Ends with the components of the last plan unused. */
    @Override
    public void run() {
        pin();
        begin();
        boolean ended = false;
        while (!ended) {
            try {
                ended = cycleUntilFailure();
            } catch (Throwable e) {
                failure = e;
            }
        }
        // quiescent for ever
        status.cycle(++cycle);
        status.sleeping(true);
    }

    /**
     * JDK 17 reports vanished memory some time later, at any loop or return, even from compiled frames in which no handler is found for it. So there is
     * no work outside the two methods below, and what one of them misses the caller catches.
     */
    private boolean cycleUntilFailure() {
        try {
            return cycleUntilStopped();
        } catch (Throwable e) {
            failure = e;
            return false;
        }
    }

    private boolean cycleUntilStopped() {
        Throwable cause = failure;
        if (cause != null) {
            failure = null;
            recover(cause);
        }
        while (running) {
            if (cycle() == 0) {
                idle();
            }
        }
        return true;
    }

    /** From here on the worker looks at its plan and must pass quiescent points. */
    void begin() {
        lastCycleNs = clock.nanoTime();
        status.sleeping(false);
        Memory.fullFence(); // as after sleep
    }

    private void pin() {
        try {
            if (!cpus.isEmpty()) {
                Linux.schedSetaffinity(0, cpus);
            }
            Linux.setTimerSlack(1);
        } catch (LinuxException e) {
            report(e);
        }
    }

    private void report(Throwable error) {
        try {
            errors.onError(error);
        } catch (RuntimeException | Error e) {
            // Nobody is left to tell. Status counts faults; the worker serves its ports.
            return;
        }
    }

    /**
     * One turn: adopts a new plan, polls every component once, counts.
     *
     * @return packets moved
     */
    public int cycle() {
        long nowNs = clock.nanoTime();
        long tookNs = nowNs - lastCycleNs;
        lastCycleNs = nowNs;
        if (tookNs > longestCycleNs) {
            longestCycleNs = tookNs;
            status.longestCycle(tookNs);
        }
        status.cycle(++cycle);
        // Pairs with the fence in WorkerGroup.synchronize: what was unpublished before that thread sees this cycle
        // number is not
        // read in this cycle any more.
        Memory.fullFence();
        WorkPlan current = published;
        if (current != plan) {
            plan = current;
            idleSinceNs = NOT_IDLE;
            status.adopted(current.epoch);
        }
        int moved = 0;
        for (Component component : current.components) {
            try {
                moved += component.poll(nowNs);
            } catch (RuntimeException e) {
                recover(e); // a bug in one component does not starve those behind it
            }
        }
        if (moved == 0) {
            emptyPolls++;
        } else {
            packets += moved;
            idleSinceNs = NOT_IDLE;
        }
        if (sleptToLimit) {
            sleptToLimit = false;
            if (moved != 0) {
                status.overslept(++overslept);
            }
        }
        status.cycleDone(nowNs, packets, emptyPolls);
        return moved;
    }

    /** After an empty cycle. */
    private void idle() {
        if (idleMode.busy()) {
            Thread.onSpinWait();
            return;
        }
        long nowNs = lastCycleNs;
        if (idleSinceNs == NOT_IDLE) {
            idleSinceNs = nowNs;
        }
        long idleNs = nowNs - idleSinceNs;
        if (idleNs < idleMode.spinNs()) {
            Thread.onSpinWait();
        } else if (idleNs < idleMode.yieldNs()) {
            Thread.yield();
            lastCycleNs = clock.nanoTime();
        } else {
            block();
        }
    }

    /** Arms all sources and, if none has work, sleeps until one, or a control thread, wakes it. */
    void block() {
        WorkPlan current = plan;
        Component[] components = current.components;
        boolean work = false;
        int armed = 0;
        while (armed < components.length && !work) {
            work = components[armed++].arm();
        }
        if (!work) {
            status.sleeping(true);
            // Pairs with the fence in wake(): either the waker sees that we sleep and writes the eventfd, or we see
            // what it published.
            Memory.fullFence();
            if (running && published == current) {
                int timeoutMs = current.pollByTimer ? TIMER_MS : MAX_BLOCK_MS;
                int n = Linux.epollWait(current.epollFd(), events, MAX_EVENTS, timeoutMs);
                if (n > 0) {
                    idleSinceNs = NOT_IDLE;
                } else {
                    sleptToLimit = timeoutMs == MAX_BLOCK_MS;
                }
                status.wokeUp(++wakeUps);
            }
            status.sleeping(false);
            // Pairs with synchronize(): who still saw "sleeping" had unpublished before what we load from here on.
            Memory.fullFence();
            Linux.eventfdRead(wakeFd.value());
        }
        for (int i = 0; i < armed; i++) {
            components[i].disarm();
        }
        lastCycleNs = clock.nanoTime();
    }

    private void recover(Throwable cause) {
        status.sleeping(false); // vanished memory may be reported as late as between "sleeping" and the sleep
        Memory.fullFence();
        status.faults(++faults);
        report(cause);
        for (Component component : plan.components) {
            try {
                component.recover();
            } catch (RuntimeException | InternalError again) {
                report(again);
            }
        }
    }

    /**
     * A plan to {@link #publish} or to close. Control thread, as all that follows.
     *
     * @param ahead how many plans after the present one it will be published, from 1
     */
    WorkPlan prepare(List<Component> components, int ahead) {
        return new WorkPlan(published.epoch + ahead, components, wakeFd.value());
    }

    /**
     * Makes the worker run a plan from its next cycle on.
     *
     * @return the plan it replaces, to be closed once this one is adopted
     */
    WorkPlan publish(WorkPlan next) {
        WorkPlan old = published;
        published = next;
        wake();
        return old;
    }

    /** The plan published last. */
    WorkPlan published() {
        return published;
    }

    boolean hasAdopted(WorkPlan expected) {
        return status.adoptedEpoch() >= expected.epoch;
    }

    /** Makes a sleeping worker begin a cycle; costs a fence when it is awake. */
    void wake() {
        Memory.fullFence(); // pairs with block()
        if (status.sleeping()) {
            Linux.eventfdWrite(wakeFd.value());
        }
    }

    /** Ends {@link #run} after its current cycle. */
    public void stop() {
        running = false;
        wake();
    }

    /** Frees what the worker holds; after its thread ended. */
    @Override
    public void close() {
        published.close();
        wakeFd.close();
        Memory.free(events);
    }
}

package io.jspp.worker;

import io.jspp.linux.Threads;
import io.jspp.memory.Memory;
import io.jspp.port.Quiescence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;

/**
 * All workers of a process and their threads: starts and stops them, changes what they run, and tells when none of them can
 * see the past any more.
 *
 * <p>{@link #start}, {@link #apply} and {@link #close} belong to one control thread; {@link #synchronize} to any thread but a worker.
 */
public final class WorkerGroup implements Quiescence, AutoCloseable {
    private static final long POLL_NS = 10_000;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(10);

    private final List<Worker> workers;
    private final List<Thread> threads = new ArrayList<>();

    /** @param workers in lcore order; owned from here on */
    public WorkerGroup(List<Worker> workers) {
        this.workers = List.copyOf(workers);
    }

    public List<Worker> workers() {
        return workers;
    }

    /** Starts one thread per worker, called {@code lcore-N}. */
    public void start() {
        for (Worker worker : workers) {
            Thread thread = new Thread(worker, "lcore-" + worker.lcore());
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /**
     * Changes what the workers run, without losing a packet: first every worker lets go of what it shall not run any more, then
     * every worker gets what it shall. So a component that moves is never with two workers, nor are two components with the
     * same queue. A change that concerns one worker only is one plan: from one cycle to the next, without a pause.
     *
     * @param assignment the components of each worker, in the order of {@link #workers()}; when this returns, components in none of
     *     the lists are out of use
     * @throws io.jspp.linux.LinuxException when the plans can't be built; then nothing has changed
     * @throws WorkerStuckException when a worker did not follow in time; then nothing may be closed
     */
    public void apply(List<List<Component>> assignment) {
        if (assignment.size() != workers.size()) {
            throw new IllegalArgumentException(assignment.size() + " lists for " + workers.size() + " workers");
        }
        WorkPlan[] first = new WorkPlan[workers.size()];
        WorkPlan[] second = new WorkPlan[workers.size()];
        boolean single = changing(assignment) == 1;
        try {
            for (int i = 0; i < first.length; i++) {
                Worker worker = workers.get(i);
                List<Component> now = List.of(worker.published().components);
                List<Component> kept = single ? now : kept(now, assignment.get(i));
                if (kept.size() < now.size()) {
                    first[i] = worker.prepare(kept, 1);
                }
                if (!kept.equals(assignment.get(i))) {
                    second[i] = worker.prepare(assignment.get(i), first[i] == null ? 1 : 2);
                }
            }
        } catch (RuntimeException e) {
            CloseHelper.quietCloseAll(first);
            CloseHelper.quietCloseAll(second);
            throw e;
        }
        change(first);
        change(second);
    }

    private int changing(List<List<Component>> assignment) {
        int changing = 0;
        for (int i = 0; i < assignment.size(); i++) {
            changing += List.of(workers.get(i).published().components).equals(assignment.get(i)) ? 0 : 1;
        }
        return changing;
    }

    private static List<Component> kept(List<Component> now, List<Component> wanted) {
        Set<Component> set = Collections.newSetFromMap(new IdentityHashMap<>());
        set.addAll(wanted);
        return now.stream().filter(set::contains).toList();
    }

    private void change(WorkPlan[] plans) {
        List<WorkPlan> retired = new ArrayList<>();
        for (int i = 0; i < plans.length; i++) {
            if (plans[i] != null) {
                retired.add(workers.get(i).publish(plans[i]));
            }
        }
        workers.forEach(WorkerGroup::awaitAdopted);
        retired.forEach(WorkPlan::close);
    }

    private static void awaitAdopted(Worker worker) {
        WorkPlan expected = worker.published();
        long startNs = System.nanoTime();
        while (!worker.hasAdopted(expected)) {
            long waitedNs = System.nanoTime() - startNs;
            if (waitedNs > PATIENCE_NS) {
                throw new WorkerStuckException(
                        "worker lcore " + worker.lcore() + " did not adopt plan " + expected.epoch
                                + " within " + TimeUnit.NANOSECONDS.toSeconds(waitedNs) + " s (it runs plan "
                                + worker.status().adoptedEpoch() + ", cycle "
                                + worker.status().cycle() + ")");
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }

    @Override
    public void synchronize() {
        Memory.fullFence(); // pairs with the fence at the top of Worker.cycle and after its sleep
        long[] seen = new long[workers.size()];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = workers.get(i).status().cycle();
        }
        for (int i = 0; i < seen.length; i++) {
            Worker worker = workers.get(i);
            while (worker.status().cycle() == seen[i] && !worker.status().sleeping()) {
                LockSupport.parkNanos(POLL_NS);
            }
            worker.wake();
        }
    }

    /** Stops the workers after their current cycle and waits for their threads; components stay open. */
    public void stop() {
        workers.forEach(Worker::stop);
        threads.forEach(Threads::join);
    }

    /** {@link #stop}, then frees what the workers hold. */
    @Override
    public void close() {
        stop();
        workers.forEach(Worker::close);
    }
}

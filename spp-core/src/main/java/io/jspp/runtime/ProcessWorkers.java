package io.jspp.runtime;

import io.jspp.config.ConfigKeys;
import io.jspp.config.ExitCode;
import io.jspp.config.Lcore;
import io.jspp.config.ProcessException;
import io.jspp.config.ProcessOptions;
import io.jspp.mbuf.SwitchSegment;
import io.jspp.worker.IdleMode;
import io.jspp.worker.Worker;
import io.jspp.worker.WorkerGroup;
import io.jspp.worker.WorkerStatus;
import java.util.ArrayList;
import java.util.List;

/** Makes the workers of a process, each with its row in the segment. */
public final class ProcessWorkers {
    private ProcessWorkers() {}

    /**
     * One worker per lcore, not started.
     *
     * @param clientId of this process, 0 for the primary
     * @throws ProcessException when the segment has no room for that many
     */
    public static WorkerGroup make(ProcessOptions options, SwitchSegment segment, int clientId, List<Lcore> lcores) {
        int most = segment.geometry().workersPerClient();
        if (lcores.size() > most) {
            throw new ProcessException(
                    ExitCode.FAILED, lcores.size() + " lcores for workers: the primary's segment has room for " + most);
        }
        boolean busy = options.configuration().text(ConfigKeys.IDLE).equals("busy");
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < lcores.size(); i++) {
            Lcore lcore = lcores.get(i);
            workers.add(new Worker(
                    lcore.id(),
                    lcore.cpus(),
                    busy ? IdleMode.BUSY : IdleMode.ADAPTIVE,
                    new WorkerStatus(segment.workerRow(clientId, i)),
                    System::nanoTime,
                    new FaultLog("lcore " + lcore.id(), System::nanoTime)));
        }
        return new WorkerGroup(workers);
    }
}

package io.jspp.runtime;

import io.jspp.config.Lcore;
import io.jspp.config.ProcessOptions;
import io.jspp.counters.CounterAllocator;
import io.jspp.patch.PortTable;
import io.jspp.port.PortEvents;
import io.jspp.worker.WorkerGroup;
import java.util.List;

/**
 * What moves packets gets this from its process; all of it outlives that.
 *
 * @param clientId 1..127, 0 in the primary
 * @param workerLcores where the workers run, in the order of {@code workers}
 * @param workers started
 * @param ports those of the primary's devices are known already
 * @param counters of this process
 * @param store where changes are committed
 * @param events what happened to the ports
 */
public record ProcessRuntime(
        int clientId,
        ProcessOptions options,
        List<Lcore> workerLcores,
        WorkerGroup workers,
        PortTable ports,
        DeviceList devices,
        CounterAllocator counters,
        ConfigurationStore store,
        PortEvents events) {}

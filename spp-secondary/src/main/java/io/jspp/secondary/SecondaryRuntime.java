package io.jspp.secondary;

import io.jspp.config.Lcore;
import io.jspp.config.ProcessOptions;
import io.jspp.counters.CounterAllocator;
import io.jspp.patch.PortTable;
import io.jspp.port.PortEvents;
import io.jspp.worker.WorkerGroup;
import java.util.List;

/**
 * What a role gets from its process; all of it outlives the role.
 *
 * @param clientId 1..127
 * @param workerLcores where the workers run, in the order of {@code workers}
 * @param workers started
 * @param ports those of the primary's devices are known already
 * @param counters of this process
 * @param store where changes are committed
 * @param events what happened to the ports
 */
public record SecondaryRuntime(
        int clientId,
        ProcessOptions options,
        List<Lcore> workerLcores,
        WorkerGroup workers,
        PortTable ports,
        DeviceList devices,
        CounterAllocator counters,
        ConfigurationStore store,
        PortEvents events) {}

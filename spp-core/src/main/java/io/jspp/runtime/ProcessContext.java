package io.jspp.runtime;

import io.jspp.config.ConfigKeys;
import io.jspp.config.ProcessOptions;
import io.jspp.counters.CounterAllocator;
import io.jspp.memory.KeptRecords;
import io.jspp.port.Attachment;
import io.jspp.port.Claims;
import io.jspp.port.PortContext;
import io.jspp.port.PortEvents;
import io.jspp.port.Quiescence;
import java.nio.file.Path;

/** What the ports of a process get from it. */
public record ProcessContext(
        Claims claims,
        CounterAllocator counters,
        Attachment attachment,
        KeptRecords keptRecords,
        Quiescence quiescence,
        PortEvents events,
        Path socketDirectory,
        int socketMode,
        int socketGroup,
        boolean vhostClient,
        int vhostQueues,
        boolean vhostMemorySlots)
        implements PortContext {
    /** What the options say, and the rest. */
    public static ProcessContext of(
            ProcessOptions options,
            Claims claims,
            CounterAllocator counters,
            Attachment attachment,
            Quiescence quiescence,
            PortEvents events) {
        return new ProcessContext(
                claims,
                counters,
                attachment,
                attachment.segment().keptRecords(attachment.client()),
                quiescence,
                events,
                options.socketDirectory(),
                options.configuration().mode(ConfigKeys.SOCK_MODE),
                options.socketGroup(),
                options.configuration().flag(ConfigKeys.VHOST_CLIENT),
                options.configuration().integer(ConfigKeys.VHOST_QUEUES),
                options.configuration().flag(ConfigKeys.VHOST_MEMORY_SLOTS));
    }
}

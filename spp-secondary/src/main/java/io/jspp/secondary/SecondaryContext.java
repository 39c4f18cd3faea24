package io.jspp.secondary;

import io.jspp.counters.CounterAllocator;
import io.jspp.memory.KeptRecords;
import io.jspp.port.Attachment;
import io.jspp.port.Claims;
import io.jspp.port.PortContext;
import io.jspp.port.PortEvents;
import io.jspp.port.Quiescence;
import java.nio.file.Path;

/** What the ports of a secondary get from their process. */
record SecondaryContext(
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
        implements PortContext {}

package io.jspp.port;

import io.jspp.counters.CounterAllocator;
import io.jspp.memory.KeptRecords;
import java.nio.file.Path;

/** What a port gets from its process. Immutable; any thread. */
public interface PortContext {
    Claims claims();

    /** Counters of this process, in shared memory. */
    CounterAllocator counters();

    Quiescence quiescence();

    /** The shared memory, or null in a process that is attached to none (a test, a guest). */
    default Attachment attachment() {
        return null;
    }

    /** What this process keeps for its successor, or null where there is none. */
    default KeptRecords keptRecords() {
        return null;
    }

    /** Where ports report their changes of state; by default nobody looks at them. */
    default PortEvents events() {
        return new PortEvents();
    }

    /** Where {@code sock<N>} and {@code spp-rx<N>.pcap} live. */
    Path socketDirectory();

    /** Permissions of sockets that ports make. */
    default int socketMode() {
        return 0600;
    }

    /** Group of sockets that ports make, -1 for the process's own. */
    default int socketGroup() {
        return -1;
    }

    /** True when vhost ports connect to a socket of the front-end rather than listen. */
    boolean vhostClient();

    /** Queue pairs that a vhost port offers, 1..16. */
    default int vhostQueues() {
        return 16;
    }

    /** Whether vhost ports let front-ends share memory region by region. */
    default boolean vhostMemorySlots() {
        return true;
    }
}

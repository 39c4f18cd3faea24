package io.jspp.port;

import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;

/** Sink of packets: one queue of one port, claimed by this process. Threads as for {@link RxQueue}. */
public interface TxQueue extends AutoCloseable {
    /**
     * Passes on all packets of the burst, in order, by copying them into the receiver's buffers, or by taking over pool
     * mbufs. Never blocks and never leaves a packet for later: one that can't be sent is counted under its reason.
     *
     * @return packets sent
     */
    int txBurst(Burst burst);

    /**
     * After a burst: whether the receiver has no room for another one right now, so that letting it run is better than going on. A hint; worker
     * thread.
     */
    default boolean congested() {
        return false;
    }

    /** Once per worker cycle in which the queue sent: kicks the kernel, calls the guest, wakes the consumer. */
    void flush();

    /**
     * A SIGBUS hit this worker (the JVM's InternalError, which doesn't say where): compares the memory of peers that this queue maps with
     * what is left of it, and takes the port down if it is its own that vanished. Worker thread.
     */
    default void checkMemory() {}

    QueueCounters counters();

    /** As {@link RxQueue#everLive}. */
    default boolean everLive() {
        return true;
    }

    /** Ends the claim. */
    @Override
    void close();
}

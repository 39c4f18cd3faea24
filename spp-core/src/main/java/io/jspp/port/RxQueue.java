package io.jspp.port;

import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;

/**
 * Source of packets: one queue of one port, claimed by this process. All methods but {@link #counters()} are called by the
 * one worker that owns the queue's component; {@link #close()} by the control thread after that worker let go.
 */
public interface RxQueue extends AutoCloseable {
    /**
     * Appends references to waiting packets to an empty burst, without copying.
     *
     * @return packets appended, 0 when there are none
     */
    int rxBurst(Burst burst);

    /** Gives back everything handed out since the last call: buffers return to guest, kernel or pool, in order. */
    void release(Burst burst);

    /**
     * Asks the producer to notify {@link #wakeFd()}.
     *
     * @return true when packets are there already: the caller must not sleep
     */
    boolean arm();

    /** After a wake-up, or when sleep was called off: suppresses notifications again and consumes those that came. */
    void disarm();

    /** Pollable descriptor (readable = work), the same for the queue's life, or -1: to be polled by timer. */
    int wakeFd();

    /**
     * Has the producer notify {@code set} from now on, so that one descriptor serves many queues; {@link #wakeFd()} is not needed then. Control
     * thread.
     *
     * @return false when the queue can't; nothing has changed then
     */
    default boolean wake(WakeSet set) {
        return false;
    }

    /** Ends {@link #wake}; before the set is closed. Control thread. */
    default void unwake(WakeSet set) {}

    /**
     * A SIGBUS hit this worker (the JVM's InternalError, which doesn't say where): compares the memory of peers that this queue maps with
     * what is left of it, and takes the port down if it is its own that vanished. Worker thread.
     */
    default void checkMemory() {}

    QueueCounters counters();

    /** Whether packets can ever have passed or been dropped here: false until a guest first uses the queue. Any thread. */
    default boolean everLive() {
        return true;
    }

    /** Ends the claim. */
    @Override
    void close();
}

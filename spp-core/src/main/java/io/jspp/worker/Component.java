package io.jspp.worker;

/**
 * A piece of the running graph: moves packets from its rx queues to its tx queues. Owned by one worker at a time; made and
 * closed by the control thread while no plan that a worker may look at holds it.
 */
public interface Component {
    /** What the worker does with the entry of {@link #wakeFds()} that has no descriptor: polls by timer. */
    int POLL_BY_TIMER = -1;

    /** For status and errors, unique in the process. */
    String name();

    /**
     * Moves a bounded number of bursts. Everything taken from a source is released before it returns, so that a plan may
     * change between any two polls. Allocates nothing.
     *
     * @param nowNs the worker's clock, read once per cycle
     * @return packets taken from the sources, 0 when they were empty
     */
    int poll(long nowNs);

    /**
     * Asks all sources to notify their wake-up descriptors.
     *
     * @return true when there is work already: the worker must not sleep
     */
    boolean arm();

    /** After a wake-up, or when sleep was called off: ends what {@link #arm()} began. */
    void disarm();

    /** Pollable descriptors of the sources, constant for the component's life; {@link #POLL_BY_TIMER} for one without. */
    int[] wakeFds();

    /**
     * A poll of this worker was ended by an exception: memory of a peer vanished (the JVM does not say whose, and may say so
     * late), or a bug. The component forgets the burst in hand, giving back what was borrowed, and has its queues check the memory
     * they map. Worker thread.
     */
    void recover();
}

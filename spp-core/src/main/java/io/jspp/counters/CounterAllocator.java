package io.jspp.counters;

/**
 * Hands out single counters: eight aligned bytes of off-heap memory, written by one thread, readable by any process that
 * maps them. Called while ports are opened and closed, never by a worker.
 */
public interface CounterAllocator {
    /**
     * The counter with this label; the same address when it exists already, so that counting goes on.
     *
     * @return address of an aligned long
     * @throws IllegalStateException when the area is full
     */
    long allocate(String label);

    /** Gives the counter back; its value is forgotten. */
    void free(long address);
}

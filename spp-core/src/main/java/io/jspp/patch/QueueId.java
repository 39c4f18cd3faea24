package io.jspp.patch;

import io.jspp.port.PortId;

/**
 * One queue of one port.
 *
 * @param queue 0..1023
 */
public record QueueId(PortId port, int queue) implements Comparable<QueueId> {
    /** DPDK's RTE_MAX_QUEUES_PER_PORT - 1. */
    public static final int MAX_QUEUE = 1023;

    public QueueId {
        if (queue < 0 || queue > MAX_QUEUE) {
            throw new IllegalArgumentException("queue " + queue + " of " + port + ": 0.." + MAX_QUEUE + " expected");
        }
    }

    @Override
    public int compareTo(QueueId other) {
        int byPort = port.compareTo(other.port);
        return byPort != 0 ? byPort : Integer.compare(queue, other.queue);
    }

    /** {@code phy:0 nq 0}, as SPP shows the queues of a port that has several. */
    @Override
    public String toString() {
        return port + " nq " + queue;
    }
}

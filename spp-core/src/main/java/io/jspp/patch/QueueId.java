package io.jspp.patch;

import io.jspp.port.PortId;

/**
 * One queue of one port, SPP's resource uid: {@code phy:0nq1} on the wire, {@code phy:0 nq 1} for people, {@code phy:0} for queue 0.
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

    /**
     * Parses either form.
     *
     * @throws IllegalArgumentException with a sentence for the operator
     */
    public static QueueId parse(String text) {
        int nq = text.indexOf("nq");
        if (nq < 0) {
            return new QueueId(PortId.parse(text), 0);
        }
        PortId port = PortId.parse(text.substring(0, nq).stripTrailing());
        String number = text.substring(nq + 2).strip();
        if (!number.matches("[0-9]{1,4}")) {
            throw new IllegalArgumentException("queue of " + port + ": a number expected after nq, as in phy:0 nq 1");
        }
        return new QueueId(port, Integer.parseInt(number));
    }

    @Override
    public int compareTo(QueueId other) {
        int byPort = port.compareTo(other.port);
        return byPort != 0 ? byPort : Integer.compare(queue, other.queue);
    }

    /** {@code phy:0 nq 1}, and {@code phy:0} for queue 0. */
    @Override
    public String toString() {
        return queue == 0 ? port.toString() : withQueue();
    }

    /** {@code phy:0 nq 0}: as SPP shows the queues of a port that has several. */
    public String withQueue() {
        return port + " nq " + queue;
    }
}

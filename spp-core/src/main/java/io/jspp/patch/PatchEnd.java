package io.jspp.patch;

import io.jspp.port.PortId;

/**
 * What one side of a patch names, SPP's resource uid: a whole port as in {@code phy:0}, or one of its queues, {@code phy:0nq1} on the wire and
 * {@code phy:0 nq 1} for people.
 *
 * @param queue 0..1023, or {@link #WHOLE}
 */
public record PatchEnd(PortId port, int queue) {
    /** All queues of the port. */
    public static final int WHOLE = -1;

    public PatchEnd {
        if (queue != WHOLE && (queue < 0 || queue > QueueId.MAX_QUEUE)) {
            throw new IllegalArgumentException(
                    "queue " + queue + " of " + port + ": 0.." + QueueId.MAX_QUEUE + " expected");
        }
    }

    /** A whole port. */
    public static PatchEnd whole(PortId port) {
        return new PatchEnd(port, WHOLE);
    }

    /**
     * Parses either form.
     *
     * @throws IllegalArgumentException with a sentence for the operator
     */
    public static PatchEnd parse(String text) {
        int nq = text.indexOf("nq");
        if (nq < 0) {
            return whole(PortId.parse(text));
        }
        PortId port = PortId.parse(text.substring(0, nq).stripTrailing());
        String number = text.substring(nq + 2).strip();
        if (!number.matches("[0-9]{1,4}")) {
            throw new IllegalArgumentException("queue of " + port + ": a number expected after nq, as in phy:0 nq 1");
        }
        return new PatchEnd(port, Integer.parseInt(number));
    }

    public boolean isWhole() {
        return queue == WHOLE;
    }

    /** The queue named. */
    QueueId id() {
        return new QueueId(port, queue);
    }

    /** {@code phy:0nq1}, or {@code phy:0} for the whole port. */
    public String wire() {
        return isWhole() ? port.toString() : port + "nq" + queue;
    }

    /** {@code phy:0 nq 1}, or {@code phy:0} for the whole port. */
    @Override
    public String toString() {
        return isWhole() ? port.toString() : id().toString();
    }
}

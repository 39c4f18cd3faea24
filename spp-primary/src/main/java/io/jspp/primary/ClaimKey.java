package io.jspp.primary;

import io.jspp.attach.AttachException;
import io.jspp.attach.AttachMessage;
import io.jspp.port.Direction;
import io.jspp.port.PortId;
import java.util.ArrayList;
import java.util.List;

/** What one claim is about: one direction of one queue of one port. */
record ClaimKey(PortId port, int queue, Direction direction) {
    static final int MAX_QUEUES = 1024;

    /** From the words of {@code claim PORT QUEUE DIRECTION}. */
    static ClaimKey of(AttachMessage message) throws AttachException {
        return of(message.word(1), message.word(2), message.word(3));
    }

    private static ClaimKey of(String port, String queue, String direction) throws AttachException {
        if (!queue.matches("[0-9]{1,4}") || Integer.parseInt(queue) >= MAX_QUEUES) {
            throw new AttachException(
                    AttachException.MALFORMED, "queue " + queue + ": 0.." + (MAX_QUEUES - 1) + " expected");
        }
        try {
            return new ClaimKey(PortId.parse(port), Integer.parseInt(queue), Direction.parse(direction));
        } catch (IllegalArgumentException e) {
            throw new AttachException(AttachException.MALFORMED, e.getMessage());
        }
    }

    /** From {@code ring:0/0/tx,phy:1/0/rx}; empty text is an empty list. */
    static List<ClaimKey> list(String text) throws AttachException {
        List<ClaimKey> keys = new ArrayList<>();
        if (!text.isEmpty()) {
            for (String item : text.split(",", -1)) {
                String[] parts = item.split("/", -1);
                if (parts.length != 3) {
                    throw new AttachException(
                            AttachException.MALFORMED, "claim \"" + item + "\": PORT/QUEUE/DIRECTION expected");
                }
                keys.add(of(parts[0], parts[1], parts[2]));
            }
        }
        return keys;
    }

    boolean isRing() {
        return port.type().equals("ring");
    }

    boolean isTx() {
        return direction == Direction.TX;
    }

    /** The other end of a ring. */
    ClaimKey otherEnd() {
        return new ClaimKey(port, queue, isTx() ? Direction.RX : Direction.TX);
    }

    /** Label of its counters: {@code phy:0 q0 rx}. */
    String label() {
        return port + " q" + queue + " " + direction.word();
    }

    /** {@code phy:0 rx}, {@code phy:0 queue 1 rx}. */
    @Override
    public String toString() {
        return port + (queue == 0 ? "" : " queue " + queue) + " " + direction.word();
    }
}

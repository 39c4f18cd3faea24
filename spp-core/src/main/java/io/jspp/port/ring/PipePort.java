package io.jspp.port.ring;

import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;

/**
 * Two rings as one port: receives from the one, sends to the other. Each direction holds two claims, the pipe's, whose grant names the ring, and
 * the ring's.
 */
final class PipePort implements Port {
    /** Attribute of the grant: number of the ring. */
    private static final String RING = "ring";

    private final PortId id;
    private final PortContext context;

    PipePort(PortId id, PortContext context) {
        this.id = id;
        this.context = context;
    }

    @Override
    public PortId id() {
        return id;
    }

    @Override
    public PortState state() {
        return PortState.UP;
    }

    /** As in SPP, whose secondaries don't know pipes; the primary lists them by themselves. */
    @Override
    public boolean listedUnused() {
        return false;
    }

    @Override
    public int rxQueues() {
        return 1;
    }

    @Override
    public int txQueues() {
        return 1;
    }

    @Override
    public RxQueue openRx(int queue) {
        return ring(queue, Direction.RX).openRx(0);
    }

    @Override
    public TxQueue openTx(int queue) {
        return ring(queue, Direction.TX).openTx(0);
    }

    /** The ring that the primary joined to this direction; its claim ends with that of the pipe. */
    private RingPort ring(int queue, Direction direction) {
        Claims.Grant grant = context.claims().claim(id, queue, direction);
        String ring = grant.attributes().getOrDefault(RING, "");
        int rings = context.attachment().segment().geometry().rings();
        if (!ring.matches("[0-9]{1,4}") || Integer.parseInt(ring) >= rings) {
            context.claims().release(id, queue, direction);
            throw new PortException("open " + id + ' ' + direction.word()
                    + ": the primary named no ring for it: run the same version of both");
        }
        return new RingPort(
                new PortId(RingPortType.NAME, Integer.parseInt(ring)),
                context,
                ended -> context.claims().release(id, queue, ended));
    }

    @Override
    public void close() {
        // the queues hold everything there is
    }
}

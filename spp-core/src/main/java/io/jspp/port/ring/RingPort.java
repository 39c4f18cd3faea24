package io.jspp.port.ring;

import io.jspp.counters.QueueCounters;
import io.jspp.linux.FileDescriptor;
import io.jspp.mbuf.PoolRing;
import io.jspp.mbuf.RingReceiver;
import io.jspp.mbuf.RingSender;
import io.jspp.port.Attachment;
import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.state.Cause;
import java.util.function.Consumer;

/** One ring: one producer and one consumer in the whole switch, by claims. */
final class RingPort implements Port {
    private final PortId id;
    private final PortContext context;
    private final Attachment attachment;
    private final Consumer<Direction> released;

    RingPort(PortId id, PortContext context) {
        this(id, context, direction -> {});
    }

    /** @param released told when a direction is not used any more, or could not be opened */
    RingPort(PortId id, PortContext context, Consumer<Direction> released) {
        this.released = released;
        this.id = id;
        this.context = context;
        this.attachment = context.attachment();
    }

    @Override
    public PortId id() {
        return id;
    }

    /** Always up; says when one end is missing, since packets then stay or are dropped. */
    @Override
    public PortState state() {
        PoolRing ring = attachment.segment().ring(id.index());
        boolean written = ring.txClaim() != null;
        boolean read = ring.rxClaim() != null;
        if (written && !read) {
            return PortState.upBut(Cause.NO_READER, id);
        }
        if (read && !written) {
            return PortState.upBut(Cause.NO_WRITER, id);
        }
        return PortState.UP;
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
        return open(queue, Direction.RX, (eventfd, counters) -> {
            RingReceiver receiver =
                    new RingReceiver(attachment.segment(), id.index(), attachment.client(), attachment.epoch(), 0);
            return new RingRxQueue(receiver, eventfd, counters, () -> release(queue, Direction.RX));
        });
    }

    @Override
    public TxQueue openTx(int queue) {
        return open(queue, Direction.TX, (eventfd, counters) -> {
            RingSender sender =
                    new RingSender(attachment.segment(), id.index(), attachment.client(), attachment.epoch(), 0);
            return new RingTxQueue(sender, eventfd, counters, () -> release(queue, Direction.TX));
        });
    }

    private interface Opening<Q> {
        Q open(FileDescriptor eventfd, QueueCounters counters);
    }

    private <Q> Q open(int queue, Direction direction, Opening<Q> opening) {
        Claims.Grant grant = claim(queue, direction);
        QueueCounters counters = null;
        try {
            grant.requireDescriptors(1, "open " + id + " " + direction.word());
            counters = new QueueCounters(context.counters(), id + " q" + queue + " " + direction.word());
            return opening.open(grant.fds().get(0), counters);
        } catch (RuntimeException e) {
            if (counters != null) {
                counters.close();
            }
            FileDescriptor.closeAll(grant.fds());
            release(queue, direction);
            throw e instanceof IllegalStateException
                    ? new PortException("open " + id + " " + direction.word() + ": " + e.getMessage(), e)
                    : e;
        }
    }

    private Claims.Grant claim(int queue, Direction direction) {
        try {
            return context.claims().claim(id, queue, direction);
        } catch (RuntimeException e) {
            released.accept(direction);
            throw e;
        }
    }

    private void release(int queue, Direction direction) {
        context.claims().release(id, queue, direction);
        released.accept(direction);
    }

    @Override
    public void close() {
        // the queues hold everything there is
    }
}

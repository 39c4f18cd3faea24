package io.jspp.port.vhost;

import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.linux.FileDescriptor;
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
import io.jspp.state.Reason;
import io.jspp.vhostuser.Endpoint;
import io.jspp.vhostuser.SessionLoop;
import io.jspp.vhostuser.VringUser;
import io.jspp.virtio.Virtqueue;
import java.util.Arrays;
import java.util.Map;

/**
 * One guest's network card: an {@link Endpoint} and, per queue pair, two {@link VringSlot}s. Ring 2k, what the guest receives by, is our transmit
 * queue k; ring 2k+1 our receive queue k.
 *
 * <p>{@link Port} methods: control thread. {@link VringUser} methods: session thread.
 */
final class VhostPort implements Port, VringUser {
    private static final int QUEUE_PAIRS = 1;

    private static final DropReason[] REASONS = new DropReason[Virtqueue.DROP_KINDS];

    static {
        REASONS[Virtqueue.DROP_FULL] = DropReason.FULL;
        REASONS[Virtqueue.DROP_TOO_BIG] = DropReason.TOO_BIG;
        REASONS[Virtqueue.DROP_RUNT] = DropReason.RUNT;
        REASONS[Virtqueue.DROP_MALFORMED_CHAIN] = DropReason.MALFORMED_CHAIN;
        REASONS[Virtqueue.DROP_STOPPED] = DropReason.PORT_DOWN;
    }

    private final PortId id;
    private final PortContext context;
    private final SessionLoop loop;
    private final Runnable onClose;
    private final String path;
    private final Endpoint endpoint;
    private final VringSlot[] slots = new VringSlot[2 * QUEUE_PAIRS];
    private volatile PortState state = PortState.down(Cause.OPENING);

    /** @param onClose told once when the port is closed */
    VhostPort(PortId id, PortContext context, SessionLoop loop, Runnable onClose) {
        this.id = id;
        this.context = context;
        this.loop = loop;
        this.onClose = onClose;
        path = context.socketDirectory()
                .resolve("sock" + id.index())
                .toAbsolutePath()
                .toString();
        try {
            endpoint = new Endpoint(
                    id.toString(),
                    path,
                    context.vhostClient(),
                    QUEUE_PAIRS,
                    this,
                    context.socketMode(),
                    context.socketGroup());
        } catch (IllegalArgumentException e) {
            throw new PortException(id + ": " + e.getMessage() + ": choose a shorter --sock-dir", e);
        }
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new VringSlot();
        }
        loop.open(endpoint);
    }

    @Override
    public PortId id() {
        return id;
    }

    @Override
    public PortState state() {
        for (VringSlot slot : slots) {
            Virtqueue queue = slot.queue();
            String broken = queue == null ? null : queue.broken();
            if (broken != null) {
                return PortState.down(Cause.QUEUE_BROKEN, broken);
            }
        }
        return state;
    }

    /** Socket and our role on it, as {@code ./spp vm-args} needs them. */
    @Override
    public Map<String, String> facts() {
        return Map.of("socket", path, "role", context.vhostClient() ? "client" : "server");
    }

    @Override
    public int rxQueues() {
        return QUEUE_PAIRS;
    }

    @Override
    public int txQueues() {
        return QUEUE_PAIRS;
    }

    @Override
    public RxQueue openRx(int queue) {
        QueueCounters counters = claim(queue, Direction.RX);
        return new VhostRxQueue(this, queue, slots[2 * queue + 1], counters);
    }

    @Override
    public TxQueue openTx(int queue) {
        QueueCounters counters = claim(queue, Direction.TX);
        return new VhostTxQueue(this, queue, slots[2 * queue], counters);
    }

    private QueueCounters claim(int queue, Direction direction) {
        if (queue < 0 || queue >= QUEUE_PAIRS) {
            throw new PortException(id + " has " + QUEUE_PAIRS + " queue pair, queue " + queue + " does not exist");
        }
        Claims.Grant grant = context.claims().claim(id, queue, direction);
        FileDescriptor.closeAll(grant.fds());
        try {
            return new QueueCounters(context.counters(), id + " q" + queue + " " + direction.word());
        } catch (RuntimeException e) {
            context.claims().release(id, queue, direction);
            throw e;
        }
    }

    /** A queue ends; its worker has let go. */
    void closed(int queue, Direction direction, QueueCounters counters) {
        counters.close();
        context.claims().release(id, queue, direction);
    }

    /** A worker met an InternalError: ends the faults if they are ours, and the session. */
    void checkMemory(Virtqueue queue) {
        if (queue != null && queue.memory().replaceVanished()) {
            loop.later(endpoint::checkMemory);
        }
    }

    /** Moves a virtqueue's drop counts into counters. */
    static void count(QueueCounters counters, int[] drops) {
        for (int i = 0; i < drops.length; i++) {
            if (drops[i] != 0) {
                counters.dropped(REASONS[i], drops[i]);
                drops[i] = 0;
            }
        }
    }

    /** Counts one drop under the first reason there is, and clears them. */
    static void countOne(QueueCounters counters, int[] drops) {
        for (int i = 0; i < drops.length; i++) {
            if (drops[i] != 0) {
                counters.dropped(REASONS[i], 1);
                break;
            }
        }
        Arrays.fill(drops, 0);
    }

    // ---- session thread

    @Override
    public void publish(int vring, Virtqueue queue, int kick) {
        slots[vring].publish(queue, kick);
    }

    @Override
    public void unpublish(int vring) {
        slots[vring].unpublish();
    }

    @Override
    public void synchronize() {
        context.quiescence().synchronize();
    }

    @Override
    public void stage(Stage stage, Reason reason) {
        state = new PortState(PortState.Phase.valueOf(stage.name()), reason);
        look();
    }

    /** A queue that the guest broke changes the state without a stage. */
    @Override
    public void look() {
        context.events().observe(id, state());
    }

    @Override
    public void close() {
        loop.close(endpoint);
        for (VringSlot slot : slots) {
            slot.close();
        }
        context.events().forget(id);
        onClose.run();
    }
}

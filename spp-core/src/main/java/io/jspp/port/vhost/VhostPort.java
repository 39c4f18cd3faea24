package io.jspp.port.vhost;

import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.linux.FileDescriptor;
import io.jspp.memory.KeptRecords;
import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.LiveQueues;
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
import io.jspp.vhostuser.Offer;
import io.jspp.vhostuser.ProtocolFeatures;
import io.jspp.vhostuser.SessionLoop;
import io.jspp.vhostuser.SharedMemory;
import io.jspp.vhostuser.VringUser;
import io.jspp.virtio.Virtqueue;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One guest's network card: an {@link Endpoint} and, per queue pair, two {@link VringSlot}s. Ring 2k, what the guest receives by, is our transmit
 * queue k; ring 2k+1 our receive queue k.
 *
 * <p>{@link Port} methods: control thread. {@link VringUser} methods: session thread.
 */
final class VhostPort implements Port, VringUser {
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
    private final VhostSettings settings;
    private final Endpoint endpoint;
    private final int queuePairs;
    private final VringSlot[] slots;

    /** Position records of packed rings, 0 where none is kept. Session thread until it has let go. */
    private final long[] positions;

    private final LiveQueues liveRx;
    private final LiveQueues liveTx;
    private volatile SharedMemory shared = SharedMemory.NONE;
    private volatile PortState state = PortState.down(Cause.OPENING);

    /**
     * @param live where its running rings show; none at first
     * @param onClose told once when the port is closed
     */
    VhostPort(
            PortId id,
            VhostSettings settings,
            LiveRings live,
            PortContext context,
            SessionLoop loop,
            Runnable onClose) {
        this.id = id;
        this.settings = settings;
        this.context = context;
        this.loop = loop;
        this.onClose = onClose;
        queuePairs = settings.queuePairs();
        liveRx = live.rx();
        liveTx = live.tx();
        slots = new VringSlot[2 * queuePairs];
        positions = new long[slots.length];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new VringSlot();
        }
        Offer offer = Offer.of(queuePairs);
        try {
            endpoint = new Endpoint(
                    id.toString(),
                    settings.path(),
                    settings.client(),
                    context.vhostMemorySlots() ? offer : offer.without(ProtocolFeatures.CONFIGURE_MEM_SLOTS),
                    this,
                    context.socketMode(),
                    context.socketGroup());
        } catch (IllegalArgumentException e) {
            throw new PortException(id + ": " + e.getMessage() + ": choose a shorter --sock-dir", e);
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

    /** Socket and our role on it, as {@code ./spp vm-args} needs them; with a guest, what memory it shares and how that came. */
    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("socket", settings.path());
        facts.put("role", settings.client() ? "client" : "server");
        SharedMemory now = shared;
        if (!now.equals(SharedMemory.NONE)) {
            facts.put(
                    "memory",
                    now.regions() + (now.regions() == 1 ? " region, " : " regions, ") + (now.bytes() >> 20)
                            + " MiB; SET_MEM_TABLE " + now.tables() + ", ADD_MEM_REG " + now.added() + ", REM_MEM_REG "
                            + now.removed());
        }
        return facts;
    }

    @Override
    public int rxQueues() {
        return queuePairs;
    }

    @Override
    public int txQueues() {
        return queuePairs;
    }

    @Override
    public LiveQueues liveRx() {
        return liveRx;
    }

    @Override
    public LiveQueues liveTx() {
        return liveTx;
    }

    @Override
    public boolean spreadsFlows() {
        return true;
    }

    @Override
    public RxQueue openRx(int queue) {
        claim(queue, Direction.RX);
        VhostRxQueue opened = new VhostRxQueue(this, queue, slots[2 * queue + 1]);
        if (queue == 0) {
            opened.counters();
        }
        return opened;
    }

    @Override
    public TxQueue openTx(int queue) {
        claim(queue, Direction.TX);
        VhostTxQueue opened = new VhostTxQueue(this, queue, slots[2 * queue]);
        if (queue == 0) {
            opened.counters(); // where drops count while there is no guest
        }
        return opened;
    }

    private void claim(int queue, Direction direction) {
        if (queue < 0 || queue >= queuePairs) {
            throw new PortException(id + " has queue pairs 0.." + (queuePairs - 1) + ", queue " + queue
                    + " does not exist (--set vhost.queues=16 is the most)");
        }
        Claims.Grant grant = context.claims().claim(id, queue, direction);
        FileDescriptor.closeAll(grant.fds());
    }

    /** Counters of one of this port's queues. */
    QueueCounters makeCounters(int queue, Direction direction) {
        return new QueueCounters(context.counters(), id + " q" + queue + " " + direction.word());
    }

    /** A queue has ended; its worker has let go. */
    void closed(int queue, Direction direction) {
        context.claims().release(id, queue, direction);
    }

    /** A worker met an InternalError in this queue, or in none: ends the faults if they are ours, and the session; brings the queue back in order. */
    void checkMemory(Virtqueue queue) {
        if (queue == null) {
            return;
        }
        if (queue.replaceVanished()) {
            loop.later(endpoint::checkMemory);
        }
        queue.recover();
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
        live(vring).set(vring / 2, true);
    }

    /**
     * A ring towards the guest is first taken out of the flows' choice, and out of use only when no worker can choose it any more: a guest that
     * gives up a queue pair while others stay loses nothing.
     */
    @Override
    public void unpublish(int vring) {
        LiveQueues live = live(vring);
        live.set(vring / 2, false);
        if (live == liveTx && live.bits() != 0 && live.observed()) {
            synchronize();
        }
        slots[vring].unpublish();
    }

    @Override
    public void discarded(int vring, Virtqueue queue) {
        slots[vring].discarded(queue);
    }

    /** Odd rings are those the guest transmits by. */
    private LiveQueues live(int vring) {
        return (vring & 1) != 0 ? liveRx : liveTx;
    }

    @Override
    public long positionRecord(int vring) {
        KeptRecords kept = context.keptRecords();
        if (positions[vring] == 0 && kept != null) {
            positions[vring] = kept.claim((long) id.type().hashCode() << 32 | (long) id.index() << 16 | vring + 1);
        }
        return positions[vring];
    }

    @Override
    public void synchronize() {
        context.quiescence().synchronize();
    }

    @Override
    public void memory(SharedMemory now) {
        shared = now;
    }

    /** By the first pair, which every guest has. */
    @Override
    public void announce(long mac) {
        slots[1].announce(mac);
    }

    @Override
    public void stage(Stage stage, Reason reason) {
        state = new PortState(PortState.Phase.valueOf(stage.name()), reason);
        if (stage != Stage.NEGOTIATING && stage != Stage.UP) {
            slots[1].announced(); // who asked for it has gone
        }
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
        KeptRecords kept = context.keptRecords();
        if (kept != null) {
            for (long position : positions) {
                kept.release(position);
            }
        }
        context.events().forget(id);
        onClose.run();
    }
}

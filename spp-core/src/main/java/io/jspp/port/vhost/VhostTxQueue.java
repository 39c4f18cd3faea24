package io.jspp.port.vhost;

import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;
import io.jspp.mbuf.SoftwareOffload;
import io.jspp.port.Direction;
import io.jspp.port.TxQueue;
import io.jspp.virtio.PacketVectors;
import io.jspp.virtio.Virtqueue;

/**
 * What a guest receives: each packet is copied from where it lies, even in another guest, straight into this guest's buffers. Offload facts go
 * along when the driver accepts them; what it doesn't is completed in software first. {@link #flush} calls the guest, if it asked for that.
 */
final class VhostTxQueue implements TxQueue, VringSlot.User {
    private final VhostPort port;
    private final int queueIndex;
    private final VringSlot slot;
    private final PacketVectors vectors = new PacketVectors();
    private final PacketVectors plainVectors = new PacketVectors();
    private final int[] drops = new int[Virtqueue.DROP_KINDS];
    private Virtqueue current;

    /** The queue of the last {@link #txBurst}, to be called by {@link #flush} in the same poll even if it is unpublished in between. */
    private Virtqueue filled;

    private GuestOffloads offloads;
    private long bytes;

    // Made before the slot first has a queue; most queues of most ports never have one.
    private volatile QueueCounters made;
    private SoftwareOffload software;
    private Burst plain;

    /** What {@link #made} was when the worker began with {@link #current}. */
    private QueueCounters counters;

    VhostTxQueue(VhostPort port, int queueIndex, VringSlot slot) {
        this.port = port;
        this.queueIndex = queueIndex;
        this.slot = slot;
        slot.attach(this);
    }

    @Override
    public synchronized void prepare() {
        if (software == null) {
            software = new SoftwareOffload(Burst.DEFAULT_CAPACITY);
            plain = new Burst();
            plainVectors.bind(
                    plain.segmentAddress, plain.segmentLength, plain.first, plain.count, plain.length, plain.offload);
        }
        makeCounters();
    }

    private synchronized void makeCounters() {
        if (made == null) {
            made = port.makeCounters(queueIndex, Direction.TX);
        }
    }

    @Override
    public int txBurst(Burst burst) {
        int packets = burst.packets;
        Virtqueue queue = slot.queue();
        filled = queue;
        if (queue == null) {
            made.dropped(DropReason.PORT_DOWN, packets);
            return 0;
        }
        if (queue != current) {
            current = queue;
            counters = made;
            offloads = GuestOffloads.toDriver(queue.features());
        }
        vectors.bind(burst.segmentAddress, burst.segmentLength, burst.first, burst.count, burst.length, burst.offload);
        long[] offload = burst.offload;
        long any = 0;
        for (int i = 0; i < packets; i++) {
            any |= offload[i];
        }
        int sent;
        if (any == 0) {
            sent = queue.transmit(vectors, 0, packets);
            bytes = queue.bytesMoved();
        } else {
            bytes = 0;
            sent = sendWithOffloads(queue, burst);
        }
        queue.publish();
        if (sent > 0) {
            counters.passed(sent, bytes);
        }
        if (queue.takeDrops(drops)) {
            VhostPort.count(counters, drops);
        }
        return sent;
    }

    /** Passes runs of packets that the guest takes as they are, and the others one by one as plain frames. */
    private int sendWithOffloads(Virtqueue queue, Burst burst) {
        int sent = 0;
        int from = 0;
        for (int i = 0; i < burst.packets; i++) {
            if (offloads.allow(burst.offload[i])) {
                continue;
            }
            sent += queue.transmit(vectors, from, i);
            bytes += queue.bytesMoved();
            from = i + 1;
            if (!software.begin(burst, i)) {
                counters.dropped(DropReason.MALFORMED_HEADER, 1);
            } else if (sendPlain(queue)) {
                sent++;
                bytes += burst.length[i];
            }
        }
        sent += queue.transmit(vectors, from, burst.packets);
        bytes += queue.bytesMoved();
        return sent;
    }

    /** The frames that one packet became. A packet counts once: as sent when all of them were, else as dropped. */
    private boolean sendPlain(Virtqueue queue) {
        if (queue.takeDrops(drops)) {
            VhostPort.count(counters, drops);
        }
        while (software.fill(plain) > 0) {
            if (queue.transmit(plainVectors, 0, plain.packets) < plain.packets) {
                queue.takeDrops(drops);
                VhostPort.countOne(counters, drops);
                return false;
            }
        }
        return true;
    }

    @Override
    public void flush() {
        Virtqueue queue = filled;
        filled = null;
        if (queue != null) {
            queue.notifyGuest();
        }
    }

    @Override
    public void checkMemory() {
        filled = null;
        port.checkMemory(slot.queue());
    }

    /** Who may send before the slot first has a queue asks for them first; they are there for queue 0. */
    @Override
    public QueueCounters counters() {
        makeCounters();
        return made;
    }

    @Override
    public boolean everLive() {
        return made != null;
    }

    @Override
    public void close() {
        slot.detach();
        if (software != null) {
            software.close();
        }
        if (made != null) {
            made.close();
        }
        port.closed(queueIndex, Direction.TX);
    }
}

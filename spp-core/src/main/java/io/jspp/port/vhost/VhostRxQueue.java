package io.jspp.port.vhost;

import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;
import io.jspp.mbuf.OffloadCheck;
import io.jspp.net.Offload;
import io.jspp.port.Direction;
import io.jspp.port.RxQueue;
import io.jspp.port.WakeSet;
import io.jspp.virtio.PacketVectors;
import io.jspp.virtio.Virtqueue;
import java.util.Arrays;

/**
 * What a guest sends. Packets are borrowed: the burst carries addresses in the guest's memory, checked once; {@link #release} completes the
 * guest's descriptors with one store and calls the guest if it asked for that. Offload facts that contradict their frame end here.
 */
final class VhostRxQueue implements RxQueue, VringSlot.User {
    private final VhostPort port;
    private final int queueIndex;
    private final VringSlot slot;
    private final PacketVectors vectors = new PacketVectors();
    private final int[] drops = new int[Virtqueue.DROP_KINDS];
    private final int[] discarded = new int[Virtqueue.DROP_KINDS];
    private Virtqueue current;
    private GuestOffloads offloads;

    /** The queue whose descriptors are handed out; null when none are. */
    private Virtqueue lender;

    /** There when {@link #made} is. */
    private RarpFrame rarp;

    private volatile QueueCounters made;

    /** What {@link #made} was when the worker began with {@link #current}. */
    private QueueCounters counters;

    /** Only for who asked for {@link #wakeFd}. */
    private WakeSet ownSleeper;

    VhostRxQueue(VhostPort port, int queueIndex, VringSlot slot) {
        this.port = port;
        this.queueIndex = queueIndex;
        this.slot = slot;
        slot.attach(this);
    }

    @Override
    public synchronized void prepare() {
        if (made == null) {
            rarp = new RarpFrame();
            made = port.makeCounters(queueIndex, Direction.RX);
        }
    }

    /** The worker's counters are nobody's meanwhile: it finds no queue, and what it wrote to them was seen to end. */
    @Override
    public void discarded(Virtqueue disabled) {
        QueueCounters mine = made;
        if (mine != null && disabled.takeDrops(discarded)) {
            VhostPort.count(mine, discarded);
        }
    }

    @Override
    public int rxBurst(Burst burst) {
        Virtqueue queue = slot.queue();
        if (queue == null) {
            return 0;
        }
        if (queue != current) {
            current = queue;
            counters = made;
            offloads = GuestOffloads.ofDriver(queue.features());
        }
        if (slot.announcement() != 0) {
            return announce(burst);
        }
        PacketVectors v = vectors;
        v.bind(burst.segmentAddress, burst.segmentLength, burst.first, burst.count, burst.length, burst.offload);
        int before = burst.packets;
        int segmentsBefore = burst.segments;
        v.packets = before;
        v.segments = segmentsBefore;
        int packets = queue.receive(v);
        long bytes = queue.bytesMoved();
        burst.packets = before + packets;
        burst.segments = v.segments;
        if (packets > 0) {
            lender = queue;
            Arrays.fill(burst.mbuf, before, before + packets, Burst.BORROWED);
            if (v.anyOffload != 0) {
                bytes -= removeInconsistent(burst, before);
                packets = burst.packets - before;
            }
        }
        if (queue.takeDrops(drops)) {
            VhostPort.count(counters, drops);
            lender = queue;
        }
        if (packets > 0) {
            counters.passed(packets, bytes);
        } else if (lender != null) {
            // Everything taken was dropped: the caller has nothing to release, nor to clear.
            burst.segments = segmentsBefore;
            release(burst);
        }
        return packets;
    }

    /** A burst of its own: what a guest that can't would say after a migration. */
    private int announce(Burst burst) {
        int packet = burst.packets;
        int segment = burst.segments;
        if (packet == burst.first.length || segment == burst.segmentAddress.length) {
            return 0;
        }
        burst.segmentAddress[segment] = rarp.write(slot.announcement());
        burst.segmentLength[segment] = RarpFrame.BYTES;
        burst.first[packet] = segment;
        burst.count[packet] = 1;
        burst.length[packet] = RarpFrame.BYTES;
        burst.offload[packet] = Offload.NONE;
        burst.mbuf[packet] = Burst.BORROWED;
        burst.segments = segment + 1;
        burst.packets = packet + 1;
        slot.announced();
        counters.passed(1, RarpFrame.BYTES);
        return 1;
    }

    /** Drops packets whose offload facts are wrong or were not negotiated, mends what can be; returns the bytes dropped. */
    private long removeInconsistent(Burst burst, int from) {
        int kept = from;
        long bytes = 0;
        for (int i = from; i < burst.packets; i++) {
            // The driver may set NEEDS_CSUM only, §5.1.6.2; other flags are nobody's business.
            burst.offload[i] &= ~((long) (0xff ^ Offload.F_NEEDS_CSUM) << 56);
            long word = offloads.allow(burst.offload[i]) ? OffloadCheck.check(burst, i) : OffloadCheck.REFUSED;
            if (word == OffloadCheck.REFUSED) {
                bytes += burst.length[i];
                continue;
            }
            burst.first[kept] = burst.first[i];
            burst.count[kept] = burst.count[i];
            burst.length[kept] = burst.length[i];
            burst.offload[kept] = word;
            kept++;
        }
        if (kept < burst.packets) {
            counters.dropped(DropReason.MALFORMED_HEADER, burst.packets - kept);
            burst.packets = kept;
        }
        return bytes;
    }

    @Override
    public void release(Burst burst) {
        Virtqueue queue = lender;
        if (queue != null) {
            lender = null;
            queue.publish();
            queue.notifyGuest();
        }
    }

    @Override
    public boolean arm() {
        Virtqueue queue = slot.queue();
        // Without a queue, publishing one wakes us. A guest that never kicks has to be polled: don't sleep.
        return queue != null && (queue.enableKicks() || !queue.kicked());
    }

    @Override
    public void disarm() {
        Virtqueue queue = slot.queue();
        if (queue != null) {
            queue.disableKicks();
        }
        if (ownSleeper != null) {
            ownSleeper.drain();
        }
    }

    @Override
    public int wakeFd() {
        if (ownSleeper == null) {
            ownSleeper = new WakeSet();
            slot.addSleeper(ownSleeper);
        }
        return ownSleeper.fd();
    }

    @Override
    public boolean wake(WakeSet set) {
        slot.addSleeper(set);
        return true;
    }

    @Override
    public void unwake(WakeSet set) {
        slot.removeSleeper(set);
    }

    @Override
    public void checkMemory() {
        port.checkMemory(slot.queue());
    }

    @Override
    public QueueCounters counters() {
        prepare();
        return made;
    }

    @Override
    public boolean everLive() {
        return made != null;
    }

    @Override
    public void close() {
        slot.detach();
        if (ownSleeper != null) {
            slot.removeSleeper(ownSleeper);
            ownSleeper.close();
        }
        if (made != null) {
            made.close();
            rarp.close();
        }
        port.closed(queueIndex, Direction.RX);
    }
}

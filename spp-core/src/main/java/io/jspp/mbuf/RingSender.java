package io.jspp.mbuf;

import io.jspp.memory.Memory;
import io.jspp.memory.ParkPoint;
import io.jspp.ring.RingConsumer;
import io.jspp.ring.RingProducer;

/**
 * The producing end of a pool ring, for the holder of its tx claim: copies packets into leased mbufs, or takes over mbufs that came from another
 * ring, and publishes them; takes back what the consumer has read. One worker's thread; made by a control thread once the primary has granted the
 * claim. Allocates nothing after that.
 *
 * <p>Order of stores that a reaper relies on: packet, slot, owner word IN_RING, and for the burst one release of the tail. On the way back:
 * owner words HELD (members of a chain before its head), then the release of the return ring's head.
 */
public final class RingSender {
    /** Packets taken back per burst at most: twice a burst, so that the work is bounded and the return ring still empties. */
    private static final int TAKE_BACK_MAX = 128;

    private static final long SINGLE = Mempool.link(Mempool.NONE, Mempool.HEADROOM, 1);

    private final Mempool pool;
    private final PoolRing poolRing;
    private final RingProducer ring;
    private final RingConsumer returns;
    private final int dataRoom;
    private final int rxClaim;
    private final long held;
    private final long inRing;
    private final int[] free;
    private int freeCount;

    private int full;
    private int noMbuf;
    private int tooBig;
    private long bytes;
    private long corruptions;

    /**
     * Starts with the mbufs that the primary leased to this claim.
     *
     * @param client own client id
     * @param epoch own epoch
     */
    public RingSender(SwitchSegment segment, int ringIndex, int client, int epoch, int lcore) {
        pool = segment.pool();
        poolRing = segment.ring(ringIndex);
        ring = new RingProducer(poolRing.ring());
        returns = new RingConsumer(poolRing.returns());
        dataRoom = pool.dataRoom();
        rxClaim = OwnerWord.rxClaim(ringIndex);
        held = OwnerWord.pack(OwnerWord.HELD, client, epoch, OwnerWord.txClaim(ringIndex), lcore);
        inRing = OwnerWord.pack(OwnerWord.IN_RING, client, epoch, OwnerWord.txClaim(ringIndex), lcore);
        SegmentGeometry geometry = segment.geometry();
        free = new int[geometry.leaseTarget() + geometry.returnSlots()];
        for (int m = 0; m < pool.size() && freeCount < free.length; m++) {
            long word = pool.owner(m);
            boolean mine = OwnerWord.is(word, OwnerWord.HELD, OwnerWord.txClaim(ringIndex))
                    && OwnerWord.client(word) == client
                    && OwnerWord.epoch(word) == epoch;
            if (mine) {
                free[freeCount++] = m;
            }
        }
    }

    /**
     * Sends all packets of the burst in order; what does not fit is left out and counted, see {@link #full}, {@link #noMbuf}, {@link #tooBig}.
     * A packet that is a single mbuf of a ring received by this thread is handed over without a copy, in exchange for a free one.
     *
     * @return packets sent
     */
    public int send(Burst burst) {
        int packets = burst.packets;
        full = 0;
        noMbuf = 0;
        tooBig = 0;
        bytes = 0;
        takeBack();
        int room = ring.free(packets);
        // The field changes only after publish: when the source's memory vanishes in a copy, the mbufs are still in the
        // list.
        int left = freeCount;
        int sent = 0;
        long sentBytes = 0;
        for (int i = 0; i < packets; i++) {
            if (sent == room) {
                full += packets - i;
                break;
            }
            int length = burst.length[i];
            int needed = length <= dataRoom ? 1 : (length + dataRoom - 1) / dataRoom;
            if (needed > Mempool.MAX_CHAIN) {
                tooBig++;
                continue;
            }
            if (needed > left) {
                noMbuf++;
                continue;
            }
            if (burst.mbuf[i] >= 0 && burst.count[i] == 1 && takeOver(burst, i, left - 1)) {
                needed = 1;
                left--;
            } else if (needed == 1) {
                fill(burst, i, length, free[--left]);
            } else {
                left -= needed;
                fillChain(burst, i, left, needed);
            }
            int m = free[left];
            ParkPoint.reach(ParkPoint.SEND_FILLED);
            ring.set(sent++, m);
            ParkPoint.reach(ParkPoint.SEND_SLOT);
            if (needed > 1) {
                for (int k = left + 1; k < left + needed; k++) {
                    pool.putOwner(free[k], inRing);
                }
            }
            pool.putOwner(m, inRing);
            ParkPoint.reach(ParkPoint.SEND_OWNER);
            sentBytes += length;
        }
        if (sent > 0) {
            ring.publish(sent);
            ParkPoint.reach(ParkPoint.SEND_PUBLISHED);
            freeCount = left;
            bytes = sentBytes;
        }
        return sent;
    }

    private void fill(Burst burst, int i, int length, int m) {
        long to = pool.chunk(m) + Mempool.HEADROOM;
        if (burst.count[i] == 1) {
            Memory.copy(burst.segmentAddress[burst.first[i]], to, length);
        } else {
            Frames.copy(burst, i, to);
        }
        long header = pool.header(m);
        Memory.putLong(header + Mempool.LINK, SINGLE);
        Memory.putLong(header + Mempool.LENGTHS, Mempool.lengths(length, length));
        Memory.putLong(header + Mempool.OFFLOAD, burst.offload[i]);
    }

    /** Spreads a long packet over {@code free[at .. at + needed)}; the first is the head. */
    private void fillChain(Burst burst, int i, int at, int needed) {
        int total = burst.length[i];
        int offset = 0;
        for (int k = 0; k < needed; k++) {
            int m = free[at + k];
            int n = Math.min(dataRoom, total - offset);
            Frames.copy(burst, i, offset, n, pool.chunk(m) + Mempool.HEADROOM);
            long header = pool.header(m);
            int next = k + 1 < needed ? free[at + k + 1] : Mempool.NONE;
            Memory.putLong(header + Mempool.LINK, Mempool.link(next, Mempool.HEADROOM, needed - k));
            Memory.putLong(header + Mempool.LENGTHS, Mempool.lengths(n, total - offset));
            Memory.putLong(header + Mempool.OFFLOAD, k == 0 ? burst.offload[i] : 0);
            offset += n;
        }
    }

    /**
     * Puts the packet's own mbuf in the place of {@code free[at]}, which goes home in its stead. Each store leaves both accounted for: the given
     * one belongs to the receiver's claim first, then the taken one to ours.
     */
    private boolean takeOver(Burst burst, int i, int at) {
        int m = burst.mbuf[i];
        if (!pool.isHandle(m)) {
            return false;
        }
        long word = pool.owner(m);
        int claim = OwnerWord.claim(word);
        long offset = burst.segmentAddress[burst.first[i]] - pool.chunk(m);
        int length = burst.length[i];
        RingReceiver receiver = pool.receiver(claim >> 1);
        boolean whole = offset >= 0 && offset + length <= pool.chunkBytes() && pool.next(m) == Mempool.NONE;
        if (!whole || receiver == null || !receiver.isHeldWord(word)) {
            return false;
        }
        int given = free[at];
        Memory.putLong(pool.header(given) + Mempool.LINK, SINGLE);
        if (!receiver.replaceHeld(m, given)) {
            return false;
        }
        pool.putOwner(given, word);
        ParkPoint.reach(ParkPoint.EXCHANGE_GIVEN);
        pool.putOwner(m, held);
        free[at] = m;
        burst.mbuf[i] = Burst.BORROWED;
        long header = pool.header(m);
        Memory.putLong(header + Mempool.LINK, Mempool.link(Mempool.NONE, (int) offset, 1));
        Memory.putLong(header + Mempool.LENGTHS, Mempool.lengths(length, length));
        Memory.putLong(header + Mempool.OFFLOAD, burst.offload[i]);
        return true;
    }

    /** Takes mbufs out of the return ring; what was used last is used next, while it is in a cache. */
    private void takeBack() {
        int n = returns.available(TAKE_BACK_MAX);
        int done = 0;
        for (; done < n && freeCount + Mempool.MAX_CHAIN <= free.length; done++) {
            takeBackOne(returns.get(done));
        }
        if (done > 0) {
            returns.release(done);
            ParkPoint.reach(ParkPoint.TAKE_BACK_DONE);
        }
    }

    private void takeBackOne(int m) {
        if (!pool.isHandle(m) || !OwnerWord.is(pool.owner(m), OwnerWord.IN_RETURN, rxClaim)) {
            corruptions++;
            return;
        }
        int member = pool.next(m);
        for (int k = 1; member != Mempool.NONE && k < Mempool.MAX_CHAIN; k++) {
            if (!pool.isHandle(member) || !OwnerWord.is(pool.owner(member), OwnerWord.IN_RETURN, rxClaim)) {
                corruptions++;
                break;
            }
            int next = pool.next(member);
            pool.putOwner(member, held);
            ParkPoint.reach(ParkPoint.TAKE_BACK_MEMBER);
            free[freeCount++] = member;
            member = next;
        }
        pool.putOwner(m, held);
        ParkPoint.reach(ParkPoint.TAKE_BACK_OWNER);
        free[freeCount++] = m;
    }

    /** Once per cycle in which something was sent: whether the consumer sleeps and the ring's eventfd must be written. */
    public boolean mustWake() {
        return poolRing.takeWaiting();
    }

    /** Packets that the ring would take now, at most {@code wanted}. */
    public int room(int wanted) {
        return ring.free(wanted);
    }

    /** Packets of the last burst that found the ring full. */
    public int full() {
        return full;
    }

    /** Packets of the last burst for which the lease had too few mbufs. */
    public int noMbuf() {
        return noMbuf;
    }

    /** Packets of the last burst longer than the longest chain. */
    public int tooBig() {
        return tooBig;
    }

    /** Bytes sent with the last burst. */
    public long bytes() {
        return bytes;
    }

    /** mbufs at hand now. */
    public int freeMbufs() {
        return freeCount;
    }

    /** Words of the other side that made no sense since the start. */
    public long corruptions() {
        return corruptions + ring.corruptions() + returns.corruptions();
    }
}

package io.jspp.mbuf;

import io.jspp.memory.Memory;
import io.jspp.memory.ParkPoint;
import io.jspp.ring.RingConsumer;
import io.jspp.ring.RingProducer;

/**
 * The consuming end of a pool ring, for the holder of its rx claim: hands out references to packets and sends their mbufs home. One worker's
 * thread; made by a control thread once the claim is granted. Believes nothing it reads: a packet whose handle, owner word, offset or length makes
 * no sense is counted and left out.
 *
 * <p>Order of stores that a reaper relies on: owner words HELD (members of a chain before its head), one release of the head; for the way back
 * owner words IN_RETURN (members before head), slot, one release of the return ring's tail.
 */
public final class RingReceiver {
    private final Mempool pool;
    private final PoolRing poolRing;
    private final RingConsumer ring;
    private final RingProducer returns;
    private final int chunkBytes;
    private final int txClaim;
    private final long held;
    private final long inReturn;
    private final int[] handedOut;
    private int count;
    private long bytes;
    private long malformed;

    public RingReceiver(SwitchSegment segment, int ringIndex, int client, int epoch, int lcore) {
        pool = segment.pool();
        poolRing = segment.ring(ringIndex);
        ring = new RingConsumer(poolRing.ring());
        returns = new RingProducer(poolRing.returns());
        chunkBytes = pool.chunkBytes();
        txClaim = OwnerWord.txClaim(ringIndex);
        held = OwnerWord.pack(OwnerWord.HELD, client, epoch, OwnerWord.rxClaim(ringIndex), lcore);
        inReturn = OwnerWord.pack(OwnerWord.IN_RETURN, client, epoch, OwnerWord.rxClaim(ringIndex), lcore);
        handedOut = new int[Math.max(segment.geometry().ringSlots(), Mempool.MAX_CHAIN)];
        pool.register(ringIndex, this);
    }

    /**
     * Appends waiting packets to an empty burst, by reference, until ring or burst is exhausted. They stay valid until {@link #release}.
     *
     * @return packets appended
     */
    public int receive(Burst burst) {
        bytes = 0;
        int n = ring.available(Math.min(burst.capacity() - burst.packets, handedOut.length - count));
        int before = burst.packets;
        int done = 0;
        for (; done < n && burst.freeSegments() >= Mempool.MAX_CHAIN; done++) {
            int m = ring.get(done);
            if (!pool.isHandle(m) || !OwnerWord.is(pool.owner(m), OwnerWord.IN_RING, txClaim)) {
                malformed++;
                continue;
            }
            long header = pool.header(m);
            long link = Memory.getLong(header + Mempool.LINK);
            if (Mempool.linkNext(link) != Mempool.NONE) {
                receiveChain(burst, m);
            } else {
                // read once: what is checked is what is used
                int length = Memory.getInt(header + Mempool.LENGTHS);
                int offset = Mempool.linkOffset(link);
                if (isInside(offset, length)) {
                    burst.add(pool.chunk(m) + offset, length, Memory.getLong(header + Mempool.OFFLOAD), m);
                    bytes += length;
                } else {
                    malformed++;
                }
            }
            pool.putOwner(m, held);
            ParkPoint.reach(ParkPoint.RECEIVE_OWNER);
            Memory.putInt(header + Mempool.HELD_INDEX, count);
            handedOut[count++] = m;
        }
        if (done > 0) {
            ring.release(done);
            // The reaper may read the links of what lies between head and tail: none changes before the head has moved
            // past.
            Memory.storeFence();
            ParkPoint.reach(ParkPoint.RECEIVE_DONE);
        }
        return burst.packets - before;
    }

    private boolean isInside(int offset, int length) {
        return length > 0 && length <= chunkBytes - offset;
    }

    private void receiveChain(Burst burst, int head) {
        int firstSegment = burst.segments;
        int segment = firstSegment;
        int total = 0;
        boolean sound = true;
        int m = head;
        for (int k = 0; m != Mempool.NONE; k++) {
            boolean readable = k < Mempool.MAX_CHAIN
                    && pool.isHandle(m)
                    && OwnerWord.is(pool.owner(m), OwnerWord.IN_RING, txClaim)
                    && (k == 0 || m != head);
            if (!readable) {
                sound = false;
                break;
            }
            long header = pool.header(m);
            long link = Memory.getLong(header + Mempool.LINK);
            int length = Memory.getInt(header + Mempool.LENGTHS);
            int offset = Mempool.linkOffset(link);
            sound &= isInside(offset, length);
            burst.segmentAddress[segment] = pool.chunk(m) + offset;
            burst.segmentLength[segment++] = length;
            total += length;
            if (k > 0) {
                pool.putOwner(m, held);
                ParkPoint.reach(ParkPoint.RECEIVE_MEMBER);
            }
            m = Mempool.linkNext(link);
        }
        if (!sound) {
            malformed++;
            return;
        }
        int p = burst.packets++;
        burst.first[p] = firstSegment;
        burst.count[p] = segment - firstSegment;
        burst.length[p] = total;
        burst.offload[p] = Memory.getLong(pool.header(head) + Mempool.OFFLOAD);
        burst.mbuf[p] = head;
        burst.segments = segment;
        bytes += total;
    }

    /** Sends home all mbufs handed out since the last call, or what took their place. References to them end here. */
    public void release() {
        int n = count;
        if (n == 0) {
            return;
        }
        int room = returns.free(n);
        for (int i = 0; i < room; i++) {
            int m = handedOut[i];
            int member = pool.next(m);
            if (member != Mempool.NONE) {
                releaseMembers(member);
            }
            pool.putOwner(m, inReturn);
            ParkPoint.reach(ParkPoint.RETURN_OWNER);
            returns.set(i, m);
            ParkPoint.reach(ParkPoint.RETURN_SLOT);
        }
        if (room > 0) {
            returns.publish(room);
            ParkPoint.reach(ParkPoint.RETURN_PUBLISHED);
        }
        // Only a broken producer leaves too little room: keep the rest for the next call.
        if (room < n) {
            System.arraycopy(handedOut, room, handedOut, 0, n - room);
        }
        count = n - room;
    }

    private void releaseMembers(int first) {
        int member = first;
        for (int k = 1; member != Mempool.NONE && k < Mempool.MAX_CHAIN; k++) {
            if (!pool.isHandle(member) || pool.owner(member) != held) {
                malformed++;
                return;
            }
            int next = pool.next(member);
            pool.putOwner(member, inReturn);
            member = next;
        }
    }

    /** Whether an owner word is the one this receiver gives to what it holds. */
    boolean isHeldWord(long word) {
        return word == held;
    }

    /** Sends {@code given} home in the place of {@code m}; false when {@code m} was not handed out. */
    boolean replaceHeld(int m, int given) {
        int i = Memory.getInt(pool.header(m) + Mempool.HELD_INDEX);
        if (i < 0 || i >= count || handedOut[i] != m) {
            return false;
        }
        handedOut[i] = given;
        return true;
    }

    /** Before sleeping: asks the producer to write the ring's eventfd. True when packets are there already, then don't sleep. */
    public boolean arm() {
        poolRing.putWaiting();
        return ring.available(1) > 0;
    }

    /** After sleeping, or when sleep was called off. */
    public void disarm() {
        poolRing.clearWaiting();
    }

    /** Bytes of the last {@link #receive}. */
    public long bytes() {
        return bytes;
    }

    /** Packets left out because their words made no sense, since the start. */
    public long malformed() {
        return malformed;
    }

    /** Indexes of the other side that made no sense since the start. */
    public long corruptions() {
        return ring.corruptions() + returns.corruptions();
    }
}

package io.jspp.mbuf;

import io.jspp.memory.Memory;
import io.jspp.memory.ParkPoint;
import io.jspp.ring.RingProducer;
import io.jspp.ring.SharedRing;
import java.util.BitSet;

/**
 * Gives the mbufs of an ended claim back to the pool, exactly, whatever instruction its holder was killed at. One control thread of the primary,
 * when the holder is certainly dead or has let go; the other end of the ring may go on working meanwhile and is not disturbed.
 *
 * <p>Everything here may be cut off by the primary's own death and done again by its successor ({@link #recover}): the claim word says ENDING from
 * the first store to the last, and nobody can claim the end or be leased its mbufs before. Each step is a move that a repetition finds done.
 *
 * <p>Why it is exact. A party stores in this order: producer: slot, owner word IN_RING, tail; consumer: owner word HELD, head; on the way back the
 * same with IN_RETURN. So
 * <ul>
 *   <li>HELD with the ended claim is nobody else's, unless a slot still shows it: a taken entry whose head was not released. The head is moved past
 *       it first.
 *   <li>IN_RING (IN_RETURN) with the ended claim that no slot in [head, tail) reaches was about to be published: an orphan. The head is loaded
 *       before the owner words, and loaded again after the chains were walked: a living consumer stores HELD before it moves the head.
 * </ul>
 */
public final class Reaper {
    private final SwitchSegment segment;
    private final Mempool pool;

    public Reaper(SwitchSegment segment) {
        this.segment = segment;
        this.pool = segment.pool();
    }

    /** Whether the party that a claim names is alive and still wants it. */
    @FunctionalInterface
    public interface Liveness {
        boolean isLive(int ring, boolean tx, PoolRing.Claim claim);
    }

    /**
     * Ends one claim.
     *
     * @return mbufs that became FREE
     */
    public int reap(int ringIndex, boolean tx) {
        PoolRing ring = segment.ring(ringIndex);
        ring.putEnding(tx);
        ParkPoint.reach(ParkPoint.REAP_ENDING);
        int freed = tx ? reapProducer(ring) : reapConsumer(ring);
        ParkPoint.reach(ParkPoint.REAP_DONE);
        ring.putNone(tx);
        return freed;
    }

    /**
     * Ends all ring claims of one attachment of a client.
     *
     * @return mbufs that became FREE
     */
    public int reapClient(int client, int epoch) {
        return reapAll((ring, tx, claim) -> claim.client() != client || claim.epoch() != epoch);
    }

    /**
     * After the primary was started again: finishes what its predecessor was about to reap, and ends all claims that are not live.
     *
     * @return mbufs that became FREE
     */
    public int recover(Liveness liveness) {
        return reapAll(liveness);
    }

    private int reapAll(Liveness liveness) {
        int freed = 0;
        for (int i = 0; i < segment.geometry().rings(); i++) {
            PoolRing ring = segment.ring(i);
            for (int end = 0; end < 2; end++) {
                boolean tx = end == 0;
                PoolRing.Claim claim = ring.claim(tx);
                if (claim != null && (claim.ending() || !liveness.isLive(i, tx, claim))) {
                    freed += reap(i, tx);
                }
            }
        }
        return freed;
    }

    /**
     * Frees what a consumer sent home after the producer had ended. Does nothing while the ring has a producer.
     *
     * @return mbufs that became FREE
     */
    public int sweep(int ringIndex) {
        return segment.ring(ringIndex).txClaim() == null ? reap(ringIndex, true) : 0;
    }

    /**
     * Frees the packets of a ring that nobody consumes. Does nothing while the ring has a consumer.
     *
     * @return mbufs that became FREE, or went home to a living producer
     */
    public int flush(int ringIndex) {
        PoolRing ring = segment.ring(ringIndex);
        if (ring.rxClaim() != null) {
            return 0;
        }
        ring.putEnding(false);
        drain(ring.ring(), OwnerWord.IN_RING, OwnerWord.txClaim(ringIndex), OwnerWord.rxClaim(ringIndex));
        return reap(ringIndex, false);
    }

    private int reapProducer(PoolRing ring) {
        int tx = OwnerWord.txClaim(ring.index());
        int rx = OwnerWord.rxClaim(ring.index());
        SharedRing forward = ring.ring();
        if (!forward.isConsistent(forward.head(), forward.tail())) {
            // left behind by a broken producer: no slot can be believed
            forward.putTail(forward.head());
        }
        skipTaken(ring.returns(), tx, OwnerWord.IN_RETURN, rx);
        int freed = freeOrphans(forward, OwnerWord.IN_RING, tx);
        drain(ring.returns(), OwnerWord.IN_RETURN, rx, tx);
        return freed + freeHeld(tx);
    }

    private int reapConsumer(PoolRing ring) {
        int tx = OwnerWord.txClaim(ring.index());
        int rx = OwnerWord.rxClaim(ring.index());
        SharedRing back = ring.returns();
        if (!back.isConsistent(back.head(), back.tail())) {
            back.putTail(back.head());
        }
        skipTaken(ring.ring(), rx, OwnerWord.IN_RING, tx);
        int freed = freeOrphans(back, OwnerWord.IN_RETURN, rx) + freeHeld(rx);
        ring.clearWaiting();
        PoolRing.Claim producer = ring.txClaim();
        if (producer != null && !producer.ending()) {
            freed -= topUp(ring, rx);
        }
        return Math.max(0, freed);
    }

    /**
     * Moves the head of a ring past the entries that its dead consumer had taken, and gives a chain that it had taken in part back to the ring.
     */
    private void skipTaken(SharedRing ring, int takenClaim, int state, int claim) {
        long head = ring.head();
        long tail = ring.tail();
        if (!ring.isConsistent(head, tail)) {
            ring.putHead(tail);
            return;
        }
        // Taken in order, but what made no sense was left out: the last taken one counts.
        long next = head;
        for (long p = head; p < tail; p++) {
            int m = ring.get(p);
            if (pool.isHandle(m) && OwnerWord.is(pool.owner(m), OwnerWord.HELD, takenClaim)) {
                next = p + 1;
            }
        }
        if (next != head) {
            ring.putHead(next);
            ParkPoint.reach(ParkPoint.REAP_PREFIX);
        }
        if (next < tail) {
            restoreMembers(ring.get(next), takenClaim, state, claim);
        }
    }

    private void restoreMembers(int head, int takenClaim, int state, int claim) {
        if (!pool.isHandle(head) || !OwnerWord.is(pool.owner(head), state, claim)) {
            return;
        }
        long word = pool.owner(head);
        int member = pool.next(head);
        for (int k = 1; k < Mempool.MAX_CHAIN && pool.isHandle(member); k++) {
            if (OwnerWord.is(pool.owner(member), OwnerWord.HELD, takenClaim)) {
                pool.putOwner(member, word);
                ParkPoint.reach(ParkPoint.REAP_RESTORED);
            }
            member = pool.next(member);
        }
    }

    /** Frees mbufs whose word says they are in the ring although no slot reaches them; the ring's producer is gone. */
    private int freeOrphans(SharedRing ring, int state, int claim) {
        BitSet reachable = new BitSet(pool.size());
        long head;
        int attempts = 0;
        do {
            // head before owner words: whatever lies below it has been HELD before
            head = ring.head();
            reachable.clear();
            addReachable(ring, head, ring.tail(), reachable);
            Memory.loadFence();
            // A consumer that moved on meanwhile may have changed links we walked. It can do so once per entry.
        } while (ring.head() != head && attempts++ <= ring.slots());
        int freed = 0;
        for (int m = 0; m < pool.size(); m++) {
            if (!reachable.get(m) && OwnerWord.is(pool.owner(m), state, claim)) {
                free(m);
                freed++;
            }
        }
        return freed;
    }

    private void addReachable(SharedRing ring, long head, long tail, BitSet reachable) {
        if (!ring.isConsistent(head, tail)) {
            return;
        }
        for (long p = head; p < tail; p++) {
            int m = ring.get(p);
            for (int k = 0; k < Mempool.MAX_CHAIN && pool.isHandle(m); k++) {
                reachable.set(m);
                m = pool.next(m);
            }
        }
    }

    private int freeHeld(int claim) {
        int freed = 0;
        for (int m = 0; m < pool.size(); m++) {
            if (OwnerWord.is(pool.owner(m), OwnerWord.HELD, claim)) {
                free(m);
                freed++;
            }
        }
        return freed;
    }

    private void free(int m) {
        pool.putOwner(m, OwnerWord.FREE);
        ParkPoint.reach(ParkPoint.REAP_FREED);
    }

    /** Consumes a ring in the place of a consumer that is gone: takes each entry for the claim that is ending, then moves the head. */
    private void drain(SharedRing ring, int state, int claim, int endingClaim) {
        long held = OwnerWord.pack(OwnerWord.HELD, 0, 0, endingClaim, 0);
        long head = ring.head();
        // as far as it reaches now: a living producer may go on
        long tail = ring.tail();
        while (ring.isConsistent(head, tail) && head < tail) {
            int m = ring.get(head);
            if (pool.isHandle(m) && OwnerWord.is(pool.owner(m), state, claim)) {
                int member = pool.next(m);
                for (int k = 1; k < Mempool.MAX_CHAIN && pool.isHandle(member); k++) {
                    if (OwnerWord.is(pool.owner(member), state, claim)) {
                        pool.putOwner(member, held);
                        ParkPoint.reach(ParkPoint.SWEEP_OWNER);
                    }
                    member = pool.next(member);
                }
                pool.putOwner(m, held);
                ParkPoint.reach(ParkPoint.SWEEP_OWNER);
            }
            ring.putHead(++head);
        }
    }

    /** Makes good what the dead consumer cost the living producer: pushes FREE mbufs into the return ring in its place. */
    private int topUp(PoolRing ring, int rxClaim) {
        int target = segment.geometry().leaseTarget();
        // The producer goes on while we count: the greater of two counts, so that an error adds rather too few.
        int circulating =
                Math.max(RingClaims.circulation(pool, ring.index()), RingClaims.circulation(pool, ring.index()));
        int wanted = target - circulating;
        if (wanted <= 0) {
            return 0;
        }
        SharedRing returns = ring.returns();
        if (!returns.isConsistent(returns.head(), returns.tail())) {
            // the producer broke its own index: nothing to be made good
            return 0;
        }
        RingProducer back = new RingProducer(returns, returns.tail());
        int room = back.free(wanted);
        long word = OwnerWord.pack(OwnerWord.IN_RETURN, 0, 0, rxClaim, 0);
        int pushed = 0;
        for (int m = 0; m < pool.size() && pushed < room; m++) {
            if (OwnerWord.state(pool.owner(m)) == OwnerWord.FREE) {
                Memory.putLong(pool.header(m) + Mempool.LINK, Mempool.link(Mempool.NONE, Mempool.HEADROOM, 1));
                pool.putOwner(m, word);
                ParkPoint.reach(ParkPoint.TOP_UP_OWNER);
                back.set(pushed++, m);
                ParkPoint.reach(ParkPoint.TOP_UP_SLOT);
            }
        }
        back.publish(pushed);
        ParkPoint.reach(ParkPoint.TOP_UP_PUBLISHED);
        return pushed;
    }
}

package io.jspp.mbuf;

import io.jspp.memory.Memory;
import io.jspp.memory.ParkPoint;

/**
 * The primary's side of ring claims: grants an end of a ring to one client and leases mbufs to a producer. One control thread of the primary; ends
 * of claims are the {@link Reaper}'s.
 */
public final class RingClaims {
    private final SwitchSegment segment;
    private final Mempool pool;

    public RingClaims(SwitchSegment segment) {
        this.segment = segment;
        this.pool = segment.pool();
    }

    /**
     * What came of a claim.
     *
     * @param holder null when it was granted, else who has that end
     * @param leased mbufs leased with it; 0 for a consumer
     */
    public record Outcome(PoolRing.Claim holder, int leased) {
        public boolean granted() {
            return holder == null;
        }
    }

    /**
     * Gives one end of a ring to a client, with mbufs so that {@link SegmentGeometry#leaseTarget} circulate in the ring, fewer when the pool has
     * fewer.
     */
    public Outcome claim(int ringIndex, boolean tx, int client, int epoch, int lcore) {
        PoolRing ring = segment.ring(ringIndex);
        PoolRing.Claim holder = ring.claim(tx);
        if (holder != null) {
            return new Outcome(holder, 0);
        }
        ring.putHeld(tx, client, epoch, lcore);
        ParkPoint.reach(ParkPoint.CLAIM_WORD);
        return new Outcome(null, tx ? lease(ringIndex, client, epoch, lcore) : 0);
    }

    private int lease(int ringIndex, int client, int epoch, int lcore) {
        int wanted = segment.geometry().leaseTarget() - circulation(pool, ringIndex);
        long word = OwnerWord.pack(OwnerWord.HELD, client, epoch, OwnerWord.txClaim(ringIndex), lcore);
        int leased = 0;
        for (int m = 0; m < pool.size() && leased < wanted; m++) {
            if (OwnerWord.state(pool.owner(m)) == OwnerWord.FREE) {
                Memory.putLong(pool.header(m) + Mempool.LINK, Mempool.link(Mempool.NONE, Mempool.HEADROOM, 1));
                pool.putOwner(m, word);
                leased++;
                ParkPoint.reach(ParkPoint.LEASE_OWNER);
            }
        }
        return leased;
    }

    /** mbufs that belong to a ring: held at either end, inside, or on the way back. */
    static int circulation(Mempool pool, int ringIndex) {
        int n = 0;
        for (int m = 0; m < pool.size(); m++) {
            long word = pool.owner(m);
            int state = OwnerWord.state(word);
            boolean moving = state != OwnerWord.FREE && state != OwnerWord.KERNEL;
            if (moving && OwnerWord.claim(word) >> 1 == ringIndex) {
                n++;
            }
        }
        return n;
    }
}

package io.jspp.mbuf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.ring.SharedRing;

/** Checks that every mbuf is in exactly one place, and that its owner word says so. For moments at which no party is in the middle of a call. */
public final class PoolAudit {
    private final SwitchSegment segment;
    private final Mempool pool;
    private final String[] place;

    private PoolAudit(SwitchSegment segment) {
        this.segment = segment;
        this.pool = segment.pool();
        this.place = new String[pool.size()];
    }

    /** Fails with the mbuf and the two places, or the word that does not fit. */
    public static void check(SwitchSegment segment) {
        new PoolAudit(segment).run();
    }

    private void run() {
        for (int r = 0; r < segment.geometry().rings(); r++) {
            PoolRing ring = segment.ring(r);
            walk("ring " + r, ring.ring(), OwnerWord.IN_RING, OwnerWord.txClaim(r));
            walk("return ring " + r, ring.returns(), OwnerWord.IN_RETURN, OwnerWord.rxClaim(r));
        }
        for (int m = 0; m < pool.size(); m++) {
            long word = pool.owner(m);
            int state = OwnerWord.state(word);
            boolean reached = place[m] != null;
            boolean inside = state == OwnerWord.IN_RING || state == OwnerWord.IN_RETURN;
            assertEquals(inside, reached, "mbuf " + m + " " + OwnerWord.toString(word) + " place " + place[m]);
            if (state == OwnerWord.HELD) {
                PoolRing.Claim claim = segment.ring(OwnerWord.claim(word) >> 1).claim((OwnerWord.claim(word) & 1) == 0);
                boolean live = claim != null
                        && !claim.ending()
                        && claim.client() == OwnerWord.client(word)
                        && claim.epoch() == OwnerWord.epoch(word);
                assertTrue(live, "mbuf " + m + " " + OwnerWord.toString(word) + " of no living claim");
            }
        }
        Mempool.Count c = pool.count();
        assertEquals(pool.size(), c.free() + c.held() + c.inRing() + c.inReturn() + c.kernel());
    }

    private void walk(String name, SharedRing ring, int state, int claim) {
        long head = ring.head();
        long tail = ring.tail();
        assertTrue(ring.isConsistent(head, tail), name);
        for (long p = head; p < tail; p++) {
            int m = ring.get(p);
            for (int k = 0; m != Mempool.NONE; k++) {
                assertTrue(k < Mempool.MAX_CHAIN && pool.isHandle(m), name + " handle " + m);
                assertNull(place[m], name + " mbuf " + m + " is also in " + place[m]);
                place[m] = name + " position " + p;
                long word = pool.owner(m);
                assertTrue(OwnerWord.is(word, state, claim), name + " mbuf " + m + " " + OwnerWord.toString(word));
                m = pool.next(m);
            }
        }
    }
}

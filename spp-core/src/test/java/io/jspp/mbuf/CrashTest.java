package io.jspp.mbuf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jspp.mbuf.Parties.Forwarder;
import io.jspp.mbuf.Parties.Sink;
import io.jspp.mbuf.Parties.Source;
import io.jspp.memory.ParkPoint;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Source → ring 0 → forwarder (exchanges mbufs) → ring 1 → sink, by turns in one thread. One party is abandoned at a park point, for every point
 * and every visit, as if killed between two stores; then the primary reaps, in half of the tests killed itself at every one of its points. After
 * that every mbuf must be in exactly one place, each ring must have its full lease, the survivors must go on in order, and the party must be able to
 * start again.
 */
class CrashTest {
    private static final int SOURCE = 1;
    private static final int FORWARDER = 2;
    private static final int SINK = 3;
    private static final int PRIMARY = 0;
    private static final int NOBODY = -1;
    private static final int PER_TURN = 4;
    private static final int TARGET = SegmentGeometry.MBUFS_PER_RING;

    /** The party whose turn it is was killed. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private int turnOf;
    private int victim = NOBODY;
    private ParkPoint point;
    private int visitsLeft;
    private final Map<ParkPoint, Integer> visited = new EnumMap<>(ParkPoint.class);

    private SwitchSegment segment;
    private RingClaims claims;
    private int[] epoch;
    private Source source;
    private Forwarder forwarder;
    private Sink sink;
    private final List<Long> received = new ArrayList<>();
    private long published;

    @BeforeEach
    void hook() {
        assumeTrue(ParkPoint.ENABLED, "needs -Dio.jspp.parkPoints=true");
        ParkPoint.hook(p -> {
            if (turnOf != victim) {
                return;
            }
            visited.merge(p, 1, Integer::sum);
            if (p == point && visitsLeft-- == 0) {
                throw new Killed();
            }
        });
    }

    @AfterEach
    void unhook() {
        ParkPoint.hook(p -> {});
        if (segment != null) {
            segment.close();
        }
    }

    private void kill(int party, ParkPoint at, int visit) {
        victim = party;
        point = at;
        visitsLeft = visit;
    }

    private void start() {
        if (segment == null) {
            segment = SwitchSegment.create("spp-test", Parties.geometry(2, 2 * TARGET + 200), false);
            claims = new RingClaims(segment);
            epoch = new int[4];
        }
        received.clear();
        published = 0;
        startParty(SOURCE, 0);
        startParty(FORWARDER, 0);
        startParty(SINK, 0);
    }

    private void startParty(int party, long firstSequence) {
        int e = ++epoch[party];
        switch (party) {
            case SOURCE -> {
                assertTrue(claims.claim(0, true, party, e, 1).granted());
                source = new Source(segment, 0, party, e, firstSequence);
            }
            case FORWARDER -> {
                assertTrue(claims.claim(0, false, party, e, 2).granted());
                assertTrue(claims.claim(1, true, party, e, 2).granted());
                forwarder = new Forwarder(segment, 0, 1, party, e, PER_TURN);
            }
            default -> {
                assertTrue(claims.claim(1, false, party, e, 3).granted());
                sink = new Sink(segment, 1, party, e, received, PER_TURN);
            }
        }
    }

    private void turn(int party) {
        turnOf = party;
        try {
            switch (party) {
                case SOURCE -> {
                    long tail = segment.ring(0).ring().tail();
                    try {
                        source.send(PER_TURN);
                    } finally {
                        published += segment.ring(0).ring().tail() - tail;
                    }
                }
                case FORWARDER -> forwarder.poll();
                default -> sink.poll();
            }
        } finally {
            turnOf = PRIMARY;
        }
    }

    /** Rounds of turns; returns the party that was killed, or -1. */
    private int rounds(int count) {
        for (int round = 0; round < count; round++) {
            for (int party = SOURCE; party <= SINK; party++) {
                try {
                    turn(party);
                } catch (Killed k) {
                    return party;
                }
            }
        }
        return -1;
    }

    /** Reaps a client; when the primary is killed in it, its successor does it again. Returns whether it was killed. */
    private boolean reap(int client, ParkPoint reaperPoint, int visit) {
        boolean died = false;
        if (reaperPoint != null) {
            kill(PRIMARY, reaperPoint, visit);
        }
        turnOf = PRIMARY;
        try {
            new Reaper(segment).reapClient(client, epoch[client]);
        } catch (Killed k) {
            died = true;
            victim = NOBODY;
            new Reaper(segment)
                    .recover((ring, tx, claim) -> claim.client() != client || claim.epoch() != epoch[client]);
        } finally {
            turnOf = PRIMARY;
            victim = NOBODY;
        }
        return died;
    }

    private void checkAfterReaping(int dead) {
        checkAfterReaping(dead, dead == SOURCE ? 0 : PER_TURN);
    }

    private void checkAfterReaping(int dead, int mayLose) {
        PoolAudit.check(segment);
        for (int ring = 0; ring < 2; ring++) {
            if (segment.ring(ring).txClaim() != null) {
                assertEquals(TARGET, RingClaims.circulation(segment.pool(), ring), "mbufs of ring " + ring);
            }
        }
        // the others go on: nothing but the dead one's own packets is missing
        for (int i = 0; i < 3; i++) {
            for (int party = SOURCE; party <= SINK; party++) {
                if (party != dead) {
                    turn(party);
                }
            }
        }
        PoolAudit.check(segment);
        startParty(dead, source.next);
        rounds(6);
        drainRings();
        long lost = published - received.size();
        assertTrue(lost >= 0 && lost <= mayLose, lost + " packets lost by the death of party " + dead);
        long corruptions = source.sender.corruptions()
                + forwarder.receiver.corruptions()
                + forwarder.sender.corruptions()
                + forwarder.receiver.malformed()
                + sink.receiver.corruptions()
                + sink.receiver.malformed();
        assertEquals(0, corruptions);
        PoolAudit.check(segment);
        assertEquals(TARGET, RingClaims.circulation(segment.pool(), 0));
        assertEquals(TARGET, RingClaims.circulation(segment.pool(), 1));
    }

    private void drainRings() {
        for (int i = 0;
                i < 200
                        && segment.ring(0).ring().size()
                                        + segment.ring(1).ring().size()
                                > 0;
                i++) {
            turn(FORWARDER);
            turn(SINK);
        }
    }

    private void end() {
        Parties.reapAll(segment, epoch);
        source.close();
        sink.close();
    }

    /** Runs until the party is killed at the visit; false when it has no such visit in so many rounds. */
    private boolean runToDeath(int party, ParkPoint at, int visit) {
        start();
        // packets wait in both rings, mbufs in both return rings
        for (int i = 0; i < 6; i++) {
            turn(SOURCE);
        }
        for (int i = 0; i < 3; i++) {
            turn(FORWARDER);
        }
        rounds(2);
        kill(party, at, visit);
        int dead = rounds(3);
        victim = NOBODY;
        return dead == party;
    }

    private void everyDeath(int party, ParkPoint... points) {
        for (ParkPoint at : points) {
            int visit = 0;
            while (runToDeath(party, at, visit)) {
                reap(party, null, 0);
                checkAfterReaping(party);
                end();
                visit++;
            }
            end();
            assertTrue(visit > 0, at + " is never reached by party " + party);
        }
    }

    @Test
    void shouldRestoreThePoolAfterAnyDeathOfAProducer() {
        everyDeath(
                SOURCE,
                ParkPoint.SEND_FILLED,
                ParkPoint.SEND_SLOT,
                ParkPoint.SEND_OWNER,
                ParkPoint.SEND_PUBLISHED,
                ParkPoint.TAKE_BACK_MEMBER,
                ParkPoint.TAKE_BACK_OWNER,
                ParkPoint.TAKE_BACK_DONE);
    }

    @Test
    void shouldRestoreThePoolAfterAnyDeathOfAConsumer() {
        everyDeath(
                SINK,
                ParkPoint.RECEIVE_MEMBER,
                ParkPoint.RECEIVE_OWNER,
                ParkPoint.RECEIVE_DONE,
                ParkPoint.RETURN_OWNER,
                ParkPoint.RETURN_SLOT,
                ParkPoint.RETURN_PUBLISHED);
    }

    @Test
    void shouldRestoreThePoolAfterAnyDeathOfAForwarderThatExchangesMbufs() {
        everyDeath(
                FORWARDER,
                ParkPoint.RECEIVE_MEMBER,
                ParkPoint.RECEIVE_OWNER,
                ParkPoint.RECEIVE_DONE,
                ParkPoint.EXCHANGE_GIVEN,
                ParkPoint.SEND_FILLED,
                ParkPoint.SEND_SLOT,
                ParkPoint.SEND_OWNER,
                ParkPoint.SEND_PUBLISHED,
                ParkPoint.TAKE_BACK_OWNER,
                ParkPoint.TAKE_BACK_DONE,
                ParkPoint.RETURN_OWNER,
                ParkPoint.RETURN_SLOT,
                ParkPoint.RETURN_PUBLISHED);
    }

    /** The primary dies in the reaping, at each of its points: first, second and every 50th visit. */
    @Test
    void shouldFinishAReapingThatWasCutOff() {
        Map<ParkPoint, Integer> cutOff = new EnumMap<>(ParkPoint.class);
        ParkPoint[] deaths = {
            ParkPoint.SEND_OWNER,
            ParkPoint.TAKE_BACK_OWNER,
            ParkPoint.RECEIVE_MEMBER,
            ParkPoint.RECEIVE_OWNER,
            ParkPoint.RECEIVE_DONE,
            ParkPoint.EXCHANGE_GIVEN,
            ParkPoint.RETURN_SLOT
        };
        ParkPoint[] reaperPoints = {
            ParkPoint.REAP_ENDING,
            ParkPoint.REAP_PREFIX,
            ParkPoint.REAP_RESTORED,
            ParkPoint.REAP_FREED,
            ParkPoint.SWEEP_OWNER,
            ParkPoint.TOP_UP_OWNER,
            ParkPoint.TOP_UP_SLOT,
            ParkPoint.TOP_UP_PUBLISHED,
            ParkPoint.REAP_DONE
        };
        for (int party = SOURCE; party <= SINK; party++) {
            for (ParkPoint death : deaths) {
                for (ParkPoint reaperPoint : reaperPoints) {
                    boolean died = true;
                    for (int visit = 0; died; visit += visit < 2 ? 1 : 250) {
                        boolean killed = runToDeath(party, death, 1);
                        died = killed && reap(party, reaperPoint, visit);
                        if (killed) {
                            cutOff.merge(reaperPoint, died ? 1 : 0, Integer::sum);
                            checkAfterReaping(party);
                        }
                        end();
                    }
                }
            }
        }
        for (ParkPoint reaperPoint : reaperPoints) {
            assertTrue(cutOff.getOrDefault(reaperPoint, 0) > 0, reaperPoint + " was never reached");
        }
    }

    /** Killed in granting: the claim word names a client that never heard of it. */
    @Test
    void shouldUndoAClaimThatWasCutOff() {
        start();
        rounds(3);
        reap(SOURCE, null, 0);
        for (ParkPoint at : new ParkPoint[] {ParkPoint.CLAIM_WORD, ParkPoint.LEASE_OWNER}) {
            kill(PRIMARY, at, 0);
            turnOf = PRIMARY;
            boolean died = false;
            try {
                claims.claim(0, true, SOURCE, ++epoch[SOURCE], 1);
            } catch (Killed k) {
                died = true;
            }
            turnOf = PRIMARY;
            victim = NOBODY;
            assertTrue(died);
            new Reaper(segment).recover((ring, tx, claim) -> !(ring == 0 && tx));
            PoolAudit.check(segment);
        }
        startParty(SOURCE, source.next);
        rounds(5);
        end();
    }

    /** Both ends of a ring and the primary at once, in every order of reaping. */
    @Test
    void shouldRestoreThePoolWhenBothEndsDie() {
        for (int order = 0; order < 2; order++) {
            for (ParkPoint first : new ParkPoint[] {ParkPoint.SEND_OWNER, ParkPoint.TAKE_BACK_OWNER}) {
                for (ParkPoint second :
                        new ParkPoint[] {ParkPoint.RECEIVE_MEMBER, ParkPoint.RECEIVE_OWNER, ParkPoint.RETURN_SLOT}) {
                    assertTrue(runToDeath(SOURCE, first, 0));
                    kill(FORWARDER, second, 1);
                    boolean died = false;
                    try {
                        turn(FORWARDER);
                    } catch (Killed k) {
                        died = true;
                    }
                    victim = NOBODY;
                    assertTrue(died, second + " not reached");
                    reap(order == 0 ? SOURCE : FORWARDER, null, 0);
                    reap(order == 0 ? FORWARDER : SOURCE, null, 0);
                    PoolAudit.check(segment);
                    startParty(FORWARDER, 0);
                    checkAfterReaping(SOURCE, PER_TURN);
                    end();
                }
            }
        }
    }
}

package io.jspp.mbuf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.mbuf.Parties.Forwarder;
import io.jspp.mbuf.Parties.Sink;
import io.jspp.mbuf.Parties.Source;
import io.jspp.memory.ParkPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** As {@link CrashTest}, with one party in a process that is really killed -9 while the others run at full speed. */
@Tag("once")
class KilledProcessTest {
    private static final int TARGET = SegmentGeometry.MBUFS_PER_RING;
    private static final int SOURCE = 1;
    private static final int FORWARDER = 2;
    private static final int SINK = 3;
    private static final long DEADLINE_NS = 60_000_000_000L;
    private static final long PAUSE_NS = 1_000_000;

    private final List<Long> received = new ArrayList<>();
    private SwitchSegment segment;
    private RingClaims claims;
    private Source source;
    private Forwarder forwarder;
    private Sink sink;
    private final int[] epoch = new int[4];

    private void setUp() {
        segment = SwitchSegment.create("spp-test", Parties.geometry(2, 2 * TARGET + 200), false);
        claims = new RingClaims(segment);
        received.clear();
    }

    private void claim(int party) {
        int e = ++epoch[party];
        if (party == SOURCE || party == FORWARDER) {
            assertTrue(claims.claim(party - 1, true, party, e, party).granted());
        }
        if (party == FORWARDER || party == SINK) {
            assertTrue(claims.claim(party - 2, false, party, e, party).granted());
        }
    }

    private void startHere(int party, long firstSequence) {
        claim(party);
        switch (party) {
            case SOURCE -> source = new Source(segment, 0, party, epoch[party], firstSequence);
            case FORWARDER -> forwarder = new Forwarder(segment, 0, 1, party, epoch[party], 16);
            default -> sink = new Sink(segment, 1, party, epoch[party], received, 16);
        }
    }

    private ChildParty startChild(int party, ParkPoint point, int visit) throws Exception {
        claim(party);
        String role = party == SOURCE ? "source" : party == FORWARDER ? "forwarder" : "sink";
        return startChild(role, party, point, visit);
    }

    /** Meanwhile the parties of this process go on, but leave the CPU to the JVM that starts. */
    private ChildParty startChild(String role, int party, ParkPoint point, int visit) throws Exception {
        ChildParty child = new ChildParty(segment, role, party, epoch[party], point, visit);
        long deadline = System.nanoTime() + DEADLINE_NS;
        try {
            while (!child.ready()) {
                assertTrue(System.nanoTime() < deadline, "the child does not start");
                turns(party, 10);
                LockSupport.parkNanos(PAUSE_NS);
            }
            return child;
        } catch (AssertionError e) {
            child.close();
            throw e;
        }
    }

    /** Lets the parties of this process run until the condition holds. */
    private void runUntil(int without, BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE_NS;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "no progress");
            turns(without, 10);
        }
    }

    private void turns(int without, int count) {
        for (int i = 0; i < count; i++) {
            if (without != SOURCE) {
                source.send(7);
            }
            if (without != FORWARDER) {
                forwarder.poll();
            }
            if (without != SINK) {
                sink.poll();
            }
        }
    }

    private void checkAfterReaping(int dead) {
        PoolAudit.check(segment);
        if (dead != SOURCE) {
            assertEquals(TARGET, RingClaims.circulation(segment.pool(), 0));
        }
        turns(dead, 20);
        PoolAudit.check(segment);
        startHere(dead, 1 << 29);
        int before = received.size();
        turns(-1, 50);
        assertTrue(received.size() > before, "traffic goes on");
        PoolAudit.check(segment);
        assertEquals(TARGET, RingClaims.circulation(segment.pool(), 0));
        assertEquals(TARGET, RingClaims.circulation(segment.pool(), 1));
        Parties.reapAll(segment, epoch);
        source.close();
        sink.close();
        segment.close();
    }

    private void startOthers(int party) {
        setUp();
        for (int other = SOURCE; other <= SINK; other++) {
            if (other != party) {
                startHere(other, 0);
            }
        }
    }

    private void killAtPoint(int party, ParkPoint point, int visit) throws Exception {
        startOthers(party);
        try (ChildParty child = startChild(party, point, visit)) {
            runUntil(party, child::parked);
            child.kill();
        }
        new Reaper(segment).reapClient(party, epoch[party]);
        checkAfterReaping(party);
    }

    @ParameterizedTest
    @CsvSource({
        "SEND_FILLED, 900",
        "SEND_SLOT, 901",
        "SEND_OWNER, 902",
        "SEND_PUBLISHED, 200",
        "TAKE_BACK_MEMBER, 350",
        "TAKE_BACK_OWNER, 500",
        "TAKE_BACK_DONE, 50"
    })
    void shouldSurviveAKilledProducer(ParkPoint point, int visit) throws Exception {
        killAtPoint(SOURCE, point, visit);
    }

    @ParameterizedTest
    @CsvSource({
        "RECEIVE_OWNER, 905",
        "EXCHANGE_GIVEN, 401",
        "SEND_FILLED, 906",
        "SEND_SLOT, 906",
        "SEND_OWNER, 907",
        "SEND_PUBLISHED, 60",
        "RETURN_OWNER, 700",
        "RETURN_SLOT, 702"
    })
    void shouldSurviveAKilledForwarder(ParkPoint point, int visit) throws Exception {
        killAtPoint(FORWARDER, point, visit);
    }

    @ParameterizedTest
    @CsvSource({
        "RECEIVE_MEMBER, 300",
        "RECEIVE_OWNER, 901",
        "RECEIVE_DONE, 100",
        "RETURN_OWNER, 500",
        "RETURN_SLOT, 502",
        "RETURN_PUBLISHED, 60"
    })
    void shouldSurviveAKilledConsumer(ParkPoint point, int visit) throws Exception {
        killAtPoint(SINK, point, visit);
    }

    @ParameterizedTest
    @CsvSource({
        "2, RETURN_SLOT, REAP_ENDING, 0",
        "2, RECEIVE_OWNER, REAP_PREFIX, 0",
        "3, RECEIVE_MEMBER, REAP_RESTORED, 0",
        "2, SEND_OWNER, REAP_FREED, 700",
        "1, SEND_PUBLISHED, SWEEP_OWNER, 3",
        "3, RETURN_SLOT, TOP_UP_OWNER, 2",
        "3, RETURN_SLOT, TOP_UP_SLOT, 1",
        "3, RECEIVE_OWNER, TOP_UP_PUBLISHED, 0",
        "2, EXCHANGE_GIVEN, REAP_DONE, 1"
    })
    void shouldSurviveAPrimaryKilledInReaping(int party, ParkPoint death, ParkPoint reaperPoint, int visit)
            throws Exception {
        startOthers(party);
        try (ChildParty child = startChild(party, death, 150)) {
            runUntil(party, child::parked);
            child.kill();
        }
        try (ChildParty primary = startChild("reaper", party, reaperPoint, visit)) {
            // the others don't stop while it reaps
            runUntil(party, primary::parked);
            primary.kill();
        }
        turns(party, 5);
        new Reaper(segment).recover((ring, tx, claim) -> claim.client() != party || claim.epoch() != epoch[party]);
        checkAfterReaping(party);
    }

    private void killAtRandom(int times, long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < times; i++) {
            int party = SOURCE + random.nextInt(3);
            int packets = random.nextInt(3000);
            startOthers(party);
            try (ChildParty child = startChild(party, null, 0)) {
                long tail = segment.ring(party == SINK ? 1 : 0).ring().head() + packets;
                runUntil(party, () -> segment.ring(party == SINK ? 1 : 0).ring().head() >= tail);
                child.kill();
            }
            new Reaper(segment).reapClient(party, epoch[party]);
            try {
                checkAfterReaping(party);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + " run " + i + " party " + party + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void shouldSurviveKillsAtRandomMoments() throws Exception {
        killAtRandom(6, 7);
    }

    @Test
    @Tag("long")
    void shouldSurviveManyKillsAtRandomMoments() throws Exception {
        killAtRandom(60, System.nanoTime());
    }
}

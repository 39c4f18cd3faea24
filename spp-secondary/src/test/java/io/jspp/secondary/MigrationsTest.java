package io.jspp.secondary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.memory.NativeMemory;
import io.jspp.patch.Patch;
import io.jspp.patch.PatchEnd;
import io.jspp.patch.PatchPanel;
import io.jspp.patch.PortTable;
import io.jspp.patch.QueueMap;
import io.jspp.port.LocalPorts;
import io.jspp.port.PortEvents;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortState.Phase;
import io.jspp.worker.IdleMode;
import io.jspp.worker.Worker;
import io.jspp.worker.WorkerGroup;
import io.jspp.worker.WorkerStatus;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Guests that move, and those that don't, between the ports of a real panel; moves are run by hand. No guest here ever asks for a RARP. */
@Timeout(60)
class MigrationsTest {
    private final NativeMemory statusMemory = NativeMemory.allocate(WorkerStatus.SIZE);
    private final List<Throwable> errors = new ArrayList<>();
    private final PortEvents events = new PortEvents();
    private final Deque<Runnable> moves = new ArrayDeque<>();
    private final List<String> committed = new ArrayList<>();
    private LocalPorts world;
    private WorkerGroup workers;
    private PortTable ports;
    private PatchPanel panel;
    private Migrations migrations;
    private boolean ended;

    @BeforeEach
    void start(@TempDir Path directory) {
        world = new LocalPorts(directory);
        ports = new PortTable(world);
        workers = new WorkerGroup(List.of(new Worker(
                1,
                List.of(),
                IdleMode.ADAPTIVE,
                new WorkerStatus(statusMemory.address()),
                System::nanoTime,
                errors::add)));
        workers.start();
        panel = new PatchPanel(workers, ports, QueueMap.none(), 32);
        migrations = new Migrations(
                panel, events, () -> committed.add(patches().toString()), this::later, () -> ended = true);
        for (int i = 0; i < 6; i++) {
            panel.add(card(i));
        }
        patch("card:0", "card:5");
        patch("card:5", "card:0");
        panel.forward();
        set(0, Phase.UP);
        runMoves();
    }

    @AfterEach
    void close() {
        migrations.close();
        panel.close();
        ports.close();
        workers.close();
        statusMemory.close();
        assertEquals(Set.of(), world.claimed());
        assertEquals(List.of(), errors);
        world.close();
    }

    private void later(Runnable move) {
        if (ended) {
            throw new RejectedExecutionException();
        }
        moves.add(move);
    }

    private static PortId card(int index) {
        return new PortId("card", index);
    }

    private void patch(String source, String destination) {
        panel.patch(PatchEnd.parse(source), PatchEnd.parse(destination));
    }

    private List<String> patches() {
        return panel.patches().stream().map(Patch::toString).toList();
    }

    /** The state changes and is told; what that leads to is still to be run. */
    private void set(int index, Phase phase) {
        TestCardType.Card card = (TestCardType.Card) ports.find(card(index));
        card.phase = phase;
        events.observe(card.id(), card.state());
    }

    private void runMoves() {
        while (!moves.isEmpty()) {
            moves.remove().run();
        }
    }

    private void guestMoves(int from, int to) {
        set(from, Phase.NEGOTIATING);
        set(to, Phase.UP);
        runMoves();
    }

    private String refusal(int from, int to) {
        return assertThrows(PortException.class, () -> migrations.arm(card(from), card(to)))
                .getMessage();
    }

    private void requireUnmoved() {
        assertEquals(List.of("card:0 -> card:5", "card:5 -> card:0"), patches());
        assertEquals(List.of(), committed);
    }

    // ---- as it should be

    @Test
    void shouldMoveAllPatchesInOneStepWhenTheGuestArrives() {
        migrations.arm(card(0), card(2));
        runMoves();
        requireUnmoved();
        guestMoves(0, 2);
        assertEquals(List.of("card:2 -> card:5", "card:5 -> card:2"), patches());
        assertEquals(List.of("[card:2 -> card:5, card:5 -> card:2]"), committed);
        assertTrue(panel.running());
        assertEquals(Set.of("card:2 0 rx", "card:2 1 rx", "card:5 0 tx", "card:5 0 rx", "card:2 0 tx"), held());
    }

    /** Claims, without the second transmit queue that one worker may or may not open. */
    private Set<String> held() {
        Set<String> held = new java.util.TreeSet<>(world.claimed());
        held.remove("card:2 1 tx");
        return held;
    }

    @Test
    void shouldMoveOnceForEachTimeItWasArmed() {
        migrations.arm(card(0), card(2));
        guestMoves(0, 2);
        set(2, Phase.LISTENING);
        guestMoves(2, 0);
        assertEquals(List.of("card:2 -> card:5", "card:5 -> card:2"), patches());
        set(0, Phase.LISTENING);
        set(2, Phase.UP);
        migrations.arm(card(2), card(0));
        guestMoves(2, 0);
        assertEquals(List.of("card:0 -> card:5", "card:5 -> card:0"), patches());
        assertEquals(2, committed.size());
    }

    @Test
    void shouldKeepTwoMigrationsOfDifferentGuestsApart() {
        patch("card:1", "card:1");
        set(1, Phase.UP);
        migrations.arm(card(0), card(2));
        migrations.arm(card(1), card(3));
        set(0, Phase.NEGOTIATING);
        set(1, Phase.NEGOTIATING);
        set(3, Phase.UP);
        set(2, Phase.UP);
        runMoves();
        assertEquals(List.of("card:2 -> card:5", "card:5 -> card:2", "card:3 -> card:3"), patches());
        assertEquals(2, committed.size());
    }

    @Test
    void shouldExpectAGuestOnThePortNamedLast() {
        migrations.arm(card(0), card(2));
        migrations.arm(card(0), card(4));
        guestMoves(0, 2);
        requireUnmoved();
        set(4, Phase.UP);
        runMoves();
        assertEquals(List.of("card:4 -> card:5", "card:5 -> card:4"), patches());
    }

    @Test
    void shouldExpectNobodyAfterAReset() {
        migrations.arm(card(0), card(2));
        migrations.reset();
        guestMoves(0, 2);
        requireUnmoved();
    }

    // ---- what can't work is refused when it is asked for

    @Test
    void shouldRefuseAPortThatHasAGuest() {
        set(2, Phase.UP);
        assertEquals("port card:2 has a guest already: one that waits for a migration expected", refusal(0, 2));
        set(0, Phase.LISTENING);
        runMoves();
        requireUnmoved();
    }

    @Test
    void shouldRefuseMissingPortsAndPortsWhosePatchesCouldNotMove() {
        assertEquals("port card:7 is not known here: add card:7 first", refusal(0, 7));
        assertEquals("port card:7 is not known here: add card:7 first", refusal(7, 2));
        assertEquals("port card:4 is in no patch: patch it first", refusal(4, 2));
        assertEquals("port card:5 is in a patch already: its own patches would be lost", refusal(0, 5));
        assertEquals("port card:0 is in a patch already: its own patches would be lost", refusal(0, 0));
        patch("card:4nq1", "card:5");
        assertEquals("port card:3 has no receive queue 1: 0..0", refusal(4, 3));
        guestMoves(0, 2);
        assertEquals(List.of(), committed);
    }

    @Test
    void shouldRefuseASecondGuestOnThePortThatOneIsExpectedOn() {
        patch("card:1", "card:1");
        migrations.arm(card(0), card(2));
        assertEquals(
                "port card:2 waits for the guest of card:0 already: another one, or migrate reset first",
                refusal(1, 2));
        migrations.arm(card(0), card(2));
        guestMoves(0, 2);
        assertEquals(List.of("card:2 -> card:5", "card:5 -> card:2", "card:1 -> card:1"), patches());
    }

    // ---- what goes wrong meanwhile

    @Test
    void shouldLeavePatchesWhileBothHaveARunningGuest() {
        migrations.arm(card(0), card(2));
        set(2, Phase.UP);
        runMoves();
        requireUnmoved();
        set(2, Phase.LISTENING);
        guestMoves(0, 2);
        assertEquals(List.of("card:2 -> card:5", "card:5 -> card:2"), patches(), "still expected");
    }

    @Test
    void shouldLeavePatchesWhenTheGuestHasGoneAgain() {
        migrations.arm(card(0), card(2));
        set(0, Phase.NEGOTIATING);
        set(2, Phase.UP);
        set(2, Phase.LISTENING);
        runMoves();
        requireUnmoved();
        set(2, Phase.UP);
        runMoves();
        assertEquals(List.of("card:2 -> card:5", "card:5 -> card:2"), patches());
    }

    @Test
    void shouldForgetAMigrationWhoseSourceHasGone() {
        migrations.arm(card(0), card(2));
        panel.delete(card(0));
        events.forget(card(0));
        set(2, Phase.UP);
        runMoves();
        assertEquals(List.of(), patches());
        assertEquals(List.of(), committed);
        // one that comes again under its name is another one
        set(2, Phase.LISTENING);
        panel.add(card(0));
        patch("card:0", "card:5");
        set(2, Phase.UP);
        runMoves();
        assertEquals(List.of("card:0 -> card:5"), patches());
    }

    @Test
    void shouldForgetAMigrationWhoseDestinationWasPatchedOrDeletedMeanwhile() {
        migrations.arm(card(0), card(2));
        patch("card:2", "card:2");
        guestMoves(0, 2);
        assertEquals(List.of("card:0 -> card:5", "card:5 -> card:0", "card:2 -> card:2"), patches());
        panel.delete(card(2));
        migrations.arm(card(0), card(4));
        set(4, Phase.UP);
        panel.delete(card(4));
        runMoves();
        requireUnmoved();
    }

    @Test
    void shouldMoveNothingAfterItsEnd() {
        migrations.arm(card(0), card(2));
        set(0, Phase.NEGOTIATING);
        set(2, Phase.UP);
        migrations.close();
        assertTrue(ended);
        runMoves();
        requireUnmoved();
        set(2, Phase.LISTENING);
        set(2, Phase.UP);
        assertTrue(moves.isEmpty());
    }

    @Test
    void shouldNotFailAPortWhoseGuestComesWhileTheMoverEnds() {
        migrations.arm(card(0), card(2));
        ended = true;
        set(2, Phase.UP);
        assertTrue(moves.isEmpty());
        requireUnmoved();
    }

    @Test
    void shouldCompleteAMoveBeforeItEnds() throws Exception {
        CountDownLatch committing = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        List<String> order = new ArrayList<>();
        Migrations own = new Migrations(panel, events, () -> {
            committing.countDown();
            try {
                order.add(go.await(30, TimeUnit.SECONDS) ? "committed" : "not let go");
            } catch (InterruptedException e) {
                order.add("interrupted");
            }
        });
        own.arm(card(0), card(2));
        set(0, Phase.NEGOTIATING);
        set(2, Phase.UP);
        assertTrue(committing.await(30, TimeUnit.SECONDS));
        Thread closer = new Thread(() -> {
            own.close();
            order.add("closed");
        });
        closer.start();
        while (closer.getState() != Thread.State.BLOCKED) {
            assertTrue(closer.isAlive(), "closed while a move was under way");
            Thread.onSpinWait();
        }
        assertFalse(order.contains("closed"));
        go.countDown();
        closer.join();
        assertEquals(List.of("committed", "closed"), order);
        assertEquals(List.of("card:2 -> card:5", "card:5 -> card:2"), patches());
    }
}

package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.counters.DropReason;
import io.jspp.linux.FileDescriptor;
import io.jspp.patch.PatchEnd;
import io.jspp.patch.PatchPanel;
import io.jspp.port.Direction;
import io.jspp.port.PortId;
import io.jspp.testing.Need;
import io.jspp.testing.Requires;
import io.jspp.testing.conformance.Conformance;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.testing.conformance.Proves;
import io.jspp.worker.IdleMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guests with several queue pairs on vhost ports of two or three workers, over real sockets. */
@Timeout(120)
class MultiQueueTest {
    private static final int ROUND = 96;

    @TempDir
    Path directory;

    private static void patch(PatchPanel panel, String source, String destination) {
        for (String end : List.of(source, destination)) {
            panel.add(PatchEnd.parse(end).port());
        }
        panel.patch(PatchEnd.parse(source), PatchEnd.parse(destination));
    }

    private static PatchPanel.OpenQueue queue(PatchPanel panel, String port, int queue, Direction direction) {
        return panel.queues().stream()
                .filter(open -> open.id().port().equals(PortId.parse(port)))
                .filter(open -> open.id().queue() == queue && open.direction() == direction)
                .findFirst()
                .orElseThrow(() -> new AssertionError(port + " queue " + queue + " " + direction + " counts nothing"));
    }

    /** Nothing lost or doubled; in each queue every flow in order; a flow is where it was, unless queues came or went. */
    private static void checkOrder(List<MultiQueueGuest.Received> received, int sent, int changes) {
        assertEquals(sent, received.size());
        Set<Long> seen = new HashSet<>();
        List<List<MultiQueueGuest.Received>> flows = new ArrayList<>();
        for (int flow = 0; flow < MultiQueueGuest.FLOWS; flow++) {
            flows.add(new ArrayList<>());
        }
        int[][] last = new int[16][MultiQueueGuest.FLOWS];
        for (MultiQueueGuest.Received frame : received) {
            assertTrue(seen.add((long) frame.flow() << 32 | frame.number()), () -> "twice: " + frame);
            assertTrue(frame.number() > last[frame.queue()][frame.flow()], () -> "out of order in its queue: " + frame);
            last[frame.queue()][frame.flow()] = frame.number();
            flows.get(frame.flow()).add(frame);
        }
        for (List<MultiQueueGuest.Received> flow : flows) {
            flow.sort((a, b) -> Integer.compare(a.number(), b.number()));
            int moves = 0;
            for (int i = 1; i < flow.size(); i++) {
                if (flow.get(i).queue() != flow.get(i - 1).queue()) {
                    moves++;
                }
            }
            assertTrue(moves <= changes, moves + " moves of a flow, queues changed " + changes + " times");
        }
    }

    private static void checkCounters(PatchPanel panel, MultiQueueGuest from, MultiQueueGuest to) {
        for (int q = 0; q < from.sentByQueue.length; q++) {
            PatchPanel.OpenQueue rx = queue(panel, "vhost:0", q, Direction.RX);
            assertEquals(from.sentByQueue[q], rx.counters().packets(), "rx " + q);
            assertEquals(80L * from.sentByQueue[q], rx.counters().bytes(), "rx " + q);
            assertEquals(0, rx.counters().drops(), "rx " + q);
        }
        for (int q = 0; q < to.session.config().queuePairs(); q++) {
            PatchPanel.OpenQueue tx = queue(panel, "vhost:1", q, Direction.TX);
            assertEquals(to.receivedBy(q), tx.counters().packets(), "tx " + q);
            assertEquals(0, tx.counters().drops(), "tx " + q);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 2, 2", "4, 4, 2", "16, 16, 3", "4, 1, 3", "1, 4, 2", "2, 16, 2"})
    void shouldCarryFlowsInOrderBetweenPairsOnSeveralWorkers(int pairs, int otherPairs, int workers) throws Exception {
        List<Feature> proved = new ArrayList<>(List.of(Feature.SEVERAL_PAIRS));
        if (pairs == 16 && otherPairs == 16) {
            proved.add(Feature.SIXTEEN_PAIRS);
        }
        String name = pairs + " pairs to " + otherPairs + ", " + workers + " workers";
        Conformance.prove(proved, Peer.FRONTEND, name, () -> {
            carryFlowsInOrder(pairs, otherPairs, workers);
            return "";
        });
    }

    private void carryFlowsInOrder(int pairs, int otherPairs, int workers) throws Exception {
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE, workers)) {
            PatchPanel panel = lab.panel();
            patch(panel, "vhost:0", "vhost:1");
            panel.forward();
            try (MultiQueueGuest from = new MultiQueueGuest(lab.socket(0), pairs).awaitUp();
                    MultiQueueGuest to = new MultiQueueGuest(lab.socket(1), otherPairs).awaitUp()) {
                for (int i = 0; i < 50 * ROUND; i++) {
                    from.send(i % MultiQueueGuest.FLOWS);
                    if (i % ROUND == ROUND - 1) {
                        to.drainUntil(i + 1);
                    }
                }
                checkOrder(to.received, from.sent(), 0);
                checkCounters(panel, from, to);
                Set<Integer> used = new HashSet<>();
                for (int q = 0; q < pairs; q++) {
                    PatchPanel.OpenQueue rx = queue(panel, "vhost:0", q, Direction.RX);
                    assertEquals(List.of(q % workers), rx.workers());
                    assertTrue(rx.live());
                    used.addAll(rx.workers());
                }
                assertEquals(Math.min(pairs, workers), used.size());
                long busy = to.received.stream()
                        .map(MultiQueueGuest.Received::queue)
                        .distinct()
                        .count();
                assertTrue(busy > otherPairs / 2, busy + " of " + otherPairs + " queues were used");
            }
            assertTrue(lab.errors.isEmpty(), lab.errors::toString);
        }
    }

    @Test
    @Proves(value = Feature.PAIRS_CHANGE, with = Peer.FRONTEND)
    void shouldFollowTheGuestsWhenTheyChangeTheirPairsUnderLoad() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE, 2)) {
            PatchPanel panel = lab.panel();
            patch(panel, "vhost:0", "vhost:1");
            panel.forward();
            try (MultiQueueGuest from = new MultiQueueGuest(lab.socket(0), 4).awaitUp();
                    MultiQueueGuest to = new MultiQueueGuest(lab.socket(1), 4).awaitUp()) {
                int changes = 0;
                int flow = 0;
                for (int round = 0; round < 60; round++) {
                    for (int i = 0; i < ROUND; i++) {
                        from.send(flow++ % MultiQueueGuest.FLOWS);
                    }
                    int pairs = 1 + random.nextInt(4);
                    if (round % 3 != 2) {
                        to.drain();
                        to.usePairs(pairs); // with frames on their way
                        changes += 4; // each ring's enable message is a change of its own
                        assertUnused(from, to, pairs, flow);
                    } else {
                        from.usePairs(pairs);
                        changes += 4;
                    }
                    to.drainUntil(from.sent());
                }
                checkOrder(to.received, from.sent(), changes);
                checkCounters(panel, from, to);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
            assertTrue(lab.errors.isEmpty(), lab.errors::toString);
        }
    }

    /** vhost-user.rst "Ring states": what a guest still sends by a queue that it has disabled comes back to it, goes nowhere, and is counted. */
    @Test
    void shouldDiscardWhatAGuestSendsByADisabledQueue() throws Exception {
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE, 2)) {
            PatchPanel panel = lab.panel();
            patch(panel, "vhost:0", "vhost:1");
            panel.forward();
            try (MultiQueueGuest from = new MultiQueueGuest(lab.socket(0), 2).awaitUp();
                    MultiQueueGuest to = new MultiQueueGuest(lab.socket(1), 2).awaitUp()) {
                from.send(0);
                from.send(1);
                to.drainUntil(2);
                for (int round = 1; round <= 3; round++) {
                    from.usePairs(1);
                    long before = drops(panel);
                    int put = from.fillDisabled(1);
                    assertTrue(put >= 64, "room for " + put);
                    VhostLab.await("disabled queue is empty", () -> from.emptied(1));
                    VhostLab.await("drops", () -> drops(panel) == before + put);
                    from.usePairs(2);
                    from.send(0);
                    from.send(1);
                    to.drainUntil(2 + 2 * round);
                }
                to.drain();
                assertEquals(8, to.received.size());
                assertEquals(
                        4, queue(panel, "vhost:0", 1, Direction.RX).counters().packets());
            }
            assertTrue(lab.errors.isEmpty(), lab.errors::toString);
        }
    }

    private static long drops(PatchPanel panel) {
        return queue(panel, "vhost:0", 1, Direction.RX).counters().drops(DropReason.PORT_DOWN);
    }

    /** Once the back-end has confirmed, nothing more comes by pairs that ended. */
    private static void assertUnused(MultiQueueGuest from, MultiQueueGuest to, int pairs, int flow) {
        int[] put = new int[4];
        for (int q = pairs; q < 4; q++) {
            put[q] = to.putInto(q);
        }
        for (int i = 0; i < MultiQueueGuest.FLOWS; i++) {
            from.send((flow + i) % MultiQueueGuest.FLOWS);
        }
        to.drainUntil(from.sent());
        for (int q = pairs; q < 4; q++) {
            assertEquals(put[q], to.putInto(q), "queue " + q + " of " + pairs);
        }
    }

    /** Our guest's flows go through testpmd, which sends back by the queue that it received by. */
    @ParameterizedTest
    @CsvSource({"'queue_size=256', 4", "'queue_size=256,packed_vq=1', 4", "'queue_size=256,mrg_rxbuf=0,in_order=0', 3"})
    @Requires(Need.TESTPMD)
    void shouldCarryFlowsInOrderThroughAllQueuesOfThePollModeDriver(String options, int queues) throws Exception {
        List<Feature> proved = new ArrayList<>(List.of(Feature.SEVERAL_PAIRS));
        if (queues == 4) {
            proved.add(Feature.FOUR_PAIRS);
        }
        Conformance.prove(proved, Peer.VIRTIO_USER, queues + " pairs, " + options, () -> {
            carryFlowsThroughPollModeDriver(options, queues);
            return "";
        });
    }

    private void carryFlowsThroughPollModeDriver(String options, int queues) throws Exception {
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE, 2)) {
            PatchPanel panel = lab.panel();
            patch(panel, "vhost:0", "vhost:1");
            patch(panel, "vhost:1", "vhost:0");
            panel.forward();
            try (VirtioUser testpmd = VirtioUser.loop(directory, options + ",queues=" + queues, queues);
                    MultiQueueGuest guest = new MultiQueueGuest(lab.socket(0), 4).awaitUp()) {
                testpmd.awaitForwarding();
                VhostLab.await(
                        "its queues",
                        () -> panel.queues().stream()
                                        .filter(open -> open.id().port().equals(PortId.parse("vhost:1")))
                                        .filter(PatchPanel.OpenQueue::live)
                                        .count()
                                == 2 * queues);
                for (int i = 0; i < 40 * ROUND; i++) {
                    guest.send(i % MultiQueueGuest.FLOWS);
                    if (i % ROUND == ROUND - 1) {
                        guest.drainUntil(i + 1);
                    }
                }
                checkOrder(guest.received, guest.sent(), 0);
                long all = 0;
                for (int q = 0; q < queues; q++) {
                    PatchPanel.OpenQueue there = queue(panel, "vhost:1", q, Direction.TX);
                    PatchPanel.OpenQueue back = queue(panel, "vhost:1", q, Direction.RX);
                    assertEquals(there.counters().packets(), back.counters().packets(), "queue " + q);
                    assertTrue(there.counters().packets() > 0, "queue " + q);
                    assertEquals(
                            List.of(q % 2),
                            queue(panel, "vhost:0", q, Direction.RX).workers());
                    all += back.counters().packets();
                }
                assertEquals(guest.sent(), all);
            }
            assertTrue(lab.errors.isEmpty(), lab.errors::toString);
        }
    }

    @Test
    void shouldKeepAPatchOfOneQueueToThatQueue() throws Exception {
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE, 2)) {
            PatchPanel panel = lab.panel();
            patch(panel, "vhost:0nq1", "vhost:1nq2");
            panel.forward();
            try (MultiQueueGuest from = new MultiQueueGuest(lab.socket(0), 4).awaitUp();
                    MultiQueueGuest to = new MultiQueueGuest(lab.socket(1), 4).awaitUp()) {
                for (int i = 0; i < 2 * MultiQueueGuest.FLOWS; i++) {
                    from.send(i % MultiQueueGuest.FLOWS);
                }
                to.drainUntil(from.sentByQueue[1]);
                assertEquals(from.sentByQueue[1], to.receivedBy(2));
                assertTrue(to.received.stream().allMatch(frame -> frame.flow() % 4 == 1 && frame.queue() == 2));
                // then the rest of the port, which leaves that queue where it is
                patch(panel, "vhost:0", "vhost:1");
                to.drainUntil(from.sent());
                checkOrder(to.received, from.sent(), 0);
            }
        }
    }

    @Test
    void shouldHoldNoDescriptorsForQueuesThatNobodyUses() throws Exception {
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE, 2)) {
            PatchPanel panel = lab.panel();
            panel.forward();
            panel.add(PortId.parse("vhost:0"));
            int one = FileDescriptor.live();
            panel.add(PortId.parse("vhost:1"));
            int perPort = FileDescriptor.live() - one;
            assertTrue(perPort <= 1, perPort + " descriptors for an idle port: its socket");
            int before = FileDescriptor.live();
            patch(panel, "vhost:0", "vhost:1");
            // an epoll and an eventfd per worker
            assertEquals(before + 4, FileDescriptor.live());
            panel.reset();
            VhostLab.await("as before", () -> FileDescriptor.live() == before);
        }
    }
}

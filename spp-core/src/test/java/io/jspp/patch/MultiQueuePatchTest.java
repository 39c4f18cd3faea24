package io.jspp.patch;

import static io.jspp.testing.Patience.waitFor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.port.Direction;
import io.jspp.port.PortId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Patches of whole ports with several queues on two or three real workers: who polls, who sends, in what order. */
class MultiQueuePatchTest extends PatchLab {
    private static final int QUEUES = 4;

    private void start(int count, QueueMap map) {
        start(
                count,
                2,
                map,
                world.type("guest", true, QUEUES, true),
                world.type("nic", true, QUEUES),
                world.type("ring", true, 1));
        panel.forward();
    }

    private void addAndPatch(String source, String destination) {
        for (String end : List.of(source, destination)) {
            panel.add(PatchEnd.parse(end).port());
        }
        patch(source, destination);
    }

    private long sent(String port) {
        long sum = 0;
        for (int queue = 0; queue < QUEUES; queue++) {
            sum += sink(port, queue) == null ? 0 : sink(port, queue).counters().packets();
        }
        return sum;
    }

    private List<String> faults(String port) {
        List<String> faults = new ArrayList<>();
        for (int queue = 0; queue < QUEUES; queue++) {
            if (sink(port, queue) != null) {
                faults.addAll(sink(port, queue).faults());
            }
        }
        return faults;
    }

    private List<Integer> workersOf(String port, int queue, Direction direction) {
        return panel.queues().stream()
                .filter(open -> open.id().equals(new QueueId(PortId.parse(port), queue)))
                .filter(open -> open.direction() == direction)
                .findFirst()
                .orElseThrow()
                .workers();
    }

    private void moreThan(String port, long packets) {
        long before = sent(port);
        waitFor(() -> sent(port) > before + packets);
    }

    @Test
    void shouldDealSourceQueuesOutAndGiveEachWorkerItsOwnQueuesOfAGuest() {
        start(2, QueueMap.none());
        addAndPatch("guest:0", "guest:1");
        assertEquals(2 * QUEUES, world.claims.size());
        moreThan("guest:1", 50_000);
        Set<Integer> senders = new TreeSet<>();
        for (int queue = 0; queue < QUEUES; queue++) {
            assertEquals(List.of(queue % 2), workersOf("guest:0", queue, Direction.RX));
            List<Integer> users = workersOf("guest:1", queue, Direction.TX);
            assertEquals(1, users.size(), "one user, no lock");
            senders.addAll(users);
            assertTrue(sink("guest:1", queue).counters().packets() > 1000, "queue " + queue);
        }
        assertEquals(Set.of(0, 1), senders);
        assertEquals(List.of(), faults("guest:1"));
    }

    @Test
    void shouldUseOneQueuePerWorkerOfAPortThatGainsNothingByMore() {
        start(2, QueueMap.none());
        addAndPatch("guest:0", "nic:0");
        moreThan("nic:0", 50_000);
        assertTrue(world.claims.contains("nic:0 1 tx"));
        assertEquals(QUEUES + 2, world.claims.size());
        assertEquals(List.of(), faults("nic:0"));
    }

    @Test
    void shouldLetWorkersTakeTurnsAtTheOnlyQueue() {
        start(3, QueueMap.none());
        addAndPatch("guest:0", "ring:0");
        waitFor(() -> sink("ring:0", 0).seenSources() == 0b0001_0001_0001_0001);
        moreThan("ring:0", 100_000);
        assertEquals(List.of(0, 1, 2), workersOf("ring:0", 0, Direction.TX));
        assertEquals(List.of(), faults("ring:0"));
    }

    @Test
    void shouldUseTheQueueMap() {
        start(3, QueueMap.parse("guest:0=4/4/2,*=3", List.of(2, 3, 4)));
        addAndPatch("guest:0", "ring:0");
        addAndPatch("guest:1", "ring:1");
        assertEquals(List.of(2), workersOf("guest:0", 0, Direction.RX));
        assertEquals(List.of(2), workersOf("guest:0", 1, Direction.RX));
        assertEquals(List.of(0), workersOf("guest:0", 2, Direction.RX));
        assertEquals(List.of(2), workersOf("guest:0", 3, Direction.RX));
        assertEquals(List.of(1), workersOf("guest:1", 3, Direction.RX));
    }

    @Test
    void shouldLetAPatchOfOneQueueTakeItFromThePatchOfThePort() {
        start(2, QueueMap.none());
        addAndPatch("nic:0nq1", "ring:1");
        addAndPatch("nic:0", "ring:0");
        waitFor(() -> sink("ring:0", 0).seenSources() == 0b0001_0001_0000_0001
                && sink("ring:1", 0).seenSources() == 0b0001_0000);
        addAndPatch("nic:0 nq 2", "ring:1");
        sink("ring:0", 0);
        waitFor(() -> sink("ring:1", 0).seenSources() == 0b0001_0001_0000);
        patch("nic:0nq1", "ring:0");
        moreThan("ring:0", 50_000);
        assertEquals(List.of(), faults("ring:0"));
        assertEquals(List.of(), faults("ring:1"));
    }

    @Test
    void shouldShareAQueueBetweenThoseWhoNameItAndThoseWhoNameThePort() {
        start(2, QueueMap.none());
        addAndPatch("nic:0nq0", "guest:1nq0");
        addAndPatch("nic:1", "guest:1");
        moreThan("guest:1", 100_000);
        assertEquals(List.of(), faults("guest:1"));
        for (int queue = 1; queue < QUEUES; queue++) {
            assertEquals(0, sink("guest:1", queue).seenSources() & 1, "nic:0 was told to use queue 0");
            assertTrue(sink("guest:1", queue).counters().packets() > 0);
        }
    }

    @Test
    void shouldKeepEveryFlowInOrderAndOutOfDisabledQueuesWhileQueuesComeAndGo() {
        start(3, QueueMap.none());
        addAndPatch("guest:0", "guest:1");
        addAndPatch("nic:2", "guest:1");
        TestPorts.TestPort source = world.ports.get(PortId.parse("guest:0"));
        TestPorts.TestPort sink = world.ports.get(PortId.parse("guest:1"));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            TestPorts.TestPort changing = random.nextBoolean() ? source : sink;
            int queue = random.nextInt(QUEUES);
            if (changing == sink) {
                boolean last = sink.liveTx().bits() == 1L << queue;
                sink.enable(queue, last || !sink.liveTx().has(queue), workers);
            } else {
                source.liveRx().set(queue, !source.liveRx().has(queue));
            }
            moreThan("guest:1", 500);
            assertEquals(List.of(), faults("guest:1"), "seed " + seed + " step " + i);
        }
    }

    /** A guest may begin or end to use its queues at any instant of a command. */
    @Test
    void shouldDivideQueuesWhileSourcesComeAndGo() throws InterruptedException {
        start(2, QueueMap.none());
        addAndPatch("guest:0", "guest:1");
        TestPorts.TestPort source = world.ports.get(PortId.parse("guest:0"));
        AtomicBoolean end = new AtomicBoolean();
        Thread guest = new Thread(() -> {
            while (!end.get()) {
                for (int queue = 0; queue < QUEUES; queue++) {
                    source.liveRx().set(queue, !source.liveRx().has(queue));
                }
            }
        });
        guest.start();
        try {
            for (int i = 0; i < 400; i++) {
                panel.reset();
                patch("guest:0", "guest:1");
            }
        } finally {
            end.set(true);
            guest.join();
        }
        source.liveRx().set(0, true);
        panel.forward();
        moreThan("guest:1", 500);
    }

    @Test
    void shouldPollNoQueueThatIsNotLive() {
        start(2, QueueMap.none());
        panel.add(PortId.parse("guest:0"));
        TestPorts.TestPort source = world.ports.get(PortId.parse("guest:0"));
        for (int queue = 1; queue < QUEUES; queue++) {
            source.liveRx().set(queue, false);
        }
        addAndPatch("guest:0", "guest:1");
        moreThan("guest:1", 20_000);
        long seen = 0;
        for (int queue = 0; queue < QUEUES; queue++) {
            seen |= sink("guest:1", queue).seenSources();
            assertEquals(List.of(0), workersOf("guest:1", queue, Direction.TX), "the only busy worker has all queues");
        }
        assertEquals(1, seen);
        assertEquals(List.of(), faults("guest:1"));
    }
}

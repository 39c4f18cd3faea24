package io.jspp.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.memory.NativeMemory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One worker, turned by hand, with a clock that the test moves. */
class WorkerTest {
    private final NativeMemory memory = NativeMemory.allocate(WorkerStatus.SIZE);
    private final WorkerStatus status = new WorkerStatus(memory.address());
    private final List<Throwable> errors = new ArrayList<>();
    private long nowNs = 1_000_000;
    private final Worker worker = new Worker(9, List.of(), IdleMode.ADAPTIVE, status, () -> nowNs, errors::add);

    @AfterEach
    void close() {
        worker.close();
        memory.close();
    }

    @Test
    void shouldRunNothingBeforeTheFirstPlan() {
        assertEquals(0, worker.cycle());
        assertEquals(1, status.cycle());
        assertEquals(1, status.emptyPolls());
        assertEquals(9, status.lcore());
        assertEquals(-1, status.cpu());
    }

    @Test
    void shouldAdoptAPlanAtTheTopOfACycleAndTellItsEpoch() {
        CountingComponent first = new CountingComponent("first", 3);
        CountingComponent second = new CountingComponent("second", 4);
        WorkPlan old = worker.publish(worker.prepare(List.of(first), 1));
        assertEquals(0, status.adoptedEpoch());
        assertEquals(3, worker.cycle());
        assertEquals(1, status.adoptedEpoch());
        old.close();
        old = worker.publish(worker.prepare(List.of(first, second), 1));
        assertFalse(worker.hasAdopted(worker.published()));
        assertEquals(7, worker.cycle());
        assertTrue(worker.hasAdopted(worker.published()));
        old.close();
        assertEquals(2, first.polls);
        assertEquals(1, second.polls);
        assertEquals(10, status.packets());
        assertEquals(0, status.emptyPolls());
    }

    @Test
    void shouldReadTheClockOncePerCycleAndRememberTheLongestOne() {
        CountingComponent component = new CountingComponent("c", 1);
        worker.publish(worker.prepare(List.of(component), 1)).close();
        worker.cycle();
        nowNs += 700;
        worker.cycle();
        assertEquals(nowNs, component.lastNowNs);
        nowNs += 300;
        worker.cycle();
        assertEquals(700, status.longestCycleNs());
        assertEquals(nowNs, status.heartbeatNs());
    }

    @Test
    void shouldGoOnWithTheOthersWhenAComponentHasABug() {
        RuntimeException bug = new IllegalStateException("bug");
        CountingComponent broken = new CountingComponent("broken", 1);
        broken.failure = bug;
        CountingComponent sound = new CountingComponent("sound", 2);
        worker.publish(worker.prepare(List.of(broken, sound), 1)).close();
        assertEquals(2, worker.cycle());
        assertSame(bug, errors.get(0));
        assertEquals(1, status.faults());
        assertEquals(1, broken.recoveries);
    }

    @Test
    void shouldGoOnWhenEvenTheErrorHandlerFails() {
        try (NativeMemory other = NativeMemory.allocate(WorkerStatus.SIZE)) {
            WorkerStatus otherStatus = new WorkerStatus(other.address());
            Worker mute = new Worker(1, List.of(), IdleMode.ADAPTIVE, otherStatus, () -> nowNs, error -> {
                throw new OutOfMemoryError("no room for a message");
            });
            CountingComponent broken = new CountingComponent("broken", 1);
            broken.failure = new IllegalStateException("bug");
            CountingComponent sound = new CountingComponent("sound", 2);
            mute.publish(mute.prepare(List.of(broken, sound), 1)).close();
            assertEquals(2, mute.cycle());
            assertEquals(2, mute.cycle());
            assertEquals(2, otherStatus.faults());
            assertEquals(2, broken.recoveries);
            mute.close();
        }
    }

    @Test
    void shouldNotSleepWhenArmingFindsWork() {
        CountingComponent idle = new CountingComponent("idle", 0);
        CountingComponent ready = new CountingComponent("ready", 0);
        ready.workAtArm = true;
        CountingComponent behind = new CountingComponent("behind", 0);
        worker.publish(worker.prepare(List.of(idle, ready, behind), 1)).close();
        worker.begin();
        worker.cycle();
        worker.block();
        assertEquals(0, status.wakeUps());
        assertEquals(List.of(1, 1, 0), List.of(idle.arms, ready.arms, behind.arms));
        assertEquals(List.of(1, 1, 0), List.of(idle.disarms, ready.disarms, behind.disarms));
    }

    @Test
    void shouldReturnFromSleepWhenASourceIsReadable() {
        try (FileDescriptor event = Linux.eventfd()) {
            CountingComponent source = new CountingComponent("source", 0);
            source.wakeFd = event.value();
            worker.publish(worker.prepare(List.of(source), 1)).close();
            worker.begin();
            worker.cycle();
            Linux.eventfdWrite(event.value());
            worker.block();
            assertEquals(1, status.wakeUps());
            assertFalse(status.sleeping());
            assertEquals(1, source.disarms);
        }
    }

    /** One that blocks for its whole limit, which is a second. */
    @Test
    void shouldCountPacketsThatNobodyWokeItFor() {
        try (FileDescriptor silent = Linux.eventfd()) {
            CountingComponent source = new CountingComponent("source", 0);
            source.wakeFd = silent.value();
            worker.publish(worker.prepare(List.of(source), 1)).close();
            worker.begin();
            worker.cycle();
            worker.block(); // ends at once: somebody published a plan
            source.packets = 2;
            worker.cycle();
            assertEquals(0, status.overslept());
            worker.block();
            worker.cycle();
            worker.cycle();
            assertEquals(1, status.overslept());
        }
    }

    @Test
    void shouldPollByTimerASourceThatCannotWake() {
        CountingComponent source = new CountingComponent("source", 0);
        worker.publish(worker.prepare(List.of(source), 1)).close();
        worker.begin();
        worker.cycle();
        long startNs = System.nanoTime();
        worker.block();
        assertEquals(1, status.wakeUps());
        assertTrue(System.nanoTime() - startNs < 900_000_000L, "slept as if nothing needed the timer");
    }

    @Test
    void shouldNotSleepOnAPlanThatWasReplaced() {
        worker.begin();
        worker.cycle();
        WorkPlan old = worker.publish(worker.prepare(List.of(new CountingComponent("new", 1)), 1));
        worker.block();
        assertEquals(0, status.wakeUps());
        old.close();
    }

    /** A source that always has the same number of packets. */
    private static final class CountingComponent implements Component {
        private final String name;
        private int packets;
        private int polls;
        private int arms;
        private int disarms;
        private int recoveries;
        private long lastNowNs;
        private boolean workAtArm;
        private int wakeFd = POLL_BY_TIMER;
        private RuntimeException failure;

        CountingComponent(String name, int packets) {
            this.name = name;
            this.packets = packets;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int poll(long nowNs) {
            polls++;
            lastNowNs = nowNs;
            if (failure != null) {
                throw failure;
            }
            return packets;
        }

        @Override
        public boolean arm() {
            arms++;
            return workAtArm;
        }

        @Override
        public void disarm() {
            disarms++;
        }

        @Override
        public int[] wakeFds() {
            return new int[] {wakeFd};
        }

        @Override
        public void recover() {
            recoveries++;
        }
    }
}

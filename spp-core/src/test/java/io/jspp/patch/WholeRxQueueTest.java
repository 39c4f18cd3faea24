package io.jspp.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;
import io.jspp.memory.NativeMemory;
import io.jspp.port.LiveQueues;
import io.jspp.port.PolledRxQueue;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WholeRxQueueTest {
    private final TestPorts ports = new TestPorts();
    private final Lender first = new Lender("first");
    private final Lender second = new Lender("second");
    private final WholeRxQueue whole = new WholeRxQueue(LiveQueues.all(2), new TreeMap<>(Map.of(0, first, 1, second)));
    private final Burst burst = new Burst();

    @AfterEach
    void close() {
        whole.close();
        ports.close();
    }

    /** Hands out one packet per burst, or none for memory that vanished while it looked at it. */
    private final class Lender extends PolledRxQueue {
        private final NativeMemory memory = NativeMemory.allocate(64);
        private boolean vanished;
        private int lent;

        Lender(String label) {
            super(new QueueCounters(ports.counters(), label));
        }

        @Override
        public int rxBurst(Burst into) {
            lent++;
            if (vanished) {
                throw new InternalError("a fault occurred in an unsafe memory access operation");
            }
            into.add(memory.address(), 64, 0, Burst.BORROWED);
            return 1;
        }

        @Override
        public void release(Burst from) {
            lent = 0;
        }

        @Override
        public boolean arm() {
            return true;
        }

        @Override
        public void close() {
            super.close();
            memory.close();
        }
    }

    private void poll() {
        assertEquals(1, whole.rxBurst(burst));
        whole.release(burst);
        burst.clear();
    }

    @Test
    void shouldTakeTurnsAndReleaseTheOneThatLent() {
        poll();
        assertEquals(1, whole.rxBurst(burst));
        assertEquals(1, first.lent + second.lent);
        whole.release(burst);
        assertEquals(0, first.lent + second.lent);
    }

    /** What it lent lies in memory that goes when the port goes down: nothing may be given back later. */
    @Test
    void shouldReleaseAQueueWhoseBurstEndedInAFault() {
        second.vanished = true;
        poll();
        assertThrows(InternalError.class, () -> whole.rxBurst(burst));
        assertEquals(1, second.lent);
        burst.clear();
        whole.checkMemory();
        whole.release(burst);
        assertEquals(0, second.lent);
    }
}

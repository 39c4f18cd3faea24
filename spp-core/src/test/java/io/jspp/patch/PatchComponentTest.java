package io.jspp.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;
import io.jspp.port.LiveQueues;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PatchComponentTest {
    /** Memory that faults at every touch: one packet comes out, nothing can be checked or given back. */
    private static final class FaultingQueue implements RxQueue, TxQueue {
        private int waiting = 1;
        private int releases;
        private int sent;

        @Override
        public int rxBurst(Burst burst) {
            if (waiting == 0) {
                return 0;
            }
            burst.add(1, 60, 0, Burst.BORROWED);
            return waiting--;
        }

        @Override
        public void release(Burst burst) {
            releases++;
            throw new InternalError("release");
        }

        @Override
        public int txBurst(Burst burst) {
            sent += burst.packets;
            if (sent == 1) {
                throw new InternalError("copy");
            }
            return burst.packets;
        }

        @Override
        public void checkMemory() {
            throw new InternalError("check");
        }

        @Override
        public boolean everLive() {
            return true;
        }

        @Override
        public void flush() {}

        @Override
        public boolean arm() {
            return false;
        }

        @Override
        public void disarm() {}

        @Override
        public int wakeFd() {
            return -1;
        }

        @Override
        public QueueCounters counters() {
            throw new AssertionError("not used");
        }

        @Override
        public void close() {}
    }

    @Test
    void shouldKeepNothingOfABurstWhenRecoveryFaultsToo() {
        FaultingQueue queue = new FaultingQueue();
        PatchComponent component = new PatchComponent("p", LiveQueues.all(1), new TreeMap<>(Map.of(0, queue)), 0, 64);
        component.share(new Share(new TreeMap<>(Map.of(0, new Share.Entry(queue, null)))));
        assertThrows(InternalError.class, () -> component.poll(0));
        assertThrows(InternalError.class, component::recover);
        assertEquals(1, queue.releases, "borrowed descriptors stay lent");
        queue.waiting = 1;
        assertThrows(InternalError.class, () -> component.poll(0), "from the release");
        assertEquals(2, queue.sent, "the packet of the first burst is sent from memory that may be gone");
    }
}

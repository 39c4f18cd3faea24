package io.jspp.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedRingTest {
    private static final int SLOTS = 128;

    private final NativeMemory memory = NativeMemory.allocate(SharedRing.bytes(SLOTS));
    private final SharedRing ring = new SharedRing(memory.address(), SLOTS);

    @AfterEach
    void free() {
        memory.close();
    }

    private static void put(RingProducer producer, int... handles) {
        assertEquals(handles.length, producer.free(handles.length));
        for (int i = 0; i < handles.length; i++) {
            producer.set(i, handles[i]);
        }
        producer.publish(handles.length);
    }

    @Test
    void shouldHold127Of128() {
        RingProducer producer = new RingProducer(ring);
        RingConsumer consumer = new RingConsumer(ring);
        assertEquals(0, consumer.available(10));
        assertEquals(127, producer.free(500));
        put(producer, new int[127]);
        assertEquals(0, producer.free(1));
        assertEquals(127, ring.size());
        assertEquals(32, consumer.available(32));
        consumer.release(32);
        assertEquals(32, producer.free(100));
        assertEquals(95, consumer.available(100));
    }

    @Test
    void shouldShowNothingThatIsNotPublished() {
        RingProducer producer = new RingProducer(ring);
        RingConsumer consumer = new RingConsumer(ring);
        producer.set(0, 7);
        assertEquals(0, consumer.available(1));
        // a producer that died here is replaced: the slot is simply written again
        put(new RingProducer(ring), 8);
        assertEquals(1, consumer.available(1));
        assertEquals(8, consumer.get(0));
    }

    @Test
    void shouldContinueWhereTheFormerEndsStood() {
        RingProducer producer = new RingProducer(ring);
        for (int i = 0; i < 300; i += 3) {
            put(producer, i, i + 1, i + 2);
            RingConsumer consumer = new RingConsumer(ring);
            assertEquals(3, consumer.available(9));
            assertEquals(i, consumer.get(0));
            assertEquals(i + 2, consumer.get(2));
            consumer.release(3);
            producer = new RingProducer(ring);
        }
        assertEquals(300, ring.tail());
        assertEquals(300, ring.head());
    }

    @Test
    void shouldBehaveAsAQueueForRandomBursts() {
        Random random = new Random(11);
        RingProducer producer = new RingProducer(ring);
        RingConsumer consumer = new RingConsumer(ring);
        Deque<Integer> model = new ArrayDeque<>();
        int next = 0;
        for (int step = 0; step < 100_000; step++) {
            int wanted = random.nextInt(70);
            int n = producer.free(wanted);
            assertEquals(Math.min(wanted, 127 - model.size()), n);
            for (int i = 0; i < n; i++) {
                producer.set(i, next);
                model.add(next++);
            }
            producer.publish(n);
            int got = consumer.available(random.nextInt(70));
            for (int i = 0; i < got; i++) {
                assertEquals(model.remove(), consumer.get(i));
            }
            consumer.release(got);
        }
        assertEquals(0, producer.corruptions() + consumer.corruptions());
    }

    @Test
    void shouldCarryEveryHandleInOrderBetweenTwoThreads() throws Exception {
        int total = 2_000_000;
        RingConsumer consumer = new RingConsumer(ring);
        Thread thread = new Thread(() -> {
            RingProducer producer = new RingProducer(ring);
            int next = 0;
            while (next < total) {
                int n = producer.free(Math.min(32, total - next));
                for (int i = 0; i < n; i++) {
                    producer.set(i, next++);
                }
                if (n > 0) {
                    producer.publish(n);
                } else {
                    Thread.yield();
                }
            }
        });
        thread.start();
        int expected = 0;
        while (expected < total) {
            int n = consumer.available(32);
            for (int i = 0; i < n; i++) {
                if (consumer.get(i) != expected) {
                    assertEquals(expected, consumer.get(i));
                }
                expected++;
            }
            if (n > 0) {
                consumer.release(n);
            } else {
                Thread.yield();
            }
        }
        thread.join();
        assertEquals(0, ring.size());
    }

    @Test
    void shouldCountAsFullOrEmptyWhenTheOtherSideWritesNonsense() {
        long[] nonsense = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1_000};
        for (long value : nonsense) {
            RingProducer producer = new RingProducer(ring);
            RingConsumer consumer = new RingConsumer(ring);
            long head = ring.head();
            long tail = ring.tail();
            Memory.putLong(memory.address(), value);
            assertEquals(0, consumer.available(5));
            assertEquals(1, consumer.corruptions());
            assertEquals(0, ring.size());
            assertThrows(IllegalStateException.class, () -> new RingConsumer(ring));
            Memory.putLong(memory.address(), tail);
            Memory.putLong(memory.address() + SharedRing.HEAD, value);
            assertEquals(0, producer.free(500));
            assertEquals(1, producer.corruptions());
            assertThrows(IllegalStateException.class, () -> new RingProducer(ring));
            Memory.putLong(memory.address() + SharedRing.HEAD, head);
            put(producer, 1);
            assertEquals(1, consumer.available(5));
            consumer.release(1);
        }
    }

    @Test
    void shouldRefuseSizesThatAreNoPowerOfTwo() {
        for (int slots : new int[] {0, 1, 3, 100, -128}) {
            assertThrows(IllegalArgumentException.class, () -> new SharedRing(memory.address(), slots));
        }
        assertEquals(127, ring.capacity());
        assertTrue(ring.isConsistent(5, 132));
        assertFalse(ring.isConsistent(5, 133));
        assertFalse(ring.isConsistent(5, 4));
        assertEquals(256 + 512, SharedRing.bytes(SLOTS));
    }
}

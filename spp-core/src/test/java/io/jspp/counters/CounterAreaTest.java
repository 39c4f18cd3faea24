package io.jspp.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CounterAreaTest {
    private static final int CAPACITY = 32;

    private final NativeMemory memory = NativeMemory.allocate(640L * CAPACITY);
    private final CounterArea area = new CounterArea(memory.address(), memory.length());

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void shouldCountOnWhenTheLabelIsKnown() {
        long address = area.allocate("ring:0 q0 tx packets");
        Memory.putLong(address, 7);
        assertEquals(address, area.allocate("ring:0 q0 tx packets"));
        CounterArea other = new CounterArea(memory.address(), memory.length());
        assertEquals(address, other.allocate("ring:0 q0 tx packets"));
        assertEquals(address, other.find("ring:0 q0 tx packets"));
        assertEquals(0, other.find("ring:0 q0 tx"));
        assertEquals(Map.of("ring:0 q0 tx packets", 7L), other.values());
    }

    @Test
    void shouldStartAtZeroAfterItWasGivenBack() {
        long address = area.allocate("a");
        Memory.putLong(address, 7);
        area.free(address);
        assertEquals(0, area.find("a"));
        assertEquals(address, area.allocate("b"));
        assertEquals(0, Memory.getLong(address));
    }

    @Test
    void shouldSayWhenItIsFull() {
        for (int i = 0; i < CAPACITY; i++) {
            area.allocate("counter " + i);
        }
        assertThrows(IllegalStateException.class, () -> area.allocate("one more"));
        area.free(area.find("counter 5"));
        assertNotEquals(0, area.allocate("one more"));
        assertThrows(IllegalArgumentException.class, () -> area.free(memory.address()));
    }

    @Test
    void shouldBeReadableByAgrona() {
        Memory.putLong(area.allocate("vhost:0 q0 rx packets"), 3);
        Memory.putLong(area.allocate("vhost:0 q0 rx bytes"), 192);
        area.free(area.allocate("gone"));
        CountersReader reader = new CountersReader(
                new UnsafeBuffer(memory.address(), 512 * CAPACITY),
                new UnsafeBuffer(memory.address() + 512L * CAPACITY, 128 * CAPACITY));
        Map<String, Long> seen = new TreeMap<>();
        reader.forEach((id, type, key, label) -> seen.put(label, reader.getCounterValue(id)));
        assertEquals(Map.of("vhost:0 q0 rx packets", 3L, "vhost:0 q0 rx bytes", 192L), seen);
    }

    @Test
    void shouldForgetAllWhenTakenOver() {
        area.allocate("a");
        area.clear();
        assertEquals(Map.of(), area.values());
    }
}

package io.jspp.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeptRecordsTest {
    private static final int CONTENT = 16;

    private final NativeMemory memory = NativeMemory.allocate(KeptRecords.BYTES);

    @AfterEach
    void free() {
        memory.close();
    }

    /** As a process that is started anew sees them. */
    private KeptRecords fresh() {
        return new KeptRecords(memory.address());
    }

    @Test
    void shouldFindWhatAPredecessorWrote() {
        long record = fresh().claim(7);
        Memory.putLong(record + CONTENT, 42);
        KeptRecords successor = fresh();
        long other = successor.claim(8);
        assertNotEquals(record, other);
        assertEquals(0, Memory.getLong(other + CONTENT));
        assertEquals(record, successor.claim(7));
        assertEquals(42, Memory.getLong(record + CONTENT));
    }

    @Test
    void shouldGiveEachHolderARecordOfItsOwnUntilAllAreHeld() {
        KeptRecords records = fresh();
        Set<Long> held = new HashSet<>();
        for (int key = 1; key <= KeptRecords.PER_CLIENT; key++) {
            held.add(records.claim(key));
        }
        assertEquals(KeptRecords.PER_CLIENT, held.size());
        assertEquals(0, records.claim(1000));
        long third = memory.address() + 2L * KeptRecords.RECORD;
        Memory.putLong(third + CONTENT, 42);
        records.release(third);
        assertEquals(third, records.claim(1000));
        assertEquals(0, Memory.getLong(third + CONTENT));
    }

    @Test
    void shouldGiveAwayWhatWasUnusedForLongest() {
        KeptRecords first = fresh();
        for (int key = 1; key <= KeptRecords.PER_CLIENT; key++) {
            first.claim(key);
        }
        KeptRecords second = fresh();
        long one = second.claim(1);
        Memory.putLong(one + CONTENT, 42);
        second.release(one);
        second.claim(1000);
        assertEquals(one, second.claim(1));
        assertEquals(42, Memory.getLong(one + CONTENT));
        assertEquals(0, Memory.getLong(fresh().claim(2) + CONTENT));
    }
}

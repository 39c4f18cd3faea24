package io.jspp.secondary.component.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MacTableTest {
    private final MacTable table = new MacTable();

    private static long key(long n) {
        return MacTable.key((int) (n % 4097), n * 0x1_0001 & 0xffff_ffff_ffffL);
    }

    @Test
    void shouldDoWhatAMapDoes() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        Map<Long, Integer> model = new HashMap<>();
        for (int step = 0; step < 200_000; step++) {
            // phases that grow and phases that shrink, over few keys, so that places are used again
            boolean growing = step / 20_000 % 2 == 0;
            long key = key(random.nextInt(5000));
            if (random.nextInt(10) < (growing ? 7 : 2)) {
                int value = random.nextInt(1000);
                table.put(key, value);
                model.put(key, value);
            } else {
                table.remove(key);
                model.remove(key);
            }
            assertEquals(model.getOrDefault(key, MacTable.ABSENT), table.get(key), "seed " + seed + " step " + step);
            assertEquals(model.size(), table.size(), "seed " + seed + " step " + step);
        }
        for (long n = 0; n < 5000; n++) {
            assertEquals(model.getOrDefault(key(n), MacTable.ABSENT), table.get(key(n)), "seed " + seed);
        }
        long[] keys = LongStream.range(0, 5000).map(MacTableTest::key).toArray();
        long[] words = new long[keys.length];
        MacTable.first(table.snapshot(), keys, keys.length, words);
        for (int n = 0; n < keys.length; n++) {
            int value = MacTable.get(table.snapshot(), keys[n], words[n]);
            assertEquals(model.getOrDefault(keys[n], MacTable.ABSENT), value, "seed " + seed);
        }
    }

    @Test
    void shouldTellAllVlansAndAddressesApart() {
        table.put(MacTable.key(0, 0), 1);
        table.put(MacTable.key(0, 0xffff_ffff_ffffL), 2);
        table.put(MacTable.key(4095, 0), 3);
        table.put(MacTable.key(4096, 0xffff_ffff_ffffL), 4);
        assertEquals(1, table.get(MacTable.key(0, 0)));
        assertEquals(2, table.get(MacTable.key(0, 0xffff_ffff_ffffL)));
        assertEquals(3, table.get(MacTable.key(4095, 0)));
        assertEquals(4, table.get(MacTable.key(4096, 0xffff_ffff_ffffL)));
        assertEquals(MacTable.ABSENT, table.get(MacTable.key(4096, 0)));
    }

    /** Adding and removing for ever must not fill a table with removed entries, nor make it grow. */
    @Test
    void shouldStaySmallWhileEntriesComeAndGo() {
        for (long n = 0; n < 1_000_000; n++) {
            table.put(key(n), 1);
            table.remove(key(n));
        }
        assertEquals(0, table.size());
        assertTrue(table.snapshot().slots() <= 32, "slots: " + table.snapshot().slots());
    }

    @Test
    void shouldRefuseMorePairsOfVlanAndValueThanItCanNumber() {
        int[] next = {0};
        assertThrows(IllegalStateException.class, () -> {
            for (; next[0] < 70_000; next[0]++) {
                table.put(MacTable.key(1, next[0]), next[0]);
            }
        });
        assertEquals(next[0], table.size());
        for (int n = 0; n < next[0]; n++) {
            assertEquals(n, table.get(MacTable.key(1, n)));
        }
        // gone ones make room
        for (int n = 0; n < next[0]; n += 2) {
            table.remove(MacTable.key(1, n));
        }
        table.put(MacTable.key(1, 70_000), 70_000);
        assertEquals(70_000, table.get(MacTable.key(1, 70_000)));
        assertEquals(1, table.get(MacTable.key(1, 1)));
    }

    /** A reader sees an entry that stays with a value it had, whatever happens to the others. */
    @Test
    void shouldShowEachEntryBeforeOrAfterItsChange() throws InterruptedException {
        AtomicReference<String> fault = new AtomicReference<>();
        for (int n = 0; n < 100; n++) {
            table.put(key(n), 2 * n);
        }
        Thread reader = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted() && fault.get() == null) {
                MacTable.Snapshot words = table.snapshot();
                for (int n = 0; n < 100; n++) {
                    int value = MacTable.get(words, key(n));
                    if (value >> 1 != n) {
                        fault.set("entry " + n + " reads " + value);
                    }
                }
            }
        });
        reader.start();
        for (int round = 0; round < 2000; round++) {
            for (int n = 0; n < 100; n += 7) {
                table.put(key(n), 2 * n + (round & 1));
            }
            for (int n = 1000 + round; n < 1050 + round; n++) {
                table.put(key(n), n);
            }
            table.remove(key(1000 + round));
        }
        reader.interrupt();
        reader.join();
        assertNull(fault.get());
    }
}

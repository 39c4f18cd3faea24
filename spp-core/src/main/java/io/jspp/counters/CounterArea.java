package io.jspp.counters;

import io.jspp.memory.Memory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.concurrent.status.CountersReader;

/**
 * Counters in memory that several processes map, in agrona's format, so that its {@link CountersReader} and anything else that knows the format
 * can read them. One process allocates; any process may read values, and may write those it was told to.
 *
 * <pre>
 *   0              record 0: { state int, type int, deadline long, key 112 bytes, label length int, label ASCII }   512 bytes each
 *   512 × capacity value 0:  { value long, ... }                                                                     128 bytes each
 * </pre>
 *
 * <p>State is stored last (release): 0 unused, 1 allocated, -1 given back. Control threads; the values are their writers'.
 */
public final class CounterArea implements CounterAllocator {
    private static final int RECORD = CountersReader.METADATA_LENGTH;
    private static final int VALUE = CountersReader.COUNTER_LENGTH;
    private static final int MAX_LABEL = CountersReader.MAX_LABEL_LENGTH;

    private final long address;
    private final int capacity;

    /**
     * A view on memory that outlives it.
     *
     * @param length bytes, of which each counter takes {@value CountersReader#METADATA_LENGTH} and {@value CountersReader#COUNTER_LENGTH}
     */
    public CounterArea(long address, long length) {
        this.address = address;
        this.capacity = (int) (length / (RECORD + VALUE));
    }

    /** Counters that fit. */
    public int capacity() {
        return capacity;
    }

    /** Forgets all counters, for the process that takes the area over. */
    public synchronized void clear() {
        for (int i = 0; i < capacity; i++) {
            Memory.putIntRelease(record(i), CountersReader.RECORD_UNUSED);
        }
    }

    /** Whether one more counter fits. */
    public synchronized boolean hasRoom() {
        for (int i = 0; i < capacity; i++) {
            if (!isAllocated(i)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public synchronized long allocate(String label) {
        int unused = -1;
        for (int i = 0; i < capacity; i++) {
            if (!isAllocated(i)) {
                unused = unused < 0 ? i : unused;
            } else if (label(i).equals(label)) {
                return value(i);
            }
        }
        if (unused < 0) {
            throw new IllegalStateException("no room for counter \"" + label + "\": all " + capacity
                    + " of this process are in use; delete ports, or start the primary with more rings");
        }
        byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
        int length = Math.min(bytes.length, MAX_LABEL);
        Memory.putLong(value(unused), 0);
        long record = record(unused);
        Memory.putInt(record + CountersReader.TYPE_ID_OFFSET, 0);
        Memory.putInt(record + CountersReader.LABEL_OFFSET, length);
        Memory.put(record + CountersReader.LABEL_OFFSET + Integer.BYTES, bytes, 0, length);
        // release: who sees the state sees label and value
        Memory.putIntRelease(record, CountersReader.RECORD_ALLOCATED);
        return value(unused);
    }

    /** Address of the counter with this label, 0 when there is none. */
    public long find(String label) {
        for (int i = 0; i < capacity; i++) {
            if (isAllocated(i) && label(i).equals(label)) {
                return value(i);
            }
        }
        return 0;
    }

    @Override
    public synchronized void free(long counter) {
        long offset = counter - value(0);
        if (offset < 0 || offset % VALUE != 0 || offset / VALUE >= capacity) {
            throw new IllegalArgumentException("not a counter of this area: " + counter);
        }
        Memory.putIntRelease(record((int) (offset / VALUE)), CountersReader.RECORD_RECLAIMED);
    }

    /** Whether an address is one of this area's counters. */
    public boolean contains(long counter) {
        return counter >= value(0) && counter < value(capacity);
    }

    /** All counters at about one moment, by label. */
    public Map<String, Long> values() {
        Map<String, Long> values = new TreeMap<>();
        for (int i = 0; i < capacity; i++) {
            if (isAllocated(i)) {
                values.put(label(i), Memory.getLong(value(i)));
            }
        }
        return values;
    }

    private boolean isAllocated(int i) {
        return Memory.getIntAcquire(record(i)) == CountersReader.RECORD_ALLOCATED;
    }

    /** Written by another process, perhaps: its length is checked. */
    private String label(int i) {
        long at = record(i) + CountersReader.LABEL_OFFSET;
        int length = Memory.getInt(at);
        byte[] bytes = new byte[Math.max(0, Math.min(length, MAX_LABEL))];
        Memory.get(at + Integer.BYTES, bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private long record(int i) {
        return address + (long) RECORD * i;
    }

    private long value(int i) {
        return address + (long) RECORD * capacity + (long) VALUE * i;
    }
}

package io.jspp.memory;

import java.util.BitSet;

/**
 * Records of one client id that outlive its process: a successor under the same id asks for the same key and finds what was written last, after
 * kill -9 too.
 *
 * <pre>
 *   record, 64 bytes, one cache line:
 *      0  key    long   whose it is, 0 nobody's; stored last, release
 *      8  stamp  long   grows with each claim: the record unused for longest is given away when all are taken
 *     16  48 bytes that belong to the holder, zero when the key is new
 * </pre>
 *
 * <p>Used by one process at a time, the one attached under the id. Any thread of it.
 */
public final class KeptRecords {
    /** Bytes of one record. */
    public static final int RECORD = 64;

    /** Records of a client: rings of guests that one process serves at the same time, 4 guests with 16 queue pairs or 64 with one. */
    public static final int PER_CLIENT = 128;

    /** Bytes of a client's records. */
    public static final int BYTES = PER_CLIENT * RECORD;

    private static final int STAMP_AT = 8;
    private static final int CONTENT_AT = 16;
    private static final long NOBODY = 0;

    private final long address;
    private final BitSet held = new BitSet(PER_CLIENT);

    /** @param address of {@link #BYTES} bytes, aligned to {@link #RECORD}, that outlive this object */
    public KeptRecords(long address) {
        this.address = address;
    }

    /**
     * The record of {@code key}: as it was left, or a zeroed one.
     *
     * @param key not 0, held by nobody else now
     * @return its address, valid until {@link #release}; 0 when all records are held
     */
    public synchronized long claim(long key) {
        long newest = 0;
        long oldestStamp = Long.MAX_VALUE;
        int oldest = -1;
        int found = -1;
        for (int i = 0; i < PER_CLIENT; i++) {
            long stamp = Memory.getLong(at(i) + STAMP_AT);
            newest = Math.max(newest, stamp);
            if (held.get(i)) {
                continue;
            }
            long owner = Memory.getLongAcquire(at(i));
            if (owner == key) {
                found = i;
            }
            long age = owner == NOBODY ? -1 : stamp;
            if (age < oldestStamp) {
                oldestStamp = age;
                oldest = i;
            }
        }
        if (found < 0 && oldest < 0) {
            return 0;
        }
        int chosen = found < 0 ? oldest : found;
        long record = at(chosen);
        Memory.putLong(record + STAMP_AT, newest + 1);
        if (found < 0) {
            // A kill in between leaves a record of nobody.
            Memory.putLongRelease(record, NOBODY);
            Memory.fill(record + CONTENT_AT, RECORD - CONTENT_AT, (byte) 0);
            Memory.putLongRelease(record, key);
        }
        held.set(chosen);
        return record;
    }

    /** Ends the use of a record; what it says stays. 0 is ignored. */
    public synchronized void release(long record) {
        if (record != 0) {
            held.clear((int) ((record - address) / RECORD));
        }
    }

    private long at(int index) {
        return address + (long) index * RECORD;
    }
}

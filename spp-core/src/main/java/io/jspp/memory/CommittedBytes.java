package io.jspp.memory;

import java.util.zip.CRC32;

/**
 * A byte string in shared memory that is replaced as a whole: who reads finds the old or the new one, even when the writer was killed in
 * between. One writer at a time, any readers.
 *
 * <pre>
 *   slot 0, slot 1 (each 64 + {@value #MAX_LENGTH} bytes):
 *      0  sequence  long   0 is empty; stored last, release
 *      8  length    int
 *     12  crc32     int    of the bytes
 *     64  bytes
 * </pre>
 *
 * <p>The valid slot with the greater sequence counts; the other one is written next.
 */
public final class CommittedBytes {
    public static final int MAX_LENGTH = 4096;

    private static final int BYTES_AT = 64;
    private static final int SLOT = BYTES_AT + MAX_LENGTH;
    private static final int LENGTH_AT = 8;
    private static final int CRC_AT = 12;

    /** Bytes both slots take, a multiple of 64. */
    public static final int SIZE = 2 * SLOT;

    private final long address;

    /** @param address of {@link #SIZE} bytes that outlive this view */
    public CommittedBytes(long address) {
        this.address = address;
    }

    /** Replaces the content. */
    public void commit(byte[] bytes) {
        if (bytes.length > MAX_LENGTH) {
            throw new IllegalArgumentException(bytes.length + " bytes (at most " + MAX_LENGTH + ")");
        }
        long first = validSequence(0);
        long second = validSequence(1);
        long slot = first > second ? address + SLOT : address;
        long next = Math.max(first, second) + 1;
        // release: a reader that still sees the old sequence here sees the old bytes, or a crc that fails
        Memory.putLongRelease(slot, 0);
        Memory.fullFence();
        ParkPoint.reach(ParkPoint.COMMIT_CLEARED);
        Memory.put(slot + BYTES_AT, bytes, 0, bytes.length);
        Memory.putInt(slot + LENGTH_AT, bytes.length);
        Memory.putInt(slot + CRC_AT, crc(bytes));
        ParkPoint.reach(ParkPoint.COMMIT_WRITTEN);
        Memory.putLongRelease(slot, next);
    }

    /** The last content committed, null when there is none. */
    public byte[] read() {
        // A writer at work may invalidate one slot between two looks, never both.
        for (int attempt = 0; attempt < 4; attempt++) {
            long first = Memory.getLongAcquire(address);
            long second = Memory.getLongAcquire(address + SLOT);
            byte[] newer = readSlot(first > second ? 0 : 1);
            if (newer != null) {
                return newer;
            }
            byte[] older = readSlot(first > second ? 1 : 0);
            if (older != null) {
                return older;
            }
        }
        return null;
    }

    /** Forgets the content. */
    public void clear() {
        Memory.putLongRelease(address, 0);
        Memory.putLongRelease(address + SLOT, 0);
    }

    private long validSequence(int i) {
        return readSlot(i) == null ? 0 : Memory.getLong(address + (long) SLOT * i);
    }

    private byte[] readSlot(int i) {
        long slot = address + (long) SLOT * i;
        long sequence = Memory.getLongAcquire(slot);
        int length = Memory.getInt(slot + LENGTH_AT);
        int crc = Memory.getInt(slot + CRC_AT);
        if (sequence <= 0 || length < 0 || length > MAX_LENGTH) {
            return null;
        }
        byte[] bytes = new byte[length];
        Memory.get(slot + BYTES_AT, bytes, 0, length);
        Memory.loadFence();
        boolean stable = Memory.getLong(slot) == sequence && crc(bytes) == crc;
        return stable ? bytes : null;
    }

    private static int crc(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}

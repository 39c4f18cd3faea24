package io.jspp.memory;

import org.agrona.UnsafeApi;

/**
 * Ordered access to memory outside the Java heap, by absolute address. Any thread; nothing is checked here: an address comes from a
 * {@link Region} or was checked against one.
 *
 * <p>Plain access is the unmarked name and is for one writer. {@code Acquire}, {@code Release} and {@code Opaque} mean what
 * {@link java.lang.invoke.VarHandle} says. On memory of a guest don't use {@link #fill}: where that memory has
 * vanished it ends the JVM instead of raising an InternalError. There is no read-modify-write: every shared word has one writer.
 */
public final class Memory {
    private static final int LONG_COPY_LIMIT = 128;
    private static final long BYTES = UnsafeApi.arrayBaseOffset(byte[].class);

    private Memory() {}

    public static byte getByte(long address) {
        return UnsafeApi.getByte(address);
    }

    public static void putByte(long address, byte value) {
        UnsafeApi.putByte(address, value);
    }

    public static short getShort(long address) {
        return UnsafeApi.getShort(address);
    }

    public static void putShort(long address, short value) {
        UnsafeApi.putShort(address, value);
    }

    public static int getInt(long address) {
        return UnsafeApi.getInt(address);
    }

    public static void putInt(long address, int value) {
        UnsafeApi.putInt(address, value);
    }

    public static long getLong(long address) {
        return UnsafeApi.getLong(address);
    }

    public static void putLong(long address, long value) {
        UnsafeApi.putLong(address, value);
    }

    /** A byte as 0 to 255. */
    public static int getUnsignedByte(long address) {
        return UnsafeApi.getByte(address) & 0xff;
    }

    /** A native-order short as 0 to 65535. */
    public static int getUnsignedShort(long address) {
        return UnsafeApi.getShort(address) & 0xffff;
    }

    // Ordered stores are a fence and a plain store, which the compilers make the same code of. Unsafe.putXRelease would
    // not do for memory that may vanish: interpreted, it is an xchg inside the JVM, and JDK 17 dies of its SIGBUS since
    // it can't tell how long that instruction is.

    public static short getShortAcquire(long address) {
        return UnsafeApi.getShortAcquire(null, address);
    }

    public static void putShortRelease(long address, short value) {
        UnsafeApi.storeFence();
        UnsafeApi.putShort(address, value);
    }

    public static short getShortOpaque(long address) {
        return UnsafeApi.getShortOpaque(null, address);
    }

    public static void putShortOpaque(long address, short value) {
        UnsafeApi.storeFence();
        UnsafeApi.putShort(address, value);
    }

    public static int getIntAcquire(long address) {
        return UnsafeApi.getIntAcquire(null, address);
    }

    public static void putIntRelease(long address, int value) {
        UnsafeApi.storeFence();
        UnsafeApi.putInt(address, value);
    }

    public static int getIntOpaque(long address) {
        return UnsafeApi.getIntOpaque(null, address);
    }

    public static void putIntOpaque(long address, int value) {
        UnsafeApi.storeFence();
        UnsafeApi.putInt(address, value);
    }

    public static long getLongAcquire(long address) {
        return UnsafeApi.getLongAcquire(null, address);
    }

    public static void putLongRelease(long address, long value) {
        UnsafeApi.storeFence();
        UnsafeApi.putLong(address, value);
    }

    public static long getLongOpaque(long address) {
        return UnsafeApi.getLongOpaque(null, address);
    }

    public static void putLongOpaque(long address, long value) {
        UnsafeApi.storeFence();
        UnsafeApi.putLong(address, value);
    }

    public static void putByteOpaque(long address, byte value) {
        UnsafeApi.storeFence();
        UnsafeApi.putByte(address, value);
    }

    /** Orders stores before loads after: needed where each side stores its word and then looks at the other's. */
    public static void fullFence() {
        UnsafeApi.fullFence();
    }

    public static void loadFence() {
        UnsafeApi.loadFence();
    }

    public static void storeFence() {
        UnsafeApi.storeFence();
    }

    /**
     * Copies between areas that do not overlap: below 128 bytes by words in straight-line code (a loop costs more than the copy), what is left of
     * less than 32 bytes by copying the last 32 again; else in bulk. Benchmark: SplitVirtqueueBenchmark.
     */
    public static void copy(long source, long destination, int length) {
        if (length >= LONG_COPY_LIMIT) {
            UnsafeApi.copyMemory(source, destination, length);
            return;
        }
        if (length < 32) {
            copyShort(source, destination, length);
            return;
        }
        long from = source;
        long to = destination;
        if (length >= 64) {
            copy32(from, to);
            copy32(from + 32, to + 32);
            from += 64;
            to += 64;
        }
        if ((length & 32) != 0) {
            copy32(from, to);
        }
        if ((length & 31) != 0) {
            copy32(source + length - 32, destination + length - 32);
        }
    }

    private static void copy32(long from, long to) {
        long a = UnsafeApi.getLong(from);
        long b = UnsafeApi.getLong(from + 8);
        long c = UnsafeApi.getLong(from + 16);
        long d = UnsafeApi.getLong(from + 24);
        UnsafeApi.putLong(to, a);
        UnsafeApi.putLong(to + 8, b);
        UnsafeApi.putLong(to + 16, c);
        UnsafeApi.putLong(to + 24, d);
    }

    /** Less than 32 bytes. */
    private static void copyShort(long source, long destination, int length) {
        int at = 0;
        if ((length & 16) != 0) {
            UnsafeApi.putLong(destination, UnsafeApi.getLong(source));
            UnsafeApi.putLong(destination + 8, UnsafeApi.getLong(source + 8));
            at = 16;
        }
        if ((length & 8) != 0) {
            UnsafeApi.putLong(destination + at, UnsafeApi.getLong(source + at));
            at += 8;
        }
        if ((length & 4) != 0) {
            UnsafeApi.putInt(destination + at, UnsafeApi.getInt(source + at));
            at += 4;
        }
        if ((length & 2) != 0) {
            UnsafeApi.putShort(destination + at, UnsafeApi.getShort(source + at));
            at += 2;
        }
        if ((length & 1) != 0) {
            UnsafeApi.putByte(destination + at, UnsafeApi.getByte(source + at));
        }
    }

    /** Copies native memory to {@code bytes[offset, offset + length)}. */
    public static void get(long source, byte[] bytes, int offset, int length) {
        java.util.Objects.checkFromIndexSize(offset, length, bytes.length);
        UnsafeApi.copyMemory(null, source, bytes, BYTES + offset, length);
    }

    /** Copies {@code bytes[offset, offset + length)} to native memory. */
    public static void put(long destination, byte[] bytes, int offset, int length) {
        java.util.Objects.checkFromIndexSize(offset, length, bytes.length);
        UnsafeApi.copyMemory(bytes, BYTES + offset, null, destination, length);
    }

    /** Fills own memory. Never a guest's. */
    public static void fill(long address, long length, byte value) {
        UnsafeApi.setMemory(address, length, value);
    }

    /** Private native memory, zeroed; give it back by {@link #free}. */
    public static long allocate(long length) {
        long address = UnsafeApi.allocateMemory(length);
        UnsafeApi.setMemory(address, length, (byte) 0);
        return address;
    }

    public static void free(long address) {
        UnsafeApi.freeMemory(address);
    }
}

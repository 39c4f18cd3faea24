package io.jspp.net;

import io.jspp.memory.Memory;

/** Network byte order on off-heap memory, unaligned, by absolute address. Nothing is checked. Any thread. */
public final class BigEndian {
    private BigEndian() {}

    /** 0..65535. */
    public static int getShort(long address) {
        return Short.toUnsignedInt(Short.reverseBytes(Memory.getShort(address)));
    }

    public static void putShort(long address, int value) {
        Memory.putShort(address, Short.reverseBytes((short) value));
    }

    public static int getInt(long address) {
        return Integer.reverseBytes(Memory.getInt(address));
    }

    public static void putInt(long address, int value) {
        Memory.putInt(address, Integer.reverseBytes(value));
    }
}

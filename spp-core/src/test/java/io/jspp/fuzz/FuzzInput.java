package io.jspp.fuzz;

/** Reads a program from bytes; behind their end come zeroes. */
public final class FuzzInput {
    private final byte[] bytes;
    private int at;

    public FuzzInput(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Whether the end has been reached. */
    public boolean empty() {
        return at >= bytes.length;
    }

    public int left() {
        return Math.max(0, bytes.length - at);
    }

    /** 0 to 255. */
    public int u8() {
        return at < bytes.length ? bytes[at++] & 0xff : 0;
    }

    public int u16() {
        return u8() | u8() << 8;
    }

    public int i32() {
        return u16() | u16() << 16;
    }

    public long i64() {
        return i32() & 0xffff_ffffL | (long) i32() << 32;
    }

    /** 0 to {@code limit - 1}, at most 65536. */
    public int below(int limit) {
        return limit <= 1 ? 0 : (limit <= 256 ? u8() : u16()) % limit;
    }

    public boolean flag() {
        return (u8() & 1) != 0;
    }

    public byte[] bytes(int length) {
        byte[] result = new byte[length];
        for (int i = 0; i < length; i++) {
            result[i] = (byte) u8();
        }
        return result;
    }
}

package io.jspp.memory;

/**
 * A range of mapped memory with checked translation of offsets to addresses. Any thread; the owner closes it when nobody may touch it any
 * more, since access to unmapped memory ends the JVM.
 */
public abstract class Region implements AutoCloseable {
    private final long address;
    private final long length;

    protected Region(long address, long length) {
        if (length < 0) {
            throw new IllegalArgumentException("negative length " + length);
        }
        this.address = address;
        this.length = length;
    }

    public final long address() {
        return address;
    }

    public final long length() {
        return length;
    }

    /** Whether {@code [offset, offset + bytes)} lies inside; all values are taken as hostile. */
    public final boolean contains(long offset, long bytes) {
        return offset >= 0 && bytes >= 0 && offset <= length && bytes <= length - offset;
    }

    /** Address of {@code offset} after a check of {@code [offset, offset + bytes)}. */
    public final long addressOf(long offset, long bytes) {
        if (!contains(offset, bytes)) {
            throw new IndexOutOfBoundsException(
                    "range of " + bytes + " bytes at offset " + offset + " in a region of " + length);
        }
        return address + offset;
    }

    @Override
    public abstract void close();
}

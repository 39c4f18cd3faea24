package io.jspp.virtio;

import io.jspp.linux.FileDescriptor;
import io.jspp.memory.Memory;

/**
 * A front-end's dirty log: one bit per 4 KiB page of guest memory, bit {@code n} of byte {@code m} for page {@code 8m+n}, set by the device after
 * it wrote to the page, read and cleared by the front-end at any time (vhost-user.rst "Migration").
 *
 * <p>Marks whole bytes, which is eight pages, with a plain store of 0xff: several workers and a front-end that exchanges words can't lose each
 * other's marks, and no compare-and-set touches memory that may vanish. Seven pages too many are sent at most, none too few. Addresses beyond the
 * log are left out.
 *
 * <p>Made and closed by the session thread, the latter when no worker can see it; {@link #mark} by any thread.
 */
public final class DirtyLog implements AutoCloseable {
    /** A byte of the log is {@code 1 << BYTE_SHIFT} bytes of memory. */
    private static final int BYTE_SHIFT = 15;

    private final ForeignMapping mapping;
    private final long base;
    private final long size;
    private boolean closed;

    private DirtyLog(ForeignMapping mapping, long size) {
        this.mapping = mapping;
        this.base = mapping.address;
        this.size = size;
    }

    /**
     * Checks and maps a log of {@code size} bytes that begins {@code offset} bytes into {@code file}, which is taken over in any case.
     *
     * @throws GuestMemoryException when it is unusable
     */
    public static DirtyLog map(FileDescriptor file, long size, long offset) throws GuestMemoryException {
        return new DirtyLog(ForeignMapping.map("dirty log", file, offset, size), size);
    }

    /** After {@code length} bytes from {@code guestAddress} on were written. */
    void mark(long guestAddress, long length) {
        if (length <= 0) {
            return;
        }
        // What was written must be there when the front-end, having found the mark and cleared it, reads the page.
        Memory.storeFence();
        long last = Math.min(guestAddress + (length - 1) >>> BYTE_SHIFT, size - 1);
        for (long at = guestAddress >>> BYTE_SHIFT; at <= last; at++) {
            Memory.putByteOpaque(base + at, (byte) 0xff);
        }
    }

    /** True when the file can no longer shrink. */
    public boolean sealed() {
        return mapping.sealed();
    }

    /** As {@link GuestMemory#replaceVanished}, for the log. */
    public synchronized boolean replaceVanished() {
        if (closed || !mapping.vanished()) {
            return false;
        }
        mapping.replaceByZeroPages();
        return true;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            mapping.close();
        }
    }
}

package io.jspp.memory;

import io.jspp.linux.Constants;
import io.jspp.linux.Linux;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A mapping of a file descriptor or of anonymous memory. The descriptor may be closed once it is mapped. Closing unmaps, once; the caller makes
 * sure that no thread looks at the memory then. What is not closed yet is counted, {@link #live}.
 */
public final class MappedMemory extends Region {
    private static final AtomicInteger LIVE = new AtomicInteger();

    private final AtomicBoolean closed = new AtomicBoolean();

    private MappedMemory(long address, long length) {
        super(address, length);
        LIVE.incrementAndGet();
    }

    /** Maps {@code [offset, offset + length)} of {@code fd} shared, readable and writable; offset is page-aligned. */
    public static MappedMemory shared(int fd, long offset, long length) {
        return map(fd, offset, length, Constants.PROT_READ | Constants.PROT_WRITE, Constants.MAP_SHARED);
    }

    /** Maps shared and read-only. */
    public static MappedMemory sharedReadOnly(int fd, long offset, long length) {
        return map(fd, offset, length, Constants.PROT_READ, Constants.MAP_SHARED);
    }

    /** mmap(2) with any protection and flags except MAP_FIXED. */
    public static MappedMemory map(int fd, long offset, long length, int protection, int flags) {
        if ((flags & Constants.MAP_FIXED) != 0) {
            throw new IllegalArgumentException("MAP_FIXED would replace other mappings");
        }
        return new MappedMemory(Linux.mmap(0, length, protection, flags, fd, offset), length);
    }

    /** Private anonymous memory, page-aligned. */
    public static MappedMemory anonymous(long length) {
        int flags = Constants.MAP_PRIVATE | Constants.MAP_ANONYMOUS;
        return map(-1, 0, length, Constants.PROT_READ | Constants.PROT_WRITE, flags);
    }

    /**
     * Puts zero pages in place of the mapping, so that a page that vanished faults no more. The address stays valid until {@link #close}.
     */
    public void replaceByZeroPages() {
        int flags = Constants.MAP_PRIVATE | Constants.MAP_ANONYMOUS | Constants.MAP_NORESERVE | Constants.MAP_FIXED;
        if (!closed.get()) {
            Linux.mmap(address(), length(), Constants.PROT_READ | Constants.PROT_WRITE, flags, -1, 0);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Linux.munmap(address(), length());
            LIVE.decrementAndGet();
        }
    }

    /** Mappings of this process that are not closed. */
    public static int live() {
        return LIVE.get();
    }
}

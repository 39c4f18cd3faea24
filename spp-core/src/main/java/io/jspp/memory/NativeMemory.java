package io.jspp.memory;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Private zeroed memory outside the heap, for structures handed to system calls and for tests. Any thread may close it, once. What is not closed yet
 * is counted, {@link #live}.
 */
public final class NativeMemory extends Region {
    private static final AtomicInteger LIVE = new AtomicInteger();

    private final AtomicBoolean closed = new AtomicBoolean();
    private final long allocation;

    private NativeMemory(long allocation, long address, long length) {
        super(address, length);
        this.allocation = allocation;
    }

    /** {@code length} bytes that begin at a cache line. */
    public static NativeMemory allocate(long length) {
        long allocation = Memory.allocate(length + Alignment.CACHE_LINE);
        LIVE.incrementAndGet();
        return new NativeMemory(allocation, Alignment.up(allocation, Alignment.CACHE_LINE), length);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Memory.free(allocation);
            LIVE.decrementAndGet();
        }
    }

    /** Allocations of this process that are not closed. */
    public static int live() {
        return LIVE.get();
    }
}

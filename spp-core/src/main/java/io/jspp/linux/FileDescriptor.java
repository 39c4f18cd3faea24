package io.jspp.linux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Owner of one file descriptor. Closes it exactly once; a closed owner refuses to name its number, since the kernel reuses numbers.
 *
 * <p>Any thread may close. Every live owner is counted ({@link #live()}); with {@code -Dio.jspp.descriptorOrigins=true} the place where each
 * was made is kept too, so that a test can show who leaked.
 */
public final class FileDescriptor implements AutoCloseable {
    private static final int CLOSED = -1;
    private static final boolean TRACE = Boolean.getBoolean("io.jspp.descriptorOrigins");
    private static final AtomicInteger LIVE = new AtomicInteger();
    private static final Map<FileDescriptor, Throwable> ORIGINS = new ConcurrentHashMap<>();
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(FileDescriptor.class, "value", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Executor closer;
    private volatile int value;

    /** Takes ownership of {@code value}, which must be an open descriptor. */
    public FileDescriptor(int value) {
        this(value, Runnable::run);
    }

    /**
     * As {@link #FileDescriptor(int)}, for a descriptor whose close(2) may block.
     *
     * @param closer runs the close(2), on any thread, at any later time
     */
    public FileDescriptor(int value, Executor closer) {
        if (value < 0) {
            throw new IllegalArgumentException("not a file descriptor: " + value);
        }
        this.value = value;
        this.closer = closer;
        LIVE.incrementAndGet();
        if (TRACE) {
            ORIGINS.put(this, new Throwable("descriptor " + value));
        }
    }

    /** The number, to be used while this owner stays open. */
    public int value() {
        int v = value;
        if (v == CLOSED) {
            throw new IllegalStateException("file descriptor is closed");
        }
        return v;
    }

    public boolean isOpen() {
        return value != CLOSED;
    }

    /** Gives the number and the duty to close it to the caller. */
    public int release() {
        int v = (int) VALUE.getAndSet(this, CLOSED);
        if (v == CLOSED) {
            throw new IllegalStateException("file descriptor is closed");
        }
        forget();
        return v;
    }

    /** A second descriptor for the same open file, close-on-exec. */
    public FileDescriptor duplicate() {
        return new FileDescriptor(Linux.fcntl(value(), Constants.F_DUPFD_CLOEXEC, 0));
    }

    /** Closes once; further calls do nothing. Errors of close(2) are ignored: the number is gone in any case. */
    @Override
    public void close() {
        int v = (int) VALUE.getAndSet(this, CLOSED);
        if (v != CLOSED) {
            forget();
            closer.execute(() -> Linux.close(v));
        }
    }

    /** Closes everything in {@code descriptors}. */
    public static void closeAll(Iterable<FileDescriptor> descriptors) {
        for (FileDescriptor d : descriptors) {
            d.close();
        }
    }

    private void forget() {
        LIVE.decrementAndGet();
        if (TRACE) {
            ORIGINS.remove(this);
        }
    }

    /** Owners of this process that are open now. */
    public static int live() {
        return LIVE.get();
    }

    /** Where the open ones were made; empty unless {@code io.jspp.descriptorOrigins} is set. */
    public static List<Throwable> liveOrigins() {
        return new ArrayList<>(ORIGINS.values());
    }

    @Override
    public String toString() {
        int v = value;
        return v == CLOSED ? "fd closed" : "fd " + v;
    }
}

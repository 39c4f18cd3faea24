package io.jspp.linux;

/**
 * A system call that failed: {@code mmap 4096 bytes: ENOMEM (Cannot allocate memory)}. Thrown by cold calls only; hot calls return
 * {@code -errno}.
 */
public final class LinuxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;
    private final String context;

    public LinuxException(String call, int errno, String context) {
        super((context.isEmpty() ? call : call + " " + context) + ": " + Errno.describe(errno));
        this.call = call;
        this.errno = errno;
        this.context = context;
    }

    /** Name of the system call. */
    public String call() {
        return call;
    }

    /** Positive error number, see {@link Errno}. */
    public int errno() {
        return errno;
    }

    /** What the call was applied to; may be empty. */
    public String context() {
        return context;
    }

    /** Whether the call failed for want of a right: {@code EPERM} or {@code EACCES}. */
    public boolean isPermission() {
        return errno == Errno.EPERM || errno == Errno.EACCES;
    }
}

package io.jspp.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * System calls on files, memory, events, processes and threads; {@link Sockets} has the rest. Any thread.
 *
 * <p>Two kinds. <b>Cold</b> calls take and return Java values and throw {@link LinuxException}. <b>Hot</b> calls take descriptors and addresses,
 * return the value or {@code -errno} ({@link Errno}), never throw and never allocate; each says so. Addresses are not checked: a wrong one is
 * {@code -EFAULT} at best.
 */
public final class Linux {
    private static final LibC C = Native.C;
    private static final int AT_FDCWD = -100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final long SYS_PIDFD_SEND_SIGNAL = 424;
    private static final long SYS_PIDFD_OPEN = 434;
    private static final long SYS_GETTID = Constants.isArm64() ? 178 : 186;
    private static final int CPU_SET_BYTES = 1024;

    private Linux() {}

    // ---- files
    // -------------------------------------------------------------------------------------------------------------------

    /** open(2), close-on-exec added. Cold. */
    public static FileDescriptor open(String path, int flags, int mode) {
        return new FileDescriptor(Native.check(C.open(path, flags | Constants.O_CLOEXEC, mode), "open", path));
    }

    /** close(2) of a number that has no {@link FileDescriptor}. Hot. */
    static int close(int fd) {
        return Native.result(C.close(fd));
    }

    /** read(2). Hot. */
    public static long read(int fd, long address, long length) {
        return Native.result(C.read(fd, address, length));
    }

    /** write(2). Hot. */
    public static long write(int fd, long address, long length) {
        return Native.result(C.write(fd, address, length));
    }

    /** pread(2). Hot. */
    public static long pread(int fd, long address, long length, long offset) {
        return Native.result(C.pread(fd, address, length, offset));
    }

    /** pwrite(2). Hot. */
    public static long pwrite(int fd, long address, long length, long offset) {
        return Native.result(C.pwrite(fd, address, length, offset));
    }

    /** readv(2) into an array of {@link Layouts.Iovec}. Hot. */
    public static long readv(int fd, long iovec, int count) {
        return Native.result(C.readv(fd, iovec, count));
    }

    /** writev(2) from an array of {@link Layouts.Iovec}. Hot. */
    public static long writev(int fd, long iovec, int count) {
        return Native.result(C.writev(fd, iovec, count));
    }

    /** fcntl(2) with an integer argument. Cold. */
    public static int fcntl(int fd, int command, int argument) {
        return Native.check(C.fcntl(fd, command, argument), "fcntl", "fd " + fd + " command " + command);
    }

    /** fcntl(2) that may be refused, for example adding seals to a foreign file: the value or {@code -errno}. */
    public static int tryFcntl(int fd, int command, int argument) {
        return Native.result(C.fcntl(fd, command, argument));
    }

    /** ioctl(2) with an integer argument. Cold. */
    public static int ioctl(int fd, long request, long argument) {
        return Native.check(C.ioctl(fd, request, argument), "ioctl", requestName(fd, request));
    }

    /** ioctl(2) with a structure that is copied in and out. Cold. */
    public static int ioctl(int fd, long request, byte[] argument) {
        return Native.check(C.ioctl(fd, request, argument), "ioctl", requestName(fd, request));
    }

    private static String requestName(int fd, long request) {
        return "fd " + fd + " request 0x" + Long.toHexString(request);
    }

    /**
     * What statx(2) says of one file. Device and inode name the file; {@code type} is {@code mode & S_IFMT}; {@code block}, in bytes, is the page size
     * of a file on hugetlbfs.
     */
    public record Stat(long size, int mode, long device, long inode, int user, int group, int block) {
        public int type() {
            return mode & Constants.S_IFMT;
        }

        public boolean isRegular() {
            return type() == Constants.S_IFREG;
        }

        public boolean isSocket() {
            return type() == Constants.S_IFSOCK;
        }
    }

    /** fstat(2) by statx(2). Cold. */
    public static Stat fstat(int fd) {
        byte[] buffer = new byte[Layouts.Statx.SIZE];
        Native.check(C.statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, buffer), "statx", "fd " + fd);
        return stat(buffer);
    }

    /** lstat(2) by statx(2): a link is not followed. Cold. */
    public static Stat lstat(String path) {
        byte[] buffer = new byte[Layouts.Statx.SIZE];
        int noFollow = 0x100;
        Native.check(C.statx(AT_FDCWD, path, noFollow, STATX_BASIC_STATS, buffer), "statx", path);
        return stat(buffer);
    }

    private static Stat stat(byte[] buffer) {
        ByteBuffer b = ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder());
        long device = Integer.toUnsignedLong(b.getInt(Layouts.Statx.DEV_MAJOR)) << 32
                | Integer.toUnsignedLong(b.getInt(Layouts.Statx.DEV_MINOR));
        return new Stat(
                b.getLong(Layouts.Statx.FILE_SIZE),
                Short.toUnsignedInt(b.getShort(Layouts.Statx.MODE)),
                device,
                b.getLong(Layouts.Statx.INO),
                b.getInt(Layouts.Statx.UID),
                b.getInt(Layouts.Statx.GID),
                b.getInt(Layouts.Statx.BLOCK));
    }

    /** ftruncate(2). Cold. */
    public static void ftruncate(int fd, long length) {
        Native.check(C.ftruncate(fd, length), "ftruncate", "fd " + fd + " to " + length + " bytes");
    }

    /** fallocate(2), mode 0: every page gets memory now or the call fails. Cold. */
    public static void fallocate(int fd, long offset, long length) {
        Native.check(C.fallocate(fd, 0, offset, length), "fallocate", "fd " + fd + " " + length + " bytes");
    }

    /** unlink(2). Cold. */
    public static void unlink(String path) {
        Native.check(C.unlink(path), "unlink", path);
    }

    /** rmdir(2). Cold. */
    public static void rmdir(String path) {
        Native.check(C.rmdir(path), "rmdir", path);
    }

    /** mkdir(2); the umask applies. Cold. */
    public static void mkdir(String path, int mode) {
        Native.check(C.mkdir(path, mode), "mkdir", path);
    }

    /** chmod(2). Cold. */
    public static void chmod(String path, int mode) {
        Native.check(C.chmod(path, mode), "chmod", path);
    }

    /** chown(2); -1 leaves user or group as it is. Cold. */
    public static void chown(String path, int user, int group) {
        Native.check(C.chown(path, user, group), "chown", path);
    }

    /** flock(2) with LOCK_NB: whether the lock was got. Cold. */
    public static boolean tryLock(int fd, int operation) {
        int r = Native.result(C.flock(fd, operation | Constants.LOCK_NB));
        if (r == -Errno.EAGAIN) {
            return false;
        }
        if (r < 0) {
            throw new LinuxException("flock", -r, "fd " + fd);
        }
        return true;
    }

    /** flock(2) LOCK_UN. Cold. */
    public static void unlock(int fd) {
        Native.check(C.flock(fd, Constants.LOCK_UN), "flock", "fd " + fd);
    }

    /** umask(2), for the whole process; returns the former one. */
    public static int umask(int mask) {
        return C.umask(mask);
    }

    // ---- memory
    // ------------------------------------------------------------------------------------------------------------------

    /** memfd_create(2), close-on-exec added. Cold. */
    public static FileDescriptor memfdCreate(String name, int flags) {
        return new FileDescriptor(
                Native.check(C.memfd_create(name, flags | Constants.MFD_CLOEXEC), "memfd_create", name));
    }

    /** mmap(2); {@code address} is 0, or a hint, or with MAP_FIXED the place. Returns the address. Cold. */
    public static long mmap(long address, long length, int protection, int flags, int fd, long offset) {
        long r = C.mmap(address, length, protection, flags, fd, offset, 0);
        if (r == -1) {
            throw new LinuxException("mmap", Native.errno(), length + " bytes");
        }
        return r;
    }

    /** munmap(2). Cold. */
    public static void munmap(long address, long length) {
        Native.check(C.munmap(address, length), "munmap", length + " bytes");
    }

    /** madvise(2): 0 or {@code -errno}; advice is often best effort. Hot. */
    public static int madvise(long address, long length, int advice) {
        return Native.result(C.madvise(address, length, advice));
    }

    /** mlock(2): 0 or {@code -errno}. Hot. */
    public static int mlock(long address, long length) {
        return Native.result(C.mlock(address, length));
    }

    // ---- events
    // ------------------------------------------------------------------------------------------------------------------

    /** eventfd(2), non-blocking and close-on-exec. Cold. */
    public static FileDescriptor eventfd() {
        int flags = Constants.EFD_CLOEXEC | Constants.EFD_NONBLOCK;
        return new FileDescriptor(Native.check(C.eventfd(0, flags), "eventfd", ""));
    }

    /** Adds 1 to an eventfd: 8 or {@code -errno}; {@code -EAGAIN} (counter full) still leaves it readable. Hot. */
    public static long eventfdWrite(int fd) {
        return Native.result(C.write(fd, Native.ONE, 8));
    }

    /** Resets an eventfd or timerfd and drops its count: 8, or {@code -EAGAIN} when it was 0. Hot. */
    public static long eventfdRead(int fd) {
        return Native.result(C.read(fd, Native.DISCARD, 8));
    }

    /** timerfd_create(2) on CLOCK_MONOTONIC, non-blocking and close-on-exec. Cold. */
    public static FileDescriptor timerfd() {
        int flags = Constants.TFD_CLOEXEC | Constants.TFD_NONBLOCK;
        return new FileDescriptor(
                Native.check(C.timerfd_create(Constants.CLOCK_MONOTONIC, flags), "timerfd_create", ""));
    }

    /** timerfd_settime(2), relative; 0 first expiry disarms, 0 interval is one-shot. Cold. */
    public static void timerfdSet(int fd, long firstNs, long intervalNs) {
        ByteBuffer b = ByteBuffer.allocate(Layouts.Itimerspec.SIZE).order(ByteOrder.nativeOrder());
        b.putLong(intervalNs / 1_000_000_000L).putLong(intervalNs % 1_000_000_000L);
        b.putLong(firstNs / 1_000_000_000L).putLong(firstNs % 1_000_000_000L);
        Native.check(C.timerfd_settime(fd, 0, b.array(), 0), "timerfd_settime", "fd " + fd);
    }

    /** epoll_create1(2), close-on-exec. Cold. */
    public static FileDescriptor epollCreate() {
        return new FileDescriptor(Native.check(C.epoll_create1(Constants.EPOLL_CLOEXEC), "epoll_create1", ""));
    }

    /** epoll_ctl(2); {@code data} comes back with each event. Cold. */
    public static void epollCtl(int epoll, int operation, int fd, int events, long data) {
        ByteBuffer b = ByteBuffer.allocate(Layouts.EpollEvent.SIZE).order(ByteOrder.nativeOrder());
        b.putInt(Layouts.EpollEvent.EVENTS, events).putLong(Layouts.EpollEvent.DATA, data);
        Native.check(C.epoll_ctl(epoll, operation, fd, b.array()), "epoll_ctl", "fd " + fd);
    }

    /** epoll_wait(2) into an array of {@link Layouts.EpollEvent}: count or {@code -errno} (EINTR too). Timeout -1 waits. Hot. */
    public static int epollWait(int epoll, long events, int maxEvents, int timeoutMs) {
        return Native.result(C.epoll_wait(epoll, events, maxEvents, timeoutMs));
    }

    /** poll(2) on an array of {@link Layouts.Pollfd}: count or {@code -errno} (EINTR too). Hot. */
    public static int poll(long pollfds, int count, int timeoutMs) {
        return Native.result(C.poll(pollfds, count, timeoutMs));
    }

    /** ppoll(2), no signal mask; {@code timespec} is an address or 0. Hot. */
    public static int ppoll(long pollfds, int count, long timespec) {
        return Native.result(C.ppoll(pollfds, count, timespec, 0));
    }

    /** poll(2) on one descriptor: the events that came, 0 after the timeout. Interruptions are waited through. Cold. */
    public static int pollOne(int fd, int events, int timeoutMs) {
        jnr.ffi.Pointer p = Native.allocate(Layouts.Pollfd.SIZE);
        long deadline = System.nanoTime() + timeoutMs * 1_000_000L;
        int left = timeoutMs;
        while (true) {
            p.putInt(Layouts.Pollfd.FD, fd);
            p.putShort(Layouts.Pollfd.EVENTS, (short) events);
            p.putShort(Layouts.Pollfd.REVENTS, (short) 0);
            int r = Native.result(C.poll(p.address(), 1, left));
            if (r >= 0) {
                return p.getShort(Layouts.Pollfd.REVENTS);
            }
            if (r != -Errno.EINTR) {
                throw new LinuxException("poll", -r, "fd " + fd);
            }
            if (timeoutMs >= 0) {
                left = (int) Math.max(0, (deadline - System.nanoTime()) / 1_000_000L);
            }
        }
    }

    // ---- processes and threads
    // ---------------------------------------------------------------------------------------------------

    public static int getpid() {
        return C.getpid();
    }

    /** Thread id of the calling thread. */
    public static int gettid() {
        return (int) C.syscall(SYS_GETTID, 0, 0, 0, 0);
    }

    public static int geteuid() {
        return C.geteuid();
    }

    public static int getegid() {
        return C.getegid();
    }

    /** kill(2); signal 0 only looks. 0 or {@code -errno}. Prefer {@link #pidfdSendSignal}: numbers are reused. */
    public static int kill(int pid, int signal) {
        return Native.result(C.kill(pid, signal));
    }

    /** pidfd_open(2): readable when the process has ended. ESRCH when there is none. Cold. */
    public static FileDescriptor pidfdOpen(int pid) {
        return new FileDescriptor(
                Native.check((int) C.syscall(SYS_PIDFD_OPEN, pid, 0, 0, 0), "pidfd_open", "pid " + pid));
    }

    /** pidfd_send_signal(2): 0 or {@code -errno} ({@code -ESRCH}: it is dead). */
    public static int pidfdSendSignal(int pidfd, int signal) {
        return Native.result((int) C.syscall(SYS_PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0));
    }

    /** sched_setaffinity(2); pid 0 is the calling thread. Cold. */
    public static void schedSetaffinity(int pid, BitSet cpus) {
        byte[] mask = Arrays.copyOf(cpus.toByteArray(), CPU_SET_BYTES);
        Native.check(C.sched_setaffinity(pid, CPU_SET_BYTES, mask), "sched_setaffinity", "cpus " + cpus);
    }

    /** sched_getaffinity(2); pid 0 is the calling thread. Cold. */
    public static BitSet schedGetaffinity(int pid) {
        byte[] mask = new byte[CPU_SET_BYTES];
        Native.check(C.sched_getaffinity(pid, CPU_SET_BYTES, mask), "sched_getaffinity", "pid " + pid);
        return BitSet.valueOf(mask);
    }

    /** prctl(2) PR_SET_NAME of the calling thread: at most 15 bytes are kept. Cold. */
    public static void setThreadName(String name) {
        byte[] bytes = Arrays.copyOf(name.getBytes(StandardCharsets.UTF_8), 16);
        bytes[15] = 0;
        Native.check(C.prctl(Constants.PR_SET_NAME, bytes, 0, 0, 0), "prctl", "PR_SET_NAME " + name);
    }

    /** prctl(2) PR_SET_TIMERSLACK of the calling thread, in ns (default 50 000; 1 is the least). Cold. */
    public static void setTimerSlack(long ns) {
        Native.check(C.prctl(Constants.PR_SET_TIMERSLACK, ns, 0, 0, 0), "prctl", "PR_SET_TIMERSLACK " + ns);
    }
}

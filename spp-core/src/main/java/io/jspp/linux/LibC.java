package io.jspp.linux;

import jnr.ffi.annotations.Encoding;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.annotations.Variadic;

/**
 * The one binding to libc, for this package only: public because jnr-ffi implements it in a class loader of its own. Addresses and size_t are
 * {@code long}.
 *
 * <p>jnr-ffi 2.3.4 on x86-64 passes garbage as the sixth of exactly six integer arguments. Functions of that shape get a seventh, unused one; a
 * unit test looks at every method here.
 */
@Encoding("UTF-8")
public interface LibC {
    // files and memory
    @Variadic(fixedCount = 2)
    int open(@In String path, int flags, int mode);

    int close(int fd);

    long read(int fd, long address, long length);

    long write(int fd, long address, long length);

    long pread(int fd, long address, long length, long offset);

    long pwrite(int fd, long address, long length, long offset);

    long readv(int fd, long iovec, int count);

    long writev(int fd, long iovec, int count);

    int memfd_create(@In String name, int flags);

    long mmap(long address, long length, int protection, int flags, int fd, long offset, long unusedSeventh);

    int munmap(long address, long length);

    int madvise(long address, long length, int advice);

    int mlock(long address, long length);

    int ftruncate(int fd, long length);

    int fallocate(int fd, int mode, long offset, long length);

    int statx(int directory, @In String path, int flags, int mask, @Out byte[] statx);

    @Variadic(fixedCount = 2)
    int fcntl(int fd, int command, long argument);

    @Variadic(fixedCount = 2)
    int ioctl(int fd, long request, long argument);

    @Variadic(fixedCount = 2)
    int ioctl(int fd, long request, @In @Out byte[] argument);

    int unlink(@In String path);

    int rmdir(@In String path);

    int mkdir(@In String path, int mode);

    int chmod(@In String path, int mode);

    int chown(@In String path, int user, int group);

    int flock(int fd, int operation);

    int umask(int mask);

    // events
    int eventfd(int initial, int flags);

    int timerfd_create(int clock, int flags);

    int timerfd_settime(int fd, int flags, @In byte[] newValue, long oldValue);

    int epoll_create1(int flags);

    int epoll_ctl(int epoll, int operation, int fd, @In byte[] event);

    int epoll_wait(int epoll, long events, int maxEvents, int timeoutMs);

    int poll(long pollfds, long count, int timeoutMs);

    int ppoll(long pollfds, long count, long timespec, long sigmask);

    // sockets
    int socket(int domain, int type, int protocol);

    int socketpair(int domain, int type, int protocol, @Out int[] fds);

    int bind(int fd, @In byte[] address, int length);

    int connect(int fd, @In byte[] address, int length);

    int listen(int fd, int backlog);

    int accept4(int fd, long address, long length, int flags);

    int shutdown(int fd, int how);

    int getsockname(int fd, @Out byte[] address, @In @Out int[] length);

    int setsockopt(int fd, int level, int name, @In byte[] value, int length);

    int getsockopt(int fd, int level, int name, @In @Out byte[] value, @In @Out int[] length);

    long send(int fd, long address, long length, int flags);

    long recv(int fd, long address, long length, int flags);

    long sendto(int fd, long address, long length, int flags, long sockaddr, int sockaddrLength, long unusedSeventh);

    long recvfrom(int fd, long address, long length, int flags, long sockaddr, long sockaddrLength, long unusedSeventh);

    long sendmsg(int fd, long msghdr, int flags);

    long recvmsg(int fd, long msghdr, int flags);

    int sendmmsg(int fd, long mmsghdr, int count, int flags);

    int recvmmsg(int fd, long mmsghdr, int count, int flags, long timespec);

    int if_nametoindex(@In String name);

    // processes and threads
    int getpid();

    int geteuid();

    int getegid();

    int kill(int pid, int signal);

    int sched_setaffinity(int pid, long size, @In byte[] mask);

    int sched_getaffinity(int pid, long size, @Out byte[] mask);

    @Variadic(fixedCount = 1)
    int prctl(int option, long a2, long a3, long a4, long a5);

    @Variadic(fixedCount = 1)
    int prctl(int option, @In byte[] a2, long a3, long a4, long a5);

    /** syscall(2) with four arguments, for calls without a libc function on older systems. */
    @Variadic(fixedCount = 1)
    long syscall(long number, long a1, long a2, long a3, long a4);
}

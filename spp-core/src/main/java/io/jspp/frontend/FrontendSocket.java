package io.jspp.frontend;

import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.linux.SocketAddress;
import io.jspp.linux.Sockets;

/** The UNIX socket of a front-end: yields one connection after another, by connecting or by listening. Session thread only. */
final class FrontendSocket implements AutoCloseable {
    private static final int OWNER_ONLY = 0177;

    private final String path;
    private final boolean listen;
    private final SocketAddress address;
    private FileDescriptor listener;
    private long inode;
    private long device;

    FrontendSocket(String path, boolean listen) {
        this.path = path;
        this.listen = listen;
        this.address = SocketAddress.unix(path);
    }

    /** Binds when listening. @throws LinuxException naming the path */
    void open() {
        if (!listen) {
            return;
        }
        FileDescriptor fd = Sockets.socket(Constants.AF_UNIX, Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK, 0);
        try {
            bind(fd);
            Sockets.listen(fd.value(), 1);
            Linux.Stat stat = Linux.lstat(path);
            inode = stat.inode();
            device = stat.device();
            listener = fd;
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    private void bind(FileDescriptor fd) {
        int before = Linux.umask(OWNER_ONLY);
        try {
            try {
                Sockets.bind(fd.value(), address);
            } catch (LinuxException e) {
                if (e.errno() != Errno.EADDRINUSE || !removeLeftOver()) {
                    throw e;
                }
                Sockets.bind(fd.value(), address);
            }
        } finally {
            Linux.umask(before);
        }
    }

    /** Removes the socket file when nobody listens behind it. */
    private boolean removeLeftOver() {
        try (FileDescriptor probe = Sockets.socket(Constants.AF_UNIX, Constants.SOCK_STREAM, 0)) {
            if (!Linux.lstat(path).isSocket() || Sockets.tryConnect(probe.value(), address) != -Errno.ECONNREFUSED) {
                return false;
            }
        }
        Linux.unlink(path);
        return true;
    }

    /**
     * Waits up to {@code timeoutMs} for the next connection.
     *
     * @return the connection, or null when there is none yet
     * @throws LinuxException when waiting is in vain: no right, no socket
     */
    FileDescriptor next(int timeoutMs) {
        if (listen) {
            return Linux.pollOne(listener.value(), Constants.POLLIN, timeoutMs) == 0
                    ? null
                    : Sockets.accept(listener.value(), 0);
        }
        FileDescriptor fd = Sockets.socket(Constants.AF_UNIX, Constants.SOCK_STREAM, 0);
        int r = Sockets.tryConnect(fd.value(), address);
        if (r == 0) {
            return fd;
        }
        fd.close();
        if (r == -Errno.EACCES
                || r == -Errno.EPERM
                || r == -Errno.ENOTSOCK
                || r == -Errno.ENOTDIR
                || r == -Errno.ELOOP) {
            throw new LinuxException("connect", -r, path);
        }
        return null;
    }

    boolean listens() {
        return listen;
    }

    @Override
    public void close() {
        if (listener == null) {
            return;
        }
        listener.close();
        listener = null;
        try {
            Linux.Stat stat = Linux.lstat(path);
            if (stat.inode() == inode && stat.device() == device) {
                Linux.unlink(path);
            }
        } catch (LinuxException e) {
            // Somebody removed it before us, which is what we wanted.
            return;
        }
    }
}

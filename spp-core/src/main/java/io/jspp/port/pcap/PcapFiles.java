package io.jspp.port.pcap;

import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.memory.NativeMemory;
import io.jspp.port.PortException;

/** Opens capture files: regular ones only, without waiting for anybody. Control thread. */
final class PcapFiles {
    private static final int MODE = 0644;

    private PcapFiles() {}

    /** Opens a file for reading. */
    static FileDescriptor forReading(String path) {
        return open(path, Constants.O_RDONLY);
    }

    /** Opens for writing at the end, makes it when it is not there; the header is written into an empty one. */
    static FileDescriptor forAppending(String path) {
        FileDescriptor fd = open(path, Constants.O_WRONLY | Constants.O_CREAT | Constants.O_APPEND);
        try {
            putHeaderIfEmpty(fd, path);
            return fd;
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /** Makes the file an empty capture, whatever it was; not through a symbolic link. */
    static void makeEmpty(String path) {
        int flags = Constants.O_WRONLY | Constants.O_CREAT | Constants.O_NOFOLLOW;
        try (FileDescriptor fd = open(path, flags)) {
            Linux.ftruncate(fd.value(), 0);
            putHeaderIfEmpty(fd, path);
        } catch (LinuxException e) {
            throw failed(path, e);
        }
    }

    /** Makes an empty capture when there is no file of that name. */
    static void makeIfMissing(String path) {
        try (FileDescriptor fd = Linux.open(path, Constants.O_WRONLY | Constants.O_CREAT | Constants.O_EXCL, MODE)) {
            putHeaderIfEmpty(fd, path);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EEXIST) {
                throw failed(path, e);
            }
        }
    }

    private static FileDescriptor open(String path, int flags) {
        FileDescriptor fd;
        try {
            // O_NONBLOCK: opening a FIFO must not wait for its other end.
            fd = Linux.open(path, flags | Constants.O_NONBLOCK, MODE);
        } catch (LinuxException e) {
            throw failed(path, e);
        }
        if (!Linux.fstat(fd.value()).isRegular()) {
            fd.close();
            throw new PortException("capture file " + path + " is not a regular file: name another one");
        }
        return fd;
    }

    private static void putHeaderIfEmpty(FileDescriptor fd, String path) {
        if (Linux.fstat(fd.value()).size() > 0) {
            return;
        }
        try (NativeMemory header = NativeMemory.allocate(PcapFormat.FILE_HEADER)) {
            PcapFormat.putFileHeader(header.address());
            long r = Linux.write(fd.value(), header.address(), PcapFormat.FILE_HEADER);
            if (r != PcapFormat.FILE_HEADER) {
                int errno = r < 0 ? (int) -r : Errno.ENOSPC;
                throw failed(path, new LinuxException("write", errno, PcapFormat.FILE_HEADER + " bytes"));
            }
        }
    }

    private static PortException failed(String path, LinuxException e) {
        String next = switch (e.errno()) {
            case Errno.ENOENT -> ": does the directory exist, is the name right?";
            case Errno.EACCES, Errno.EPERM, Errno.EROFS -> ": choose a file this user may use, or another --sock-dir";
            case Errno.ELOOP -> ": it is a symbolic link, remove it";
            case Errno.ENOSPC -> ": free some space";
            default -> "";
        };
        return new PortException("capture file " + path + ": " + e.getMessage() + next, e);
    }
}

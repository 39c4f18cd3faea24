package io.jspp.primary;

import io.jspp.config.ExitCode;
import io.jspp.config.ProcessException;
import io.jspp.config.RunDirectory;
import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * The right to be the primary of a run directory: an flock on {@code primary.lock}, which holds the owner's pid. The kernel ends it with the
 * process, so a file left behind by a killed primary is no obstacle.
 */
final class RunLock implements AutoCloseable {
    private static final String NAME = "primary.lock";
    private static final long HOLDER_WRITES_WITHIN_NS = 1_000_000_000L;

    private final Path path;
    private final FileDescriptor file;

    private RunLock(Path path, FileDescriptor file) {
        this.path = path;
        this.file = file;
    }

    /** @throws ProcessException {@link ExitCode#REFUSED} naming the primary that holds it */
    static RunLock take(RunDirectory directory) {
        Path path = directory.path().resolve(NAME);
        while (true) {
            directory.create();
            FileDescriptor file;
            try {
                file = Linux.open(path.toString(), Constants.O_RDWR | Constants.O_CREAT | Constants.O_NOFOLLOW, 0600);
            } catch (LinuxException e) {
                if (e.errno() == Errno.ENOENT) {
                    continue; // a primary that ended removed the directory in between
                }
                throw e;
            }
            boolean locked = Linux.tryLock(file.value(), Constants.LOCK_EX);
            if (locked && sameFile(file, path)) {
                RunLock lock = new RunLock(path, file);
                lock.write(Long.toString(ProcessHandle.current().pid()));
                return lock;
            }
            file.close();
            if (!locked) {
                throw new ProcessException(
                        ExitCode.REFUSED,
                        "a primary" + holder(path) + " runs already in " + directory.path()
                                + ": stop it, or start this one with another --file-prefix");
            }
        }
    }

    /** A lock on a file that its last owner removed is worth nothing. */
    private static boolean sameFile(FileDescriptor file, Path path) {
        try {
            return Linux.fstat(file.value()).inode()
                    == Linux.lstat(path.toString()).inode();
        } catch (LinuxException removed) {
            return false;
        }
    }

    /** Who holds the lock; it may have got it just now and be about to replace a killed one's number. */
    private static String holder(Path path) {
        long deadline = System.nanoTime() + HOLDER_WRITES_WITHIN_NS;
        do {
            try {
                String pid = Files.readString(path).strip();
                if (pid.matches("[0-9]{1,10}")
                        && ProcessHandle.of(Long.parseLong(pid)).isPresent()) {
                    return " (pid " + pid + ")";
                }
            } catch (IOException removed) {
                return "";
            }
            LockSupport.parkNanos(HOLDER_WRITES_WITHIN_NS / 100);
        } while (System.nanoTime() < deadline);
        return "";
    }

    private void write(String text) {
        try {
            Files.write(path, text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            file.close();
            throw new ProcessException(ExitCode.FAILED, "write " + path + ": " + e.getMessage(), e);
        }
    }

    /** Removes the file, then lets go. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new ProcessException(ExitCode.FAILED, "remove " + path + ": " + e.getMessage(), e);
        } finally {
            file.close();
        }
    }
}

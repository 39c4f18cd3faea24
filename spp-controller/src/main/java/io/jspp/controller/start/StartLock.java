package io.jspp.controller.start;

import io.jspp.config.ExitCode;
import io.jspp.config.ProcessException;
import io.jspp.config.RunDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The right to start the processes of a run directory and to remove their logs; the kernel ends it with the process. */
final class StartLock implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;

    private StartLock(final Path path, final FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** @throws ProcessException {@link ExitCode#REFUSED} when another {@code ./spp start} has it */
    static StartLock take(final RunDirectory directory) {
        final Path path = directory.path().resolve("start.lock");
        try {
            final FileChannel channel = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            // Its last owner removes the file before it lets go: then this lock is worth nothing, and its directory
            // goes.
            if (channel.tryLock() != null && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return new StartLock(path, channel);
            }
            channel.close();
        } catch (final IOException failure) {
            throw new ProcessException(ExitCode.FAILED, "lock " + path + ": " + failure, failure);
        }
        throw new ProcessException(
                ExitCode.REFUSED,
                "another ./spp start runs or ends in " + directory.path()
                        + ": end it, or give this one another file-prefix and other ports");
    }

    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(path);
        } catch (final IOException failure) {
            throw new ProcessException(ExitCode.FAILED, "remove " + path + ": " + failure, failure);
        }
    }
}

package io.jspp.controller.access;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A listening UNIX socket whose file only its owner can use: bound in a directory of mode 0700, closed to others, and only then
 * moved to its place. Takes the place of a dead one's file, never of a living one's. One thread.
 */
public final class UnixSocketFile implements AutoCloseable {
    /** Longest path of a UNIX socket ({@code sun_path} of {@code sys/un.h}, less its NUL). */
    private static final int MAX_PATH_BYTES = 107;

    private static final String DIRECTORY_PREFIX = ".spp";
    /** {@code .spp}, up to 20 digits, {@code /s}: what the path is longer by while the socket is bound. */
    private static final int TEMPORARY_BYTES = 27;

    private static final int BACKLOG = 64;

    private final Path path;
    private final ServerSocketChannel channel;
    private final Object key;

    private UnixSocketFile(final Path path, final ServerSocketChannel channel, final Object key) {
        this.path = path;
        this.channel = channel;
        this.key = key;
    }

    /**
     * Binds.
     *
     * @throws IOException with a sentence for the user: somebody listens there, something else is there, no right
     */
    public static UnixSocketFile bind(final Path wanted) throws IOException {
        final Path path = wanted.toAbsolutePath().normalize();
        if (path.getParent() == null || !Files.isDirectory(path.getParent())) {
            throw failed(path, "its directory is not there", null);
        }
        final int length = Math.max(
                path.toString().getBytes(StandardCharsets.UTF_8).length,
                path.getParent().toString().getBytes(StandardCharsets.UTF_8).length + TEMPORARY_BYTES);
        if (length > MAX_PATH_BYTES) {
            throw failed(path, "the path is too long for a UNIX socket; choose a shorter directory", null);
        }
        checkFree(path);
        ServerSocketChannel channel = null;
        Path directory = null;
        try {
            directory = Files.createTempDirectory(
                    path.getParent(),
                    DIRECTORY_PREFIX,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            final Path bound = directory.resolve("s");
            channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            channel.bind(UnixDomainSocketAddress.of(bound), BACKLOG);
            Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString("rw-------"));
            final Object key = key(bound);
            Files.move(bound, path, StandardCopyOption.ATOMIC_MOVE);
            return new UnixSocketFile(path, channel, key);
        } catch (final IOException failure) {
            if (channel != null) {
                channel.close();
            }
            throw failed(path, failure.toString(), failure);
        } finally {
            if (directory != null) {
                Files.deleteIfExists(directory.resolve("s"));
                Files.deleteIfExists(directory);
            }
        }
    }

    public ServerSocketChannel channel() {
        return channel;
    }

    /** Closes the socket and removes its file, unless another socket has taken its place. */
    @Override
    public void close() throws IOException {
        channel.close();
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && key.equals(key(path))) {
            Files.delete(path);
        }
    }

    private static void checkFree(final Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw failed(path, "something that is no socket is there; choose another path", null);
        }
        try (SocketChannel living = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // One that blocks would wait for an owner who accepts nobody.
            living.configureBlocking(false);
            living.connect(UnixDomainSocketAddress.of(path));
            throw failed(path, "address in use (" + living.getRemoteAddress() + " answers)", null);
        } catch (final ConnectException dead) {
            return;
        } catch (final SocketException failure) {
            throw failed(path, "it can't be seen whether its owner lives (" + failure.getMessage() + ')', failure);
        }
    }

    private static Object key(final Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private static IOException failed(final Path path, final String why, final IOException cause) {
        return new IOException("cannot listen for REST on unix:" + path + ": " + why, cause);
    }
}

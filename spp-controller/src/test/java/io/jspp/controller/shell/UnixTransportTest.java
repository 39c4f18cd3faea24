package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jspp.controller.access.UnixSocketFile;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A controller that accepts nobody any more. */
class UnixTransportTest {
    @TempDir
    private Path directory;

    @Test
    void shouldNotWaitForAnOwnerWhoAcceptsNobody() throws IOException {
        final Path socket = directory.resolve("rest");
        final List<SocketChannel> crowd = new ArrayList<>();
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket), 1);
            assertThrows(IOException.class, () -> {
                while (crowd.size() < 1_000) {
                    final SocketChannel one = SocketChannel.open(StandardProtocolFamily.UNIX);
                    crowd.add(one);
                    one.configureBlocking(false);
                    one.connect(UnixDomainSocketAddress.of(socket));
                }
            });
            assertFails(() -> new UnixTransport(socket).send("GET", "/v1/processes", null, null));
            assertFails(() -> UnixSocketFile.bind(socket));
        } finally {
            for (final SocketChannel one : crowd) {
                one.close();
            }
        }
    }

    /** In another thread: what blocks in a system call no timeout of the test's own thread ends. */
    private static void assertFails(final Executable action) {
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(50), () -> assertThrows(IOException.class, action::execute));
    }
}

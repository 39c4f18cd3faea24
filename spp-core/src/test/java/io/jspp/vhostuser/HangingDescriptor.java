package io.jspp.vhostuser;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A TCP connection to ourselves with SO_LINGER, more sent than its other end takes: the last close(2) of {@link #descriptor} waits for a minute, or
 * until {@link #release}. The caller closes its own.
 */
final class HangingDescriptor implements AutoCloseable {
    private static final int LINGER_SECONDS = 60;

    final FileDescriptor descriptor;
    /** What /proc/self/fd calls it. */
    private final String kind;

    private final SocketChannel unread;

    HangingDescriptor() throws IOException {
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            server.bind(loopback);
            Map<String, Integer> before = sockets();
            try (SocketChannel sender = SocketChannel.open(StandardProtocolFamily.INET)) {
                Map<String, Integer> after = sockets();
                after.keySet().removeAll(before.keySet());
                if (after.size() != 1) {
                    throw new IOException("which socket was made? " + after);
                }
                kind = after.keySet().iterator().next();
                sender.connect(server.getLocalAddress());
                unread = server.accept();
                sender.setOption(StandardSocketOptions.SO_LINGER, LINGER_SECONDS);
                sender.configureBlocking(false);
                ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
                while (sender.write(bytes) > 0) {
                    bytes.clear();
                }
                sender.configureBlocking(true);
                descriptor = new FileDescriptor(Linux.fcntl(after.get(kind), Constants.F_DUPFD_CLOEXEC, 0));
            }
        }
    }

    private static Map<String, Integer> sockets() throws IOException {
        Map<String, Integer> found = new HashMap<>();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path path : (Iterable<Path>) open::iterator) {
                try {
                    String kind = Files.readSymbolicLink(path).toString();
                    if (kind.startsWith("socket:")) {
                        found.put(kind, Integer.valueOf(path.getFileName().toString()));
                    }
                } catch (IOException e) {
                    continue; // closed since it was listed
                }
            }
        }
        return found;
    }

    /** Whether this process has it open no longer. */
    boolean isClosed() throws IOException {
        return !sockets().containsKey(kind);
    }

    /** The other end is gone: what waits to close it goes on. */
    void release() throws IOException {
        unread.close();
    }

    @Override
    public void close() throws IOException {
        descriptor.close();
        release();
    }
}

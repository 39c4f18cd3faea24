package io.jspp.controller.qemu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Commands to QEMU's machine protocol (QEMU docs/interop/qmp-spec), connected at the first one. Used by one thread. */
public final class QmpClient implements AutoCloseable {
    private final Path socket;
    private SocketChannel channel;
    private BufferedReader reader;

    /** @param socket {@link QemuCommand#qmpSocket} */
    public QmpClient(Path socket) {
        this.socket = socket;
    }

    /**
     * Executes a command without arguments.
     *
     * @return the reply, one line of JSON
     * @throws IllegalStateException when QEMU answers with an error
     */
    public String execute(String command) {
        return execute(command, "{}");
    }

    /** Executes a command; {@code arguments} is a JSON object. */
    public String execute(String command, String arguments) {
        try {
            if (channel == null) {
                channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                channel.connect(UnixDomainSocketAddress.of(socket));
                reader = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
                exchange("qmp_capabilities", "{}");
            }
            return exchange(command, arguments);
        } catch (IOException e) {
            throw new UncheckedIOException("QMP " + command + " on " + socket, e);
        }
    }

    private String exchange(String command, String arguments) throws IOException {
        String request = "{\"execute\":\"" + command + "\",\"arguments\":" + arguments + "}\n";
        ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.startsWith("{\"error\"")) {
                throw new IllegalStateException("QMP " + command + ": " + line);
            }
            if (line.startsWith("{\"return\"")) {
                return line;
            }
        }
        throw new IOException("QEMU closed the connection");
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.jspp.it;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.SocketAddress;
import io.jspp.linux.Sockets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client of a DPDK process's telemetry socket (DPDK howto/telemetry), connected at the first question. Used by one test thread. */
final class DpdkTelemetry implements AutoCloseable {
    private static final Pattern RECEIVED = Pattern.compile("\"ipackets\":\\s*(\\d+)");

    private final List<Path> directories;
    private final byte[] answer = new byte[16_384];
    private FileDescriptor socket;

    /** @param directories where the process may keep its runtime files */
    DpdkTelemetry(List<Path> directories) {
        this.directories = directories;
    }

    /** Frames that a device has received. */
    long received(int device) {
        String reply = ask("/ethdev/stats," + device);
        Matcher matcher = RECEIVED.matcher(reply);
        if (!matcher.find()) {
            throw new IllegalStateException("DPDK telemetry: no ipackets in " + reply);
        }
        return Long.parseLong(matcher.group(1));
    }

    private String ask(String question) {
        if (socket == null) {
            connect();
            receive(); // it says who it is first
        }
        Sockets.send(socket.value(), question.getBytes(StandardCharsets.US_ASCII), 0);
        return receive();
    }

    private void connect() {
        Path path = directories.stream()
                .map(directory -> directory.resolve("dpdk_telemetry.v2"))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no telemetry socket in " + directories));
        socket = Sockets.socket(Constants.AF_UNIX, Constants.SOCK_SEQPACKET, 0);
        Sockets.connect(socket.value(), SocketAddress.unix(path.toString()));
    }

    private String receive() {
        int length =
                Sockets.receive(socket.value(), answer, 0, answer.length, 0, 0).length();
        return new String(answer, 0, Math.max(0, length), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}

package io.jspp.controller;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A process played by hand: the test reads what the controller sends and writes what it likes. */
public final class HandProcess implements AutoCloseable {
    private final Socket socket;

    public HandProcess(final int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(60_000);
    }

    /** Connects as an nfv and registers. */
    public static HandProcess nfv(final Controller controller, final int clientId) throws IOException {
        final HandProcess process = new HandProcess(controller.secondaryPort());
        process.expect("_get_client_id");
        process.send(
                "{\"results\":[{\"result\":\"success\"}],\"client_id\":" + clientId + ",\"process_type\":\"nfv\"}");
        return process;
    }

    /** Reads exactly this request. */
    public void expect(final String request) throws IOException {
        final byte[] bytes = socket.getInputStream().readNBytes(request.length());
        final String read = new String(bytes, StandardCharsets.UTF_8);
        if (!read.equals(request)) {
            throw new AssertionError("expected \"" + request + "\", the controller sent \"" + read + '"');
        }
    }

    public void send(final String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads up to the end of the connection, which must come. */
    public String readToEnd() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Whether the controller says anything within this time. */
    public boolean hears(final int withinMs) throws IOException {
        socket.setSoTimeout(withinMs);
        try {
            return socket.getInputStream().read() >= 0;
        } catch (final SocketTimeoutException nothing) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

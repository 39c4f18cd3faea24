package io.jspp.controller;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** An HTTP connection byte by byte: what a client library would not send, and all of what comes back. */
public final class RawHttp implements AutoCloseable {
    private final Socket socket;

    public RawHttp(final int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(60_000);
    }

    /**
     * An answer.
     *
     * @param status HTTP status
     * @param headers by lower-case name
     * @param body as its length says
     */
    public record Answer(int status, Map<String, String> headers, String body) {
        /** Whether the server closes the connection behind it. */
        public boolean isLast() {
            return "close".equalsIgnoreCase(headers.get("connection"));
        }
    }

    public RawHttp send(final byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    public RawHttp send(final String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** No more bytes will come. */
    public RawHttp endInput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** A reset instead of an orderly end, at {@link #close}. */
    public RawHttp resetAtClose() throws IOException {
        socket.setSoLinger(true, 0);
        return this;
    }

    /** Reads one answer, which must be whole. */
    public Answer read() throws IOException {
        final String statusLine = line();
        if (!statusLine.matches("HTTP/1\\.1 [1-5][0-9][0-9].*")) {
            throw new IOException("no status line: " + statusLine);
        }
        final Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            final int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        final int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        final byte[] body = socket.getInputStream().readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the body ends after " + body.length + " of " + length + " bytes");
        }
        return new Answer(
                Integer.parseInt(statusLine.substring(9, 12)), headers, new String(body, StandardCharsets.UTF_8));
    }

    /** Whether the server has closed the connection. */
    public boolean hasEnded() throws IOException {
        return socket.getInputStream().read() < 0;
    }

    private String line() throws IOException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = socket.getInputStream().read();
                b != '\n';
                b = socket.getInputStream().read()) {
            if (b < 0) {
                throw new EOFException("the connection ends in a line: " + line.toString(StandardCharsets.ISO_8859_1));
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

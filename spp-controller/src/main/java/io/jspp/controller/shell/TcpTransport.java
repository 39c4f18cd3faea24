package io.jspp.controller.shell;

import io.jspp.control.ControlEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.nio.charset.StandardCharsets;

/** HTTP over TCP. */
final class TcpTransport implements HttpTransport {
    private final ControlEndpoint endpoint;

    TcpTransport(final ControlEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public RestReply send(final String method, final String path, final String body, final String authorization)
            throws IOException {
        final HttpURLConnection connection = (HttpURLConnection) new URL("http://" + endpoint + path).openConnection();
        connection.setConnectTimeout(CONNECT_TIMEOUT_MS);
        connection.setReadTimeout(READ_TIMEOUT_MS);
        connection.setRequestMethod(method);
        if (authorization != null) {
            connection.setRequestProperty("Authorization", authorization);
        }
        if (body != null) {
            connection.setRequestProperty("Content-Type", "application/json");
            connection.setDoOutput(true);
        }
        connection.connect();
        try {
            if (body != null) {
                connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
            }
            final int status = connection.getResponseCode();
            try (InputStream in = status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
                final byte[] text = in == null ? new byte[0] : in.readNBytes(MAX_REPLY_BYTES);
                return new RestReply(status, new String(text, StandardCharsets.UTF_8));
            }
        } catch (final SocketTimeoutException late) {
            throw new LateException(late);
        }
    }

    @Override
    public String toString() {
        return endpoint.toString();
    }
}

package io.jspp.controller.shell;

import io.jspp.config.ExitCode;
import io.jspp.control.ControlEndpoint;
import io.jspp.control.ProcessKind;
import io.jspp.controller.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Requests to one controller, the same that anyone can send. */
public final class RestClient {
    private static final int CONNECT_TIMEOUT_MS = 3_000;
    /** Longer than the controller waits for a process, so that it is the controller who says what is late. */
    private static final int READ_TIMEOUT_MS = 15_000;

    private static final int MAX_REPLY_BYTES = 4 * 1024 * 1024;

    /** Where a controller offers REST when nobody says otherwise. */
    private static final String DEFAULT_HOST = "127.0.0.1";

    private static final int DEFAULT_PORT = 7777;

    private final ControlEndpoint endpoint;

    /**
     * As {@code -b} names it.
     *
     * @param address {@code ADDR}, {@code ADDR:PORT}, {@code [IPv6]:PORT}, or null for the usual one
     * @throws IllegalArgumentException with a sentence for the user
     */
    public static RestClient at(final String address) {
        if (address == null) {
            return new RestClient(new ControlEndpoint(DEFAULT_HOST, DEFAULT_PORT));
        }
        return new RestClient(
                address.lastIndexOf(':') > address.lastIndexOf(']')
                        ? ControlEndpoint.parse(address)
                        : new ControlEndpoint(ControlEndpoint.parseHost(address), DEFAULT_PORT));
    }

    RestClient(final ControlEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    public ControlEndpoint endpoint() {
        return endpoint;
    }

    public RestReply get(final String path) throws ShellException {
        return request("GET", path, null);
    }

    /**
     * Sends a request.
     *
     * @param body JSON value, or null for none
     * @throws ShellException with exit code 3 when the controller is not reached
     */
    RestReply request(final String method, final String path, final Object body) throws ShellException {
        boolean connected = false;
        try {
            final HttpURLConnection connection =
                    (HttpURLConnection) new URL("http://" + endpoint + path).openConnection();
            connection.setConnectTimeout(CONNECT_TIMEOUT_MS);
            connection.setReadTimeout(READ_TIMEOUT_MS);
            connection.setRequestMethod(method);
            if (body != null) {
                connection.setRequestProperty("Content-Type", "application/json");
                connection.setDoOutput(true);
            }
            connection.connect();
            connected = true;
            if (body != null) {
                connection.getOutputStream().write(Json.write(body).getBytes(StandardCharsets.UTF_8));
            }
            final int status = connection.getResponseCode();
            try (InputStream in = status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
                final byte[] text = in == null ? new byte[0] : in.readNBytes(MAX_REPLY_BYTES);
                return new RestReply(status, new String(text, StandardCharsets.UTF_8));
            }
        } catch (final IOException failure) {
            if (connected && failure instanceof SocketTimeoutException) {
                throw new ShellException(
                        "Error: the controller at " + endpoint + " has not answered " + method + " " + path + " within "
                                + READ_TIMEOUT_MS / 1000 + " s: is it stopped or overloaded?",
                        ExitCode.TIMEOUT);
            }
            throw new ShellException(
                    "Error: no controller answers at " + endpoint + " (" + failure.getMessage()
                            + "): start one with ./spp ctl, or name another with -b ADDR:PORT",
                    ExitCode.UNREACHABLE);
        }
    }

    /** Client ids of the connected processes of a kind, in the controller's order. */
    public List<Integer> clientIds(final ProcessKind kind) throws ShellException {
        final List<Integer> ids = new ArrayList<>();
        for (final Map<String, Object> process : processes()) {
            if (kind.wireName().equals(process.get("type")) && process.get("client-id") instanceof Integer id) {
                ids.add(id);
            }
        }
        return ids;
    }

    /** {@code GET /v1/processes}. */
    List<Map<String, Object>> processes() throws ShellException {
        final List<Map<String, Object>> processes = new ArrayList<>();
        for (final Object process : Json.asArray(get("/v1/processes").orFail().json())) {
            final Map<String, Object> object = Json.asObject(process);
            if (object != null) {
                processes.add(object);
            }
        }
        return processes;
    }
}

package io.jspp.controller.shell;

import io.jspp.config.ExitCode;
import io.jspp.control.ControlEndpoint;
import io.jspp.control.ProcessKind;
import io.jspp.controller.access.AccessToken;
import io.jspp.controller.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Requests to one controller, the same that anyone can send. Immutable. */
public final class RestClient {
    /** How the address of a UNIX socket begins. */
    static final String UNIX_PREFIX = "unix:";

    /** Where a controller offers REST when nobody says otherwise. */
    private static final String DEFAULT_HOST = "127.0.0.1";

    private static final int DEFAULT_PORT = 7777;

    private final HttpTransport transport;
    private final AccessToken token;

    /**
     * As {@code -b} names it, with the token in the file of {@link AccessToken#ENVIRONMENT}, if there is one.
     *
     * @param address {@code ADDR}, {@code ADDR:PORT}, {@code [IPv6]:PORT}, {@code unix:PATH}, or null for the usual one
     * @throws IllegalArgumentException with a sentence for the user
     */
    public static RestClient at(final String address) {
        final String tokenFile = System.getenv().getOrDefault(AccessToken.ENVIRONMENT, "");
        try {
            return new RestClient(
                    transport(address), tokenFile.isEmpty() ? null : AccessToken.read(Path.of(tokenFile)));
        } catch (final IOException noToken) {
            throw new IllegalArgumentException(noToken.getMessage(), noToken);
        }
    }

    private static HttpTransport transport(final String address) {
        if (address == null) {
            return new TcpTransport(new ControlEndpoint(DEFAULT_HOST, DEFAULT_PORT));
        }
        if (address.startsWith(UNIX_PREFIX)) {
            return new UnixTransport(Path.of(address.substring(UNIX_PREFIX.length())));
        }
        return new TcpTransport(
                address.lastIndexOf(':') > address.lastIndexOf(']')
                        ? ControlEndpoint.parse(address)
                        : new ControlEndpoint(ControlEndpoint.parseHost(address), DEFAULT_PORT));
    }

    RestClient(final ControlEndpoint endpoint) {
        this(new TcpTransport(endpoint), null);
    }

    private RestClient(final HttpTransport transport, final AccessToken token) {
        this.transport = transport;
        this.token = token;
    }

    /** The same controller with another token. */
    public RestClient withToken(final AccessToken other) {
        return new RestClient(transport, other);
    }

    /** Another controller with this one's token. */
    RestClient to(final ControlEndpoint endpoint) {
        return new RestClient(new TcpTransport(endpoint), token);
    }

    /** The address as users write it. */
    public String endpoint() {
        return transport.toString();
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
        try {
            return transport.send(
                    method, path, body == null ? null : Json.write(body), token == null ? null : token.header());
        } catch (final HttpTransport.LateException late) {
            throw new ShellException(
                    "Error: the controller at " + transport + " has not answered " + method + " " + path + " within "
                            + HttpTransport.READ_TIMEOUT_MS / 1000 + " s: is it stopped or overloaded?",
                    ExitCode.TIMEOUT);
        } catch (final IOException failure) {
            throw new ShellException(
                    "Error: no controller answers at " + transport + " (" + failure.getMessage()
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

    /** Whether a primary is connected. */
    public boolean hasPrimary() throws ShellException {
        return processes().stream()
                .anyMatch(process -> ProcessKind.PRIMARY.wireName().equals(process.get("type")));
    }

    /** {@code GET /v1/processes}. */
    List<Map<String, Object>> processes() throws ShellException {
        return Json.objects(get("/v1/processes").orFail().json());
    }

    /**
     * The statuses of all secondaries, in the controller's order; one that ends meanwhile is left out.
     *
     * @return by name: {@code nfv 1}
     */
    public Map<String, Map<String, Object>> secondaries() throws ShellException {
        final Map<String, Map<String, Object>> statuses = new LinkedHashMap<>();
        for (final ProcessKind kind : ProcessKind.values()) {
            for (final int id : kind.isSecondary() ? clientIds(kind) : List.<Integer>of()) {
                final RestReply status = get(kind.restPath() + "/" + id);
                if (!status.isNotFound()) {
                    statuses.put(kind.wireName() + " " + id, status.orFail().object());
                }
            }
        }
        return statuses;
    }
}

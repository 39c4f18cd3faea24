package io.jspp.controller.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.control.CommandException;
import io.jspp.control.CommandRegistry;
import io.jspp.control.CommandSpec;
import io.jspp.control.CommandTable;
import io.jspp.control.ControlConnection;
import io.jspp.control.ControlEndpoint;
import io.jspp.control.ProcessKind;
import io.jspp.control.Reply;
import io.jspp.controller.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * SPP's own controller against our processes' side of the wire. The test reads and judges as spp-ctl does ({@code spp_ctl.py},
 * {@code spp_proc.py}): requests without an end mark; one {@code recv(4096)} is a reply, only after exactly 4096 bytes more is
 * taken, and only what is there; NULs dropped; an error is {@code results[0].result == "error"}.
 */
@Tag("once")
class SppCtlReplayTest {
    private static final int RECEIVE_BYTES = 4096;
    /** Budget of SPP's own processes for a reply. */
    private static final int MAX_SPP_REPLY = 32_768;

    private final List<String> executed = Collections.synchronizedList(new ArrayList<>());
    private ServerSocket server;
    private ControlConnection connection;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        server.setSoTimeout(10_000);
    }

    @AfterEach
    void close() throws IOException {
        connection.close();
        server.close();
    }

    @ParameterizedTest
    @EnumSource(ProcessKind.class)
    void shouldServeSppsController(final ProcessKind kind) throws Exception {
        final int id = kind.ordinal();
        connection = new ControlConnection(
                id,
                new ControlEndpoint("127.0.0.1", server.getLocalPort()),
                table(kind),
                List.of("ring", "vhost"),
                notice -> {});
        connection.start();
        try (Socket ctl = server.accept()) {
            ctl.setTcpNoDelay(true);
            if (kind.isSecondary()) {
                final Map<String, Object> registration = decode(exchange(ctl, "_get_client_id"));
                assertEquals(kind.wireName(), registration.get("process_type"));
                assertEquals(id, registration.get("client_id"));
            }
            final String name = kind.wireName() + id;
            int played = 0;
            for (final Transcript.Exchange recorded : Transcript.read("exchanges.txt")) {
                if (name.equals(recorded.process())) {
                    play(ctl, kind, recorded.wire());
                    played++;
                }
            }
            assertTrue(played >= 2, () -> "requests to " + name);
            refuse(ctl, kind);
            final String status = exchange(ctl, "status");
            assertTrue(status.length() > 20_000 && status.length() <= MAX_SPP_REPLY, "a long status in one go");
            final Map<String, Object> object = decode(status);
            assertEquals(
                    1, kind.listsResults() ? Json.asObject(object.get("info")).get("a") : object.get("a"));
            assertFalse(isError(decode(exchange(ctl, "exit"))));
        }
    }

    /** A request that our commands have is executed as it was meant; one that they don't have is refused, and nothing ends. */
    private void play(final Socket ctl, final ProcessKind kind, final String request) throws IOException {
        executed.clear();
        final Map<String, Object> reply = decode(exchange(ctl, request));
        final boolean known =
                CommandRegistry.standard().verbs(kind).contains(request.split(" ")[0]) && !request.endsWith("nosuch");
        assertEquals(!known, isError(reply), () -> request + ": " + reply);
        assertEquals(known ? List.of(request) : List.of(), executed, request);
        if (known && !kind.listsResults()) {
            assertEquals("succeeded", reply.get("result"), request);
            assertEquals(request.split(" ")[0], reply.get("command"), request);
        }
    }

    /** SPP's primary and nfv end when they read these; ours say what is wrong, where spp-ctl looks for it. */
    private void refuse(final Socket ctl, final ProcessKind kind) throws IOException {
        for (final String wrong : List.of(
                "add ring",
                "add ring:x",
                "patch phy:0",
                "bogus",
                "component start",
                "a ".repeat(100).strip())) {
            final Map<String, Object> reply = decode(exchange(ctl, wrong));
            assertTrue(isError(reply), () -> kind + " " + wrong + ": " + reply);
            assertFalse(message(reply).isEmpty(), wrong);
        }
        if (!kind.listsResults()) {
            assertEquals("failed", decode(exchange(ctl, "add pcap:13")).get("result"));
            assertEquals("no thirteen", message(decode(exchange(ctl, "add pcap:13"))));
        }
    }

    private CommandTable table(final ProcessKind kind) {
        final CommandTable table = new CommandTable(kind);
        for (final CommandSpec spec : CommandRegistry.standard().of(kind)) {
            table.on(spec.name(), request -> {
                if (spec.name().equals("status")) {
                    return Reply.status(json -> json.field("a", 1).field("fill", "x".repeat(25_000)));
                }
                if (request.wireText().endsWith("pcap:13")) {
                    throw new CommandException("no thirteen");
                }
                executed.add(request.wireText());
                return Reply.ok();
            });
        }
        return table;
    }

    private static String exchange(final Socket ctl, final String request) throws IOException {
        ctl.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        final ByteArrayOutputStream reply = new ByteArrayOutputStream();
        final byte[] chunk = new byte[RECEIVE_BYTES];
        ctl.setSoTimeout(10_000);
        int length = ctl.getInputStream().read(chunk);
        // What comes later is not read: it would be the next command's reply.
        ctl.setSoTimeout(1);
        try {
            while (length > 0) {
                reply.write(chunk, 0, length);
                length = length < RECEIVE_BYTES ? 0 : ctl.getInputStream().read(chunk);
            }
        } catch (final SocketTimeoutException nothingMore) {
            return reply.toString(StandardCharsets.UTF_8);
        }
        return reply.toString(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> decode(final String reply) throws IOException {
        return Json.asObject(Json.parse(reply.replace("\0", "")));
    }

    private static boolean isError(final Map<String, Object> reply) {
        final List<?> results = Json.asArray(reply.get("results"));
        return !results.isEmpty()
                && "error".equals(Json.asObject(results.get(0)).get("result"));
    }

    private static String message(final Map<String, Object> reply) {
        final Map<String, Object> result =
                Json.asObject(Json.asArray(reply.get("results")).get(0));
        return String.valueOf(Json.asObject(result.get("error_details")).get("message"));
    }
}

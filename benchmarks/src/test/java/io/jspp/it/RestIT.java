package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.EventStream;
import io.jspp.testing.ProjectHome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A controller with a token and a UNIX socket in front of real processes: its views, its events, and who means harm while packets flow. */
@Tag("system")
@Tag("once")
@Timeout(180)
class RestIT {
    @TempDir
    Path directory;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private int port;
    private String authorization;

    @Test
    void shouldServeWhoMayAndOutliveWhoMayNot() throws Exception {
        final Path token = directory.resolve("token");
        try (SppCluster cluster = new SppCluster("rest", ProjectHome.launcher().toString(), line -> {})) {
            cluster.environment("SPP_TOKEN_FILE", token.toString());
            final Path socket = directory.resolve("rest.sock");
            cluster.startController("--rest-socket", socket.toString());
            port = cluster.restPort();
            authorization = "Bearer " + Files.readString(token).strip();
            cluster.startPrimary(2, "0x03", "--vdev", "net_null0", "--vdev", "net_null1");
            cluster.startNfv(1);
            final SppProcess cli =
                    cluster.start("cli", List.of("cli", "-b", "unix:" + socket, "-c", "status", "-c", "nfv 1; status"));
            assertEquals(0, cli.awaitExit(Duration.ofSeconds(30)), cli.tail());
            assertEquals("  - address: unix:" + socket, cli.out().get(1));
            try (Events events = new Events()) {
                assertTrue(events.next().startsWith("processes [{\"type\": \"primary\"}"), "who is there comes first");
                assertTrue(events.awaits("watching {"));
                cluster.shell("nfv 1; add vhost:0");
                cluster.shell("nfv 1; add ring:0");
                assertTrue(events.awaits("\"port\": \"vhost:0\", \"state\": \"listening\", \"code\": \"no_guest\""));
            }
            views();
            cluster.shell("nfv 1; patch nullpmd:0 ring:0");
            cluster.shell("nfv 1; patch ring:0 nullpmd:1");
            cluster.shell("nfv 1; forward");
            harm(cluster);
            assertEquals(401, send("GET", "/v1/processes", null).statusCode(), "still only with the token");
        }
    }

    private void views() throws Exception {
        final Map<String, Object> vhost = row("/v2/ports", "port", "vhost:0");
        assertEquals("no_guest", vhost.get("code"));
        assertFalse(vhost.get("next").toString().isEmpty());
        final Map<String, Object> worker = row("/v2/lcores", "role", "worker");
        assertTrue(worker.get("place").toString().startsWith("lcore 1"), worker.toString());
        final String graph = get("/v2/topology");
        assertTrue(
                graph.contains(
                        "{\"id\": \"vhost:0\", \"kind\": \"port\", \"type\": \"vhost\", \"state\": \"listening\"}"),
                graph);
        final Map<String, Object> guest = row("/v2/vm-args?port=vhost:0&memory=128&tcg=1", "port", "vhost:0");
        assertTrue(Files.exists(Path.of(guest.get("socket").toString())), guest.toString());
        assertTrue(guest.get("qemu").toString().contains(guest.get("socket").toString()));
        assertTrue(get("/v2/counters").contains("\"mempool\": {\"size\":"), "the primary counts too");
    }

    /** 1000 silent clients, half-written and random requests, lines of a megabyte: packets go on, honest callers are answered. */
    private void harm(final SppCluster cluster) throws Exception {
        final List<Socket> crowd = new ArrayList<>();
        final int[] ports = {port, cluster.secondaryPort(), cluster.primaryPort()};
        final Random random = new Random(4);
        long before = forwarded();
        try {
            for (int i = 0; i < 1_000; i++) {
                crowd.add(new Socket(InetAddress.getLoopbackAddress(), ports[i % ports.length]));
            }
            before = assertGoesOn(before, "silent clients");
            for (int i = 0; i < 300; i++) {
                final byte[] noise = new byte[random.nextInt(2_000)];
                random.nextBytes(noise);
                say(ports[i % ports.length], noise);
                say(port, "PUT /v1/nfvs/1/forward HTTP/1.1\r\nContent-Le".getBytes(StandardCharsets.US_ASCII));
            }
            before = assertGoesOn(before, "noise");
            for (final int target : ports) {
                say(target, ("GET /" + "a".repeat(1024 * 1024)).getBytes(StandardCharsets.US_ASCII));
            }
            assertGoesOn(before, "long lines");
        } finally {
            for (final Socket socket : crowd) {
                socket.close();
            }
        }
    }

    private static void say(final int port, final byte[] bytes) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(bytes);
        } catch (final IOException cutOff) {
            assertTrue(cutOff.getMessage() != null, "told off while still speaking");
        }
    }

    private long assertGoesOn(final long before, final String during) throws Exception {
        final long deadlineNs = System.nanoTime() + 10_000_000_000L;
        while (true) {
            final long now = forwarded();
            if (now > before + 1_000) {
                return now;
            }
            assertTrue(System.nanoTime() < deadlineNs, () -> "packets stand still: " + during);
        }
    }

    private long forwarded() throws Exception {
        long packets = 0;
        for (final Object counter :
                Json.asArray(row("/v2/counters", "type", "nfv").get("counters"))) {
            final Map<String, Object> queue = Json.asObject(counter);
            if ("nullpmd:1".equals(queue.get("port")) && "tx".equals(queue.get("direction"))) {
                packets += ((Number) queue.get("packets")).longValue();
            }
        }
        return packets;
    }

    /** The first row where this member has this value. */
    private Map<String, Object> row(final String path, final String member, final String value) throws Exception {
        final String text = get(path);
        for (final Object element : Json.asArray(Json.parse(text))) {
            final Map<String, Object> row = Json.asObject(element);
            if (value.equals(row.get(member))) {
                return row;
            }
        }
        throw new AssertionError("no row with " + member + ' ' + value + " in " + text);
    }

    private String get(final String path) throws Exception {
        final HttpResponse<String> reply = send("GET", path, authorization);
        assertEquals(200, reply.statusCode(), reply.body());
        return reply.body();
    }

    private HttpResponse<String> send(final String method, final String path, final String header) throws Exception {
        final HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (header != null) {
            request.header("Authorization", header);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** A client of {@code /v2/events}. */
    private final class Events implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader reader;

        Events() throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(30_000);
            final String request =
                    "GET /v2/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + authorization + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        String next() throws IOException {
            return EventStream.next(reader);
        }

        /** Reads up to an event with this text. */
        boolean awaits(final String text) throws IOException {
            while (!next().contains(text)) {
                continue;
            }
            return true;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}

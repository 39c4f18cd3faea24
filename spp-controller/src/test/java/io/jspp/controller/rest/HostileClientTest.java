package io.jspp.controller.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.ScriptedProcess;
import io.jspp.controller.TestController;
import io.jspp.controller.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP from people who mean harm: an error for them, nothing for anybody else. */
class HostileClientTest {
    private static final String BODY = "{\"action\":\"add\",\"port\":\"ring:0\"}";

    private TestController ctl;
    private ScriptedProcess nfv;

    @BeforeEach
    void start() throws IOException {
        ctl = new TestController();
        nfv = ScriptedProcess.nfv(ctl.controller(), 1);
        ctl.awaitProcesses("[{\"type\": \"nfv\", \"client-id\": 1}]");
    }

    @AfterEach
    void stop() throws Exception {
        assertEquals(
                "[{\"type\": \"nfv\", \"client-id\": 1}]",
                ctl.get("/v1/processes").body());
        nfv.close();
        ctl.close();
    }

    @ParameterizedTest
    @CsvSource({
        "Host: evil.example:7777, 403",
        "Host: evil.example, 403",
        "Host: 127.0.0.1.evil.example, 403",
        "Host: localhost:7777, 200",
        "Host: 127.0.0.1:1, 200",
        "Host: [::1]:7777, 200",
    })
    void shouldAnswerOnlyUnderItsOwnNames(final String host, final int status) throws Exception {
        assertStatus(status, "GET /v1/processes HTTP/1.1\r\n" + host + "\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "http://evil.example, 403",
        "null, 403",
        "https://127.0.0.1:7777, 403",
        "http://127.0.0.1:7777, 204",
    })
    void shouldRefuseWritesOfOtherOrigins(final String origin, final int status) throws Exception {
        final String reply = exchange("PUT /v1/nfvs/1/ports HTTP/1.1\r\nHost: 127.0.0.1:7777\r\nOrigin: " + origin
                + "\r\nContent-Type: text/plain\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY);
        assertTrue(reply.startsWith("HTTP/1.1 " + status), reply);
        assertTrue(!reply.contains("Access-Control"), reply);
        assertEquals(status == 204 ? 2 : 1, nfv.requests().size());
    }

    /** Number 207 of the catalogue of bad inputs. */
    @Test
    void shouldAllowNoOtherOriginWhenABrowserAsks() throws Exception {
        final String reply = exchange("OPTIONS /v1/nfvs/1/ports HTTP/1.1\r\nHost: localhost\r\n"
                + "Origin: http://evil.example\r\nAccess-Control-Request-Method: PUT\r\n\r\n");
        assertTrue(reply.startsWith("HTTP/1.1 4"), reply);
        assertTrue(!reply.toLowerCase(Locale.ROOT).contains("access-control"), reply);
    }

    /** Number 197: reset after each byte; {@link #stop} asks whether the server goes on. */
    @Test
    void shouldSurviveAResetAfterEveryByteOfARequest() throws Exception {
        final byte[] request = ("PUT /v1/nfvs/1/ports HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n{\"a")
                .getBytes(StandardCharsets.US_ASCII);
        for (int length = 0; length <= request.length; length++) {
            try (Socket client = connect()) {
                client.setSoLinger(true, 0);
                client.getOutputStream().write(request, 0, length);
            }
        }
        assertEquals(200, ctl.get("/v1/nfvs/1").statusCode());
    }

    @Test
    void shouldTakeHeadersAndBodyInAnySegments() throws Exception {
        try (Socket client = connect()) {
            final String request = "PUT /v1/nfvs/1/ports HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                    + BODY.length() + "\r\n\r\n" + BODY;
            for (final char c : request.toCharArray()) {
                client.getOutputStream().write(c);
            }
            assertTrue(readHead(client).startsWith("HTTP/1.1 204"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/../v1/processes HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET /v1/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET //v1//processes HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/processes HTTP/1.1\r\n\r\n",
                "GET /v1/processes HTTP/9.9\r\nHost: localhost\r\n\r\n",
                "G\u0001T / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "PUT /v1/nfvs/1/ports HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
                "PUT /v1/nfvs/1/ports HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
                "PUT /v1/nfvs/1/ports HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "PUT /v1/nfvs/1/ports HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
                "PUT /v1/nfvs/1/ports HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/processes\r\n\r\n",
                "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
            })
    void shouldAnswerMalformedRequestsWith4xx(final String request) throws Exception {
        final String reply = exchange(request);
        assertTrue(reply.matches("(?s)HTTP/1\\.1 (4\\d\\d|505) .*"), reply);
        assertTrue(!reply.contains("<html"), reply);
        assertTrue(!reply.contains("Exception"), reply);
        assertEquals(1, nfv.requests().size());
    }

    @Test
    void shouldLimitUrlsHeadersAndBodies() throws Exception {
        assertStatus(414, "GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertStatus(431, "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(100_000) + "\r\n\r\n");
        final String head = "PUT /v1/nfvs/1/ports HTTP/1.1\r\nHost: localhost\r\n";
        assertStatus(413, head + "Content-Length: 1000000000000\r\n\r\n{");
        final String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
        assertStatus(413, head + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(5));
        assertEquals(1, nfv.requests().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"action\":\"add\",\"port\":\"ring:0\"} x",
                "{\"action\":\"add\",\"action\":\"add\",\"port\":\"ring:0\"}",
                "{\"action\":\"add\",\"port\":\"ring:0\",\"n\":NaN}",
                "{\"action\":\"add\",\"port\":\"ring:0\",\"n\":01}",
                "{\"action\":\"add\",\"port\":\"ring:0\",}",
                "/* c */ {\"action\":\"add\",\"port\":\"ring:0\"}",
                "\ufeff{\"action\":\"add\",\"port\":\"ring:0\"}",
                "{'action':'add','port':'ring:0'}",
                "{\"action\":\"add\",\"port\":\"ring:\n0\"}",
            })
    void shouldRefuseJsonThatIsNone(final String body) throws Exception {
        assertEquals(
                "Not in json format.", ctl.send("PUT", "/v1/nfvs/1/ports", body).body());
        assertEquals(1, nfv.requests().size());
    }

    @Test
    void shouldRefuseDeepNestingAndEveryTruncation() throws Exception {
        assertEquals(
                "Not in json format.",
                ctl.send("PUT", "/v1/nfvs/1/ports", "[".repeat(60_000)).body());
        for (int length = 0; length < BODY.length(); length++) {
            assertEquals(
                    "Not in json format.",
                    ctl.send("PUT", "/v1/nfvs/1/ports", BODY.substring(0, length))
                            .body());
        }
        assertEquals(1, nfv.requests().size());
    }

    @Test
    void shouldRefuseBytesThatAreNoUtf8() throws Exception {
        try (Socket client = connect()) {
            final byte[] head = "PUT /v1/nfvs/1/ports HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);
            client.getOutputStream().write(head);
            client.getOutputStream().write(new byte[] {'"', (byte) 0xc0, (byte) 0xaf, '"'});
            assertTrue(readHead(client).startsWith("HTTP/1.1 400"));
        }
    }

    @Test
    void shouldAnswerWhileManyConnectionsTrickle() throws Exception {
        final List<Socket> crowd = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                final Socket client = connect();
                client.getOutputStream()
                        .write("PUT /v1/nfvs/1/ports HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{"
                                .getBytes(StandardCharsets.US_ASCII));
                crowd.add(client);
            }
            assertEquals(200, ctl.get("/v1/nfvs/1").statusCode());
            for (final Socket client : crowd.subList(100, 200)) {
                client.setSoTimeout(1);
                // None of these has been given up yet, so the honest caller waited for none of them.
                assertThrows(
                        SocketTimeoutException.class,
                        () -> client.getInputStream().read());
            }
        } finally {
            for (final Socket client : crowd) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void shouldSurviveMutatedRequests(final long seed) throws Exception {
        final Random random = new Random(seed);
        final String request = "PUT /v1/nfvs/1/forward HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Length: 2\r\n\r\n{}";
        for (int i = 0; i < 300; i++) {
            final byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try (Socket client = connect()) {
                client.getOutputStream().write(bytes);
                client.shutdownOutput();
                final byte[] reply = client.getInputStream().readNBytes(16);
                final String text = new String(reply, StandardCharsets.ISO_8859_1);
                assertTrue(
                        text.isEmpty() || text.matches("(?s)HTTP/1\\.. [1345].*"), () -> "seed " + seed + ": " + text);
            } catch (final IOException reset) {
                continue;
            }
        }
    }

    @Test
    void shouldWriteWhatItReadsInPythonsSpacing() throws Exception {
        final String text =
                "{\"a\": [1, -2, 2.5, \"\\u00E4\\\"\", null, true, {}], \"b\": {\"c\": 9223372036854775807}}";
        assertEquals(text, Json.write(Json.parse(text.replace(" ", ""))));
    }

    private void assertStatus(final int status, final String request) throws IOException {
        final String reply = exchange(request);
        assertTrue(reply.startsWith("HTTP/1.1 " + status), reply);
    }

    private String exchange(final String request) throws IOException {
        try (Socket client = connect()) {
            try {
                client.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            } catch (final SocketException toldOff) {
                // Answered, and closed, before all of it was read; the answer is still there.
                return readHead(client);
            }
            return readHead(client);
        }
    }

    private Socket connect() throws IOException {
        final Socket client =
                new Socket(InetAddress.getLoopbackAddress(), ctl.controller().restPort());
        client.setSoTimeout(60_000);
        client.setTcpNoDelay(true);
        return client;
    }

    /** Reads up to the empty line behind the headers and what has come of the body. */
    private static String readHead(final Socket client) throws IOException {
        final StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            final int c = client.getInputStream().read();
            if (c < 0) {
                return text.toString();
            }
            text.append((char) c);
        }
        final byte[] rest = new byte[client.getInputStream().available()];
        return text.append(new String(rest, 0, client.getInputStream().read(rest), StandardCharsets.ISO_8859_1))
                .toString();
    }
}

package io.jspp.controller.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.AnsweringProcess;
import io.jspp.controller.Footprint;
import io.jspp.controller.HandProcess;
import io.jspp.controller.RawHttp;
import io.jspp.controller.TestController;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever connects as a process and says or withholds anything: the processes that are there, and their callers, don't notice. */
@Tag("once")
class FuzzedProcessTest {
    private static final long SEED = Long.getLong("io.jspp.seed", 20_260_402L);
    private static final String NFV = "[{\"type\": \"primary\"}, {\"type\": \"nfv\", \"client-id\": 99}]";
    private static final String[] PIECES = {
        "{\"results\":[{\"result\":\"success\"}],\"client_id\":",
        "{ \"results\": [ { \"result\": \"error\", \"error_details\": { \"message\": \"x\" } } ] }",
        ",\"process_type\":\"nfv\"}",
        ",\"process_type\":\"vf\",\"framing\":\"newline\",\"port_types\":[\"ring\",1,{}]}",
        "_get_client_id",
        "status",
        "exit\n",
        "99",
        "98",
        "-1",
        "1e9",
        "\"1\"",
        "{",
        "[",
        "}",
        "]",
        "\"",
        "\\",
        "\0\0\0\0",
        "\n",
        "patch\0reset",
        "é"
    };

    /** Less than the ten seconds after which the controller gives up whoever it might wait for. */
    private static final long BYSTANDER_NS = 8_000_000_000L;

    private TestController ctl;
    private AnsweringProcess primary;
    private AnsweringProcess nfv;

    @BeforeEach
    void start() throws IOException {
        ctl = new TestController();
        primary = new AnsweringProcess(ctl.controller().primaryPort(), request -> "{\"master-lcore\":0}");
        ctl.awaitProcesses("[{\"type\": \"primary\"}]");
        nfv = AnsweringProcess.secondary(ctl.controller(), "nfv", 99, request -> "{\"client-id\":99}");
        ctl.awaitProcesses(NFV);
    }

    @AfterEach
    void stop() throws IOException {
        primary.close();
        nfv.close();
        ctl.close();
    }

    @Test
    void shouldOutliveThousandsOfBrokenProcesses() throws Exception {
        breakIn(1_000, SEED);
    }

    @Test
    @Timeout(3_000)
    @Tag("long")
    void shouldOutliveAHundredThousandBrokenProcesses() throws Exception {
        breakIn(100_000, SEED + 1);
    }

    private void breakIn(final int count, final long seed) throws Exception {
        final Random random = new Random(seed);
        Footprint early = null;
        for (int i = 0; i < count; i++) {
            if (i == count / 10) {
                early = Footprint.now();
            }
            final boolean asPrimary = random.nextInt(4) == 0;
            try (Socket socket = new Socket(
                    InetAddress.getLoopbackAddress(),
                    asPrimary
                            ? ctl.controller().primaryPort()
                            : ctl.controller().secondaryPort())) {
                socket.setSoLinger(random.nextBoolean(), 0);
                for (int n = random.nextInt(4); n > 0; n--) {
                    socket.getOutputStream().write(speech(random));
                }
            } catch (final IOException refused) {
                continue; // told off while it was still speaking
            }
            if (i % 100 == 99) {
                unharmed("seed " + seed + ", process " + i);
            }
        }
        Awaitility.await("the broken ones are gone")
                .atMost(Duration.ofSeconds(60))
                .until(() -> ctl.get("/v1/processes").body(), NFV::equals);
        Footprint.assertNoMoreThan(early);
    }

    /** Never a whole registration with the bystander's id: that would be a restart, which takes it over by SPP's rule. */
    private static byte[] speech(final Random random) {
        final StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(6); n > 0; n--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        final byte[] bytes = text.toString().replace(":99", ":97").getBytes(StandardCharsets.UTF_8);
        for (int n = random.nextInt(3); n > 0 && bytes.length > 0; n--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt('0');
        }
        return bytes;
    }

    @Test
    void shouldServeWhileAThousandClientsAreSilent() throws Exception {
        silence(1_000);
    }

    private void silence(final int count) throws Exception {
        final int[] ports = {
            ctl.controller().restPort(),
            ctl.controller().secondaryPort(),
            ctl.controller().primaryPort()
        };
        final List<Socket> crowd = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                crowd.add(new Socket(InetAddress.getLoopbackAddress(), ports[i % ports.length]));
            }
            unharmed("silent clients");
            try (AnsweringProcess late =
                    AnsweringProcess.secondary(ctl.controller(), "nfv", 7, request -> "{\"client-id\":7}")) {
                Awaitility.await("a process registers")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> ctl.get("/v1/nfvs/7").statusCode() == 200);
            }
        } finally {
            for (final Socket socket : crowd) {
                socket.close();
            }
        }
        unharmed("when they are gone");
    }

    @Test
    void shouldServeWhileHundredsOfRequestsAreHalfWritten() throws Exception {
        final String whole = "PUT /v1/nfvs/99/forward HTTP/1.1\r\nHost: localhost\r\nContent-Length: 18\r\n\r\n"
                + "{\"action\":\"start\"}";
        final List<RawHttp> crowd = new ArrayList<>();
        try {
            for (int i = 0; i < 400; i++) {
                crowd.add(new RawHttp(ctl.controller().restPort())
                        .send(whole.substring(0, 1 + i % (whole.length() - 1))));
            }
            unharmed("half-written requests");
        } finally {
            for (final RawHttp client : crowd) {
                client.close();
            }
        }
    }

    @Test
    void shouldRefuseALineOfAMegabyteWithAClearError() throws Exception {
        final String line = "a".repeat(1024 * 1024);
        assertRefused(414, "GET /" + line + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertRefused(431, "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + line + "\r\n\r\n");
        assertRefused(
                413,
                "PUT /v1/nfvs/99/forward HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + line.length() + "\r\n\r\n"
                        + line);
        try (HandProcess process = new HandProcess(ctl.controller().secondaryPort())) {
            process.expect("_get_client_id");
            process.send("{\"" + line);
            assertTrue(process.readToEnd().isEmpty(), "who registers with that is disconnected");
        } catch (final IOException reset) {
            assertEquals(NFV, ctl.get("/v1/processes").body());
        }
        unharmed("long lines");
    }

    @Test
    void shouldTellTheCallerOfAProcessThatAnswersMegabytes() throws Exception {
        try (HandProcess process = HandProcess.nfv(ctl.controller(), 5)) {
            Awaitility.await().until(() -> ctl.get("/v1/processes").body().contains("5"));
            final CompletableFuture<HttpResponse<String>> reply = CompletableFuture.supplyAsync(() -> {
                try {
                    return ctl.get("/v1/nfvs/5");
                } catch (final IOException | InterruptedException failure) {
                    throw new IllegalStateException(failure);
                }
            });
            process.expect("status");
            try {
                process.send("{\"a\":\"" + "b".repeat(ProcessConnection.MAX_REPLY_BYTES));
            } catch (final IOException cutOff) {
                assertTrue(cutOff.getMessage() != null);
            }
            assertEquals(500, reply.get().statusCode());
            assertTrue(
                    reply.get().body().contains("longer than 1048576 bytes"),
                    reply.get().body());
        }
        unharmed("a long reply");
    }

    /** The same in memory, where a hundred thousand take no time: no reply is anything but a value, a text, or too long. */
    @Test
    void shouldFindValuesInAnyBytes() throws Exception {
        final Random random = new Random(SEED);
        final ReplyScanner scanner = new ReplyScanner(512);
        for (int i = 0; i < 100_000; i++) {
            final ByteBuffer bytes = ByteBuffer.wrap(speech(random));
            try {
                for (String reply = scanner.scan(bytes); reply != null; reply = scanner.scan(bytes)) {
                    assertTrue(!reply.isEmpty() && "{[".indexOf(reply.charAt(0)) >= 0, reply);
                }
            } catch (final ReplyScanner.ReplyTooLongException tooLong) {
                scanner.reset();
            }
            assertTrue(scanner.size() <= 512);
            if (scanner.holdsText()) {
                scanner.take();
            }
        }
    }

    private void assertRefused(final int status, final String request) throws IOException {
        try (RawHttp client = new RawHttp(ctl.controller().restPort())) {
            // The server answers before it has read all, and closes: the rest can't be written, and may cost the
            // answer.
            final CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                try {
                    client.send(request);
                } catch (final IOException closed) {
                    return;
                }
            });
            final RawHttp.Answer answer = client.read();
            assertEquals(status, answer.status());
            assertEquals("text/plain", answer.headers().get("content-type"));
            assertTrue(answer.body().length() > 5, answer.body());
            writing.join();
        }
    }

    private void unharmed(final String when) throws Exception {
        final long begin = System.nanoTime();
        assertEquals(200, ctl.get("/v1/nfvs/99").statusCode(), when);
        assertEquals(200, ctl.get("/v1/primary/status").statusCode(), when);
        assertTrue(System.nanoTime() - begin < BYSTANDER_NS, () -> "callers wait: " + when);
    }
}

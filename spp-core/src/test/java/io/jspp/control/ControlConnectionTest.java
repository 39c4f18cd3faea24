package io.jspp.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The process's side of the wire protocol; the test is the controller, byte by byte. */
@Tag("once")
class ControlConnectionTest {
    private final List<String> notices = Collections.synchronizedList(new ArrayList<>());
    private final List<String> ports = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private ServerSocket server;
    private ControlConnection connection;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        server.setSoTimeout(10_000);
    }

    @AfterEach
    void close() throws IOException {
        if (connection != null) {
            connection.close();
        }
        server.close();
    }

    @Test
    void shouldRegisterAndAnnounceNewlineFraming() throws Exception {
        try (Socket ctl = connect()) {
            assertEquals(
                    "{\"results\":[{\"result\":\"success\"}],\"client_id\":7,\"process_type\":\"nfv\","
                            + "\"framing\":\"newline\",\"port_types\":[\"ring\",\"vhost\"]}",
                    exchange(ctl, "_get_client_id"));
        }
    }

    @Test
    void shouldTakeOneReadForOneRequestAsLongAsThereIsNoNewline() throws Exception {
        try (Socket ctl = connect()) {
            assertEquals("{\"client-id\":7,\"ports\":[]}", exchange(ctl, "status"));
            assertEquals(
                    "{\"result\":\"succeeded\",\"command\":\"add\",\"port\":\"ring:0\"}", exchange(ctl, "add ring:0"));
            assertEquals("{\"client-id\":7,\"ports\":[\"ring:0\"]}", exchange(ctl, "status"));
        }
    }

    @Test
    void shouldFindRequestsInAnySegmentsOnceNewlinesEndThem() throws Exception {
        try (Socket ctl = connect()) {
            write(ctl, "\n");
            for (final char c : "add ring:0\r\n".toCharArray()) {
                write(ctl, String.valueOf(c));
            }
            assertEquals("{\"result\":\"succeeded\",\"command\":\"add\",\"port\":\"ring:0\"}", readObject(ctl));
            write(ctl, "\n\r\n\0add ri\0ng:1\nadd ring:2\nsta");
            assertEquals("{\"result\":\"succeeded\",\"command\":\"add\",\"port\":\"ring:1\"}", readObject(ctl));
            assertEquals("{\"result\":\"succeeded\",\"command\":\"add\",\"port\":\"ring:2\"}", readObject(ctl));
            write(ctl, "tus\n");
            assertEquals("{\"client-id\":7,\"ports\":[\"ring:0\",\"ring:1\",\"ring:2\"]}", readObject(ctl));
        }
    }

    @Test
    void shouldAnswerEveryMistakeAndChangeNothing() throws Exception {
        try (Socket ctl = connect()) {
            assertTrue(exchange(ctl, "bogus").contains("unknown command \\\"bogus\\\""));
            assertTrue(exchange(ctl, "add").contains("incomplete command"));
            assertTrue(exchange(ctl, "del ring:5").contains("\"message\":\"ring:5 is not known\""));
            assertTrue(exchange(ctl, "forward").contains("this nfv does not offer"));
            assertTrue(exchange(ctl, "patch reset").contains("\"message\":\"handler fault\""));
            assertEquals("{\"client-id\":7,\"ports\":[]}", exchange(ctl, "status"));
        }
    }

    @Test
    void shouldRefuseARequestWithoutEndAndConnectAgain() throws Exception {
        try (Socket ctl = connect()) {
            write(ctl, "\n");
            write(ctl, "x".repeat(RequestReader.MAX_REQUEST_BYTES + 1));
            assertTrue(readObject(ctl).contains("a request may have 65536 bytes"));
        }
        try (Socket again = server.accept()) {
            assertEquals("{\"client-id\":7,\"ports\":[]}", exchange(again, "status"));
        }
    }

    @Test
    void shouldReplyWithAnErrorWhenAStatusOutgrowsTheLimit() throws Exception {
        try (Socket ctl = connect()) {
            ports.add("x".repeat(ControlConnection.MAX_REPLY_BYTES));
            assertTrue(exchange(ctl, "status").contains("the limit is 1048576"));
        }
    }

    @Test
    void shouldConnectAgainWheneverTheControllerIsBack() throws Exception {
        try (Socket ctl = connect()) {
            exchange(ctl, "add ring:0");
        }
        for (int i = 0; i < 2; i++) {
            try (Socket ctl = server.accept()) {
                assertEquals("{\"client-id\":7,\"ports\":[\"ring:0\"]}", exchange(ctl, "status"));
            }
        }
    }

    @Test
    void shouldSayOnceThatItWaits() throws Exception {
        final int port = server.getLocalPort();
        server.close();
        start(port);
        assertFalse(connection.awaitConnected(2_500, TimeUnit.MILLISECONDS));
        assertEquals(1, notices.size());
        assertTrue(notices.get(0).startsWith("waiting for ctl at 127.0.0.1:" + port + " ("), notices.get(0));
        server = new ServerSocket(port, 8, InetAddress.getLoopbackAddress());
        assertTrue(connection.awaitConnected(10, TimeUnit.SECONDS));
    }

    @Test
    void shouldReplyBeforeItEnds() throws Exception {
        try (Socket ctl = connect()) {
            assertEquals("{\"result\":\"succeeded\",\"command\":\"exit\"}", exchange(ctl, "exit"));
            assertEquals(-1, ctl.getInputStream().read());
        }
        assertTrue(ended.await(10, TimeUnit.SECONDS));
    }

    @Test
    void shouldShowWhyItIsRefused() throws Exception {
        try (Socket ctl = connect()) {
            write(ctl, "_refused another primary is connected from 127.0.0.1:1");
            Awaitility.await().until(() -> !notices.isEmpty());
        }
        assertTrue(notices.get(0).endsWith("refused this process: another primary is connected from 127.0.0.1:1"));
    }

    @Test
    void shouldSurviveResetsAtEveryByteOfARequest() throws Exception {
        start(server.getLocalPort());
        final byte[] request = "add ring:0\n".getBytes(StandardCharsets.US_ASCII);
        for (int length = 0; length <= 2; length++) {
            try (Socket ctl = server.accept()) {
                ctl.setSoLinger(true, 0);
                ctl.getOutputStream().write(request, 0, length * 5);
            }
        }
        try (Socket ctl = server.accept()) {
            assertTrue(exchange(ctl, "status").startsWith("{\"client-id\":7"));
        }
    }

    private Socket connect() throws IOException {
        start(server.getLocalPort());
        final Socket ctl = server.accept();
        ctl.setSoTimeout(10_000);
        ctl.setTcpNoDelay(true);
        return ctl;
    }

    private void start(final int port) {
        final CommandTable table = new CommandTable(ProcessKind.NFV)
                .on(
                        "status",
                        request ->
                                Reply.status(json -> json.field("client-id", 7).field("ports", ports)))
                .on("add", request -> {
                    ports.add(request.argument("port"));
                    return Reply.ok();
                })
                .on("del", request -> {
                    throw new CommandException(request.argument("port") + " is not known");
                })
                .on("patch reset", request -> {
                    throw new IllegalStateException("handler fault");
                })
                .on("exit", request -> Reply.okThen(ended::countDown));
        connection = new ControlConnection(
                7, ControlEndpoint.parse("127.0.0.1:" + port), table, List.of("ring", "vhost"), notices::add);
        connection.start();
    }

    private static String exchange(final Socket ctl, final String request) throws IOException {
        write(ctl, request);
        return readObject(ctl);
    }

    private static void write(final Socket ctl, final String text) throws IOException {
        ctl.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String readObject(final Socket ctl) throws IOException {
        final InputStream in = ctl.getInputStream();
        final StringBuilder text = new StringBuilder();
        int depth = 0;
        do {
            final int c = in.read();
            if (c < 0) {
                throw new IOException("the process closed after " + text);
            }
            text.append((char) c);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        } while (depth > 0);
        return text.toString();
    }
}

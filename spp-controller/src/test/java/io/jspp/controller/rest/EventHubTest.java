package io.jspp.controller.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.AnsweringProcess;
import io.jspp.controller.TestController;
import io.jspp.testing.EventStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Server-sent events: what changes reaches everybody who listens, and nobody who listens badly holds up the others. */
@Tag("once")
class EventHubTest {
    private final AtomicInteger asked = new AtomicInteger();
    private TestController ctl;
    private volatile String state = "listening";
    private volatile String ports = "vhost:0";

    @BeforeEach
    void start() throws IOException {
        ctl = new TestController();
    }

    @AfterEach
    void stop() {
        ctl.close();
    }

    @Test
    void shouldTellWhoComesAndGoesAndHowPortsAre() throws Exception {
        try (Listener listener = new Listener()) {
            assertEquals("processes []", listener.next());
            assertEquals("watching {\"ports\": 0}", listener.next());
            try (AnsweringProcess nfv = AnsweringProcess.secondary(ctl.controller(), "nfv", 4, request -> status())) {
                assertEquals(
                        "process {\"type\": \"nfv\", \"client-id\": 4, \"change\": \"connected\"}", listener.next());
                // The second question comes when the first one's answer is known.
                Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> asked.get() >= 2);
                state = "up";
                assertEquals(
                        "port {\"type\": \"nfv\", \"client-id\": 4, \"port\": \"vhost:0\", \"state\": \"up\", \"code\": \"c\","
                                + " \"cause\": \"why\", \"next\": \"do\", \"before\": \"listening\"}",
                        listener.next());
                ports = "vhost:1";
                assertTrue(listener.next().contains("\"port\": \"vhost:1\", \"state\": \"up\", \"code\": \"c\""));
                assertEquals(
                        "port {\"type\": \"nfv\", \"client-id\": 4, \"port\": \"vhost:0\", \"state\": \"absent\", \"before\":"
                                + " \"up\"}",
                        listener.next());
                try (Listener late = new Listener()) {
                    assertEquals("processes [{\"type\": \"nfv\", \"client-id\": 4}]", late.next());
                    assertEquals("watching {\"ports\": 1}", late.next());
                    nfv.close();
                    final String gone = "process {\"type\": \"nfv\", \"client-id\": 4, \"change\": \"gone\"}";
                    assertEquals(gone, late.next());
                    assertEquals(gone, listener.next());
                }
            }
        }
    }

    @Test
    void shouldListenToAFewAtATime() throws Exception {
        final List<Listener> listeners = new ArrayList<>();
        try {
            for (int i = 0; i < EventHub.MAX_STREAMS; i++) {
                listeners.add(new Listener());
                assertEquals("processes []", listeners.get(i).next());
            }
            try (Listener tooMany = new Listener()) {
                assertTrue(tooMany.next().startsWith("error {\"message\": \"16 clients listen already"));
            }
            listeners.remove(0).close();
            assertEquals(200, ctl.get("/v1/processes").statusCode(), "they take nobody's turn");
            // Who has gone is noticed by the second sign of life that he doesn't take.
            Awaitility.await("who has gone makes room")
                    .atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        try (Listener again = new Listener()) {
                            return again.next().equals("processes []");
                        }
                    });
        } finally {
            for (final Listener listener : listeners) {
                listener.close();
            }
        }
    }

    private String status() {
        asked.incrementAndGet();
        return "{\"client-id\":4,\"status\":\"idling\",\"master-lcore\":1,\"lcores\":[1,2],\"ports\":[],\"patches\":[],"
                + "\"port_states\":[{\"port\":\"" + ports + "\",\"state\":\"" + state
                + "\",\"code\":\"c\",\"cause\":\"why\",\"next\":\"do\"}]}";
    }

    /** A client of {@code /v2/events}. */
    private final class Listener implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader reader;

        Listener() throws IOException {
            socket = new Socket(
                    InetAddress.getLoopbackAddress(), ctl.controller().restPort());
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write("GET /v2/events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertEquals("HTTP/1.1 200 OK", reader.readLine());
            assertTrue(head().contains("Content-Type: text/event-stream"));
        }

        private String head() throws IOException {
            final StringBuilder head = new StringBuilder();
            for (String line = reader.readLine(); !line.isEmpty(); line = reader.readLine()) {
                head.append(line).append('\n');
            }
            return head.toString();
        }

        /** The next event as {@code NAME DATA}. */
        String next() throws IOException {
            return EventStream.next(reader);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}

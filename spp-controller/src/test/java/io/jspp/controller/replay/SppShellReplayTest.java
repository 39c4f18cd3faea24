package io.jspp.controller.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.RawHttp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * SPP's own shell against our controller: the requests of a recorded session, sent as its HTTP library does (headers and body in
 * two segments, one connection each), between processes that answer as SPP's did. Status, body and the processes' bytes are SPP's,
 * but for what the recording marks as ours.
 */
@Tag("once")
class SppShellReplayTest extends ReplayFixture {
    @Test
    void shouldAnswerSppsShellAsItsOwnController() throws Exception {
        int compared = 0;
        for (final Transcript.Exchange exchange : Transcript.read("exchanges.txt")) {
            if (exchange.request().startsWith("GET ")) {
                processes.status(processOf(exchange.path()), exchange.text());
            }
            if (exchange.wire() != null) {
                processes.reply(exchange.process(), exchange.wire(), exchange.reply());
            }
            final RawHttp.Answer answer = send(exchange);
            assertAnswer(exchange, answer, true);
            final boolean refusedByUs =
                    exchange.ours() != null && exchange.ours().contains("invalid key");
            assertEquals(
                    exchange.wire() == null || refusedByUs
                            ? List.of()
                            : List.of(exchange.process() + ' ' + exchange.wire()),
                    processes.takeRequests(),
                    exchange.command());
            compared++;
        }
        assertTrue(compared >= 50, "compared " + compared);
        final String list =
                "[{\"type\": \"primary\"}, {\"type\": \"nfv\", \"client-id\": 1}, {\"type\": \"vf\", \"client-id\": 2},"
                        + " {\"type\": \"mirror\", \"client-id\": 3}, {\"type\": \"pcap\", \"client-id\": 4}]";
        assertEquals(list, ctl.get("/v1/processes").body());
    }

    @Test
    void shouldAnswerWrongRequestsAsSppDoesOrSayWhatIsWrong() throws Exception {
        final String error = "{ \"results\": [ { \"result\": \"error\", \"error_details\": { \"message\":"
                + " \"Invalid value (component name)\" } } ] }";
        processes.reply("vf2", "component start mgr 2 forward", error);
        processes.reply("vf2", "port add ring:9 rx nosuch", error);
        processes.reply(
                "primary0",
                "flow create phy:0 ingress pattern eth / end actions queue index 0 / end",
                "{\"result\": \"success\", \"message\": \"Flow rule #0 created\", \"rule_id\": \"0\"}");
        for (final Transcript.Exchange exchange : Transcript.read("errors.txt")) {
            assertAnswer(exchange, send(exchange), false);
            if (exchange.ours() != null || exchange.status() == 404) {
                assertEquals(List.of(), processes.takeRequests(), exchange.toString());
            }
            processes.takeRequests();
        }
    }

    private static void assertAnswer(
            final Transcript.Exchange exchange, final RawHttp.Answer answer, final boolean whole) {
        final String got = answer.status() + " " + answer.body();
        if (exchange.ours() != null) {
            assertTrue(
                    whole ? got.equals(exchange.ours()) : got.startsWith(exchange.ours()),
                    () -> exchange + " got " + got);
        } else {
            assertEquals(exchange.status() + " " + exchange.text(), got, exchange.toString());
        }
        final String type = answer.status() >= 400 ? "text/plain" : answer.status() == 200 ? "application/json" : null;
        assertEquals(type, answer.headers().get("content-type"), exchange.toString());
    }

    private RawHttp.Answer send(final Transcript.Exchange exchange) throws IOException {
        final String body = exchange.body();
        final StringBuilder head = new StringBuilder(exchange.request() + " HTTP/1.1\r\nHost: 127.0.0.1:27778\r\n");
        head.append("User-Agent: python-requests/2.28.1\r\nAccept-Encoding: gzip, deflate\r\nAccept: */*\r\n");
        head.append("Connection: keep-alive\r\n");
        if (body != null) {
            head.append("Content-Length: ").append(body.getBytes(StandardCharsets.UTF_8).length);
            head.append("\r\nContent-Type: application/json\r\n");
        } else if (exchange.method().equals("DELETE")) {
            head.append("Content-Length: 0\r\n");
        }
        try (RawHttp connection = new RawHttp(ctl.controller().restPort())) {
            connection.send(head.append("\r\n").toString());
            return body == null ? connection.read() : connection.send(body).read();
        }
    }

    private static String processOf(final String path) {
        return path.startsWith("/v1/primary") ? "primary0" : path.replaceAll("/v1/([a-z]+)s/([0-9]+)", "$1$2");
    }
}

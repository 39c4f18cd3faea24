package io.jspp.controller.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.control.CommandCodec;
import io.jspp.control.CommandException;
import io.jspp.control.CommandRegistry;
import io.jspp.control.ProcessKind;
import io.jspp.controller.AnsweringProcess;
import io.jspp.controller.Footprint;
import io.jspp.controller.RawHttp;
import io.jspp.controller.TestController;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Any request gets an answer: 2xx or 4xx with a sentence, never 500; what reaches a process is a command that the process
 * knows, in one line; whoever asks meanwhile gets his answer. A failure names the seed, of which the n-th request follows.
 */
@Tag("once")
class FuzzedRestTest {
    private static final long SEED = Long.getLong("io.jspp.seed", 20_260_401L);
    /** Less than the ten seconds after which the server gives up whoever it might wait for. */
    private static final long BYSTANDER_NS = 8_000_000_000L;

    private final Map<ProcessKind, AnsweringProcess> processes = new EnumMap<>(ProcessKind.class);
    private final Queue<String> strange = new ConcurrentLinkedQueue<>();
    private final CommandCodec codec = new CommandCodec(CommandRegistry.standard());
    private TestController ctl;
    private AnsweringProcess bystander;
    private RawHttp connection;

    @BeforeEach
    void start() throws IOException {
        ctl = new TestController();
        for (final ProcessKind kind : ProcessKind.values()) {
            connect(kind);
        }
        bystander = AnsweringProcess.secondary(ctl.controller(), "nfv", 99, request -> "{\"client-id\":99}");
        awaitAll(Duration.ofSeconds(60));
    }

    @AfterEach
    void stop() throws IOException {
        for (final AnsweringProcess process : processes.values()) {
            process.close();
        }
        bystander.close();
        if (connection != null) {
            connection.close();
        }
        ctl.close();
    }

    @Test
    void shouldAnswerThousandsOfRequests() throws Exception {
        run(1_500, SEED);
    }

    @Test
    @Timeout(3_000)
    @Tag("long")
    void shouldAnswerAHundredThousandRequests() throws Exception {
        run(100_000, SEED + 1);
    }

    private void run(final int count, final long seed) throws Exception {
        final RestFuzz fuzz = new RestFuzz(new Random(seed));
        Footprint early = null;
        for (int i = 0; i < count; i++) {
            if (i == count / 10) {
                early = Footprint.now();
            }
            final RestFuzz.Request request = fuzz.next();
            final String where = "seed " + seed + ", request " + i + ": " + request;
            if (request.intact()) {
                judge(exchange(request, where), where);
            } else {
                damaged(request, where);
            }
            if (i % 100 == 99) {
                reconnectWhoWasToldToExit();
                final long begin = System.nanoTime();
                assertEquals(200, ctl.get("/v1/nfvs/99").statusCode(), where);
                assertTrue(System.nanoTime() - begin < BYSTANDER_NS, () -> "a bystander waits: " + where);
            }
            assertEquals(null, strange.peek(), where);
        }
        reconnectWhoWasToldToExit();
        Footprint.assertNoMoreThan(early);
    }

    /** On the connection of the one before; a server may have closed that, but not one on which it has answered nothing. */
    private RawHttp.Answer exchange(final RestFuzz.Request request, final String where) throws IOException {
        for (final boolean fresh : new boolean[] {false, true}) {
            if (fresh || connection == null) {
                connection = new RawHttp(ctl.controller().restPort());
            }
            try {
                final RawHttp.Answer answer = connection.send(request.bytes()).read();
                if (answer.isLast()) {
                    connection.close();
                    connection = null;
                }
                return answer;
            } catch (final IOException ended) {
                connection.close();
                if (fresh) {
                    throw new AssertionError("no answer to " + where, ended);
                }
            }
        }
        throw new IllegalStateException("not reached");
    }

    /** What is no HTTP any more: an answer or an end, and not one of success unless the damage made sense. */
    private void damaged(final RestFuzz.Request request, final String where) throws IOException {
        try (RawHttp connection = new RawHttp(ctl.controller().restPort())) {
            connection.send(request.bytes()).endInput();
            final RawHttp.Answer answer = connection.read();
            if (request.bytes()[0] == 'H') {
                // Of what HEAD would have shown only the length comes; what was read as its body is the next answer.
                assertTrue(answer.status() < 500 || answer.status() == 501 || answer.status() == 505, where);
            } else {
                judge(answer, where);
            }
        } catch (final IOException ended) {
            // Bytes without a request, or a body that never became whole.
            assertFalse(String.valueOf(ended.getMessage()).startsWith("no status line"), () -> where + ": " + ended);
        }
    }

    private static void judge(final RawHttp.Answer answer, final String where) {
        final String what = where + "\nanswered " + answer;
        if (answer.status() >= 400) {
            assertTrue(answer.status() < 500 || answer.status() == 501 || answer.status() == 505, what);
            assertEquals("text/plain", answer.headers().get("content-type"), what);
            assertTrue(answer.body().matches("[\\x20-\\x7e]{3,4000}"), what);
            assertFalse(answer.body().contains("Exception") || answer.body().contains("io.jspp"), what);
        } else {
            assertTrue(answer.status() == 200 || answer.status() == 204 || answer.status() == 100, what);
        }
    }

    private String answer(final ProcessKind kind, final String request) {
        try {
            codec.parse(kind, List.of(request.split(" ")));
            if (!request.matches("[\\x20-\\x7e]+")) {
                strange.add(kind + ": " + CommandCodec.printable(request, 400));
            }
        } catch (final CommandException unknown) {
            strange.add(kind + ": " + unknown.getMessage() + ": " + CommandCodec.printable(request, 400));
        }
        return "{\"results\":[{\"result\":\"success\"}],\"result\":\"succeeded\",\"info\":{\"client-id\":1,\"master-lcore\":1}}";
    }

    private void connect(final ProcessKind kind) throws IOException {
        processes.put(
                kind,
                kind.isSecondary()
                        ? AnsweringProcess.secondary(
                                ctl.controller(), kind.wireName(), kind.ordinal(), request -> answer(kind, request))
                        : new AnsweringProcess(ctl.controller().primaryPort(), request -> answer(kind, request)));
    }

    /** What was told to exit is off the list at once, or a moment later when that is still on its way. */
    private void reconnectWhoWasToldToExit() throws Exception {
        for (int round = 0; round < 20; round++) {
            for (final ProcessKind kind : missing()) {
                processes.get(kind).close();
                connect(kind);
            }
            try {
                awaitAll(Duration.ofSeconds(5));
                return;
            } catch (final ConditionTimeoutException stillOneMissing) {
                assertTrue(round < 19, () -> "never all there: " + stillOneMissing.getMessage());
            }
        }
    }

    private List<ProcessKind> missing() throws IOException, InterruptedException {
        final String connected = ctl.get("/v1/processes").body();
        final List<ProcessKind> missing = new ArrayList<>();
        for (final ProcessKind kind : ProcessKind.values()) {
            final String id = kind.isSecondary() ? ", \"client-id\": " + kind.ordinal() + '}' : "}";
            if (!connected.contains("\"type\": \"" + kind.wireName() + '"' + id)) {
                missing.add(kind);
            }
        }
        return missing;
    }

    private void awaitAll(final Duration limit) {
        Awaitility.await().atMost(limit).until(() -> missing().isEmpty());
    }

    /** So that it can be repeated by hand: the bytes of one request as a line. */
    static String printable(final byte[] bytes) {
        return CommandCodec.printable(new String(bytes, StandardCharsets.ISO_8859_1), 2_000);
    }
}

package io.jspp.controller.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.control.ProcessKind;
import io.jspp.controller.inventory.Inventory;
import io.jspp.controller.inventory.ProcessEntry;
import io.jspp.controller.inventory.ProcessLink;
import io.jspp.controller.inventory.ProcessLostException;
import io.jspp.controller.inventory.ProcessTimeoutException;
import io.jspp.controller.state.SecondaryState;
import io.jspp.controller.state.StateFile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code GET /v2/state} of processes that talk nonsense or nothing, and of a vf with more entries than a reply has room for. */
class StateRouteTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final String HEAD = "{\"results\":[{\"result\":\"success\"}],\"info\":";

    private final Inventory inventory = new Inventory();
    private final StateRoute route =
            new StateRoute(new StatusCollector(inventory, TIMEOUT), new ClassifierPages(TIMEOUT));

    /** A connection on which a process answers at once, or not at all. */
    private record Answers(UnaryOperator<String> reply) implements ProcessLink {
        @Override
        public CompletableFuture<String> request(String command, Duration timeout) {
            String text = reply.apply(command);
            return switch (text) {
                case "SILENCE" -> CompletableFuture.failedFuture(new ProcessTimeoutException("vf 2 is silent"));
                case "END" -> CompletableFuture.failedFuture(new ProcessLostException("vf 2 is gone"));
                default -> CompletableFuture.completedFuture(text);
            };
        }

        @Override
        public void close() {}
    }

    /** As a vf tells of its classifier table: 10 000 entries at most in one reply. */
    private static final class Table {
        final int entries;
        int changes;
        int pages;

        Table(int entries) {
            this.entries = entries;
        }

        String reply(String command) {
            boolean status = command.equals("status");
            int from = status ? 0 : Integer.parseInt(command.replace("classifier_table show ", ""));
            pages += status ? 0 : 1;
            return HEAD
                    + "{\"client-id\":2,\"master-lcore\":1,\"core\":[{\"core\":2,\"type\":\"unuse\"}],\"classifier_table\":["
                    + IntStream.range(from, Math.min(entries, from + 10_000))
                            .mapToObj(i -> String.format(
                                    "{\"type\":\"mac\",\"value\":\"02:00:00:%02X:%02X:%02X\",\"port\":\"ring:0\"}",
                                    i >> 16, i >> 8 & 255, i & 255))
                            .collect(Collectors.joining(","))
                    + "],\"classifier_entries\":" + entries
                    + (status ? "" : ",\"classifier_changes\":" + changes) + "}}";
        }
    }

    @BeforeEach
    void connectPrimary() {
        inventory.put(new ProcessEntry(
                ProcessKind.PRIMARY,
                0,
                List.of(),
                new Answers(command -> "{\"master-lcore\":0,\"devices\":[],\"pipes\":[],\"phy_ports\":[]}")));
    }

    private RestResponse state(UnaryOperator<String> vf) throws Exception {
        inventory.put(new ProcessEntry(ProcessKind.VF, 2, List.of(), new Answers(vf)));
        return route.route()
                .action()
                .handle(new RestRequest(Map.of(), Map.of(), new byte[0]))
                .join();
    }

    /** Who reads long tables many times at once is not to fill the controller's memory. */
    @Test
    void shouldTellNoMoreThanTwoAtOnce() throws Exception {
        CompletableFuture<String> reply = new CompletableFuture<>();
        ProcessLink slow = new ProcessLink() {
            @Override
            public CompletableFuture<String> request(String command, Duration timeout) {
                return reply;
            }

            @Override
            public void close() {}
        };
        inventory.put(new ProcessEntry(ProcessKind.VF, 2, List.of(), slow));
        RestRequest request = new RestRequest(Map.of(), Map.of(), new byte[0]);
        CompletableFuture<RestResponse> first = route.route().action().handle(request);
        route.route().action().handle(request);
        RestException busy =
                assertThrows(RestException.class, () -> route.route().action().handle(request));
        assertEquals(503, busy.status());
        reply.complete(new Table(1).reply("status"));
        assertEquals(200, first.join().status());
        assertEquals(200, state(new Table(1)::reply).status());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SILENCE| 504| vf 2 is silent",
                "END| 502| vf 2 is gone",
                "no JSON| 502| vf 2 answered no JSON to \"status\"",
                "[]| 502| vf 2 answered no status",
                "{}| 502| vf 2 answered no status",
            })
    void shouldTellNonsenseFromSilence(String reply, int code, String sentence) throws Exception {
        RestResponse answer = state(command -> reply);
        assertEquals(code + " " + sentence, answer.status() + " " + answer.body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SILENCE| 504| vf 2 is silent",
                "no JSON| 502| vf 2 answered no JSON to \"classifier_table show\"",
                "[]| 502| vf 2 answered no page of its classifier table",
                HEAD + "{}}| 502| vf 2 answered 0 of -1 classifier entries",
            })
    void shouldTellNonsenseFromSilenceInTheMidstOfATable(String reply, int code, String sentence) throws Exception {
        Table table = new Table(30_000);
        RestResponse answer = state(command -> table.pages == 2 ? reply : table.reply(command));
        assertEquals(code + " " + sentence, answer.status() + " " + answer.body());
    }

    @Test
    void shouldTellAllEntriesOfALongTable() throws Exception {
        Table table = new Table(50_000);
        RestResponse answer = state(table::reply);
        assertEquals(200, answer.status(), answer.body());
        assertEquals(5, table.pages);
        SecondaryState.Graph vf = (SecondaryState.Graph)
                StateFile.parse("answer", answer.body()).secondaries().get(2);
        assertEquals(50_000, vf.entries().size());
        assertEquals("mac 02:00:00:00:00:00 ring:0", vf.entries().first());
        assertEquals("mac 02:00:00:00:c3:4f ring:0", vf.entries().last());
    }

    @Test
    void shouldReadATableAgainThatChangesMeanwhile() throws Exception {
        Table table = new Table(20_001);
        RestResponse answer = state(command -> {
            table.changes += table.pages == 2 ? 1 : 0;
            return table.reply(command);
        });
        assertEquals(200, answer.status(), answer.body());
        assertEquals(6, table.pages);
        Table restless = new Table(20_001);
        answer = state(command -> {
            restless.changes++;
            return restless.reply(command);
        });
        assertEquals(
                "502 vf 2 changes its classifier table all the time: try again", answer.status() + " " + answer.body());
    }

    @Test
    void shouldSayThatATableIsTooLong() throws Exception {
        Table table = new Table(ClassifierPages.MAX_ENTRIES + 1);
        RestResponse answer = state(table::reply);
        assertEquals(400, answer.status());
        assertTrue(
                answer.body().startsWith("client 2 has 100001 classifier entries, of which its status shows 10000"),
                answer.body());
        assertEquals(0, table.pages);
    }
}

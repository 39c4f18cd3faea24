package io.jspp.controller.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.HandProcess;
import io.jspp.controller.ScriptedProcess;
import io.jspp.controller.TestController;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who becomes which process, and what a peer that behaves badly does to the others: nothing. */
class RegistrationTest {
    private TestController ctl;

    @BeforeEach
    void start() throws IOException {
        ctl = new TestController();
    }

    @AfterEach
    void stop() {
        ctl.close();
    }

    @Test
    void shouldListThePrimaryAsSoonAsItConnectsAndSecondariesByTheirAnswer() throws Exception {
        try (HandProcess primary = new HandProcess(ctl.controller().primaryPort());
                HandProcess nfv = HandProcess.nfv(ctl.controller(), 1)) {
            ctl.awaitProcesses("[{\"type\": \"primary\"}, {\"type\": \"nfv\", \"client-id\": 1}]");
            assertFalse(primary.hears(200), "a primary is asked nothing");
            assertFalse(nfv.hears(100), "a secondary is asked for its id only");
        }
        ctl.awaitProcesses("[]");
    }

    @Test
    void shouldRegisterOthersWhileOneIsSilent() throws Exception {
        try (HandProcess silent = new HandProcess(ctl.controller().secondaryPort());
                HandProcess nfv = HandProcess.nfv(ctl.controller(), 3)) {
            ctl.awaitProcesses("[{\"type\": \"nfv\", \"client-id\": 3}]");
            silent.expect("_get_client_id");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage, no JSON",
                "{\"results\":[{\"result\":\"success\"}],\"client_id\":1,\"process_type\":\"alien\"}",
                "{\"results\":[{\"result\":\"success\"}],\"client_id\":1,\"process_type\":\"primary\"}",
                "{\"results\":[{\"result\":\"success\"}],\"client_id\":\"1\",\"process_type\":\"nfv\"}",
                "{\"results\":[{\"result\":\"success\"}],\"client_id\":0,\"process_type\":\"nfv\"}",
                "{\"results\":[{\"result\":\"success\"}],\"client_id\":128,\"process_type\":\"nfv\"}",
                "[]",
            })
    void shouldDisconnectWhoRegistersWithNonsense(final String answer) throws Exception {
        try (HandProcess process = new HandProcess(ctl.controller().secondaryPort())) {
            process.expect("_get_client_id");
            process.send(answer);
            final String farewell = process.readToEnd();
            assertTrue(farewell.isEmpty() || farewell.startsWith("_refused "), farewell);
        }
        assertEquals("[]", ctl.get("/v1/processes").body());
    }

    /** SPP's rule: the newer connection wins, whatever its type. */
    @Test
    void shouldGiveAnIdToTheNewerConnection() throws Exception {
        try (HandProcess old = HandProcess.nfv(ctl.controller(), 11)) {
            ctl.awaitProcesses("[{\"type\": \"nfv\", \"client-id\": 11}]");
            try (HandProcess young = new HandProcess(ctl.controller().secondaryPort())) {
                young.expect("_get_client_id");
                young.send(
                        "{ \"results\": [ { \"result\": \"success\" } ], \"client_id\": 11, \"process_type\": \"vf\" }");
                assertEquals("", old.readToEnd());
                ctl.awaitProcesses("[{\"type\": \"vf\", \"client-id\": 11}]");
                assertEquals("sec_id 11 not found.", ctl.get("/v1/nfvs/11").body());
            }
        }
    }

    /** The older one, told to exit, says no when a newer one has its id already. */
    @Test
    void shouldLeaveAnIdToTheNewerConnectionWhenTheOlderOneDoesNotEnd() throws Exception {
        try (HandProcess old = HandProcess.nfv(ctl.controller(), 12)) {
            ctl.awaitProcesses("[{\"type\": \"nfv\", \"client-id\": 12}]");
            final CompletableFuture<HttpResponse<String>> exit = CompletableFuture.supplyAsync(() -> {
                try {
                    return ctl.send("DELETE", "/v1/nfvs/12", "");
                } catch (final IOException | InterruptedException failure) {
                    throw new CompletionException(failure);
                }
            });
            old.expect("exit");
            try (HandProcess young = HandProcess.nfv(ctl.controller(), 12)) {
                ctl.awaitProcesses("[{\"type\": \"nfv\", \"client-id\": 12}]");
                old.send("{\"result\": \"failed\"}");
                assertEquals(400, exit.get(60, TimeUnit.SECONDS).statusCode());
                assertEquals("", old.readToEnd());
                ctl.awaitProcesses("[{\"type\": \"nfv\", \"client-id\": 12}]");
                assertFalse(young.hears(1));
            }
        }
    }

    @Test
    void shouldRefuseASecondPrimaryWhileTheFirstAnswers() throws Exception {
        try (ScriptedProcess first = ScriptedProcess.primary(ctl.controller())) {
            ctl.awaitProcesses("[{\"type\": \"primary\"}]");
            try (HandProcess second = new HandProcess(ctl.controller().primaryPort())) {
                final String farewell = second.readToEnd();
                assertTrue(farewell.startsWith("_refused another primary is connected from 127.0.0.1:"), farewell);
            }
            assertEquals(List.of("status"), first.requests());
            assertEquals(200, ctl.get("/v1/primary/status").statusCode());
        }
    }

    @Test
    void shouldReplaceAPrimaryThatDoesNotAnswer() throws Exception {
        try (HandProcess dead = new HandProcess(ctl.controller().primaryPort());
                ScriptedProcess alive = ScriptedProcess.primary(ctl.controller())) {
            assertEquals("status", dead.readToEnd());
            Awaitility.await().until(() -> ctl.get("/v1/primary/status").statusCode() == 200);
            assertFalse(alive.hasEnded());
        }
    }

    @Test
    void shouldTakeARestartedPrimaryAtOnce() throws Exception {
        long shortestMs = Long.MAX_VALUE;
        // once must be quick: the next one may have to wait for a CPU
        for (int i = 0; i < 3 || (i < 20 && shortestMs > 900); i++) {
            final long begin = System.nanoTime();
            try (ScriptedProcess primary = ScriptedProcess.primary(ctl.controller())) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> ctl.get("/v1/primary/status").statusCode() == 200);
                assertFalse(primary.hasEnded());
            }
            if (i > 0) {
                shortestMs = Math.min(shortestMs, (System.nanoTime() - begin) / 1_000_000);
            }
        }
        assertTrue(shortestMs < 900, "it waited for the dead one's answer: " + shortestMs + " ms");
    }

    @Test
    void shouldMakeRoomWhenHundredsConnectAndStaySilent() throws Exception {
        try (ScriptedProcess nfv = ScriptedProcess.nfv(ctl.controller(), 1)) {
            ctl.awaitProcesses("[{\"type\": \"nfv\", \"client-id\": 1}]");
            final List<HandProcess> crowd = new ArrayList<>();
            try {
                for (int i = 0; i < ProcessListener.MAX_CONNECTIONS + 50; i++) {
                    crowd.add(new HandProcess(ctl.controller().secondaryPort()));
                }
                try (HandProcess late = HandProcess.nfv(ctl.controller(), 2)) {
                    ctl.awaitProcesses(
                            "[{\"type\": \"nfv\", \"client-id\": 1}, {\"type\": \"nfv\", \"client-id\": 2}]");
                }
                assertEquals(200, ctl.get("/v1/nfvs/1").statusCode());
                assertFalse(nfv.hasEnded());
            } finally {
                for (final HandProcess process : crowd) {
                    process.close();
                }
            }
        }
    }
}

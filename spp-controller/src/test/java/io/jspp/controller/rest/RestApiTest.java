package io.jspp.controller.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.HandProcess;
import io.jspp.controller.SwitchFixture;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SPP's REST: paths, bodies, codes and texts as its own controller gives them, except that bad input is 400. */
class RestApiTest extends SwitchFixture {
    @Test
    void shouldPassAStatusOnAsItIs() throws Exception {
        final HttpResponse<String> reply = ctl.get("/v1/nfvs/1");
        assertEquals(200, reply.statusCode());
        assertEquals(
                "application/json", reply.headers().firstValue("Content-Type").orElse(""));
        assertEquals(
                "{\"client-id\": 1, \"status\": \"idling\", \"master-lcore\": 1, \"lcores\": [1, 2],"
                        + " \"ports\": [\"phy:0\", \"phy:1\"], \"patches\": []}",
                reply.body());
        final String status = ctl.get("/v1/primary/status").body();
        assertTrue(
                status.startsWith("{\"master-lcore\": 0, \"lcores\": [0, 1], \"forwarder\": {\"status\": \"idling\","
                        + " \"ports\": [\"phy:0\", \"phy:1\"], \"patches\": []}, \"phy_ports\": [{\"id\": 0, \"eth\":"
                        + " \"56:48:4f:53:54:00\", \"rx\": 0, \"tx\": 0, \"tx_drop\": 0, \"nof_queues\": {\"rx\": 1,"
                        + " \"tx\": 1}, \"flow\": []}"),
                status);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "PUT | /v1/nfvs/1/ports | {\"action\":\"add\",\"port\":\"ring:5\"} | add ring:5",
                "PUT | /v1/nfvs/1/ports | {\"action\":\"add\",\"port\":\"phy:0nq1\"} | add phy:0nq1",
                "PUT | /v1/nfvs/1/ports | {\"action\":\"add\",\"port\":\"phy:0 nq 1\"} | add phy:0nq1",
                "PUT | /v1/nfvs/1/ports | {\"port\":\"phy:0\",\"more\":[{}],\"action\":\"del\"} | del phy:0",
                "PUT | /v1/nfvs/1/patches | {\"src\":\"phy:0\",\"dst\":\"phy:1\"} | patch phy:0 phy:1",
                "DELETE | /v1/nfvs/1/patches | `` | patch reset",
                "DELETE | /v1/nfvs/1/patches/phy:0nq1 | `` | patch del phy:0nq1",
                "PUT | /v1/nfvs/1/forward | {\"action\":\"start\"} | forward",
                "PUT | /v1/nfvs/1/forward | {\"action\":\"stop\"} | stop",
                "DELETE | /v1/nfvs/1 | `` | exit",
            })
    void shouldSendSppsCommandsToAnNfv(final String method, final String path, final String body, final String command)
            throws Exception {
        final HttpResponse<String> reply = ctl.send(method, path, body);
        assertEquals("204 ", reply.statusCode() + " " + reply.body());
        assertEquals(List.of("_get_client_id", command), nfv.requests());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "DELETE | /v1/primary/status | `` | clear",
                "PUT | /v1/primary/forward | {\"action\":\"start\"} | forward",
                "PUT | /v1/primary/forward | {\"action\":\"stop\"} | stop",
                "PUT | /v1/primary/ports | {\"action\":\"add\",\"port\":\"ring:0\"} | add ring:0",
                "PUT | /v1/primary/ports | {\"action\":\"del\",\"port\":\"phy:0\"} | del phy:0",
                "PUT | /v1/primary/ports | {\"action\":\"add\",\"port\":\"pipe:0\",\"rx\":\"ring:0\",\"tx\":\"ring:1\"}"
                        + " | add pipe:0 ring:0 ring:1",
                "PUT | /v1/primary/patches | {\"src\":\"phy:0\",\"dst\":\"phy:1\"} | patch phy:0 phy:1",
                "DELETE | /v1/primary/patches | `` | patch reset",
                "PUT | /v1/primary/launch | {\"proc_name\": \"spp_nfv\", \"eal\": {\"-m\": \"512\", \"-l\": \"1,2\", \"--proc-type\":"
                        + " \"secondary\", \"--bogus\": \"1\"}, \"app\": {\"-s\": \"127.0.0.1:26666\", \"-n\": \"5\", \"--vhost-client\": null,"
                        + " \"--zzz\": 1}, \"client_id\": \"5\"} | launch 5 spp_nfv -l 1,2 --proc-type secondary -m 512 -- -n 5 -s"
                        + " 127.0.0.1:26666 --vhost-client",
                "PUT | /v1/primary/launch | {\"proc_name\":\"spp_pcap\",\"eal\":{\"-c\":\"0x7\"},\"app\":{\"-c\":\"phy:0 nq 1\"},\"client_id\":7}"
                        + " | launch 7 spp_pcap -c 0x7 -- -c phy:0 nq 1",
                "DELETE | /v1/primary | `` | exit",
            })
    void shouldSendSppsCommandsToThePrimary(
            final String method, final String path, final String body, final String command) throws Exception {
        final HttpResponse<String> reply = ctl.send(method, path, body);
        assertEquals("204 ", reply.statusCode() + " " + reply.body());
        assertEquals(List.of(command), primary.requests());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "GET | /v1/nope | `` | 404 | Not found: '/nope'",
                "GET | / | `` | 404 | Not found: '/'",
                "GET | /v1/vfs/2/ | `` | 404 | Not found: '/2/'",
                "GET | /v1/nfvs/abc | `` | 404 | Not found: '/abc'",
                "GET | /v1/nfvs/99 | `` | 404 | sec_id 99 not found.",
                "PUT | /v1/nfvs/99/forward | {} | 404 | sec_id 99 not found.",
                "POST | /v1/processes | `` | 405 | Method not allowed.",
                "PUT | /v1/nfvs/1/ports | notjson | 400 | Not in json format.",
                "PUT | /v1/nfvs/1/ports | `` | 400 | Not in json format.",
                "PUT | /v1/nfvs/1/ports | [] | 400 | Not in json format.",
                "PUT | /v1/nfvs/1/ports | {\"action\":\"add\"} | 400 | key(port) required.",
                "PUT | /v1/nfvs/1/ports | {\"port\":\"ring:0\"} | 400 | key(action) required.",
                "PUT | /v1/nfvs/1/ports | {\"action\":\"xx\",\"port\":\"ring:0\"} | 400"
                        + " | invalid key(action): xx. Expected one of add, del.",
                "PUT | /v1/nfvs/1/ports | {\"action\":\"add\",\"port\":\"foo:0\"} | 400 | invalid key(port): foo:0."
                        + " Expected a port of type memif, nullpmd, pcap, phy, pipe, ring, tap, vhost.",
                "PUT | /v1/nfvs/1/ports | {\"action\":\"add\",\"port\":7} | 400 | invalid key(port): 7. Expected"
                        + " TYPE:NUMBER such as ring:0; a pipe also wants its rx and tx ring.",
                "PUT | /v1/nfvs/1/patches | {\"src\":\"phy:0\"} | 400 | key(dst) required.",
                "PUT | /v1/nfvs/1/forward | {} | 400 | key(action) required.",
                "PUT | /v1/primary/forward | {\"action\":\"zzz\"} | 400"
                        + " | invalid key(action): zzz. Expected one of start, stop.",
                "PUT | /v1/primary/ports | {\"action\":\"add\",\"port\":\"pipe:0\",\"rx\":\"ring:0\"} | 400"
                        + " | key(tx) required.",
                "PUT | /v1/primary/launch | {\"client_id\":1} | 400 | key(proc_name) required.",
                "PUT | /v1/primary/launch | {\"client_id\":1,\"proc_name\":\"sh\",\"eal\":{\"-l\":\"1\"},\"app\":{}} | 400"
                        + " | invalid key(proc_name): sh. Expected one of spp_nfv, spp_vf, spp_mirror, spp_pcap.",
                "PUT | /v1/primary/launch | {\"client_id\":1,\"proc_name\":\"spp_nfv\",\"eal\":{\"-m\":\"512\"},\"app\":{}} | 400"
                        + " | invalid key(eal): {\"-m\": \"512\"}. Expected EAL options with -l, -c or --lcores among them.",
                "PUT | /v1/primary/launch | {\"client_id\":1,\"proc_name\":\"spp_nfv\",\"eal\":{\"-l\":\"1 --set x\"},\"app\":{}} | 400"
                        + " | invalid key(eal): {\"-l\": \"1 --set x\"}. Expected EAL options with -l, -c or --lcores among them.",
                "PUT | /v1/primary/launch | {\"client_id\":1,\"proc_name\":\"spp_nfv\",\"eal\":{\"-l\":\"1\\u0000\"},\"app\":{}} | 400"
                        + " | invalid key(eal): {\"-l\": \"1\\u0000\"}. Expected EAL options with -l, -c or --lcores among them.",
                "PUT | /v1/primary/launch | {\"client_id\":128,\"proc_name\":\"spp_nfv\",\"eal\":{\"-l\":\"1\"},\"app\":{}} | 400"
                        + " | invalid key(client_id): 128. Expected a number from 1 to 127.",
            })
    void shouldRefuseWithSppsTexts(
            final String method, final String path, final String body, final int status, final String text)
            throws Exception {
        final HttpResponse<String> reply = ctl.send(method, path, body);
        assertEquals(status + " " + text, reply.statusCode() + " " + reply.body());
        assertEquals("text/plain", reply.headers().firstValue("Content-Type").orElse(""));
        assertEquals(List.of("_get_client_id"), nfv.requests(), "nothing reaches the process");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "POST | 0 | {\"rule\":{\"direction\":\"ingress\",\"pattern\":[\"eth\"],\"actions\":[\"queue index 0\"]}}"
                        + " | flow create phy:0 ingress pattern eth / end actions queue index 0 / end | Flow rule #0 created",
                "POST | 1/validate | {\"rule\":{\"direction\":\"egress\",\"priority\":3,\"group\":1,\"transfer\":true,\"pattern\":[\"eth\","
                        + "\"vlan vid is 1\"],\"actions\":[\"jump group 2\"]}} | flow validate phy:1 group 1 priority 3 transfer egress"
                        + " pattern eth / vlan vid is 1 / end actions jump group 2 / end | Flow rule #0 created",
                "DELETE | 0 | `` | flow destroy phy:0 ALL | Flow rule #ALL not found",
            })
    void shouldPassFlowRulesOnAndAnswerWhatThePrimarySays(
            final String method, final String path, final String body, final String command, final String message)
            throws Exception {
        final HttpResponse<String> reply = ctl.send(method, "/v1/primary/flow_rules/port_id/" + path, body);
        assertEquals(200, reply.statusCode(), reply.body());
        assertTrue(reply.body().contains("\"message\": \"" + message + '"'), reply.body());
        assertEquals(List.of(command), primary.requests());
    }

    @Test
    void shouldRefuseFlowRulesWithoutTheirParts() throws Exception {
        final String path = "/v1/primary/flow_rules/port_id/0";
        for (final List<String> row : List.of(
                List.of("{}", "key(rule) required."),
                List.of("{\"rule\":{\"direction\":\"ingress\"}}", "key(pattern) required."),
                List.of(
                        "{\"rule\":{\"direction\":\"zz\",\"pattern\":[\"eth\"],\"actions\":[]}}",
                        "invalid key(rule): "),
                List.of(
                        "{\"rule\":{\"direction\":\"ingress\",\"pattern\":[\"eth / end\"],\"actions\":7}}",
                        "invalid key(rule): "))) {
            final HttpResponse<String> reply = ctl.send("POST", path, row.get(0));
            assertEquals(400, reply.statusCode(), reply.body());
            assertTrue(reply.body().startsWith(row.get(1)), reply.body());
        }
        assertEquals(404, ctl.send("GET", "/v1/primary/flow_rules/status", "").statusCode());
        final HttpResponse<String> one = ctl.send("DELETE", "/v1/primary/flow_rules/5/port_id/0", "");
        assertEquals("{\"result\": \"error\", \"message\": \"Flow rule #5 not found\"}", one.body());
        assertEquals(List.of("flow destroy phy:0 5"), primary.requests());
    }

    /** A stream would have no end. */
    @Test
    void shouldAnswerHeadAsGetWithoutABody() throws Exception {
        for (final String path : List.of("/v1/nfvs/1", "/v2/events")) {
            final HttpResponse<String> reply = ctl.send("HEAD", path, "");
            assertEquals("200 ", reply.statusCode() + " " + reply.body(), path);
        }
        assertEquals(404, ctl.send("HEAD", "/v1/nfvs/99", "").statusCode());
    }

    @Test
    void shouldNameTheAllowedMethods() throws Exception {
        assertEquals(
                "DELETE,PUT",
                ctl.get("/v1/nfvs/1/patches").headers().firstValue("Allow").orElse(""));
    }

    /** SPP answers 204 here. */
    @Test
    void shouldReportAFailedCommand() throws Exception {
        final HttpResponse<String> reply =
                ctl.send("PUT", "/v1/nfvs/1/patches", "{\"src\":\"phy:9\",\"dst\":\"ring:0\"}");
        assertEquals("400 command error: patch phy:9 ring:0 failed", reply.statusCode() + " " + reply.body());
    }

    @Test
    void shouldPassAProcesssReasonOn() throws Exception {
        try (HandProcess process = HandProcess.nfv(ctl.controller(), 2)) {
            ctl.awaitProcesses("[{\"type\": \"primary\"}, {\"type\": \"nfv\", \"client-id\": 1},"
                    + " {\"type\": \"nfv\", \"client-id\": 2}]");
            final CompletableFuture<HttpResponse<String>> reply =
                    sendAsync("PUT", "/v1/nfvs/2/ports", "{\"action\":\"add\",\"port\":\"ring:99\"}");
            process.expect("add ring:99");
            process.send(
                    "{\"result\":\"failed\",\"command\":\"add\",\"port\":\"ring:99\",\"results\":[{\"result\":\"error\","
                            + "\"error_details\":{\"message\":\"ring:99 does not exist, there are 8\\u001b\"}}]}");
            assertEquals(
                    "command error: ring:99 does not exist, there are 8?",
                    reply.get().body());
        }
    }

    @Test
    void shouldForgetAProcessThatWasToldToExit() throws Exception {
        assertEquals(204, ctl.send("DELETE", "/v1/nfvs/1", "").statusCode());
        assertEquals("sec_id 1 not found.", ctl.get("/v1/nfvs/1").body());
        assertEquals(204, ctl.send("DELETE", "/v1/primary", "").statusCode());
        assertEquals("404 primary not found.", text(ctl.get("/v1/primary/status")));
        assertEquals("404 primary not found.", text(ctl.send("DELETE", "/v1/primary/status", "")));
        assertEquals("[]", ctl.get("/v1/processes").body());
    }

    /** Number 210 of the catalogue of bad inputs. */
    @Test
    void shouldAnswerAllWhoTellAProcessToExitAtOnce() throws Exception {
        try (HandProcess process = HandProcess.nfv(ctl.controller(), 2)) {
            ctl.awaitProcesses("[{\"type\": \"primary\"}, {\"type\": \"nfv\", \"client-id\": 1},"
                    + " {\"type\": \"nfv\", \"client-id\": 2}]");
            final CompletableFuture<HttpResponse<String>> load = sendAsync("GET", "/v1/nfvs/2", "");
            process.expect("status");
            final List<CompletableFuture<HttpResponse<String>>> exits = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                exits.add(sendAsync("DELETE", "/v1/nfvs/2", ""));
            }
            process.send("{\"status\":\"idling\"}");
            process.expect("exit");
            process.close();
            int done = 0;
            for (final CompletableFuture<HttpResponse<String>> exit : exits) {
                assertTrue(text(exit.get()).matches("204 |404 sec_id 2 not found\\."), text(exit.get()));
                done += exit.get().statusCode() == 204 ? 1 : 0;
            }
            assertTrue(done > 0, "somebody was told that it ended");
            assertEquals(200, load.get().statusCode());
        }
        ctl.awaitProcesses("[{\"type\": \"primary\"}, {\"type\": \"nfv\", \"client-id\": 1}]");
    }

    @Test
    void shouldAnswer500WhenTheProcessGoesInsteadOfAnswering() throws Exception {
        try (HandProcess process = HandProcess.nfv(ctl.controller(), 2)) {
            ctl.awaitProcesses("[{\"type\": \"primary\"}, {\"type\": \"nfv\", \"client-id\": 1},"
                    + " {\"type\": \"nfv\", \"client-id\": 2}]");
            final CompletableFuture<HttpResponse<String>> reply = sendAsync("GET", "/v1/nfvs/2", "");
            process.expect("status");
            process.close();
            assertEquals(500, reply.get().statusCode());
            assertTrue(
                    reply.get().body().contains("the process closed the connection"),
                    reply.get().body());
            assertEquals("404 sec_id 2 not found.", text(ctl.get("/v1/nfvs/2")));
        }
    }

    @Test
    void shouldAnswerOthersWhileAProcessIsSilent() throws Exception {
        try (HandProcess silent = HandProcess.nfv(ctl.controller(), 2)) {
            ctl.awaitProcesses("[{\"type\": \"primary\"}, {\"type\": \"nfv\", \"client-id\": 1},"
                    + " {\"type\": \"nfv\", \"client-id\": 2}]");
            final List<CompletableFuture<HttpResponse<String>>> stuck = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                stuck.add(sendAsync("GET", "/v1/nfvs/2", ""));
            }
            silent.expect("status");
            assertEquals(200, ctl.get("/v1/nfvs/1").statusCode());
            assertTrue(stuck.stream().noneMatch(CompletableFuture::isDone));
            for (int i = 0; i < 20; i++) {
                assertEquals(200, ctl.get("/v1/nfvs/1").statusCode());
            }
        }
    }

    @Test
    void shouldMatchRepliesOfParallelCallers() throws Exception {
        final List<CompletableFuture<HttpResponse<String>>> replies = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            replies.add(sendAsync("PUT", "/v1/nfvs/1/ports", "{\"action\":\"add\",\"port\":\"ring:" + i + "\"}"));
        }
        for (final CompletableFuture<HttpResponse<String>> reply : replies) {
            assertEquals(204, reply.get().statusCode());
        }
        assertEquals(21, nfv.requests().size());
    }

    @Test
    void shouldListLcoresInUseAndOfTheMachine() throws Exception {
        assertEquals(
                "[{\"proc-type\": \"primary\", \"master-lcore\": 0, \"lcores\": [0, 1]},"
                        + " {\"proc-type\": \"nfv\", \"client-id\": 1, \"master-lcore\": 1, \"lcores\": [1, 2]}]",
                ctl.get("/v1/cpu_usage").body());
        final HttpResponse<String> layout = ctl.get("/v1/cpu_layout");
        assertTrue(layout.statusCode() == 204 || layout.body().startsWith("[{\"socket_id\": "), () -> layout.body());
    }

    @Test
    void shouldReadTheLayoutOfACpuFromSys(@TempDir final Path sys) throws IOException {
        final int[][] cpus = {{0, 0, 0}, {1, 1, 0}, {2, 0, 0}, {10, 0, 1}};
        for (final int[] cpu : cpus) {
            final Path topology = Files.createDirectories(sys.resolve("cpu" + cpu[0] + "/topology"));
            Files.writeString(topology.resolve("core_id"), cpu[1] + "\n");
            Files.writeString(topology.resolve("physical_package_id"), cpu[2] + "\n");
        }
        Files.createDirectories(sys.resolve("cpu11"));
        Files.createDirectories(sys.resolve("cpufreq"));
        assertEquals(
                "[{\"socket_id\": 0, \"cores\": [{\"core_id\": 0, \"lcores\": [0, 2]}, {\"core_id\": 1, \"lcores\": [1]}]},"
                        + " {\"socket_id\": 1, \"cores\": [{\"core_id\": 0, \"lcores\": [10]}]}]",
                RestResponse.json(new CpuLayout(sys).get()).body());
    }

    @Test
    void shouldSayWhichPortTypesAProcessAnnounced() throws Exception {
        try (HandProcess process = new HandProcess(ctl.controller().secondaryPort())) {
            process.expect("_get_client_id");
            process.send("{\"client_id\":9,\"process_type\":\"nfv\",\"port_types\":[\"ring\",\"udp\"]}");
            ctl.awaitProcesses("[{\"type\": \"primary\"}, {\"type\": \"nfv\", \"client-id\": 1},"
                    + " {\"type\": \"nfv\", \"client-id\": 9}]");
            assertTrue(ctl.get("/v2/processes")
                    .body()
                    .endsWith("{\"type\": \"nfv\", \"client-id\": 9, \"port-types\": [\"ring\", \"udp\"]}]"));
            assertEquals(
                    204,
                    ctl.send("PUT", "/v1/nfvs/1/ports", "{\"action\":\"add\",\"port\":\"udp:3\"}")
                            .statusCode(),
                    "a type that one process announced is known");
        }
    }

    private CompletableFuture<HttpResponse<String>> sendAsync(
            final String method, final String path, final String body) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return ctl.send(method, path, body);
                    } catch (final IOException | InterruptedException failure) {
                        throw new IllegalStateException(failure);
                    }
                },
                task -> {
                    final Thread thread = new Thread(task, "caller");
                    thread.setDaemon(true);
                    thread.start();
                });
    }

    private static String text(final HttpResponse<String> reply) {
        return reply.statusCode() + " " + reply.body();
    }
}

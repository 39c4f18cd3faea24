package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Patience;
import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What SPP's controller does, by {@code ./spp ctl} as a process: registration, replies as SPP's processes send them, and REST as SPP's clients know it. */
@Tag("system")
@Tag("once")
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SppControllerIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PADDED_BYTES = 32_768;
    private static final String BARE_SUCCESS = "{ \"results\": [ { \"result\": \"success\" } ]";

    private final SppCluster cluster =
            new SppCluster("sppctl", ProjectHome.launcher().toString(), line -> {});
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private RestClient rest;

    @BeforeAll
    void start() {
        cluster.startController();
        rest = new RestClient(cluster.restPort());
    }

    @AfterAll
    void close() {
        cluster.close();
    }

    /** A process of SPP's: no terminator behind requests, every reply in one write, NULs up to 32 KiB behind it if it is an nfv or primary. */
    private final class SppSide implements AutoCloseable {
        private final Socket socket;
        private final String type;
        private final int id;
        private final List<String> requests = new ArrayList<>();

        /** Whether a request came before the reply to the one before. */
        private volatile boolean overlapped;

        SppSide(String type, int id) throws IOException {
            this.type = type;
            this.id = id;
            socket = new Socket(
                    InetAddress.getLoopbackAddress(),
                    type.equals("primary") ? cluster.primaryPort() : cluster.secondaryPort());
            Thread thread = new Thread(this::serve, type + id);
            thread.setDaemon(true);
            thread.start();
        }

        private void serve() {
            byte[] buffer = new byte[4096];
            try {
                InputStream in = socket.getInputStream();
                for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
                    String request = new String(buffer, 0, length, StandardCharsets.US_ASCII);
                    synchronized (requests) {
                        requests.add(request);
                    }
                    Thread.yield();
                    overlapped |= in.available() > 0;
                    socket.getOutputStream().write(padded(reply(request)));
                }
            } catch (IOException closed) {
                assertTrue(closed.getMessage() != null, "the controller, or the test, has ended it");
            }
        }

        private byte[] padded(String reply) {
            boolean pads = type.equals("primary") || type.equals("nfv");
            byte[] bytes = reply.getBytes(StandardCharsets.US_ASCII);
            return pads ? java.util.Arrays.copyOf(bytes, PADDED_BYTES) : bytes;
        }

        private String reply(String request) {
            if (request.equals("_get_client_id")) {
                return type.equals("nfv")
                        ? "{\"results\":[{\"result\":\"success\"}],\"client_id\":" + id + ",\"process_type\":\"nfv\"}"
                        : BARE_SUCCESS + ", \"client_id\": " + id + ", \"process_type\": \"" + type + "\" }";
            }
            if (request.equals("status")) {
                return type.equals("nfv")
                        ? "{\"client-id\":" + id + ",\"status\":\"idling\",\"master-lcore\":1,\"lcores\":[1,2],"
                                + "\"ports\":[\"phy:0\"],\"patches\":[]}"
                        : type.equals("primary")
                                ? "{\"master-lcore\":0,\"lcores\":[0]}"
                                : BARE_SUCCESS + ", \"info\": { \"client-id\": " + id
                                        + ", \"phy\": [ \"0\" ], \"vhost\": [  ], \"ring\": [ \"0\" ], \"master-lcore\": 1,"
                                        + " \"core\": [ { \"core\": 2, \"type\": \"unuse\" } ],"
                                        + " \"classifier_table\": [  ] } }";
            }
            int port = Integer.parseInt(request.substring(request.lastIndexOf(':') + 1));
            return "{\"result\":\"" + (port % 2 == 0 ? "succeeded" : "failed")
                    + "\",\"command\":\"add\",\"port\":\"ring:" + port + "\"}";
        }

        List<String> requests() {
            synchronized (requests) {
                return List.copyOf(requests);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private void awaitStatus(String path, int status) {
        Patience.poll(
                path + ": " + status, LIMIT, () -> rest.send("GET", path, "").statusCode() == status);
    }

    @Test
    void shouldListenWhereItIsTold() throws IOException {
        SppProcess ctl = cluster.start("ctl2", List.of("ctl", "-b", "127.0.0.2", "-p", "0", "-s", "0", "-a", "0"));
        Matcher ready = ctl.awaitLine(
                Pattern.compile(
                        "primary 127\\.0\\.0\\.2:(\\d+).*secondar\\S* 127\\.0\\.0\\.2:(\\d+).*REST \\S*127\\.0\\.0\\.2:(\\d+)"),
                LIMIT);
        for (int group = 1; group <= 3; group++) {
            int port = Integer.parseInt(ready.group(group));
            new Socket("127.0.0.2", port).close();
            assertThrows(ConnectException.class, () -> new Socket("127.0.0.1", port).close());
        }
        cluster.end(ctl);
    }

    @Test
    void shouldRegisterProcessesAndTakePaddedAndBareReplies() throws Exception {
        try (SppSide nfv = new SppSide("nfv", 21);
                SppSide vf = new SppSide("vf", 22);
                SppSide primary = new SppSide("primary", 0)) {
            awaitStatus("/nfvs/21", 200);
            awaitStatus("/vfs/22", 200);
            awaitStatus("/primary/status", 200);
            assertEquals("_get_client_id", nfv.requests().get(0));
            assertEquals("_get_client_id", vf.requests().get(0));
            assertEquals("status", primary.requests().get(0), "a primary registers by connecting");
            for (int i = 0; i < 20; i++) {
                assertEquals(21, RestClient.number(rest.get("/nfvs/21").get("client-id")));
                assertEquals(List.of("phy:0", "ring:0"), rest.get("/vfs/22").get("ports"));
                assertEquals(List.of(0), rest.get("/primary/status").get("lcores"));
            }
            String processes = rest.send("GET", "/processes", "").body();
            for (String process : List.of(
                    "{\"type\": \"primary\"}",
                    "{\"type\": \"nfv\", \"client-id\": 21}",
                    "{\"type\": \"vf\", \"client-id\": 22}")) {
                assertTrue(processes.contains(process), processes);
            }
            String usage = rest.send("GET", "/cpu_usage", "").body();
            assertTrue(
                    usage.contains(
                            "{\"proc-type\": \"nfv\", \"client-id\": 21, \"master-lcore\": 1, \"lcores\": [1, 2]}"),
                    usage);
        }
        awaitStatus("/nfvs/21", 404);
        awaitStatus("/primary/status", 404);
    }

    /** The one that comes later has the id; the connection of the first is closed. */
    @Test
    void shouldGiveAnIdToWhoeverComesWithItLast() throws Exception {
        try (SppSide first = new SppSide("nfv", 23)) {
            awaitStatus("/nfvs/23", 200);
            try (SppSide second = new SppSide("vf", 23)) {
                awaitStatus("/vfs/23", 200);
                awaitStatus("/nfvs/23", 404);
                assertTrue(first.requests().size() > 0 && second.requests().size() > 0);
                Patience.poll("the first is cut off", LIMIT, () -> {
                    try {
                        first.socket.getOutputStream().write(' ');
                        return false;
                    } catch (IOException closed) {
                        return true;
                    }
                });
            }
        }
    }

    @Test
    void shouldSendOneCommandAtATimeAndMatchReplies() throws Exception {
        try (SppSide nfv = new SppSide("nfv", 24)) {
            awaitStatus("/nfvs/24", 200);
            List<CompletableFuture<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String body = "{\"action\": \"add\", \"port\": \"ring:" + i + "\"}";
                answers.add(CompletableFuture.supplyAsync(
                        () -> rest.send("PUT", "/nfvs/24/ports", body).statusCode()));
            }
            for (int i = 0; i < 20; i++) {
                assertEquals(i % 2 == 0 ? 204 : 400, answers.get(i).get(), "ring:" + i);
            }
            List<String> commands =
                    nfv.requests().stream().filter(r -> r.startsWith("add ")).toList();
            assertEquals(20, commands.size(), commands.toString());
            assertFalse(nfv.overlapped);
        }
    }

    @Test
    void shouldAnswerWrongRequestsInSppsWords() throws Exception {
        try (SppSide nfv = new SppSide("nfv", 25)) {
            awaitStatus("/nfvs/25", 200);
            assertTrue(nfv.requests().size() > 0);
            assertAnswer(404, "Not found: '/nope'", send("GET", "/v1/nope", "", null));
            assertAnswer(404, "Not found: '/25/'", send("GET", "/v1/nfvs/25/", "", null));
            assertAnswer(404, "sec_id 99 not found.", send("GET", "/v1/nfvs/99", "", null));
            assertAnswer(404, "sec_id 25 not found.", send("GET", "/v1/vfs/25", "", null));
            assertAnswer(404, "primary not found.", send("GET", "/v1/primary/status", "", null));
            HttpResponse<String> method = send("POST", "/v1/nfvs/25", "{}", null);
            assertAnswer(405, "Method not allowed.", method);
            assertEquals(
                    Set.of("GET", "DELETE"),
                    Set.of(method.headers().firstValue("allow").orElseThrow().split(", ?")));
            assertAnswer(400, "Not in json format.", send("PUT", "/v1/nfvs/25/ports", "{", null));
            assertAnswer(400, "key(action) required.", send("PUT", "/v1/nfvs/25/ports", "{}", null));
            assertAnswer(
                    400,
                    "invalid key(port): nowhere.",
                    send("PUT", "/v1/nfvs/25/ports", "{\"action\": \"add\", \"port\": \"nowhere\"}", null));
            assertAnswer(
                    400,
                    "invalid key(action): begin.",
                    send("PUT", "/v1/nfvs/25/forward", "{\"action\": \"begin\"}", null));
            assertAnswer(
                    400,
                    "command error:",
                    send("PUT", "/v1/nfvs/25/ports", "{\"action\": \"add\", \"port\": \"ring:1\"}", null));
        }
    }

    private static void assertAnswer(int status, String text, HttpResponse<String> answer) {
        assertEquals(status, answer.statusCode(), answer.body());
        assertTrue(answer.body().startsWith(text), answer.body());
        assertEquals("text/plain", answer.headers().firstValue("content-type").orElse(""));
    }

    @Test
    void shouldTakeBodiesOfAnyContentType() throws Exception {
        try (SppSide nfv = new SppSide("nfv", 26)) {
            awaitStatus("/nfvs/26", 200);
            String body = "{\"action\": \"add\", \"port\": \"ring:0\"}";
            for (String type : new String[] {
                null, "application/json", "application/x-www-form-urlencoded", "text/plain; charset=utf-8", "nonsense"
            }) {
                HttpResponse<String> answer = send("PUT", "/v1/nfvs/26/ports", body, type);
                assertEquals(204, answer.statusCode(), type + ": " + answer.body());
                assertEquals("", answer.body());
            }
            assertEquals(5, nfv.requests().stream().filter("add ring:0"::equals).count());
        }
    }

    private HttpResponse<String> send(String method, String path, String body, String contentType) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + cluster.restPort() + path))
                .timeout(LIMIT)
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void shouldShowTheProcessorsOfThisMachine() throws Exception {
        Set<String> shown = new TreeSet<>();
        for (Object socket :
                Json.asArray(Json.parse(rest.send("GET", "/cpu_layout", "").body()))) {
            Map<String, Object> members = Json.asObject(socket);
            for (Object core : RestClient.list(members, "cores")) {
                for (Object lcore : RestClient.list(Json.asObject(core), "lcores")) {
                    shown.add(
                            members.get("socket_id") + "/" + Json.asObject(core).get("core_id") + "/" + lcore);
                }
            }
        }
        Set<String> expected = new TreeSet<>();
        try (java.util.stream.Stream<Path> cpus = Files.list(Path.of("/sys/devices/system/cpu"))) {
            for (Path cpu : cpus.filter(path -> path.getFileName().toString().matches("cpu[0-9]+"))
                    .filter(path -> Files.isDirectory(path.resolve("topology")))
                    .toList()) {
                expected.add(Files.readString(cpu.resolve("topology/physical_package_id"))
                                .strip() + "/"
                        + Files.readString(cpu.resolve("topology/core_id")).strip() + "/"
                        + cpu.getFileName().toString().substring(3));
            }
        }
        assertEquals(expected, shown);
    }
}

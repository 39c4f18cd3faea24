package io.jspp.controller.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.ScriptedProcess;
import io.jspp.controller.TestController;
import io.jspp.controller.json.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The requests and assertions of SPP's own tests ({@code test/test_spp_nfv.py} and {@code test_spp_primary.py}), with bodies without
 * a content type, as they send them. The counters of their last test are looked at with real processes elsewhere.
 */
@Tag("once")
class SppTestsReplayTest {
    private TestController ctl;
    private ScriptedProcess primary;
    private ScriptedProcess nfv;

    /** SPP's set-up launches the nfv through the primary, with the client id as a text. */
    @BeforeEach
    void start() throws Exception {
        ctl = new TestController();
        primary = ScriptedProcess.primary(ctl.controller());
        ctl.awaitProcesses("[{\"type\": \"primary\"}]");
        final HttpResponse<String> launched = ctl.send(
                "PUT",
                "/v1/primary/launch",
                "{\"proc_name\": \"spp_nfv\", \"client_id\": \"1\", \"eal\": {\"-m\": \"512\", \"-l\": \"1,2\", \"--proc-type\":"
                        + " \"secondary\"}, \"app\": {\"-s\": \"127.0.0.1:6666\", \"-n\": \"1\"}}");
        assertEquals(204, launched.statusCode(), launched.body());
        assertEquals(
                List.of("launch 1 spp_nfv -l 1,2 --proc-type secondary -m 512 -- -n 1 -s 127.0.0.1:6666"),
                primary.requests());
        nfv = ScriptedProcess.nfv(ctl.controller(), 1);
        ctl.awaitProcesses("[{\"type\": \"primary\"}, {\"type\": \"nfv\", \"client-id\": 1}]");
    }

    @AfterEach
    void stop() throws Exception {
        assertEquals(204, ctl.send("DELETE", "/v1/nfvs/1", "").statusCode());
        nfv.close();
        primary.close();
        ctl.close();
    }

    @Test
    void shouldPassTheTestsOfSppsNfv() throws Exception {
        assertEquals(1, nfv().get("client-id"));
        run("/v1/nfvs/1", this::nfv, false);
    }

    @Test
    void shouldPassTheTestsOfSppsPrimary() throws Exception {
        run("/v1/primary", this::forwarder, true);
    }

    /** What the two have in common. */
    private void run(final String root, final Status status, final boolean deletesPorts) throws Exception {
        put(root + "/forward", "{\"action\": \"start\"}");
        assertEquals("running", status.get().get("status"));
        put(root + "/forward", "{\"action\": \"stop\"}");
        assertEquals("idling", status.get().get("status"));
        for (final String port : List.of("ring:0", "vhost:1")) {
            put(root + "/ports", "{\"action\": \"add\", \"port\": \"" + port + "\"}");
            assertTrue(Json.asArray(status.get().get("ports")).contains(port));
            put(root + "/ports", "{\"action\": \"del\", \"port\": \"" + port + "\"}");
            assertFalse(Json.asArray(status.get().get("ports")).contains(port));
        }
        put(root + "/ports", "{\"action\": \"add\", \"port\": \"ring:1\"}");
        put(root + "/ports", "{\"action\": \"add\", \"port\": \"ring:2\"}");
        put(root + "/patches", "{\"src\": \"ring:1\", \"dst\": \"ring:2\"}");
        assertEquals(
                List.of(Map.of("src", "ring:1", "dst", "ring:2")), status.get().get("patches"));
        assertEquals(204, ctl.send("DELETE", root + "/patches", "").statusCode());
        assertEquals(List.of(), status.get().get("patches"));
        if (deletesPorts) {
            put(root + "/ports", "{\"action\": \"del\", \"port\": \"ring:1\"}");
            put(root + "/ports", "{\"action\": \"del\", \"port\": \"ring:2\"}");
        }
    }

    private interface Status {
        Map<String, Object> get() throws IOException, InterruptedException;
    }

    private Map<String, Object> nfv() throws IOException, InterruptedException {
        return Json.asObject(Json.parse(ctl.get("/v1/nfvs/1").body()));
    }

    private Map<String, Object> forwarder() throws IOException, InterruptedException {
        return Json.asObject(
                Json.asObject(Json.parse(ctl.get("/v1/primary/status").body())).get("forwarder"));
    }

    private void put(final String path, final String body) throws IOException, InterruptedException {
        final HttpResponse<String> reply = ctl.send("PUT", path, body);
        assertEquals(204, reply.statusCode(), () -> path + " " + body + ": " + reply.body());
    }
}

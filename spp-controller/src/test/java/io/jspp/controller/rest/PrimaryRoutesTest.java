package io.jspp.controller.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.HandProcess;
import io.jspp.controller.TestController;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Launch and flow rules: SPP's bodies become SPP's words on the wire, byte by byte; what can't be words is refused. */
class PrimaryRoutesTest {
    private static final String FLOW = "/v1/primary/flow_rules";
    private static final String RULE =
            "{\"rule\":{\"direction\":\"ingress\",\"pattern\":[\"eth\"],\"actions\":[\"drop\"]}}";

    private TestController ctl;
    private HandProcess primary;

    @BeforeEach
    void start() throws IOException {
        ctl = new TestController();
        primary = new HandProcess(ctl.controller().primaryPort());
        ctl.awaitProcesses("[{\"type\": \"primary\"}]");
    }

    @AfterEach
    void stop() throws IOException {
        primary.close();
        ctl.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "5 | spp_nfv | {\"-m\":\"512\",\"--proc-type\":\"secondary\",\"-l\":\"1,2\"} | {\"-s\":\"127.0.0.1:6666\",\"-n\":\"5\"}"
                        + " | launch 5 spp_nfv -l 1,2 --proc-type secondary -m 512 -- -n 5 -s 127.0.0.1:6666",
                "\"1\" | spp_vf | {\"-c\":6,\"--proc-type\":\"secondary\",\"--no-pci\":null,\"--bogus\":\"1\",\"-w\":\"\"}"
                        + " | {\"--client-id\":1,\"--vhost-client\":\"\",\"--zzz\":1}"
                        + " | launch 1 spp_vf -c 6 -w --no-pci --proc-type secondary -- --client-id 1 --vhost-client",
                "9 | spp_pcap | {\"--lcores\":\"(1-3)\",\"--proc-type\":\"secondary\",\"--file-prefix\":\"spp\"}"
                        + " | {\"-c\":\"phy:0\",\"--fsize\":1024,\"--out-dir\":\"/tmp\"}"
                        + " | launch 9 spp_pcap --lcores (1-3) --proc-type secondary --file-prefix spp -- -c phy:0 --out-dir /tmp --fsize 1024",
            })
    void shouldLaunchWithTheOptionsAndInTheOrderOfSpp(
            final String id, final String name, final String eal, final String app, final String command)
            throws Exception {
        final CompletableFuture<HttpResponse<String>> reply = send(
                "PUT",
                "/v1/primary/launch",
                "{\"client_id\":" + id + ",\"proc_name\":\"" + name + "\",\"eal\":" + eal + ",\"app\":" + app + '}');
        primary.expect(command);
        primary.send("{\"result\":\"succeeded\",\"command\":\"launch\"}");
        assertEquals("204 ", text(reply.get()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"client_id\":1} | key(proc_name) required.",
                "{\"client_id\":1,\"proc_name\":\"spp_nfv\",\"eal\":{\"-m\":\"512\"}} | key(app) required.",
                "{\"client_id\":1,\"proc_name\":\"spp_nfv\",\"eal\":{\"-m\":\"512\"},\"app\":{}} | invalid key(eal):",
                "{\"client_id\":1,\"proc_name\":\"sh\",\"eal\":{\"-l\":\"1\",\"--proc-type\":\"x\"},\"app\":{}} | invalid key(proc_name): sh.",
                "{\"client_id\":0,\"proc_name\":\"spp_nfv\",\"eal\":{\"-l\":\"1\",\"--proc-type\":\"x\"},\"app\":{}} | invalid key(client_id): 0.",
                "{\"client_id\":1.5,\"proc_name\":\"spp_nfv\",\"eal\":{\"-l\":\"1\",\"--proc-type\":\"x\"},\"app\":{}} | invalid key(client_id): 1.5.",
                "{\"client_id\":1,\"proc_name\":\"spp_nfv\",\"eal\":[],\"app\":{}} | invalid key(eal): [].",
                "{\"client_id\":1,\"proc_name\":\"spp_nfv\",\"eal\":{\"-l\":\"1 -- -s evil\",\"--proc-type\":\"x\"},\"app\":{}} | invalid key(eal):",
                "{\"client_id\":1,\"proc_name\":\"spp_nfv\",\"eal\":{\"-l\":\"1\\n2\",\"--proc-type\":\"x\"},\"app\":{}} | invalid key(eal):",
                "{\"client_id\":1,\"proc_name\":\"spp_nfv\",\"eal\":{\"-l\":\"1\",\"--proc-type\":\"x\"},\"app\":{\"-s\":{}}} | invalid key(app):",
                "[] | Not in json format.",
            })
    void shouldRefuseALaunchThatIsNone(final String body, final String text) throws Exception {
        final HttpResponse<String> reply = ctl.send("PUT", "/v1/primary/launch", body);
        assertEquals(400, reply.statusCode());
        assertTrue(reply.body().startsWith(text), reply.body());
        assertFalse(primary.hears(20), "nothing reaches the primary");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "POST | /port_id/0/validate | {\"rule\":{\"direction\":\"ingress\",\"group\":1,\"pattern\":[\"eth dst is 10:22:33:44:55:66\",\"vlan vid is 100\"],\"actions\":[\"queue index 0\",\"of_pop_vlan\"]}}"
                        + " | flow validate phy:0 group 1 ingress pattern eth dst is 10:22:33:44:55:66 / vlan vid is 100 / end actions queue index 0 / of_pop_vlan / end",
                "POST | /port_id/7 | {\"rule\":{\"direction\":\"egress\",\"priority\":2,\"transfer\":true,\"pattern\":[\"eth\"],\"actions\":[\"drop\"]}}"
                        + " | flow create phy:7 priority 2 transfer egress pattern eth / end actions drop / end",
                "DELETE | /port_id/0 | `` | flow destroy phy:0 ALL",
                "DELETE | /5/port_id/0 | `` | flow destroy phy:0 5",
            })
    void shouldPassFlowRulesOnAndTheAnswerBack(
            final String method, final String path, final String body, final String command) throws Exception {
        for (final String answer : new String[] {
            "{\"result\": \"success\", \"message\": \"Flow rule #0 created\", \"rule_id\": \"0\"}",
            "{\"result\": \"error\", \"message\": \"Flow rule #5 not found\"}"
        }) {
            final CompletableFuture<HttpResponse<String>> reply = send(method, FLOW + path, body);
            primary.expect(command);
            primary.send(answer + "\0\0\0");
            assertEquals("200 " + answer, text(reply.get()));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "POST | /port_id/0 | {} | 400 | key(rule) required.",
                "POST | /port_id/0 | {\"rule\":{\"direction\":\"ingress\"}} | 400 | key(pattern) required.",
                "POST | /port_id/0 | {\"rule\":7} | 400 | invalid key(rule): 7.",
                "POST | /port_id/0 | {\"rule\":{\"direction\":\"zz\",\"pattern\":[\"eth\"],\"actions\":[\"drop\"]}} | 400 | invalid key(rule):",
                "POST | /port_id/0 | {\"rule\":{\"direction\":\"ingress\",\"pattern\":\"eth\",\"actions\":[\"drop\"]}} | 400 | invalid key(rule):",
                "POST | /port_id/0 | {\"rule\":{\"direction\":\"ingress\",\"pattern\":[\"eth / end actions drop\"],\"actions\":[\"drop\"]}} | 400 | invalid key(rule):",
                "POST | /port_id/0 | {\"rule\":{\"direction\":\"ingress\",\"pattern\":[\"eth\"],\"actions\":[]}} | 400 | invalid key(rule):",
                "POST | /port_id/0 | {\"rule\":{\"direction\":\"ingress\",\"pattern\":[],\"actions\":[7]}} | 400 | invalid key(rule):",
                "POST | /port_id/0 | {\"rule\":{\"direction\":\"ingress\",\"pattern\":[\"eth\"],\"actions\":[\"drop\"],\"group\":-1}} | 400 | invalid key(rule):",
                "GET | /status | `` | 404 | Not found: '/status'",
                "POST | /port_id/abc | {} | 404 | Not found: '/port_id/abc'",
                "PUT | /port_id/0 | {} | 405 | Method not allowed.",
            })
    void shouldRefuseFlowRulesThatAreNone(
            final String method, final String path, final String body, final int status, final String text)
            throws Exception {
        final HttpResponse<String> reply = ctl.send(method, FLOW + path, body);
        assertEquals(status, reply.statusCode());
        assertTrue(reply.body().startsWith(text), reply.body());
        assertFalse(primary.hears(20), "nothing reaches the primary");
    }

    @Test
    void shouldSayWhenThePrimaryRefusesOrIsNotThere() throws Exception {
        final CompletableFuture<HttpResponse<String>> reply = send("POST", FLOW + "/port_id/0", RULE);
        primary.expect("flow create phy:0 ingress pattern eth / end actions drop / end");
        primary.send("{\"result\":\"failed\",\"command\":\"flow\",\"results\":[{\"result\":\"error\",\"error_details\":"
                + "{\"message\":\"phy:0 takes no rules\"}}]}");
        assertEquals("400 command error: phy:0 takes no rules", text(reply.get()));
        primary.close();
        ctl.awaitProcesses("[]");
        assertEquals("404 primary not found.", text(ctl.send("POST", FLOW + "/port_id/0", RULE)));
    }

    private CompletableFuture<HttpResponse<String>> send(final String method, final String path, final String body) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return ctl.send(method, path, body);
            } catch (final IOException | InterruptedException failure) {
                throw new IllegalStateException(failure);
            }
        });
    }

    private static String text(final HttpResponse<String> reply) {
        return reply.statusCode() + " " + reply.body();
    }
}

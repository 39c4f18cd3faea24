package io.jspp.controller.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.AnsweringProcess;
import io.jspp.controller.TestController;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What all processes together look like: ours, SPP's, and one that answers nonsense. */
class ViewRoutesTest {
    private static final String PRIMARY = "{\"master-lcore\":0,\"lcores\":[0,1],\"forwarder\":{\"status\":\"running\","
            + "\"ports\":[\"phy:0\"],\"patches\":[{\"src\":\"phy:0\",\"dst\":\"ring:0\"}]},\"phy_ports\":[{\"id\":0,\"rx\":5}],"
            + "\"devices\":[{\"port\":\"phy:0\",\"state\":\"up\",\"code\":\"\",\"cause\":\"\",\"next\":\"\"}],"
            + "\"rings\":[{\"port\":\"ring:0\",\"packets\":3}]}";
    private static final String NFV = "{\"client-id\":1,\"status\":\"idling\",\"master-lcore\":1,\"lcores\":[1,2],"
            + "\"ports\":[\"ring:0\",\"vhost:0\"],\"patches\":[{\"src\":\"ring:0\",\"dst\":\"vhost:0\"}],"
            + "\"workers\":[{\"lcore\":2,\"cpus\":[0],\"shared\":true,\"place\":\"lcore 2 → cpu 0 (shared)\",\"sleeping\":false,"
            + "\"packets\":7}],\"port_states\":[{\"port\":\"vhost:0\",\"state\":\"listening\",\"code\":\"no_front_end\","
            + "\"cause\":\"nobody connects\",\"next\":\"start the guest\",\"socket\":\"/run/x/sock0\",\"role\":\"server\"}],"
            + "\"counters\":[{\"port\":\"ring:0\",\"packets\":9}]}";
    private static final String VF = "{ \"results\": [ { \"result\": \"success\" } ], \"info\": { \"client-id\": 2,"
            + " \"phy\": [ \"0\" ], \"vhost\": [  ], \"ring\": [ \"3\" ], \"master-lcore\": 1, \"core\": [ { \"core\": 2,"
            + " \"name\": \"fwd\", \"type\": \"forward\", \"rx_port\": [ { \"port\": \"phy:1 nq 1\", \"vlan\": {"
            + " \"operation\": \"none\", \"id\": 0, \"pcp\": 0 } } ], \"tx_port\": [ { \"port\": \"ring:3\", \"vlan\": {"
            + " \"operation\": \"add\", \"id\": 101, \"pcp\": 3 } } ] }, { \"core\": 3, \"type\": \"unuse\" } ],"
            + " \"classifier_table\": [  ] } }";

    private TestController ctl;
    private AnsweringProcess primary;
    private AnsweringProcess nfv;
    private AnsweringProcess vf;
    private AnsweringProcess broken;

    @BeforeEach
    void start() throws IOException {
        ctl = new TestController();
        primary = new AnsweringProcess(ctl.controller().primaryPort(), request -> PRIMARY);
        ctl.awaitProcesses("[{\"type\": \"primary\"}]");
        nfv = AnsweringProcess.secondary(ctl.controller(), "nfv", 1, request -> NFV);
        ctl.awaitProcesses("[{\"type\": \"primary\"}, {\"type\": \"nfv\", \"client-id\": 1}]");
        vf = AnsweringProcess.secondary(ctl.controller(), "vf", 2, request -> VF);
        ctl.awaitProcesses("[{\"type\": \"primary\"}, {\"type\": \"nfv\", \"client-id\": 1},"
                + " {\"type\": \"vf\", \"client-id\": 2}]");
        broken = AnsweringProcess.secondary(ctl.controller(), "pcap", 3, request -> "[]");
        ctl.awaitProcesses("[{\"type\": \"primary\"}, {\"type\": \"nfv\", \"client-id\": 1},"
                + " {\"type\": \"vf\", \"client-id\": 2}, {\"type\": \"pcap\", \"client-id\": 3}]");
    }

    @AfterEach
    void stop() throws IOException {
        primary.close();
        nfv.close();
        vf.close();
        broken.close();
        ctl.close();
    }

    @Test
    void shouldShowWhatCounts() throws Exception {
        assertEquals(
                "[{\"type\": \"primary\", \"devices\": [{\"port\": \"phy:0\", \"state\": \"up\", \"code\": \"\", \"cause\": \"\","
                        + " \"next\": \"\"}], \"phy_ports\": [{\"id\": 0, \"rx\": 5}]}, {\"type\": \"nfv\", \"client-id\": 1,"
                        + " \"counters\": [{\"port\": \"ring:0\", \"packets\": 9}], \"workers\": [{\"lcore\": 2, \"cpus\": [0],"
                        + " \"shared\": true, \"place\": \"lcore 2 \\u2192 cpu 0 (shared)\", \"sleeping\": false, \"packets\": 7}]},"
                        + " {\"type\": \"vf\", \"client-id\": 2}, {\"type\": \"pcap\", \"client-id\": 3, \"error\":"
                        + " \"pcap 3 answered no status\"}]",
                json("/v2/counters"));
    }

    @Test
    void shouldShowEveryPortWithItsCause() throws Exception {
        assertEquals(
                "[{\"type\": \"primary\", \"port\": \"phy:0\", \"state\": \"up\", \"code\": \"\", \"cause\": \"\", \"next\": \"\"},"
                        + " {\"type\": \"primary\", \"port\": \"ring:0\", \"packets\": 3}, {\"type\": \"nfv\", \"client-id\": 1,"
                        + " \"port\": \"vhost:0\", \"state\": \"listening\", \"code\": \"no_front_end\", \"cause\": \"nobody connects\","
                        + " \"next\": \"start the guest\", \"socket\": \"/run/x/sock0\", \"role\": \"server\"}, {\"type\": \"pcap\","
                        + " \"client-id\": 3, \"error\": \"pcap 3 answered no status\"}]",
                json("/v2/ports"));
    }

    @Test
    void shouldShowWhatRunsWhere() throws Exception {
        assertEquals(
                "[{\"type\": \"primary\", \"lcore\": 0, \"role\": \"main\"}, {\"type\": \"primary\", \"lcore\": 1, \"role\":"
                        + " \"worker\", \"components\": []}, {\"type\": \"nfv\", \"client-id\": 1, \"lcore\": 1, \"role\": \"main\"},"
                        + " {\"type\": \"nfv\", \"client-id\": 1, \"lcore\": 2, \"role\": \"worker\", \"components\": [], \"cpus\": [0],"
                        + " \"shared\": true, \"place\": \"lcore 2 \\u2192 cpu 0 (shared)\", \"sleeping\": false}, {\"type\": \"vf\","
                        + " \"client-id\": 2, \"lcore\": 1, \"role\": \"main\"}, {\"type\": \"vf\", \"client-id\": 2, \"lcore\": 2,"
                        + " \"role\": \"worker\", \"components\": [\"fwd\"]}, {\"type\": \"vf\", \"client-id\": 2, \"lcore\": 3, \"role\":"
                        + " \"worker\", \"components\": []}, {\"type\": \"pcap\", \"client-id\": 3, \"error\":"
                        + " \"pcap 3 answered no status\"}]",
                json("/v2/lcores"));
    }

    @Test
    void shouldDrawTheWayOfThePackets() throws Exception {
        assertEquals(
                "{\"nodes\": [{\"id\": \"primary\", \"kind\": \"process\", \"type\": \"primary\", \"status\": \"running\"},"
                        + " {\"id\": \"phy:0\", \"kind\": \"port\", \"type\": \"phy\", \"state\": \"up\"}, {\"id\": \"ring:0\","
                        + " \"kind\": \"port\", \"type\": \"ring\"}, {\"id\": \"nfv 1\", \"kind\": \"process\", \"type\": \"nfv\","
                        + " \"status\": \"idling\"}, {\"id\": \"vhost:0\", \"kind\": \"port\", \"type\": \"vhost\", \"state\":"
                        + " \"listening\"}, {\"id\": \"vf 2\", \"kind\": \"process\", \"type\": \"vf\"}, {\"id\": \"vf 2/fwd\", \"kind\":"
                        + " \"component\", \"type\": \"forward\", \"process\": \"vf 2\", \"lcore\": 2}, {\"id\": \"phy:1 nq 1\", \"kind\":"
                        + " \"port\", \"type\": \"phy\"}, {\"id\": \"ring:3\", \"kind\": \"port\", \"type\": \"ring\"}, {\"id\": \"pcap 3\","
                        + " \"kind\": \"process\", \"type\": \"pcap\", \"error\": \"pcap 3 answered no status\"}], \"edges\": [{\"from\":"
                        + " \"phy:0\", \"to\": \"ring:0\", \"kind\": \"patch\", \"process\": \"primary\"}, {\"from\": \"ring:0\", \"to\":"
                        + " \"vhost:0\", \"kind\": \"patch\", \"process\": \"nfv 1\"}, {\"from\": \"phy:1 nq 1\", \"to\": \"vf 2/fwd\","
                        + " \"kind\": \"rx\", \"process\": \"vf 2\"}, {\"from\": \"vf 2/fwd\", \"to\": \"ring:3\", \"kind\": \"tx\","
                        + " \"process\": \"vf 2\", \"vlan\": {\"operation\": \"add\", \"id\": 101, \"pcp\": 3}}]}",
                json("/v2/topology"));
    }

    @Test
    void shouldTellWhatAGuestIsStartedWith() throws Exception {
        final String all = json("/v2/vm-args?memory=256&queues=2&tcg=1");
        assertTrue(
                all.startsWith(
                        "[{\"port\": \"vhost:0\", \"process\": \"nfv 1\", \"socket\": \"/run/x/sock0\", \"role\": \"server\","
                                + " \"mac\": \"52:54:00:00:00:01\", \"qemu\": ["),
                all);
        assertTrue(
                all.contains("256") && all.contains("\"cloud-hypervisor\": [") && all.contains("\"testpmd\": ["), all);
        assertEquals(json("/v2/vm-args?port=vhost:0"), json("/v2/vm-args"));
        final HttpResponse<String> other = ctl.get("/v2/vm-args?port=vhost:7");
        assertEquals("404 no running process has vhost:7.", other.statusCode() + " " + other.body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "port=ring:0",
                "port=vhost:12345",
                "port=%00",
                "memory=1",
                "memory=x",
                "memory=99999999999",
                "queues=0",
                "queues=17",
                "packed=2",
                "tcg=",
                "%E0%A4=1&queues=99",
            })
    void shouldRefuseWrongParameters(final String query) throws Exception {
        final HttpResponse<String> reply = ctl.get("/v2/vm-args?" + query);
        assertEquals(400, reply.statusCode(), reply.body());
        assertEquals("text/plain", reply.headers().firstValue("Content-Type").orElse(""));
    }

    private String json(final String path) throws Exception {
        final HttpResponse<String> reply = ctl.get(path);
        assertEquals(200, reply.statusCode(), reply.body());
        assertEquals(
                "application/json", reply.headers().firstValue("Content-Type").orElse(""));
        return reply.body();
    }
}

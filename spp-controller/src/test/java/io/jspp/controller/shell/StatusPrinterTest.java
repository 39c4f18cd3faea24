package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.control.ProcessKind;
import io.jspp.controller.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the shell makes of members that SPP's own processes don't tell. */
class StatusPrinterTest {
    private static final String HEAD = """
            {"status":"running","master-lcore":0,"lcores":[0,1,2],"ports":["ring:0","vhost:0"],"patches":[]""";

    private static final String COUNTERS = """
            ,"counters":[
            {"port":"ring:0","queue":0,"direction":"rx","lcores":[1],"live":true,"packets":7,"bytes":70,"drops":{}},
            {"port":"vhost:0","queue":0,"direction":"rx","lcores":[1],"live":true,"packets":100,"bytes":1,"drops":{}},
            {"port":"vhost:0","queue":0,"direction":"tx","lcores":[1,2],"live":true,"packets":5,"bytes":1,"drops":{}},
            {"port":"vhost:0","queue":10,"direction":"tx","lcores":[],"live":false,"packets":6,"bytes":1,"drops":{}},
            {"port":"vhost:0","queue":2,"direction":"tx","lcores":[],"live":true,"packets":4,"bytes":1,"drops":{}},
            {"port":"vhost:0","queue":2,"direction":"rx","lcores":[2],"live":false,"packets":200,"bytes":1,"drops":{}}
            ]""";

    private static String print(String status) throws IOException {
        return print(ProcessKind.NFV, status);
    }

    private static String print(ProcessKind kind, String status) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new StatusPrinter(new OutputFormat(), new PrintStream(out, true, StandardCharsets.UTF_8))
                .print(kind, Json.asObject(Json.parse(status)));
        return out.toString(StandardCharsets.UTF_8);
    }

    private static final String PRINTED_HEAD = """
            - status: running
            - lcore_ids:
              - master: 0
              - slaves: [1, 2]
            - ports:
              - ring:0
              - vhost:0
            """;

    @Test
    void shouldTellWhoPollsEachQueueOfAPortWithSeveral() throws Exception {
        assertEquals(PRINTED_HEAD + """
                - queues:
                  - vhost:0 nq 0: rx 100, lcore 1; tx 5, lcores 1, 2
                  - vhost:0 nq 2: tx 4; rx 200, off
                  - vhost:0 nq 10: tx 6, off
                """, print(HEAD + COUNTERS + "}"));
    }

    @Test
    void shouldSayNothingOfQueuesWhereEachPortHasOne() throws Exception {
        assertEquals(PRINTED_HEAD, print(HEAD + "}"));
    }

    @Test
    void shouldTellWhatBecameOfEachLaunch() throws Exception {
        assertEquals("""
                - lcore_ids:
                  - master: 0
                - launched:
                  - nfv:1 running (pid 77), restarts: 0
                    - log: /log/spp_nfv-1.log
                  - vf:2 given up (pid 78), restarts: 3, last exit status: 1
                    - log: /log/spp_vf-2.log
                """, print(ProcessKind.PRIMARY, """
                {"lcores":[0],"launched":[
                {"name":"spp_nfv","id":1,"pid":77,"state":"running","restarts":0,"last_exit":null,"log":"/log/spp_nfv-1.log"},
                {"name":"spp_vf","id":2,"pid":78,"state":"given up","restarts":3,"last_exit":1,"log":"/log/spp_vf-2.log"}]}"""));
        assertEquals("- lcore_ids:\n  - master: 0\n", print(ProcessKind.PRIMARY, "{\"lcores\":[0],\"launched\":[]}"));
    }
}

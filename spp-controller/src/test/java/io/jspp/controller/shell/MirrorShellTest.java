package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shell, REST and wire of a mirror, letter by letter as in the exchanges of SPP's spp.py, spp-ctl and spp_mirror. */
class MirrorShellTest extends SecondaryShell {
    private static final String VLAN = "\"vlan\": { \"operation\": \"none\", \"id\": 0, \"pcp\": 0 } }";
    private static final String STATUS =
            "{ \"client-id\": 3, \"phy\": [ \"0\", \"1\" ], \"vhost\": [  ], \"ring\": [ \"0\", \"1\" ], \"master-lcore\": 1,"
                    + " \"core\": [ { \"core\": 2, \"name\": \"mir\", \"type\": \"mirror\", \"rx_port\": [ { \"port\": \"phy:0\", "
                    + VLAN + " ], \"tx_port\": [ { \"port\": \"ring:0\", " + VLAN + ", { \"port\": \"ring:1\", " + VLAN
                    + " ] }, { \"core\": 3, \"name\": \"new\", \"type\": \"mirror\", \"rx_port\": [  ], \"tx_port\": [  ] },"
                    + " { \"core\": 4, \"type\": \"unuse\" } ] }";

    MirrorShellTest() {
        super("mirror", 3);
    }

    @Override
    String firstStatus() {
        return STATUS;
    }

    @Test
    void shouldTranslateTheStatusForRest() throws Exception {
        final String vlan = "\"vlan\": {\"operation\": \"none\", \"id\": 0, \"pcp\": 0}}";
        assertEquals(
                "{\"client-id\": 3, \"ports\": [\"phy:0\", \"phy:1\", \"ring:0\", \"ring:1\"], \"master-lcore\": 1,"
                        + " \"components\": [{\"core\": 2, \"name\": \"mir\", \"type\": \"mirror\", \"rx_port\":"
                        + " [{\"port\": \"phy:0\", " + vlan + "], \"tx_port\": [{\"port\": \"ring:0\", " + vlan
                        + ", {\"port\": \"ring:1\", " + vlan + "]}, {\"core\": 3, \"name\": \"new\", \"type\":"
                        + " \"mirror\", \"rx_port\": [], \"tx_port\": []}, {\"core\": 4, \"type\": \"unuse\"}]}",
                ctl.get("/v1/mirrors/3").body());
        assertEquals(404, ctl.get("/v1/vfs/3").statusCode());
    }

    @Test
    void shouldPrintTheStatus() {
        assertEquals(0, run("status"));
        assertEquals(
                String.join(
                        "\n",
                        "Basic Information:",
                        "  - client-id: 3",
                        "  - ports: [phy:0, phy:1, ring:0, ring:1]",
                        "  - lcore_ids:",
                        "    - master: 1",
                        "    - slaves: [2, 3, 4]",
                        "Components:",
                        "  - core:2 'mir' (type: mirror)",
                        "    - rx: phy:0",
                        "    - tx: [ring:0, ring:1]",
                        "  - core:3 'new' (type: mirror)",
                        "    - rx: ",
                        "    - tx: ",
                        "  - core:4 '' (type: unuse)",
                        ""),
                shell.out());
        process.status(
                "{ \"client-id\": 3, \"phy\": [  ], \"vhost\": [  ], \"ring\": [  ], \"master-lcore\": 1, \"core\": [ { \"core\":"
                        + " 2, \"type\": \"unuse\" } ] }");
        assertEquals(0, run("status"));
        assertEquals("""
                Basic Information:
                  - client-id: 3
                  - ports: []
                  - lcore_ids:
                    - master: 1
                    - slave: 2
                Components:
                  - core:2 '' (type: unuse)
                """, shell.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "component start mir 2 mirror | component start mir 2 mirror | Succeeded to start component 'mir' on core:2",
                "component stop mir 9 mirror | component stop mir | Succeeded to delete component 'mir'",
                "port add phy:0 rx mir | port add phy:0 rx mir | Succeeded to add port",
                "port add phy:1 nq 1 tx mir | port add phy:1nq1 tx mir | Succeeded to add port",
                "port del ring:1 tx mir | port del ring:1 tx mir | Succeeded to del port",
                "exit | exit | Exit mirror 3.",
            })
    void shouldSendEachCommandAndSaySo(final String line, final String wire, final String message) {
        assertSends(line, wire, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "component start mir 2 forward | Error: invalid value \"forward\": expected one of mirror; usage: component start NAME CORE TYPE",
                "port add ring:0 | Error: Not enough parameters.",
                "classifier_table add mac default ring:0 | Invalid command \"classifier_table\".",
            })
    void shouldRefuseBeforeItSends(final String line, final String message) {
        assertRefuses(line, message);
    }

    /** As SPP's controller does for mirrors. */
    @Test
    void shouldIgnoreVlanOperations() throws Exception {
        final String body = "{\"action\": \"attach\", \"port\": \"ring:0\", \"dir\": \"tx\", \"vlan\": {\"operation\":"
                + " \"add\", \"id\": 5, \"pcp\": 0}}";
        assertEquals(
                204, ctl.send("PUT", "/v1/mirrors/3/components/mir/ports", body).statusCode());
        assertEquals(List.of("port add ring:0 tx mir"), process.takeRequests());
    }
}

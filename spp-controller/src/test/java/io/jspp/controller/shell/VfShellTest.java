package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shell, REST and wire of a vf, letter by letter as in the exchanges of SPP's spp.py, spp-ctl and spp_vf. */
class VfShellTest extends SecondaryShell {
    private static final String STATUS =
            "{ \"client-id\": 2, \"phy\": [ \"0\", \"1\", \"1 nq 1\" ], \"vhost\": [ \"1\" ],"
                    + " \"ring\": [ \"0\", \"3\", \"4\" ], \"master-lcore\": 1, \"core\": [ { \"core\": 2, \"name\": \"cls\","
                    + " \"type\": \"classifier\", \"rx_port\": [ { \"port\": \"phy:0\", \"vlan\": { \"operation\": \"none\","
                    + " \"id\": 0, \"pcp\": 0 } } ], \"tx_port\": [ { \"port\": \"ring:0\", \"vlan\": { \"operation\": \"none\","
                    + " \"id\": 0, \"pcp\": 0 } }, { \"port\": \"vhost:1\", \"vlan\": { \"operation\": \"none\", \"id\": 0, \"pcp\":"
                    + " 0 } } ] }, { \"core\": 3, \"name\": \"fwd1\", \"type\": \"forward\", \"rx_port\": [ { \"port\": \"phy:1 nq"
                    + " 1\", \"vlan\": { \"operation\": \"none\", \"id\": 0, \"pcp\": 0 } } ], \"tx_port\": [ { \"port\": \"ring:3\","
                    + " \"vlan\": { \"operation\": \"add\", \"id\": 101, \"pcp\": 3 } } ] }, { \"core\": 4, \"name\": \"mgr\","
                    + " \"type\": \"merge\", \"rx_port\": [ { \"port\": \"ring:4\", \"vlan\": { \"operation\": \"del\", \"id\": 0,"
                    + " \"pcp\": 0 } } ], \"tx_port\": [  ] }, { \"core\": 5, \"type\": \"unuse\" }, { \"core\": 6, \"type\":"
                    + " \"unuse\" } ], \"classifier_table\": [ { \"type\": \"mac\", \"value\": \"52:54:00:12:34:56\", \"port\":"
                    + " \"ring:0\" }, { \"type\": \"mac\", \"value\": \"default\", \"port\": \"vhost:1\" }, { \"type\": \"vlan\","
                    + " \"value\": \"101/52:54:00:12:34:58\", \"port\": \"ring:0\" } ] }";

    VfShellTest() {
        super("vf", 2);
    }

    @Override
    String firstStatus() {
        return STATUS;
    }

    @Test
    void shouldTranslateTheStatusForRest() throws Exception {
        final HttpResponse<String> reply = ctl.get("/v1/vfs/2");
        assertEquals(
                "{\"client-id\": 2, \"ports\": [\"phy:0\", \"phy:1\", \"phy:1 nq 1\", \"vhost:1\", \"ring:0\", \"ring:3\","
                        + " \"ring:4\"], \"master-lcore\": 1, \"components\": [{\"core\": 2, \"name\": \"cls\", \"type\":"
                        + " \"classifier\", \"rx_port\": [{\"port\": \"phy:0\", \"vlan\": {\"operation\": \"none\", \"id\":"
                        + " 0, \"pcp\": 0}}], \"tx_port\": [{\"port\": \"ring:0\", \"vlan\": {\"operation\": \"none\","
                        + " \"id\": 0, \"pcp\": 0}}, {\"port\": \"vhost:1\", \"vlan\": {\"operation\": \"none\", \"id\": 0,"
                        + " \"pcp\": 0}}]}, {\"core\": 3, \"name\": \"fwd1\", \"type\": \"forward\", \"rx_port\":"
                        + " [{\"port\": \"phy:1 nq 1\", \"vlan\": {\"operation\": \"none\", \"id\": 0, \"pcp\": 0}}],"
                        + " \"tx_port\": [{\"port\": \"ring:3\", \"vlan\": {\"operation\": \"add\", \"id\": 101, \"pcp\":"
                        + " 3}}]}, {\"core\": 4, \"name\": \"mgr\", \"type\": \"merge\", \"rx_port\": [{\"port\":"
                        + " \"ring:4\", \"vlan\": {\"operation\": \"del\", \"id\": 0, \"pcp\": 0}}], \"tx_port\": []},"
                        + " {\"core\": 5, \"type\": \"unuse\"}, {\"core\": 6, \"type\": \"unuse\"}], \"classifier_table\":"
                        + " [{\"type\": \"mac\", \"value\": \"52:54:00:12:34:56\", \"port\": \"ring:0\"}, {\"type\":"
                        + " \"mac\", \"value\": \"default\", \"port\": \"vhost:1\"}, {\"type\": \"vlan\", \"value\":"
                        + " \"101/52:54:00:12:34:58\", \"port\": \"ring:0\"}]}",
                reply.body());
        assertEquals(
                "[{\"proc-type\": \"vf\", \"client-id\": 2, \"master-lcore\": 1, \"lcores\": [1, 2, 3, 4, 5, 6]}]",
                ctl.get("/v1/cpu_usage").body());
    }

    @Test
    void shouldPrintTheStatus() {
        assertEquals(0, run("status"));
        assertEquals("""
                Basic Information:
                  - client-id: 2
                  - ports: [phy:0, phy:1, phy:1 nq 1, vhost:1, ring:0, ring:3, ring:4]
                  - lcore_ids:
                    - master: 1
                    - slaves: [2, 3, 4, 5, 6]
                Classifier Table:
                  - 52:54:00:12:34:56, ring:0
                  - default, vhost:1
                  - 101/52:54:00:12:34:58, ring:0
                Components:
                  - core:2 'cls' (type: classifier)
                    - rx: phy:0
                    - tx: ring:0
                    - tx: vhost:1
                  - core:3 'fwd1' (type: forward)
                    - rx: phy:1 nq 1
                    - tx: ring:3 (vlan operation: add, id: 101, pcp: 3)
                  - core:4 'mgr' (type: merge)
                    - rx: ring:4 (vlan operation: del)
                  - core:5 '' (type: unuse)
                  - core:6 '' (type: unuse)
                """, shell.out());
        process.status(
                "{ \"client-id\": 2, \"phy\": [ \"0\" ], \"vhost\": [  ], \"ring\": [  ], \"master-lcore\": 1, \"core\":"
                        + " [ { \"core\": 2, \"type\": \"unuse\" } ], \"classifier_table\": [  ] }");
        assertEquals(0, run("status"));
        assertEquals("""
                Basic Information:
                  - client-id: 2
                  - ports: [phy:0]
                  - lcore_ids:
                    - master: 1
                    - slaves: [2]
                Classifier Table:
                  No entries.
                Components:
                  - core:2 '' (type: unuse)
                """, shell.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "component start cls 2 classifier | component start cls 2 classifier | Succeeded to start component 'cls' on core:2",
                "component stop cls | component stop cls | Succeeded to delete component 'cls'",
                "component stop mir 9 mirror | component stop mir | Succeeded to delete component 'mir'",
                "port add phy:0 rx cls | port add phy:0 rx cls | Succeeded to add port",
                "port add phy:1 nq 1 rx fwd1 | port add phy:1nq1 rx fwd1 | Succeeded to add port",
                "port add ring:3 tx fwd1 add_vlantag 101 3 | port add ring:3 tx fwd1 add_vlantag 101 3 | Succeeded to add port",
                "port add phy:1 nq 0 tx fwd1 add_vlantag 1 0 | port add phy:1nq0 tx fwd1 add_vlantag 1 0 | Succeeded to add port",
                "port add ring:4 rx mgr del_vlantag | port add ring:4 rx mgr del_vlantag | Succeeded to add port",
                "port del phy:0 rx cls | port del phy:0 rx cls | Succeeded to del port",
                "port del phy:1 nq 1 rx fwd1 | port del phy:1nq1 rx fwd1 | Succeeded to del port",
                "classifier_table add mac 52:54:00:12:34:56 ring:0 | classifier_table add mac 52:54:00:12:34:56 ring:0 | Succeeded to add",
                "classifier_table add mac default vhost:1 | classifier_table add mac default vhost:1 | Succeeded to add",
                "classifier_table add vlan 101 52-54-00-12-34-5A ring:0 | classifier_table add vlan 101 52:54:00:12:34:5a ring:0 | Succeeded to add",
                "classifier_table del vlan 101 default phy:1 nq 1 | classifier_table del vlan 101 default phy:1nq1 | Succeeded to del",
                "classifier_table del mac 5254.0012.3456 ring:0 | classifier_table del mac 52:54:00:12:34:56 ring:0 | Succeeded to del",
                "bridge_table flush br | bridge_table flush br | Succeeded to flush",
                "responder add echo 192.168.1.2 | responder add echo 192.168.1.2 | Succeeded to add",
                "responder add echo FD00:0::0:2 5254.0012.3456 | responder add echo fd00::2 52:54:00:12:34:56 | Succeeded to add",
                "responder del echo 192.168.1.2 | responder del echo 192.168.1.2 | Succeeded to del",
                "responder print echo on | responder print echo on | Succeeded to switch printing on",
                "exit | exit | Exit vf 2.",
            })
    void shouldSendEachCommandAndSaySo(final String line, final String wire, final String message) {
        assertSends(line, wire, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "component | Error: incomplete command \"component\"; usage: component start NAME CORE TYPE",
                "port | Error: incomplete command \"port\"; usage: port add PORT DIR NAME",
                "component start cls | Error: Not enough parameters.",
                "component start cls x forward | Error: invalid value \"x\": expected a number from 0 to 1023; usage: component start NAME CORE TYPE",
                "component start cls 2 nosuch | Error: invalid value \"nosuch\": expected one of forward, merge, classifier, bridge, responder; usage: component start NAME CORE TYPE",
                "component pause cls | Error: invalid value \"pause\": expected start; usage: component start NAME CORE TYPE",
                "port add ring:0 | Error: Not enough parameters.",
                "port add ring:0 up cls | Error: invalid value \"up\": expected one of rx, tx; usage: port add PORT DIR NAME",
                "port add ring:0 tx cls add_vlantag 4096 0 | Error: invalid value \"4096\": expected a number from 0 to 4095; usage: port add PORT DIR NAME add_vlantag VID PCP",
                "port add ring:0 tx cls add_vlantag x 0 | Error: vid is not a number.",
                "port add ring:0 tx cls add_vlantag 1 high | Error: pcp is not a number.",
                "port add ring:0 tx cls add_vlantag 1 | Error: Not enough parameters.",
                "classifier_table add mac 52:54 ring:0 | Error: invalid value \"52:54\": expected a MAC address such as 52:54:00:12:34:56, or default; usage: classifier_table add mac MAC PORT",
                "bridge_table drop br | Error: invalid value \"drop\": expected show; usage: bridge_table show NAME",
                "responder add echo 192.168.1.0/24 | Error: invalid value \"192.168.1.0/24\": expected the IPv4 or IPv6 address of a host such as 192.168.1.2 or fd00::2; usage: responder add NAME ADDRESS",
                "responder add echo ff02::1 | Error: invalid value \"ff02::1\": expected the IPv4 or IPv6 address of a host such as 192.168.1.2 or fd00::2; usage: responder add NAME ADDRESS",
                "responder add echo 10.0.0.1 01:00:5e:00:00:01 | Error: invalid value \"01:00:5e:00:00:01\": expected the MAC address of a station such as 52:54:00:12:34:56; usage: responder add NAME ADDRESS MAC",
                "responder print echo maybe | Error: invalid value \"maybe\": expected one of on, off; usage: responder print NAME STATE",
                "flush | Invalid command \"flush\".",
            })
    void shouldRefuseBeforeItSends(final String line, final String message) {
        assertRefuses(line, message);
    }

    @Test
    void shouldPassOnWhatTheProcessRefuses() throws Exception {
        process.fail("component start mgr 4 merge", "Invalid value (component name)");
        final HttpResponse<String> reply =
                ctl.send("POST", "/v1/vfs/2/components", "{\"name\": \"mgr\", \"core\": 4, \"type\": \"merge\"}");
        assertEquals(400, reply.statusCode());
        assertEquals("command error: Invalid value (component name)", reply.body());
        assertEquals(1, run("component start mgr 4 merge"));
    }

    /** As SPP's shell and networking-spp write their bodies. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "PUT | /components/cls/ports | {\"action\": \"attach\", \"port\": \"phy:0\", \"dir\": \"rx\", \"vlan\": {}} | port add phy:0 rx cls",
                "PUT | /components/cls/ports | {\"action\": \"attach\", \"port\": \"phy:0\", \"dir\": \"rx\", \"vlan\": null} | port add phy:0 rx cls",
                "PUT | /components/cls/ports | {\"action\": \"attach\", \"port\": \"phy:0\", \"dir\": \"rx\"} | port add phy:0 rx cls",
                "PUT | /components/cls/ports | {\"action\": \"attach\", \"port\": \"phy:0\", \"dir\": \"rx\", \"vlan\": {\"operation\": \"none\"}} | port add phy:0 rx cls",
                "PUT | /components/f/ports | {\"action\": \"attach\", \"port\": \"phy:1nq1\", \"dir\": \"tx\", \"vlan\": {\"operation\": \"add\", \"id\": 101, \"pcp\": 0}} | port add phy:1nq1 tx f add_vlantag 101 0",
                "PUT | /components/f/ports | {\"action\": \"attach\", \"port\": \"ring:4\", \"dir\": \"rx\", \"vlan\": {\"operation\": \"del\"}} | port add ring:4 rx f del_vlantag",
                "PUT | /components/f/ports | {\"action\": \"detach\", \"port\": \"ring:4\", \"dir\": \"rx\", \"vlan\": {\"operation\": \"del\"}} | port del ring:4 rx f",
                "POST | /components | {\"name\": \"cls\", \"core\": 2, \"type\": \"classifier\"} | component start cls 2 classifier",
                "DELETE | /components/cls | `` | component stop cls",
                "DELETE | /components/br/bridge_table | `` | bridge_table flush br",
                "PUT | /components/e/addresses | {\"action\": \"add\", \"address\": \"192.168.1.2\"} | responder add e 192.168.1.2",
                "PUT | /components/e/addresses | {\"action\": \"add\", \"address\": \"fd00::2\", \"mac_address\": \"52-54-00-12-34-58\"} | responder add e fd00::2 52:54:00:12:34:58",
                "PUT | /components/e/addresses | {\"action\": \"del\", \"address\": \"192.168.1.2\"} | responder del e 192.168.1.2",
                "PUT | /components/e/print | {\"print\": \"off\"} | responder print e off",
                "PUT | /classifier_table | {\"action\": \"add\", \"type\": \"mac\", \"mac_address\": \"default\", \"port\": \"vhost:1\"} | classifier_table add mac default vhost:1",
                "PUT | /classifier_table | {\"action\": \"add\", \"type\": \"vlan\", \"vlan\": \"101\", \"mac_address\": \"52:54:00:12:34:58\", \"port\": \"ring:0\"} | classifier_table add vlan 101 52:54:00:12:34:58 ring:0",
                "PUT | /classifier_table | {\"action\": \"del\", \"type\": \"vlan\", \"vlan\": 101, \"mac_address\": \"52-54-00-12-34-58\", \"port\": \"ring:0\"} | classifier_table del vlan 101 52:54:00:12:34:58 ring:0",
            })
    void shouldTakeTheBodiesOfOtherClients(final String method, final String path, final String body, final String wire)
            throws Exception {
        final HttpResponse<String> reply = ctl.send(method, "/v1/vfs/2" + path, body);
        assertEquals("204 ", reply.statusCode() + " " + reply.body());
        assertEquals(List.of(wire), process.takeRequests());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "POST | /components | {\"name\": \"cls\", \"core\": \"2\", \"type\": \"merge\"} | invalid key(core): 2.",
                "POST | /components | {\"name\": \"a b\", \"core\": 2, \"type\": \"merge\"} | invalid key(name): a b.",
                "POST | /components | {\"core\": 2, \"type\": \"merge\"} | key(name) required.",
                "PUT | /components/cls/ports | {\"action\": \"attach\", \"port\": \"phy:0\", \"dir\": \"rx\", \"vlan\": {\"operation\": \"swap\"}} | invalid key(vlan.operation): swap.",
                "PUT | /components/cls/ports | {\"action\": \"attach\", \"port\": \"phy:0\", \"dir\": \"rx\", \"vlan\": {\"operation\": \"add\", \"id\": \"1\", \"pcp\": 0}} | invalid key(vlan.id): 1.",
                "PUT | /components/cls/ports | {\"action\": \"attach\", \"port\": \"phy:0\", \"dir\": \"rx\", \"vlan\": {\"operation\": \"add\", \"id\": 1}} | key(vlan.pcp) required.",
                "PUT | /components/cls/ports | {\"action\": \"move\", \"port\": \"phy:0\", \"dir\": \"rx\"} | invalid key(action): move.",
                "PUT | /components/cls/ports | {\"action\": \"attach\", \"port\": \"phy0\", \"dir\": \"rx\"} | invalid key(port): phy0.",
                "PUT | /components/e/addresses | {\"action\": \"add\", \"address\": \"192.168.1\"} | invalid key(address): 192.168.1.",
                "PUT | /components/e/addresses | {\"action\": \"add\", \"address\": \"192.168.1.1\", \"mac_address\": \"x\"} | invalid key(mac_address): x.",
                "PUT | /components/e/addresses | {\"action\": \"add\"} | key(address) required.",
                "PUT | /components/e/print | {\"print\": true} | invalid key(print): true.",
                "PUT | /classifier_table | {\"action\": \"add\", \"type\": \"ip\", \"mac_address\": \"default\", \"port\": \"ring:0\"} | invalid key(type): ip.",
                "PUT | /classifier_table | {\"action\": \"add\", \"type\": \"vlan\", \"mac_address\": \"default\", \"port\": \"ring:0\"} | key(vlan) required.",
                "PUT | /classifier_table | {\"action\": \"add\", \"type\": \"vlan\", \"vlan\": 4096, \"mac_address\": \"default\", \"port\": \"ring:0\"} | invalid key(vlan): 4096.",
                "PUT | /classifier_table | {\"action\": \"add\", \"type\": \"mac\", \"mac_address\": \"x\", \"port\": \"ring:0\"} | invalid key(mac_address): x.",
            })
    void shouldAnswer400ToWrongBodies(final String method, final String path, final String body, final String message)
            throws Exception {
        final HttpResponse<String> reply = ctl.send(method, "/v1/vfs/2" + path, body);
        assertEquals(400, reply.statusCode(), reply.body());
        assertEquals(
                message,
                reply.body()
                        .substring(0, Math.min(message.length(), reply.body().length())));
        assertEquals(List.of(), process.takeRequests());
    }

    @Test
    void shouldCompleteWhatSppCompletes() {
        assertEquals(List.of("2;"), shell.complete("vf "));
        assertEquals(
                List.of("bridge_table", "classifier_table", "component", "exit", "port", "responder", "status"),
                shell.complete("vf 2; ").stream().sorted().toList());
        assertEquals(List.of("NAME"), shell.complete("vf 2; component start "));
        assertEquals(List.of("5", "6"), shell.complete("vf 2; component start a "));
        assertEquals(
                List.of("forward", "merge", "classifier", "bridge", "responder"),
                shell.complete("vf 2; component start a 5 "));
        assertEquals(List.of("cls", "fwd1", "mgr"), shell.complete("vf 2; component stop "));
        assertEquals(List.of("RES_UID"), shell.complete("vf 2; port add "));
        assertEquals(List.of("rx", "tx"), shell.complete("vf 2; port add ring:0 "));
        assertEquals(List.of("cls", "fwd1", "mgr"), shell.complete("vf 2; port del phy:1 nq 1 rx "));
        assertEquals(List.of("add_vlantag", "del_vlantag"), shell.complete("vf 2; port add ring:0 tx mgr "));
        assertEquals(List.of("VID"), shell.complete("vf 2; port add ring:0 tx mgr add_vlantag "));
        assertEquals(List.of("PCP"), shell.complete("vf 2; port add ring:0 tx mgr add_vlantag 5 "));
        assertEquals(List.of("MAC_ADDR", "default"), shell.complete("vf 2; classifier_table add mac "));
        assertEquals(List.of("mac", "vlan"), shell.complete("vf 2; classifier_table del "));
        assertEquals(List.of("show", "flush"), shell.complete("vf 2; bridge_table "));
        assertEquals(List.of("cls", "fwd1", "mgr"), shell.complete("vf 2; bridge_table show "));
        assertEquals(List.of("add", "del", "print"), shell.complete("vf 2; responder "));
        assertEquals(List.of("IP_ADDR"), shell.complete("vf 2; responder add e "));
        assertEquals(List.of("MAC_ADDR"), shell.complete("vf 2; responder add e fd00::2 "));
        assertEquals(List.of("on", "off"), shell.complete("vf 2; responder print e "));
    }

    @Test
    void shouldPrintTheTableOfABridge() {
        process.answer(
                "bridge_table show br",
                "{\"name\": \"br\", \"addresses\": 2, \"capacity\": 50, \"table\": [{\"vlan\": 0, \"address\":"
                        + " \"52:54:00:12:34:56\", \"port\": \"vhost:0\", \"age\": 3}, {\"vlan\": 101, \"address\":"
                        + " \"52:54:00:12:34:58\", \"port\": \"phy:1\", \"age\": 0}]}");
        assertEquals(0, run("bridge_table show br"));
        assertEquals("""
                Bridge Table (2 of 50 addresses):
                  - 52:54:00:12:34:56, vhost:0 (3 s ago)
                  - 101/52:54:00:12:34:58, phy:1 (0 s ago)
                """, shell.out());
        process.answer("bridge_table show br", "{\"name\": \"br\", \"addresses\": 0, \"capacity\": 50, \"table\": []}");
        assertEquals(0, run("bridge_table show br"));
        assertEquals("Bridge Table (0 of 50 addresses):\n  No entries.\n", shell.out());
    }

    @Test
    void shouldPrintResponders() {
        process.status("{ \"client-id\": 2, \"master-lcore\": 1, \"core\": [ { \"core\": 2, \"type\": \"unuse\" } ],"
                + " \"classifier_table\": [  ], \"responders\": [{\"name\": \"echo\", \"mac_address\":"
                + " \"52:54:00:01:02:03\", \"print\": \"on\", \"addresses\": [{\"address\": \"10.0.0.2\","
                + " \"mac_address\": \"52:54:00:01:02:03\"}]}] }");
        assertEquals(0, run("status"));
        assertTrue(shell.out().contains("""
                  No entries.
                Responders:
                  - 'echo' (print: on)
                    - 10.0.0.2, 52:54:00:01:02:03
                Components:
                """));
    }

    @Test
    void shouldSayWhatSppSaysOfAnAbsentVf() {
        assertEquals(1, shell.run("vf 9; status"));
        assertEquals("\"vf 9\" does not exist.", firstError());
        assertEquals(1, shell.run("vf 2"));
        assertEquals("Required an ID and ';' before the command.", firstError());
    }
}

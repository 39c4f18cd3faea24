package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jspp.controller.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlowPrinterTest {
    private static final String STATUS = """
            {"phy_ports":[{"id":0,"flow":[{"rule_id":3,
            "attr":{"group":1,"priority":2,"ingress":1,"egress":0,"transfer":0},
            "patterns":[{"type":"eth","spec":{"dst":"10:22:33:44:55:66","src":"00:00:00:00:00:00","type":"0x0000"},"last":null,
            "mask":{"dst":"FF:FF:FF:FF:FF:FF","src":"00:00:00:00:00:00","type":"0x0000"}},
            {"type":"vlan","spec":null,"last":null,"mask":null}],
            "actions":[{"type":"queue","conf":{"index":1}},{"type":"of_pop_vlan","conf":null}]}]},{"id":1,"flow":[]}]}
            """;

    private static final OutputFormat FORMAT = new OutputFormat();

    private static String print(String line) throws IOException, ShellException {
        return print(line, FORMAT);
    }

    private static String print(String line, OutputFormat format) throws IOException, ShellException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Map<String, Object> status = Json.asObject(Json.parse(STATUS));
        new FlowPrinter(format, new PrintStream(bytes, true, StandardCharsets.UTF_8))
                .run(List.of(line.split(" ")), status);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldListRulesInSppsColumns() throws Exception {
        assertEquals("""
                ID      Group   Prio    Attr    Rule
                3       1       2       i--     ETH VLAN => QUEUE OF_POP_VLAN
                """, print("flow list phy:0"));
        assertEquals("ID      Group   Prio    Attr    Rule\n", print("flow list phy:1"));
    }

    @Test
    void shouldShowARule() throws Exception {
        assertEquals("""
                Attribute:
                  Group   Priority Ingress Egress Transfer
                  1       2        true    false  false
                Patterns:
                  - eth:
                    - spec:
                      - dst: 10:22:33:44:55:66
                      - src: 00:00:00:00:00:00
                      - type: 0x0000
                    - last:
                    - mask:
                      - dst: FF:FF:FF:FF:FF:FF
                      - src: 00:00:00:00:00:00
                      - type: 0x0000
                  - vlan:
                    - spec:
                    - last:
                    - mask:
                Actions:
                  - queue:
                    - index: 1
                  - of_pop_vlan:
                """, print("flow status phy:0 3"));
    }

    @Test
    void shouldPrintJsonWhenThatIsWanted() throws Exception {
        OutputFormat json = new OutputFormat();
        json.setJson(true);
        assertEquals("[]\n", print("flow list phy:1", json));
        String rule = print("flow status phy:0 3", json);
        assertEquals(3, Json.asObject(Json.parse(rule)).get("rule_id"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "flow list | RES_UID is NULL",
                "flow list phy:2 | '''phy:2'' is invalid'",
                "flow list ring:0 | RES_UID is invalid",
                "flow status phy:0 | RULE_ID is NULL",
                "flow status phy:0 5 | RULE_ID:5 does not exist.",
            })
    void shouldRefuseInSppsWords(String line, String text) {
        assertEquals(text, assertThrows(ShellException.class, () -> print(line)).getMessage());
    }
}

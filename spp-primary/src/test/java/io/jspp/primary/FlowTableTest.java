package io.jspp.primary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.config.EalOptions.Vdev;
import io.jspp.config.ProcessOptions;
import io.jspp.control.JsonWriter;
import io.jspp.flow.FlowRule;
import io.jspp.port.Claims;
import io.jspp.port.Device;
import io.jspp.port.DeviceType;
import io.jspp.port.Direction;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Numbers of flow rules, what a device is told of them, what is kept and shown. */
class FlowTableTest {
    private static final String RULE =
            "ingress pattern eth dst is 10:22:33:44:55:66 / vlan vid is 100 / end actions queue index 1 / end";
    private static final PortId PORT = new PortId("phy", 0);

    /** Takes all rules but those with egress. */
    private static final class Card implements Device {
        private List<FlowRule> rules = List.of();

        @Override
        public int rxQueues() {
            return 2;
        }

        @Override
        public int txQueues() {
            return 2;
        }

        @Override
        public String macAddress() {
            return "56:48:4f:53:54:00";
        }

        @Override
        public PortState state() {
            return PortState.UP;
        }

        @Override
        public Claims.Grant open(int queue, Direction direction) {
            return new Claims.Grant(List.of(), Map.of());
        }

        @Override
        public void requireFlows(List<FlowRule> wanted) {
            if (!wanted.stream().allMatch(FlowRule::ingress)) {
                throw new PortException("attribute: egress");
            }
        }

        @Override
        public void useFlows(List<FlowRule> wanted) {
            requireFlows(wanted);
            rules = wanted;
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    private final Card card = new Card();
    private final FlowTable flows = table(card);

    private static FlowTable table(Card card) {
        ProcessOptions.Parser parser = new ProcessOptions.Parser("primary", "primary", Map.of(), path -> Map.of());
        PrimaryOptions options = new PrimaryOptions(parser);
        parser.application().parse(List.of("-n", "2", "-p", "0x1"));
        options.finish();
        DeviceType type = new DeviceType() {
            @Override
            public String vdevPrefix() {
                return "net_card";
            }

            @Override
            public String portType() {
                return "phy";
            }

            @Override
            public boolean numberedByOrder() {
                return true;
            }

            @Override
            public Device open(String name, Map<String, String> arguments) {
                return card;
            }
        };
        return new FlowTable(DeviceTable.open(List.of(Vdev.parse("net_card0")), options, Map.of("net_card", type)));
    }

    private static FlowRule rule(String text) throws Exception {
        return FlowRule.parse(List.of(text.split(" ")));
    }

    @Test
    void shouldNumberRulesAndTellTheDevice() throws Exception {
        assertEquals(0, flows.create(PORT, rule(RULE)));
        assertEquals(1, flows.create(PORT, rule(RULE)));
        assertTrue(flows.destroy(PORT, 0));
        assertFalse(flows.destroy(PORT, 0));
        assertEquals(2, flows.create(PORT, rule(RULE)), "one more than the last");
        assertEquals(2, card.rules.size());
        PortException refused =
                assertThrows(PortException.class, () -> flows.create(PORT, rule(RULE.replace("ingress", "egress"))));
        assertEquals("attribute: egress", refused.getMessage());
        assertThrows(PortException.class, () -> flows.validate(PORT, rule(RULE.replace("ingress", "egress"))));
        assertEquals(2, card.rules.size());
        PortException absent = assertThrows(PortException.class, () -> flows.create(new PortId("phy", 7), rule(RULE)));
        assertEquals("Invalid port 7", absent.getMessage());
        flows.destroyAll(PORT);
        assertEquals(List.of(), card.rules);
        assertEquals(0, flows.create(PORT, rule(RULE)));
    }

    @Test
    void shouldKeepRulesForTheNextPrimary() throws Exception {
        flows.create(PORT, rule(RULE));
        flows.create(PORT, rule(RULE));
        flows.destroy(PORT, 0);
        assertEquals(List.of("flow phy:0 1 " + RULE), flows.lines());
        Card other = new Card();
        FlowTable next = table(other);
        List<String> lines = new ArrayList<>(flows.lines());
        lines.add("pipe 0 1 2");
        lines.forEach(next::resume);
        assertEquals(flows.lines(), next.lines());
        assertEquals(1, other.rules.size());
        assertThrows(IllegalArgumentException.class, () -> next.resume("flow phy:0 2 ingress nonsense"));
    }

    @Test
    void shouldShowNumbersAsPeopleWriteThem() throws Exception {
        flows.create(PORT, rule("group 1 " + RULE));
        JsonWriter json = new JsonWriter().object().name("flow").array();
        FlowJson.write(json, flows.of(PORT));
        String zeros = "\"src\":\"00:00:00:00:00:00\",\"type\":\"0x0000\"}";
        assertEquals(
                "{\"flow\":[{\"rule_id\":0,\"attr\":{\"group\":1,\"priority\":0,\"ingress\":1,\"egress\":0,\"transfer\":0},"
                        + "\"patterns\":[{\"type\":\"eth\",\"spec\":{\"dst\":\"10:22:33:44:55:66\"," + zeros
                        + ",\"last\":null,"
                        + "\"mask\":{\"dst\":\"FF:FF:FF:FF:FF:FF\"," + zeros + "},"
                        + "{\"type\":\"vlan\",\"spec\":{\"tci\":\"0x0064\",\"inner_type\":\"0x0000\"},\"last\":null,"
                        + "\"mask\":{\"tci\":\"0x0fff\",\"inner_type\":\"0x0000\"}}],"
                        + "\"actions\":[{\"type\":\"queue\",\"conf\":{\"index\":1}}]}]}",
                json.endArray().endObject().toString());
    }
}

package io.jspp.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.flow.FlowItem.Field;
import io.jspp.flow.FlowItem.Layer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlowRuleTest {
    private static FlowRule parse(String text) throws FlowException {
        return FlowRule.parse(List.of(text.split(" ")));
    }

    @Test
    void shouldReadTheWordsOfSpp() throws FlowException {
        FlowRule rule = parse("group 1 priority 2 ingress pattern eth dst is 10:22:33:44:55:66 type is 0x8100 /"
                + " vlan vid is 100 pcp is 5 / end actions queue index 3 / of_pop_vlan / end");
        assertEquals(1, rule.group());
        assertEquals(2, rule.priority());
        assertTrue(rule.ingress());
        assertFalse(rule.transfer());
        FlowItem eth = rule.patterns().get(0);
        assertEquals(Layer.ETH, eth.layer());
        assertEquals(0x1022_3344_5566L, eth.spec(Field.DST));
        assertEquals(0xffff_ffff_ffffL, eth.mask(Field.DST));
        assertEquals(0, eth.mask(Field.SRC));
        assertEquals(0x8100, eth.spec(Field.TYPE));
        FlowItem vlan = rule.patterns().get(1);
        assertEquals(5 << 13 | 100, vlan.spec(Field.TCI));
        assertEquals(0xefff, vlan.mask(Field.TCI));
        assertEquals(
                List.of(new FlowAction(FlowAction.Kind.QUEUE, 3), new FlowAction(FlowAction.Kind.OF_POP_VLAN, 0)),
                rule.actions());
    }

    @Test
    void shouldReadMasksPrefixesAndRanges() throws FlowException {
        FlowItem eth = parse(
                        "egress transfer pattern eth dst spec 52:54:00:00:00:00 dst prefix 24 src mask 01:00:00:00:00:00"
                                + " type spec 5 type last 9 / end actions jump group 2 / end")
                .patterns()
                .get(0);
        assertEquals(0xffff_ff00_0000L, eth.mask(Field.DST));
        assertEquals(0x0100_0000_0000L, eth.mask(Field.SRC));
        assertEquals(9, eth.last(Field.TYPE));
        assertEquals(0xffff, eth.mask(Field.TYPE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pattern eth / end actions queue index 0 / end | neither ingress nor egress",
                "ingress pattern ipv4 / end actions queue index 0 / end | unknown pattern ipv4",
                "ingress pattern eth ttl is 1 / end actions queue index 0 / end | pattern eth has no field ttl",
                "ingress pattern eth dst is 1 / end actions queue index 0 / end | 1 is not an address",
                "ingress pattern eth dst / end actions queue index 0 / end | field, operator and value expected",
                "ingress pattern vlan vid is 4096 / end actions queue index 0 / end | 4096 is not a number from 0 to 4095",
                "ingress pattern eth / end actions drop / end | unknown action drop",
                "ingress pattern eth / end actions queue / end | action queue wants index and a number",
                "ingress pattern eth / end actions queue index x / end | x is not a number",
                "ingress pattern eth / end actions of_pop_vlan 1 / end | takes no parameter",
                "ingress pattern eth / end actions queue index 0 / | incomplete rule",
                "ingress pattern eth / end actions queue index 0 / end more | unexpected more",
                "ingress pattern / / end actions queue index 0 / end | nothing before a /",
                "ingress group x pattern eth / end actions queue index 0 / end | x is not a number",
                "ingress colour pattern eth / end actions queue index 0 / end | unknown attribute colour",
            })
    void shouldSayWhatIsWrong(String text, String sentence) {
        FlowException wrong = assertThrows(FlowException.class, () -> parse(text));
        assertTrue(wrong.getMessage().contains(sentence), wrong.getMessage());
    }

    @Test
    void shouldReadOrRefuseAnyWords() {
        String[] words =
                ("ingress egress transfer group priority 0 1 65535 0x8100 0xzz -1 99999999999 pattern eth vlan dst src type"
                                + " tci vid pcp is spec last mask prefix 52:54:00:00:00:01 / end actions queue index jump of_pop_vlan")
                        .split(" ");
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            String[] line = new String[1 + random.nextInt(24)];
            for (int at = 0; at < line.length; at++) {
                line[at] = words[random.nextInt(words.length)];
            }
            try {
                assertFalse(FlowRule.parse(List.of(line)).words().isEmpty());
            } catch (FlowException refused) {
                assertFalse(refused.getMessage().isEmpty(), () -> "seed " + seed);
            }
        }
    }
}

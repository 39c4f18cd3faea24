package io.jspp.controller.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.yaml.YamlException;
import java.io.IOException;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateFileTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "primary: {}| 1: the key version is missing",
                "version: 2| 1: version: 2 is not 1",
                "version: 1;secondarys: []| 2: there is no key \"secondarys\" here",
                "version: 1;primary:;  forwarder: {runing: true}| 3: there is no key \"runing\" here",
                "version: 1;primary: {pipes: [{pipe: pipe:0, rx: ring:0}]}| 2: the key tx is missing",
                "version: 1;primary: {pipes: [{pipe: pipe:0, rx: phy:0, tx: ring:1}]}| 2: \"phy:0\" is not ring:NUMBER",
                "version: 1;primary: {flows: {phy:0: [ingress]}}| 2: flow rule: incomplete rule",
                "version: 1;secondaries:;  - {type: xfv, id: 1}| 3: type: \"xfv\" is none of nfv, vf, mirror, pcap",
                "version: 1;secondaries:;  - {type: nfv, id: 1};  - {type: vf, id: 1}| 4: id: 1 is another secondary's",
                "version: 1;secondaries:;  - {type: nfv, id: 1, components: []}| 3: there is no key \"components\"",
                "version: 1;secondaries:;  - type: nfv;    id: 1;    ports: [ring]| 5: \"ring\" is not",
                "version: 1;secondaries:;  - type: nfv;    id: 1;    patches: [phy:0]| 5: \"phy:0\" is not SOURCE -> DEST",
                "version: 1;secondaries:;  - {type: nfv, id: 1, patches: [a:0 -> b:1, a:0 -> b:2]}| 3: a:0 is patched twice",
                "version: 1;secondaries:;  - {type: nfv, id: 1, lcores: 0-3}| 3: lcores: numbers with commas",
                "version: 1;secondaries:;  - {type: vf, id: 1, components: [{name: a, core: 1, type: mirror}]}"
                        + "| 3: type: \"mirror\" is no component of a vf",
                "version: 1;secondaries:;  - {type: vf, id: 1, components: [{name: a b, core: 1, type: merge}]}| 3: \"a b\"",
                "version: 1;secondaries:;  - {type: vf, id: 1, components: [{name: a, core: 1, type: merge, print: true}]}"
                        + "| 3: there is no key \"print\" here",
                "version: 1;secondaries:;  - {type: vf, id: 1, components: [{name: a, core: 1, type: merge, rx: [p:0 tag]}]}"
                        + "| 3: behind a port add_vlantag VID PCP or del_vlantag is expected",
                "version: 1;secondaries:;  - {type: vf, id: 1, components: [{name: a, core: 1, type: merge, rx: [p:0, p:0]}]}"
                        + "| 3: p:0 is rx port of a already",
                "version: 1;secondaries:;  - {type: vf, id: 1, classifier_table: [mac ring:0]}| 3: mac MAC|default PORT",
                "version: 1;secondaries:;  - {type: vf, id: 1, classifier_table: [vlan 5000 default ring:0]}| 3: \"5000\" is not",
                "version: 1;primary: {pipes: [{pipe: pipe:0, rx: ring:0, tx: ring:1}, {pipe: pipe:0, rx: ring:2, tx: ring:3}]}"
                        + "| 2: pipe:0 is there twice",
                "version: 1;secondaries:;  - {type: nfv, id: 1, lcores: \"0,1,1\"}| 3: lcores: 1 is there twice",
                "version: 1;secondaries:;  - type: nfv;    id: 1;    ports: [ring:1, ring:2, ring:01]| 5: ring:1 is there twice",
                "version: 1;secondaries:;  - type: vf;    id: 1;    classifier_table:;      - mac 52:54:00:00:00:0a ring:0;"
                        + "      - mac 52-54-00-00-00-0A ring:0| 7: mac 52:54:00:00:00:0a ring:0 is there twice",
                "version: 1;secondaries:;  - type: vf;    id: 1;    components:;      - name: r;        core: 2;"
                        + "        type: responder;        addresses: [fd00::2, 10.0.0.1, FD00:0::2 2-0-0-0-0-1]"
                        + "| 9: fd00::2 is there twice",
                "version: 1;secondaries:;  - {type: pcap, id: 1}| 3: the key port is missing",
            })
    void shouldRefuseWhatIsWrongWithFileAndLine(String text, String message) {
        YamlException wrong = assertThrows(YamlException.class, () -> StateFile.parse("f", text.replace(';', '\n')));
        assertTrue(wrong.getMessage().startsWith("f:" + message), wrong.getMessage());
    }

    /** However a person spells it. */
    @Test
    void shouldHaveOneSpellingForWhatIsTheSame() throws Exception {
        SwitchState typed = StateFile.parse("f", """
                version: 1
                primary:
                  flows:
                    phy:0:
                      - ingress group 0 pattern eth dst is 52:54:00:AA:0:1 / vlan vid is 100 / end actions queue index 1 / end
                secondaries:
                  - {type: nfv, id: 1, patches: ["phy:1nq0->phy:01"]}
                  - type: vf
                    id: 2
                    components:
                      - {name: r, core: 2, type: responder, rx: [phy:0  nq 1 add_vlantag 007 1], addresses: ["FD00:0::2 2-0-0-0-0-1"]}
                    classifier_table: [mac 52-54-00-12-34-56 ring:0]
                """);
        assertEquals(
                Set.of(
                        "pri: phy:0 flow 1: ingress pattern eth dst is 52:54:00:aa:00:01 /"
                                + " vlan tci spec 0x0064 tci mask 0x0fff / end actions queue index 1 / end",
                        "nfv 1: stopped",
                        "nfv 1: patch phy:1 nq 0 -> phy:1",
                        "vf 2: responder r on lcore 2",
                        "vf 2: r rx phy:0 nq 1 add_vlantag 7 1",
                        "vf 2: r answers for fd00::2 02:00:00:00:00:01",
                        "vf 2: classifier_table mac 52:54:00:12:34:56 ring:0"),
                typed.facts());
    }

    /** A rule as the primary tells it is the one that was typed. */
    @Test
    void shouldKnowARuleFromTheStatus() throws Exception {
        assertEquals(
                FlowWords.canonical(
                        "priority 3 ingress pattern eth dst spec 52:54:00:00:00:01 dst mask ff:ff:ff:00:00:00 /"
                                + " vlan vid is 100 / end actions jump group 2 / end"),
                FlowWords.ofStatus(Json.asObject(Json.parse("""
                        {"rule_id": 4,
                         "attr": {"group": 0, "priority": 3, "ingress": 1, "egress": 0, "transfer": 0},
                         "patterns": [
                          {"type": "eth", "spec": {"dst": "52:54:00:00:00:01", "src": "00:00:00:00:00:00", "type": "0x0000"},
                           "last": null,
                           "mask": {"dst": "FF:FF:FF:00:00:00", "src": "00:00:00:00:00:00", "type": "0x0000"}},
                          {"type": "vlan", "spec": {"tci": "0x0064", "inner_type": "0x0000"}, "last": null,
                           "mask": {"tci": "0x0fff", "inner_type": "0x0000"}}],
                         "actions": [{"type": "jump", "conf": {"group": 2}}]}"""))));
    }

    /** Damaged files are refused with their name, or still are states. */
    @Test
    void shouldSurviveDamagedFiles() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int refused = 0;
        for (int run = 0; run < 1000; run++) {
            StringBuilder text = new StringBuilder(StateWriter.yaml(RandomStates.next(random)));
            for (int change = random.nextInt(3); change >= 0; change--) {
                text.setCharAt(
                        random.nextInt(text.length()),
                        random.nextBoolean() ? (char) random.nextInt(300) : "{}[]:-#&*!\n ".charAt(random.nextInt(12)));
            }
            try {
                StateFile.parse("f", text.toString()).facts();
            } catch (YamlException wrong) {
                refused++;
                assertTrue(wrong.getMessage().startsWith("f"), () -> "seed " + seed + ": " + wrong);
            }
        }
        assertTrue(refused > 200, "seed " + seed + ": only " + refused + " were refused");
    }
}

package io.jspp.controller.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StateDiffTest {
    private static final int PAIRS = 1000;

    /** From nothing to a, from a to b: no line is refused on the way, and b is there at the end. */
    @Test
    void shouldLeadFromAnyStateToAnyOther() {
        long first = System.nanoTime();
        int lines = 0;
        for (long seed = first; seed < first + PAIRS; seed++) {
            Random random = new Random(seed);
            SwitchState a = RandomStates.next(random);
            SwitchState b = RandomStates.next(random);
            ModelSwitch model = new ModelSwitch(a);
            lines += lead(model, a, seed) + lead(model, b, seed);
        }
        assertTrue(lines > 10 * PAIRS, "only " + lines + " lines");
    }

    private static int lead(ModelSwitch model, SwitchState to, long seed) {
        SwitchState from = model.state();
        List<String> lines = StateDiff.between(from, to);
        for (String line : lines) {
            try {
                model.run(line);
            } catch (RuntimeException refused) {
                throw new AssertionError(
                        "seed " + seed + ": " + refused.getMessage() + "\nfrom " + from.facts() + "\nto " + to.facts()
                                + "\nby " + lines,
                        refused);
            }
        }
        assertEquals(to.facts(), model.state().facts(), () -> "seed " + seed + " by " + lines);
        assertEquals(List.of(), StateDiff.between(model.state(), to), () -> "seed " + seed);
        assertUntouched(from, to, lines, seed);
        return lines.size();
    }

    /** Patches that both states have, and that use no pipe which changes, are in no line. */
    private static void assertUntouched(SwitchState from, SwitchState to, List<String> lines, long seed) {
        boolean samePipes = from.primary().pipes().equals(to.primary().pipes());
        to.secondaries().forEach((id, state) -> {
            if (samePipes
                    && state instanceof SecondaryState.Nfv next
                    && from.secondaries().get(id) instanceof SecondaryState.Nfv now) {
                now.panel().patches().forEach((source, destination) -> {
                    if (destination.equals(next.panel().patches().get(source))) {
                        String who = "nfv " + id + "; patch ";
                        assertFalse(
                                lines.contains(who + "del " + source)
                                        || lines.contains(who + source + ' ' + destination),
                                () -> "seed " + seed + ": " + source + " is touched by " + lines);
                    }
                });
            }
        });
    }

    @Test
    void shouldHaveNothingToDoWhenNothingIsToChange() {
        long first = System.nanoTime();
        for (long seed = first; seed < first + 300; seed++) {
            SwitchState state = RandomStates.next(new Random(seed));
            assertEquals(List.of(), StateDiff.between(state, state), "seed " + seed);
        }
    }

    /** What is written is read as the same, as YAML and as JSON. */
    @Test
    void shouldReadWhatItWrites() throws Exception {
        long first = System.nanoTime();
        for (long seed = first; seed < first + 300; seed++) {
            SwitchState state = RandomStates.next(new Random(seed));
            String yaml = StateWriter.yaml(state);
            assertEquals(state.facts(), StateFile.parse("yaml", yaml).facts(), "seed " + seed + "\n" + yaml);
            assertEquals(state, StateFile.parse("json", Json.write(StateWriter.document(state))), "seed " + seed);
        }
    }

    @Test
    void shouldTakeFromOneProcessBeforeItGivesToAnother() throws Exception {
        SwitchState from = StateFile.parse("a", """
                version: 1
                secondaries:
                  - {type: nfv, id: 1, running: true, ports: [ring:0, ring:1], patches: [phy:0 -> ring:0]}
                  - {type: nfv, id: 2, running: true, ports: [ring:0, ring:1], patches: [phy:1 -> ring:1, ring:3 -> phy:1]}
                """);
        SwitchState to = StateFile.parse("b", """
                version: 1
                secondaries:
                  - {type: nfv, id: 1, running: true, ports: [ring:0, ring:1], patches: [phy:0 -> ring:1]}
                  - {type: nfv, id: 2, running: true, ports: [ring:0, ring:1], patches: [phy:1 -> ring:0, ring:3 -> phy:1]}
                """);
        assertEquals(
                List.of(
                        "nfv 1; patch del phy:0",
                        "nfv 2; patch del phy:1",
                        "nfv 1; patch phy:0 ring:1",
                        "nfv 2; patch phy:1 ring:0"),
                StateDiff.between(from, to));
    }

    /** One step, without a moment in which the source goes nowhere. */
    @Test
    void shouldReplaceADestinationThatNobodyElseWants() throws Exception {
        SwitchState from = StateFile.parse(
                "a",
                "version: 1\nsecondaries:\n" + "  - {type: nfv, id: 1, ports: [ring:0], patches: [phy:0 -> ring:0]}\n");
        SwitchState to = StateFile.parse(
                "b",
                "version: 1\nsecondaries:\n" + "  - {type: nfv, id: 1, ports: [ring:1], patches: [phy:0 -> ring:1]}\n");
        assertEquals(
                List.of("nfv 1; add ring:1", "nfv 1; patch phy:0 ring:1", "nfv 1; del ring:0"),
                StateDiff.between(from, to));
    }

    @Test
    void shouldNameWhatIsMissingAndHowToStartIt() throws Exception {
        SwitchState wanted = StateFile.parse("b", """
                version: 1
                primary: {forwarder: {running: true}}
                secondaries:
                  - {type: nfv, id: 1, lcores: "0,5"}
                  - type: vf
                    id: 2
                    components:
                      - {name: f, core: 4, type: forward}
                  - {type: pcap, id: 3, port: phy:1}
                  - {type: mirror, id: 4}
                """);
        TreeMap<Integer, SecondaryState> present = new TreeMap<>(Map.of(
                3, new SecondaryState.Pcap("0,1,2", "phy:0", false),
                4, new SecondaryState.Nfv("0,1", new PanelState(false, new java.util.TreeSet<>(), new TreeMap<>()))));
        assertEquals(
                List.of(
                        "the primary has no forwarder: start it with two lcores or more, as in -l 0,1",
                        "nfv 1 is not running: ./spp nfv -l 0,5 -- --client-id 1 -s 127.0.0.1:6666,"
                                + " or in the shell: pri; launch nfv 1 -l 0,5 -- --client-id 1 -s 127.0.0.1:6666",
                        "vf 2 is not running: ./spp vf -l 0,4 -- --client-id 2 -s 127.0.0.1:6666,"
                                + " or in the shell: pri; launch vf 2 -l 0,4 -- --client-id 2 -s 127.0.0.1:6666",
                        "pcap 3 was started for phy:0, not for phy:1: end it, then ./spp pcap -l 0,1,2 -- --client-id 3"
                                + " -s 127.0.0.1:6666 -c phy:1, or in the shell: pri; launch pcap 3 -l 0,1,2 -- --client-id 3"
                                + " -s 127.0.0.1:6666 -c phy:1",
                        "mirror 4 is not running, client id 4 is a nfv's: end that first, or choose another id"),
                StateProblems.between(
                        new SwitchState(new PrimaryState(null, new TreeMap<>(), new TreeMap<>()), present), wanted));
    }
}

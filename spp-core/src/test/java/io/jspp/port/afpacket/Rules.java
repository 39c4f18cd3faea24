package io.jspp.port.afpacket;

import io.jspp.flow.FlowException;
import io.jspp.flow.FlowRule;
import java.util.ArrayList;
import java.util.List;

/** Flow rules from their words, for tests. */
final class Rules {
    private Rules() {}

    static List<FlowRule> of(String... texts) {
        List<FlowRule> rules = new ArrayList<>();
        for (String text : texts) {
            try {
                rules.add(FlowRule.parse(List.of(text.split(" "))));
            } catch (FlowException e) {
                throw new IllegalArgumentException(text, e);
            }
        }
        return rules;
    }
}

package io.jspp.flow;

import java.util.Arrays;
import java.util.List;

/**
 * What happens to frames that match.
 *
 * @param value its parameter, 0 when it has none
 */
public record FlowAction(Kind kind, int value) {
    /** Kinds with their word, the word and the largest value of their parameter. */
    public enum Kind {
        JUMP("jump", "group", 0xffff),
        QUEUE("queue", "index", 0xffff),
        OF_POP_VLAN("of_pop_vlan", "", 0),
        OF_PUSH_VLAN("of_push_vlan", "ethertype", 0xffff),
        OF_SET_VLAN_VID("of_set_vlan_vid", "vlan_vid", 0xfff),
        OF_SET_VLAN_PCP("of_set_vlan_pcp", "vlan_pcp", 7);

        private final String word;
        private final String parameter;
        private final int most;

        Kind(String word, String parameter, int most) {
            this.word = word;
            this.parameter = parameter;
            this.most = most;
        }

        public String word() {
            return word;
        }

        /** Word of its parameter, empty when it has none. */
        public String parameter() {
            return parameter;
        }
    }

    static FlowAction parse(List<String> words) throws FlowException {
        Kind kind = Arrays.stream(Kind.values())
                .filter(k -> k.word.equals(words.get(0)))
                .findFirst()
                .orElseThrow(() -> new FlowException("unknown action " + words.get(0)));
        if (kind.parameter.isEmpty()) {
            if (words.size() != 1) {
                throw new FlowException("action " + kind.word + " takes no parameter");
            }
            return new FlowAction(kind, 0);
        }
        if (words.size() != 3 || !words.get(1).equals(kind.parameter)) {
            throw new FlowException("action " + kind.word + " wants " + kind.parameter + " and a number");
        }
        return new FlowAction(kind, (int) FlowRule.number(words.get(2), kind.most));
    }
}

package io.jspp.port.afpacket;

import io.jspp.flow.FlowAction;
import io.jspp.flow.FlowAction.Kind;
import io.jspp.flow.FlowItem;
import io.jspp.flow.FlowItem.Field;
import io.jspp.flow.FlowItem.Layer;
import io.jspp.flow.FlowRule;
import io.jspp.port.PortException;
import java.util.List;

/** Which flow rules a packet socket can follow: by its filter, and where tags change by its user, {@link FlowEdits}. */
final class FlowCheck {
    private static final String NEEDS_FLOW = " needs flow=1 (--vdev net_af_packet…,flow=1 of the primary)";

    private FlowCheck() {}

    /**
     * Checks rules one by one.
     *
     * @param queues of the port
     * @param edits whether its users can change tags
     * @throws PortException which part can't be followed, in SPP's words for it
     */
    static void check(List<FlowRule> rules, int queues, boolean edits) {
        for (FlowRule rule : rules) {
            if (rule.transfer()) {
                throw new PortException("attribute: transfer is not followed here");
            }
            if (!rule.ingress() && !edits) {
                throw new PortException("attribute: egress" + NEEDS_FLOW);
            }
            checkPatterns(rule);
            checkActions(rule, queues);
            if (TagEdit.of(rule) != TagEdit.NONE && !edits) {
                throw new PortException("action: changing tags" + NEEDS_FLOW);
            }
        }
        for (boolean ingress : new boolean[] {true, false}) {
            if (rules.stream().filter(rule -> rule.ingress() == ingress).count() > FlowEdits.MAX_RULES) {
                throw new PortException("no more flow rules: a port has at most " + FlowEdits.MAX_RULES + " of "
                        + (ingress ? "ingress" : "egress"));
            }
        }
    }

    private static void checkPatterns(FlowRule rule) {
        boolean ethFirst = !rule.patterns().isEmpty() && rule.patterns().get(0).layer() == Layer.ETH;
        boolean vlanSecond = rule.patterns().size() == 1
                || rule.patterns().size() == 2 && rule.patterns().get(1).layer() == Layer.VLAN;
        if (!ethFirst || !vlanSecond) {
            throw new PortException("pattern: eth, or eth and then vlan, is followed here");
        }
        for (FlowItem item : rule.patterns()) {
            for (Field field : item.layer().fields()) {
                if (item.hasLast() && item.last(field) != 0 && item.last(field) != item.spec(field)) {
                    throw new PortException("pattern: ranges (last) are not followed here, masks are");
                }
            }
        }
    }

    private static void checkActions(FlowRule rule, int queues) {
        List<FlowAction> jumps = ofKind(rule, Kind.JUMP);
        List<FlowAction> taken = ofKind(rule, Kind.QUEUE);
        if (!jumps.isEmpty()) {
            if (rule.actions().size() != 1) {
                throw new PortException("action: jump is followed alone here");
            }
            if (jumps.get(0).value() <= rule.group()) {
                throw new PortException("action: jump from group " + rule.group() + " to "
                        + jumps.get(0).value() + ": only to higher groups");
            }
            return;
        }
        if (rule.ingress() && taken.size() != 1) {
            throw new PortException("action: an ingress rule has one queue, or one jump, here");
        }
        if (!rule.ingress() && (!taken.isEmpty() || rule.actions().isEmpty())) {
            throw new PortException("action: an egress rule changes tags or jumps, it chooses no queue");
        }
        for (FlowAction queue : taken) {
            if (queue.value() >= queues) {
                throw new PortException("action: no queue " + queue.value() + ", the port has " + queues
                        + " (--port-num of the primary)");
            }
        }
    }

    private static List<FlowAction> ofKind(FlowRule rule, Kind kind) {
        return rule.actions().stream().filter(action -> action.kind() == kind).toList();
    }
}

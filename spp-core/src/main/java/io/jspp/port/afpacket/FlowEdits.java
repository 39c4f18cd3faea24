package io.jspp.port.afpacket;

import io.jspp.flow.FlowAction;
import io.jspp.flow.FlowItem;
import io.jspp.flow.FlowItem.Field;
import io.jspp.flow.FlowRule;
import io.jspp.linux.FileDescriptor;
import io.jspp.memory.Memory;
import io.jspp.memory.SharedSegment;
import java.util.Comparator;
import java.util.List;

/**
 * What flow rules do to the tags of frames, in memory that the primary writes and the workers of a port's queues read: a socket filter chooses frames
 * and changes none. The primary's control thread; readers are {@link FlowEditor}s.
 *
 * <pre>
 *    0  version    odd while it is written
 *    8  ingress    number of rules
 *   16  egress     number of rules
 *   64  rule i, first those of ingress, each by group and priority:
 *        0 destination   8 its mask   16 source   24 its mask     48 bits each
 *       32 type      36 inner type    40 tci                      each 16 bits of mask, 16 bits of value
 *       44 flags     1 tagged frames only, 2 jumps
 *       48 group     52 group to jump to
 *       56 edit, see {@link TagEdit}
 * </pre>
 */
final class FlowEdits implements AutoCloseable {
    static final int VERSION = 0;
    static final int INGRESS = 8;
    static final int EGRESS = 16;
    static final int RULES = 64;
    static final int RULE_BYTES = 64;

    static final int DESTINATION = 0;
    static final int DESTINATION_MASK = 8;
    static final int SOURCE = 16;
    static final int SOURCE_MASK = 24;
    static final int TYPE = 32;
    static final int INNER_TYPE = 36;
    static final int TCI = 40;
    static final int FLAGS = 44;
    static final int GROUP = 48;
    static final int TARGET = 52;
    static final int EDIT = 56;

    static final int TAGGED_ONLY = 1;
    static final int JUMPS = 2;

    /** More than a socket filter has room for; as many again may be of egress. */
    static final int MAX_RULES = 1000;

    /** Name and version of the layout above. */
    static final int LAYOUT_HASH = 0x464c_5731;

    static final long BYTES = RULES + 2L * MAX_RULES * RULE_BYTES;

    private final SharedSegment segment;
    private final long base;

    /** Makes one without rules. */
    FlowEdits(String name) {
        segment = SharedSegment.create(name, LAYOUT_HASH, new long[0], new long[] {BYTES}, false);
        segment.publish();
        base = segment.sectionAddress(0);
    }

    /** What a claimant maps; stays owned. */
    FileDescriptor fd() {
        return segment.fd();
    }

    /** Replaces all rules; they were checked. */
    void write(List<FlowRule> rules) {
        long version = Memory.getLong(base + VERSION);
        Memory.putLong(base + VERSION, version + 1);
        // A reader that sees one of the following stores sees the odd number when it looks again.
        Memory.fullFence();
        List<FlowRule> ingress = sorted(rules, true);
        List<FlowRule> egress = sorted(rules, false);
        Memory.putLong(base + INGRESS, ingress.size());
        Memory.putLong(base + EGRESS, egress.size());
        long at = base + RULES;
        for (FlowRule rule : ingress) {
            write(at, rule);
            at += RULE_BYTES;
        }
        for (FlowRule rule : egress) {
            write(at, rule);
            at += RULE_BYTES;
        }
        // release: pairs with the reader's acquire; who sees the even number sees all rules
        Memory.putLongRelease(base + VERSION, version + 2);
    }

    private static List<FlowRule> sorted(List<FlowRule> rules, boolean ingress) {
        return rules.stream()
                .filter(rule -> rule.ingress() == ingress)
                .sorted(Comparator.comparingInt(FlowRule::group).thenComparingInt(FlowRule::priority))
                .toList();
    }

    private static void write(long at, FlowRule rule) {
        FlowItem eth = rule.patterns().get(0);
        FlowItem vlan = rule.patterns().size() > 1 ? rule.patterns().get(1) : null;
        Memory.putLong(at + DESTINATION, eth.spec(Field.DST) & eth.mask(Field.DST));
        Memory.putLong(at + DESTINATION_MASK, eth.mask(Field.DST));
        Memory.putLong(at + SOURCE, eth.spec(Field.SRC) & eth.mask(Field.SRC));
        Memory.putLong(at + SOURCE_MASK, eth.mask(Field.SRC));
        Memory.putInt(at + TYPE, masked(eth, Field.TYPE));
        Memory.putInt(at + INNER_TYPE, vlan == null ? 0 : masked(vlan, Field.INNER_TYPE));
        Memory.putInt(at + TCI, vlan == null ? 0 : masked(vlan, Field.TCI));
        FlowAction first = rule.actions().get(0);
        boolean jumps = first.kind() == FlowAction.Kind.JUMP;
        Memory.putInt(at + FLAGS, (vlan == null ? 0 : TAGGED_ONLY) | (jumps ? JUMPS : 0));
        Memory.putInt(at + GROUP, rule.group());
        Memory.putInt(at + TARGET, jumps ? first.value() : 0);
        Memory.putInt(at + EDIT, TagEdit.of(rule));
    }

    private static int masked(FlowItem item, Field field) {
        return (int) (item.mask(field) << 16 | item.spec(field) & item.mask(field));
    }

    @Override
    public void close() {
        segment.close();
    }
}

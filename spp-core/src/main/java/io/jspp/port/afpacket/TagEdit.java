package io.jspp.port.afpacket;

import io.jspp.flow.FlowAction;
import io.jspp.flow.FlowRule;
import io.jspp.net.VlanTag;
import io.jspp.port.PortException;

/**
 * What the actions {@code of_pop_vlan}, {@code of_push_vlan}, {@code of_set_vlan_vid} and {@code of_set_vlan_pcp} of a rule do together to a frame's outer
 * tag, in one word: a pop, then a push, then what is set.
 *
 * <pre>
 *   0 pop │ 1 push │ 2 set VID │ 3 set PCP │ 4..15 VID │ 16..18 PCP
 * </pre>
 */
final class TagEdit {
    static final int NONE = 0;
    private static final int POP = 1;
    private static final int PUSH = 2;
    private static final int SET_VID = 4;
    private static final int SET_PCP = 8;
    private static final int VID_SHIFT = 4;
    private static final int PCP_SHIFT = 16;

    private TagEdit() {}

    /**
     * The word of a rule's actions.
     *
     * @throws PortException when they can't be followed in their order
     */
    static int of(FlowRule rule) {
        int edit = NONE;
        for (FlowAction action : rule.actions()) {
            edit = switch (action.kind()) {
                case OF_POP_VLAN -> pop(edit);
                case OF_PUSH_VLAN -> push(edit, action.value());
                case OF_SET_VLAN_VID -> set(edit, SET_VID, 0xfff << VID_SHIFT, action.value() << VID_SHIFT);
                case OF_SET_VLAN_PCP -> set(edit, SET_PCP, 7 << PCP_SHIFT, action.value() << PCP_SHIFT);
                case QUEUE, JUMP -> edit;
            };
        }
        return edit;
    }

    private static int pop(int edit) {
        if (edit != NONE) {
            throw new PortException("action: of_pop_vlan comes first here, one tag is removed at most");
        }
        return POP;
    }

    private static int push(int edit, int type) {
        if ((edit & ~POP) != 0) {
            throw new PortException(
                    "action: of_push_vlan comes before of_set_vlan_vid and of_set_vlan_pcp here, one tag is added at most");
        }
        if (type != VlanTag.TPID_8021Q) {
            throw new PortException("action: of_push_vlan ethertype 0x8100 is the only one followed here");
        }
        return edit | PUSH;
    }

    private static int set(int edit, int what, int bits, int value) {
        if ((edit & (POP | PUSH)) == POP) {
            throw new PortException("action: after of_pop_vlan there is no tag to set: of_push_vlan adds one");
        }
        return edit & ~bits | what | value;
    }

    /** Whether the outer tag is a new one. */
    static boolean pushes(int edit) {
        return (edit & PUSH) != 0;
    }

    /** Whether a frame has an outer tag afterwards. */
    static boolean leavesTag(int edit, boolean tagged) {
        return (edit & PUSH) != 0 || tagged && (edit & POP) == 0;
    }

    /** Whether the tag that the frame has stays, and a new one comes before it. */
    static boolean stacks(int edit, boolean tagged) {
        return tagged && (edit & (POP | PUSH)) == PUSH;
    }

    /** The tag a frame has afterwards, whose tag was {@code tci} before; only when {@link #leavesTag}. */
    static int tci(int edit, int tci) {
        int result = (edit & PUSH) != 0 ? 0 : tci;
        if ((edit & SET_VID) != 0) {
            result = result & ~0xfff | edit >>> VID_SHIFT & 0xfff;
        }
        return (edit & SET_PCP) != 0 ? result & 0x1fff | (edit >>> PCP_SHIFT & 7) << 13 : result;
    }
}

package io.jspp.port.afpacket;

import io.jspp.mbuf.Burst;
import io.jspp.mbuf.HeaderValues;
import io.jspp.memory.NativeMemory;
import io.jspp.net.VlanOperation;
import io.jspp.net.VlanTag;

/** Does to a frame's tag what the flow rules of egress want, without touching the source's memory. Used by one worker; allocates nothing later. */
final class EgressTags implements AutoCloseable {
    private final FlowEditor editor;
    private final HeaderValues header = new HeaderValues();
    private final NativeMemory slot = NativeMemory.allocate(HeaderValues.SLOT);
    private final Burst edited = new Burst(1);

    /** @param editor of egress, the caller's */
    EgressTags(FlowEditor editor) {
        this.editor = editor;
    }

    /**
     * Makes {@link #edited} of packet {@code i}, which has an Ethernet header.
     *
     * @return false when its offload facts don't survive the change
     */
    boolean edit(Burst burst, int i) {
        edited.clear();
        header.read(burst, i);
        boolean tagged = header.vid() != HeaderValues.UNTAGGED;
        int tci = tagged ? header.tci() : 0;
        int type = header.etherType();
        int outerType = tagged ? VlanTag.TPID_8021Q : type;
        int edit = editor.find(header.destination(), header.source(), outerType, tagged, type, tci);
        if (TagEdit.stacks(edit, tagged)) {
            header.pushTag(TagEdit.tci(edit, tci));
        } else if (TagEdit.leavesTag(edit, tagged)) {
            header.setTag(TagEdit.tci(edit, tci));
        } else {
            header.apply(VlanOperation.DEL);
        }
        return header.appendTo(edited, slot.address(), VlanOperation.NONE, burst, i, false);
    }

    /** A burst of one packet, which stays valid as long as its source. */
    Burst edited() {
        return edited;
    }

    @Override
    public void close() {
        header.close();
        slot.close();
    }
}

package io.jspp.port.ring;

import io.jspp.port.Attachment;
import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortType;

/** {@code ring:N} for N below the primary's {@code -n}. */
public final class RingPortType implements PortType {
    static final String NAME = "ring";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String sentence() {
        return "ring in shared memory, to another process of the same primary";
    }

    @Override
    public boolean addable() {
        return true;
    }

    @Override
    public Port open(PortId id, PortContext context) {
        Attachment attachment = context.attachment();
        if (attachment == null) {
            throw new PortException("add " + id + ": this process is not attached to a primary, which has the rings");
        }
        int rings = attachment.segment().geometry().rings();
        if (id.index() >= rings) {
            throw new PortException("add " + id + ": the primary made " + rings + " rings, "
                    + (rings == 0 ? "none" : "ring:0 to ring:" + (rings - 1)) + " (its option -n)");
        }
        return new RingPort(id, context);
    }
}

package io.jspp.port.ring;

import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortType;

/** {@code pipe:N}: two rings that the primary joined to one port. */
public final class PipePortType implements PortType {
    @Override
    public String name() {
        return "pipe";
    }

    @Override
    public String sentence() {
        return "two rings joined by the primary: one to receive from, one to send to";
    }

    @Override
    public boolean addable() {
        return false;
    }

    @Override
    public Port open(PortId id, PortContext context) {
        if (context.attachment() == null) {
            throw new PortException(id + ": this process is not attached to a primary, which has the pipes");
        }
        return new PipePort(id, context);
    }
}

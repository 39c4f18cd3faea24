package io.jspp.port.tap;

import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortId;
import io.jspp.port.PortType;

/** {@code tap:N}: the tap interface the primary made for {@code --vdev net_tapN}. */
public final class TapPortType implements PortType {
    static final String NAME = "tap";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String sentence() {
        return "tap interface of the primary: the host's own stack is the peer";
    }

    @Override
    public boolean addable() {
        return false;
    }

    @Override
    public Port open(PortId id, PortContext context) {
        return new TapPort(id, context);
    }
}

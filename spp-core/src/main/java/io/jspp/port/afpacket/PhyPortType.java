package io.jspp.port.afpacket;

import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortId;
import io.jspp.port.PortType;

/** {@code phy:N}: the N-th interface the primary was given by {@code --vdev net_af_packet…}. */
public final class PhyPortType implements PortType {
    static final String NAME = "phy";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String sentence() {
        return "network interface of the primary, through packet sockets";
    }

    @Override
    public boolean addable() {
        return false;
    }

    @Override
    public Port open(PortId id, PortContext context) {
        return new PhyPort(id, context);
    }
}

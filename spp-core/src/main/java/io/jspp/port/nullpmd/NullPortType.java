package io.jspp.port.nullpmd;

import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortId;
import io.jspp.port.PortType;

/** {@code nullpmd:N}: an endless source of frames and a sink, for measuring and for trying patches out. */
public final class NullPortType implements PortType {
    static final String NAME = "nullpmd";
    static final int DEFAULT_SIZE = 64;
    static final int MIN_SIZE = 14;
    static final int MAX_SIZE = 9018;
    static final int MAX_QUEUES = 16;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String sentence() {
        return "endless source of 64-byte frames, and a sink";
    }

    @Override
    public boolean addable() {
        return true;
    }

    @Override
    public Port open(PortId id, PortContext context) {
        return new NullPort(id, context);
    }
}

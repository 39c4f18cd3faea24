package io.jspp.port.vhost;

import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortId;
import io.jspp.port.PortType;
import io.jspp.vhostuser.SessionLoop;

/** {@code vhost:N}: a guest on the vhost-user socket {@code sock<N>}. All ports share one session thread, which lives as long as the last of them. */
public final class VhostPortType implements PortType {

    static final String NAME = "vhost";

    private SessionLoop loop;
    private int users;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String sentence() {
        return "network card of a guest, through a vhost-user socket";
    }

    @Override
    public boolean addable() {
        return true;
    }

    @Override
    public Port open(PortId id, PortContext context) {
        return serve(id, VhostSettings.added(id, context), LiveRings.none(), context);
    }

    @Override
    public Port openDevice(PortId id, PortContext context) {
        return new VhostDevicePort(id, context, this);
    }

    /** Begins to listen or to connect. */
    synchronized VhostPort serve(PortId id, VhostSettings settings, LiveRings live, PortContext context) {
        if (users == 0) {
            loop = new SessionLoop();
        }
        users++;
        try {
            return new VhostPort(id, settings, live, context, loop, this::portClosed);
        } catch (RuntimeException e) {
            portClosed();
            throw e;
        }
    }

    private synchronized void portClosed() {
        users--;
        if (users == 0) {
            loop.close();
            loop = null;
        }
    }
}

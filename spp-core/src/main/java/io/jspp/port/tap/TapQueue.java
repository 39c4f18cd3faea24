package io.jspp.port.tap;

import io.jspp.counters.QueueCounters;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.NetDevice;
import io.jspp.port.InterfaceLink;
import io.jspp.port.LinkMonitor;
import io.jspp.port.PortState;
import io.jspp.state.Cause;

/** What both directions of a tap queue have: its descriptor, a socket to ask about the interface, counters, the claim. */
record TapQueue(
        FileDescriptor queue,
        FileDescriptor query,
        InterfaceLink link,
        QueueCounters counters,
        TapPort port,
        Runnable endClaim)
        implements LinkMonitor.Watched {

    @Override
    public void check() {
        link.check();
    }

    /** The interface may live in another network namespace, where only its queues reach it. */
    PortState state() {
        PortState seen = link.state();
        if (seen.phase() == PortState.Phase.UP || link.exists()) {
            return seen;
        }
        String name = NetDevice.tapName(queue.value());
        return name == null ? seen : PortState.upBut(Cause.INTERFACE_ELSEWHERE, name);
    }

    void close() {
        port.closing(this);
        queue.close();
        query.close();
        counters.close();
        endClaim.run();
    }
}

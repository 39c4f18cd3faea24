package io.jspp.port.tap;

import io.jspp.counters.QueueCounters;
import io.jspp.linux.FileDescriptor;
import io.jspp.port.InterfaceLink;
import io.jspp.port.LinkMonitor;

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

    void close() {
        port.closing(this);
        queue.close();
        query.close();
        counters.close();
        endClaim.run();
    }
}

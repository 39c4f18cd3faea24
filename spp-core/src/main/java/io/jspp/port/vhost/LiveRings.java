package io.jspp.port.vhost;

import io.jspp.port.LiveQueues;

/** Which queues of a port have a running ring behind them, by direction. */
record LiveRings(LiveQueues rx, LiveQueues tx) {
    /** With none running. */
    static LiveRings none() {
        return new LiveRings(new LiveQueues(), new LiveQueues());
    }
}

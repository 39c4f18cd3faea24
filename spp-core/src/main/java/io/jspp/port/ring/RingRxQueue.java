package io.jspp.port.ring;

import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.mbuf.Burst;
import io.jspp.mbuf.RingReceiver;
import io.jspp.port.RxQueue;

/** Reads a ring: hands out the producer's mbufs by reference and sends them home through the ring's return ring. */
final class RingRxQueue implements RxQueue {
    private final RingReceiver receiver;
    private final FileDescriptor eventfd;
    private final int wakeFd;
    private final QueueCounters counters;
    private final Runnable release;
    private long malformed;

    /** Owns the eventfd and the counters. */
    RingRxQueue(RingReceiver receiver, FileDescriptor eventfd, QueueCounters counters, Runnable release) {
        this.receiver = receiver;
        this.eventfd = eventfd;
        this.wakeFd = eventfd.value();
        this.counters = counters;
        this.release = release;
    }

    @Override
    public int rxBurst(Burst burst) {
        int n = receiver.receive(burst);
        if (n > 0) {
            counters.passed(n, receiver.bytes());
        }
        long seen = receiver.malformed();
        if (seen != malformed) {
            counters.dropped(DropReason.MALFORMED_HEADER, (int) (seen - malformed));
            malformed = seen;
            if (n == 0) {
                // Everything taken was left out: the caller has nothing to release.
                receiver.release();
            }
        }
        return n;
    }

    @Override
    public void release(Burst burst) {
        receiver.release();
    }

    @Override
    public boolean arm() {
        return receiver.arm();
    }

    @Override
    public void disarm() {
        receiver.disarm();
        Linux.eventfdRead(wakeFd);
    }

    @Override
    public int wakeFd() {
        return wakeFd;
    }

    @Override
    public QueueCounters counters() {
        return counters;
    }

    @Override
    public void close() {
        receiver.release();
        eventfd.close();
        counters.close();
        release.run();
    }
}

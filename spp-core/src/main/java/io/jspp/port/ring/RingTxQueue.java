package io.jspp.port.ring;

import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.mbuf.Burst;
import io.jspp.mbuf.RingSender;
import io.jspp.port.TxQueue;

/**
 * Writes a ring: copies packets into mbufs leased with the claim, or passes on mbufs that came from another ring. A full ring drops, as
 * SPP's does.
 */
final class RingTxQueue implements TxQueue {
    private final RingSender sender;
    private final FileDescriptor eventfd;
    private final int wakeFd;
    private final QueueCounters counters;
    private final Runnable release;
    private boolean published;

    /** Owns the eventfd and the counters. */
    RingTxQueue(RingSender sender, FileDescriptor eventfd, QueueCounters counters, Runnable release) {
        this.sender = sender;
        this.eventfd = eventfd;
        this.wakeFd = eventfd.value();
        this.counters = counters;
        this.release = release;
    }

    @Override
    public int txBurst(Burst burst) {
        int sent = sender.send(burst);
        if (sent > 0) {
            published = true;
            counters.passed(sent, sender.bytes());
        }
        if (sent < burst.packets) {
            countDrops();
        }
        return sent;
    }

    private void countDrops() {
        drop(DropReason.FULL, sender.full());
        drop(DropReason.NO_MBUF, sender.noMbuf());
        drop(DropReason.TOO_BIG, sender.tooBig());
    }

    private void drop(DropReason reason, int packets) {
        if (packets > 0) {
            counters.dropped(reason, packets);
        }
    }

    @Override
    public boolean congested() {
        return sender.room(Burst.DEFAULT_CAPACITY) < Burst.DEFAULT_CAPACITY;
    }

    @Override
    public void flush() {
        if (published) {
            published = false;
            if (sender.mustWake()) {
                Linux.eventfdWrite(wakeFd);
            }
        }
    }

    @Override
    public QueueCounters counters() {
        return counters;
    }

    @Override
    public void close() {
        flush();
        eventfd.close();
        counters.close();
        release.run();
    }
}

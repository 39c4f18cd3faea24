package io.jspp.patch;

import io.jspp.mbuf.Burst;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.worker.Component;

/**
 * One patch: everything from one source queue goes to one destination queue, in order, by one copy. The queues belong to whoever
 * made the patch; several patches of one worker may share the destination.
 */
final class PatchComponent implements Component {
    /** Bursts per poll, so that a busy source does not starve its neighbours. */
    static final int MAX_BURSTS = 4;

    private final String name;
    private final RxQueue rx;
    private final TxQueue tx;
    private final Burst burst;
    private final int[] wakeFds;

    /** @param name {@code phy:0->vhost:1} */
    PatchComponent(String name, RxQueue rx, TxQueue tx, int burstCapacity) {
        this.name = name;
        this.rx = rx;
        this.tx = tx;
        burst = new Burst(burstCapacity);
        int fd = rx.wakeFd();
        wakeFds = new int[] {fd < 0 ? POLL_BY_TIMER : fd};
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int poll(long nowNs) {
        Burst b = burst;
        int moved = 0;
        boolean congested = false;
        for (int i = 0; i < MAX_BURSTS && !congested; i++) {
            int n = rx.rxBurst(b);
            if (n == 0) {
                break;
            }
            congested = tx.txBurst(b) < n || tx.congested();
            rx.release(b);
            b.clear();
            moved += n;
        }
        if (moved != 0) {
            tx.flush();
        }
        if (congested) {
            // A receiver that shares our CPU can't make room while we run. Costs less than a microsecond when nobody
            // waits.
            Thread.yield();
        }
        return moved;
    }

    @Override
    public boolean arm() {
        return rx.arm();
    }

    @Override
    public void disarm() {
        rx.disarm();
    }

    @Override
    public int[] wakeFds() {
        return wakeFds.clone();
    }

    @Override
    public void recover() {
        // Each step may fault again, but nothing borrowed may be kept: its memory goes at the next quiescent point.
        try {
            rx.checkMemory();
            tx.checkMemory();
        } finally {
            try {
                rx.release(burst);
            } finally {
                burst.clear();
            }
        }
    }

    @Override
    public String toString() {
        return name;
    }
}

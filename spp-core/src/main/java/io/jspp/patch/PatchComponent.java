package io.jspp.patch;

import io.jspp.mbuf.Burst;
import io.jspp.port.LiveQueues;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.port.WakeSet;
import io.jspp.worker.Component;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * What one worker does for one patch: everything from its source queues goes to its {@link Share} of the destination, in order within a flow, by
 * one copy. Source queues that are not live cost nothing. The queues belong to whoever made the patch.
 *
 * <p>Made and closed by the control thread, polled by one worker; the share is given by whoever divides the destination.
 */
final class PatchComponent implements Component, AutoCloseable {
    /** Bursts per poll, so that a busy source does not starve its neighbours. */
    static final int MAX_BURSTS = 4;

    private final String name;
    private final LiveQueues live;
    private final long mine;
    private final RxQueue[] byNumber = new RxQueue[Destination.MAX_QUEUES];
    private final RxQueue[] rx;
    private final int worker;
    private final int lockId;
    private final Burst burst;
    private final FlowSplitter splitter;
    private final WakeSet wakeSet;
    private final int[] wakeFds;

    private volatile Share share = Share.NONE;

    /** Worker: the share in use, null between polls. */
    private Share held;

    /**
     * @param name {@code phy:0 -> vhost:1}
     * @param live of the source port
     * @param queues its queues that this component polls, by number below {@link Destination#MAX_QUEUES}
     * @param worker index of the worker that will poll
     */
    PatchComponent(String name, LiveQueues live, SortedMap<Integer, RxQueue> queues, int worker, int burstCapacity) {
        this.name = name;
        this.live = live;
        this.worker = worker;
        lockId = worker + 1;
        burst = new Burst(burstCapacity);
        splitter = new FlowSplitter(burstCapacity);
        rx = queues.values().toArray(new RxQueue[0]);
        long bits = 0;
        for (int number : queues.keySet()) {
            bits |= 1L << number;
            byNumber[number] = queues.get(number);
        }
        mine = bits;
        List<Integer> fds = new ArrayList<>();
        WakeSet set = new WakeSet();
        boolean used = false;
        try {
            for (RxQueue queue : rx) {
                if (queue.wake(set)) {
                    used = true;
                } else {
                    int fd = queue.wakeFd();
                    fds.add(fd < 0 ? POLL_BY_TIMER : fd);
                }
            }
        } catch (RuntimeException e) {
            leave(set);
            splitter.close();
            throw e;
        }
        if (used) {
            fds.add(set.fd());
            wakeSet = set;
        } else {
            set.close();
            wakeSet = null;
        }
        wakeFds = fds.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public String name() {
        return name;
    }

    int worker() {
        return worker;
    }

    /** Whether packets may come; any thread. */
    boolean hasLiveSource() {
        return (live.bits() & mine) != 0;
    }

    LiveQueues live() {
        return live;
    }

    Share share() {
        return share;
    }

    /** From the next poll on; {@link Destination} knows when that is. */
    void share(Share next) {
        share = next;
    }

    @Override
    public int poll(long nowNs) {
        long sources = live.bits() & mine;
        Share s = share;
        if (sources == 0 || s == Share.NONE) {
            return 0;
        }
        held = s;
        if (s.isShared() && !s.lock(lockId)) {
            held = null;
            return 0;
        }
        boolean one = (sources & sources - 1) == 0;
        int bursts = one ? MAX_BURSTS : Math.max(1, MAX_BURSTS / Long.bitCount(sources));
        int moved = 0;
        boolean congested = false;
        do {
            RxQueue source = byNumber[Long.numberOfTrailingZeros(sources)];
            int n = s.queues.length == 1 ? pass(source, s.queues[0], bursts) : split(source, s, bursts);
            congested |= n < 0;
            moved += n & Integer.MAX_VALUE;
            sources &= sources - 1;
        } while (sources != 0);
        if (moved != 0) {
            if (s.queues.length == 1) {
                s.queues[0].flush();
            } else {
                splitter.flush(s);
            }
        }
        if (s.isShared()) {
            s.unlock(lockId);
        }
        held = null;
        if (congested) {
            // A receiver that shares our CPU can't make room while we run. Costs less than a microsecond when nobody
            // waits.
            Thread.yield();
        }
        return moved;
    }

    /** Packets moved; with the sign bit when the receiver has no room for more. */
    private int pass(RxQueue source, TxQueue tx, int bursts) {
        Burst b = burst;
        int moved = 0;
        for (int i = 0; i < bursts; i++) {
            int n = source.rxBurst(b);
            if (n == 0) {
                break;
            }
            boolean congested = tx.txBurst(b) < n || tx.congested();
            source.release(b);
            b.clear();
            moved += n;
            if (congested) {
                return moved | Integer.MIN_VALUE;
            }
        }
        return moved;
    }

    /** As {@link #pass}, to several queues by flow. */
    private int split(RxQueue source, Share s, int bursts) {
        Burst b = burst;
        int moved = 0;
        for (int i = 0; i < bursts; i++) {
            int n = source.rxBurst(b);
            if (n == 0) {
                break;
            }
            boolean congested = splitter.send(b, s);
            source.release(b);
            b.clear();
            moved += n;
            if (congested) {
                return moved | Integer.MIN_VALUE;
            }
        }
        return moved;
    }

    @Override
    public boolean arm() {
        boolean work = false;
        for (long left = live.bits() & mine; left != 0; left &= left - 1) {
            work |= byNumber[Long.numberOfTrailingZeros(left)].arm();
        }
        return work;
    }

    @Override
    public void disarm() {
        for (long left = live.bits() & mine; left != 0; left &= left - 1) {
            byNumber[Long.numberOfTrailingZeros(left)].disarm();
        }
        if (wakeSet != null) {
            wakeSet.drain();
        }
    }

    @Override
    public int[] wakeFds() {
        return wakeFds.clone();
    }

    @Override
    public void recover() {
        // Each step may fault again, but nothing borrowed may be kept: its memory goes at the next quiescent point.
        Share s = held != null ? held : share;
        s.unlock(lockId);
        try {
            for (RxQueue queue : rx) {
                queue.checkMemory();
            }
            // A shared queue that another worker holds at this moment is for that worker to check.
            if (!s.isShared() || s.lock(lockId)) {
                for (TxQueue queue : s.queues) {
                    queue.checkMemory();
                }
            }
        } finally {
            s.unlock(lockId);
            held = null;
            splitter.forget();
            release(0);
        }
    }

    private void release(int from) {
        try {
            if (from < rx.length) {
                rx[from].release(burst);
            }
        } finally {
            if (from < rx.length) {
                release(from + 1);
            } else {
                burst.clear();
            }
        }
    }

    private void leave(WakeSet set) {
        for (RxQueue queue : rx) {
            queue.unwake(set);
        }
        set.close();
    }

    /** Before its queues are closed, and after its worker let go. */
    @Override
    public void close() {
        if (wakeSet != null) {
            leave(wakeSet);
        }
        splitter.close();
    }

    @Override
    public String toString() {
        return name;
    }
}

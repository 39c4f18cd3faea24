package io.jspp.patch;

import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;
import io.jspp.port.LiveQueues;
import io.jspp.port.RxQueue;
import io.jspp.port.WakeSet;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All receive queues of a port as one, for who has no use for their numbers: a burst comes from one of the live ones, which take turns. Order holds
 * within a queue, hence within a flow. Queues that are not live cost nothing. Owns the queues; threads as for {@link RxQueue}.
 */
final class WholeRxQueue implements RxQueue {
    private final LiveQueues live;
    private final SortedMap<Integer, RxQueue> queues;
    private final RxQueue[] byNumber = new RxQueue[LiveQueues.MAX];
    private final long mine;
    private final WakeSet wakeSet = new WakeSet();
    private final int wakeFd;

    /** Queues up to the one that came last, by number; the others are next. */
    private long done;

    /** Queues that handed out packets since the last release, or may have when a fault ended their burst, by number. */
    private long lenders;

    /**
     * @param live of the port
     * @param queues by number below {@link LiveQueues#MAX}; this object's from now on, unless the constructor fails
     */
    WholeRxQueue(LiveQueues live, SortedMap<Integer, RxQueue> queues) {
        this.live = live;
        this.queues = new TreeMap<>(queues);
        long bits = 0;
        boolean allWake = true;
        try {
            for (int number : queues.keySet()) {
                bits |= 1L << number;
                byNumber[number] = queues.get(number);
                allWake &= byNumber[number].wake(wakeSet);
            }
        } catch (RuntimeException e) {
            closeWakeSet();
            throw e;
        }
        mine = bits;
        wakeFd = allWake ? wakeSet.fd() : -1;
    }

    /** By number. */
    SortedMap<Integer, RxQueue> queues() {
        return queues;
    }

    @Override
    public int rxBurst(Burst burst) {
        long sources = live.bits() & mine;
        long after = sources & ~done;
        long turn = after;
        for (int round = 0; round < 2; round++) {
            for (; turn != 0; turn &= turn - 1) {
                int number = Long.numberOfTrailingZeros(turn);
                int packets = byNumber[number].rxBurst(burst);
                if (packets != 0) {
                    done = -1L >>> LiveQueues.MAX - 1 - number;
                    lenders |= 1L << number;
                    return packets;
                }
            }
            turn = sources & ~after;
        }
        return 0;
    }

    @Override
    public void release(Burst burst) {
        while (lenders != 0) {
            int number = Long.numberOfTrailingZeros(lenders);
            lenders &= lenders - 1;
            byNumber[number].release(burst);
        }
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
        wakeSet.drain();
    }

    @Override
    public int wakeFd() {
        return wakeFd;
    }

    @Override
    public void checkMemory() {
        lenders = mine;
        queues.values().forEach(RxQueue::checkMemory);
    }

    /** Those of the lowest queue; {@link PortTable#counters} has all. */
    @Override
    public QueueCounters counters() {
        return queues.get(queues.firstKey()).counters();
    }

    @Override
    public boolean everLive() {
        return queues.values().stream().anyMatch(RxQueue::everLive);
    }

    private void closeWakeSet() {
        queues.values().forEach(queue -> queue.unwake(wakeSet));
        wakeSet.close();
    }

    @Override
    public void close() {
        closeWakeSet();
        PortTable.closeAll(queues.values());
    }
}

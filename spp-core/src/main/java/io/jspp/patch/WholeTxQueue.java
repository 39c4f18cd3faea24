package io.jspp.patch;

import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;
import io.jspp.port.LiveQueues;
import io.jspp.port.TxQueue;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All transmit queues of a port as one, with one user: flows are spread over those that are live, as {@link Destination} does for several users. A
 * port without a live queue gets everything at its lowest one, which counts the drops. Owns the queues; threads as for {@link TxQueue}.
 */
final class WholeTxQueue implements TxQueue, Runnable {
    private final LiveQueues live;
    private final SortedMap<Integer, TxQueue> queues;
    private final FlowSplitter splitter;
    private volatile Share share;

    /** Worker: the share in use since the last {@link #flush}, or null. */
    private Share held;

    private boolean congested;

    /**
     * @param live of the port
     * @param queues by number below {@link LiveQueues#MAX}; this object's from now on
     */
    WholeTxQueue(LiveQueues live, SortedMap<Integer, TxQueue> queues, int burstCapacity) {
        this.live = live;
        this.queues = new TreeMap<>(queues);
        splitter = new FlowSplitter(burstCapacity);
        live.observe(this);
        run();
    }

    /** By number. */
    SortedMap<Integer, TxQueue> queues() {
        return queues;
    }

    /** A queue became live or ceased to be; a worker that still has the former share ends with it before its quiescent point. */
    @Override
    public synchronized void run() {
        TreeMap<Integer, Share.Entry> entries = new TreeMap<>();
        queues.forEach((number, queue) -> {
            if (live.has(number)) {
                entries.put(number, new Share.Entry(queue, null));
            }
        });
        if (entries.isEmpty()) {
            entries.put(queues.firstKey(), new Share.Entry(queues.get(queues.firstKey()), null));
        }
        Share next = new Share(entries);
        if (!next.equals(share)) {
            share = next;
        }
    }

    @Override
    public int txBurst(Burst burst) {
        Share s = held;
        if (s == null) {
            s = share;
            held = s;
        }
        if (s.queues.length == 1) {
            int sent = s.queues[0].txBurst(burst);
            congested = s.queues[0].congested();
            return sent;
        }
        congested = splitter.send(burst, s);
        return splitter.sent();
    }

    @Override
    public boolean congested() {
        return congested;
    }

    @Override
    public void flush() {
        Share s = held;
        held = null;
        if (s == null) {
            return;
        }
        if (s.queues.length == 1) {
            s.queues[0].flush();
        } else {
            splitter.flush(s);
        }
    }

    @Override
    public void checkMemory() {
        held = null;
        splitter.forget();
        queues.values().forEach(TxQueue::checkMemory);
    }

    /** Those of the lowest queue; {@link PortTable#counters} has all. */
    @Override
    public QueueCounters counters() {
        return queues.get(queues.firstKey()).counters();
    }

    @Override
    public boolean everLive() {
        return queues.values().stream().anyMatch(TxQueue::everLive);
    }

    @Override
    public void close() {
        live.forget(this);
        splitter.close();
        PortTable.closeAll(queues.values());
    }
}

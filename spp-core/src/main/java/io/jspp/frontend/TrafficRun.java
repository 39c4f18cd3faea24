package io.jspp.frontend;

import io.jspp.linux.Constants;
import io.jspp.linux.Layouts;
import io.jspp.linux.Linux;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Drives generator queues on the calling thread: any number of senders and receivers, so that one pinned thread can play both guests of a
 * bench. Runs can follow each other on the same queues. No allocation inside a run.
 */
public final class TrafficRun implements AutoCloseable {
    /** A rate for "as fast as the device takes them". */
    public static final long FLAT_OUT = 0;

    private static final int BURST = 64;
    private static final int WORTHWHILE = 32;
    private static final int RX_BURST = 256;
    private static final int SPINS = 2000;
    private static final int MISSED_KICK_SPINS = 1 << 12;
    private static final long YIELD_RATE = 200_000;
    private static final int SLEEP_MS = 1;
    private static final long STALL_NS = 1_000_000_000L;

    private final GeneratorTx[] senders;
    private final GeneratorRx[] receivers;
    private final boolean busy;
    private final TrafficStreams[] guests;
    private TrafficStreams.Stream[] sinks;
    private long[] forgiven;
    private long[] lastExpected;
    private long[] movedAt;
    private int window;
    private int worthwhile = WORTHWHILE;
    private final NativeMemory pollfds;
    private long cycles;
    private long idleCycles;

    /** @param busy whether to spin for ever; otherwise an idle run sleeps until the device calls */
    public TrafficRun(GeneratorTx[] senders, GeneratorRx[] receivers, boolean busy) {
        this.senders = senders.clone();
        this.receivers = receivers.clone();
        this.busy = busy;
        this.guests = Stream.of(receivers).map(GeneratorRx::streams).distinct().toArray(TrafficStreams[]::new);
        this.pollfds = NativeMemory.allocate((long) Layouts.Pollfd.SIZE * Math.max(1, receivers.length));
    }

    /**
     * Bounds what is under way: sender i is at most {@code frames} ahead of the number that the guest {@code ends[i]} expects next. A receiver whose
     * thread is preempted then holds up its sender, instead of overflowing. 0 frames: no bound.
     */
    public void window(TrafficStreams[] ends, int frames) {
        sinks = new TrafficStreams.Stream[ends.length];
        for (int s = 0; s < ends.length; s++) {
            sinks[s] = ends[s].await(senders[s].stream());
        }
        forgiven = new long[ends.length];
        lastExpected = new long[ends.length];
        movedAt = new long[ends.length];
        Arrays.fill(movedAt, System.nanoTime());
        window = frames;
        worthwhile = frames == 0 ? WORTHWHILE : Math.min(WORTHWHILE, frames);
    }

    private int allowed(int sender, int least, int wanted, long now) {
        if (window == 0) {
            return wanted;
        }
        long sent = senders[sender].sent();
        long expected = sinks[sender].sequences.expected();
        if (expected != lastExpected[sender]) {
            lastExpected[sender] = expected;
            movedAt[sender] = now;
        }
        long underWay = sent - Math.max(expected, forgiven[sender]);
        if (window - underWay >= least) {
            return (int) Math.min(wanted, window - underWay);
        }
        if (now - movedAt[sender] > STALL_NS) {
            forgive(sender);
            movedAt[sender] = now;
        }
        return 0;
    }

    /** Nothing has come for long, and the device holds nothing any more: what is missing at the end of the sequence will not come. */
    private void forgive(int sender) {
        senders[sender].reclaim();
        if (senders[sender].completed() == senders[sender].sent()) {
            forgiven[sender] = senders[sender].sent();
        }
    }

    /**
     * Sends at {@code framesPerSecond} per sender ({@link #FLAT_OUT}: no limit), and receives, until {@code durationNs} have passed, each sender
     * has sent {@code frames} in this run, or {@code stop} says so.
     */
    public void send(long framesPerSecond, long frames, long durationNs, BooleanSupplier stop) {
        long begin = System.nanoTime();
        long[] until = new long[senders.length];
        for (int s = 0; s < senders.length; s++) {
            until[s] = frames == Long.MAX_VALUE ? frames : senders[s].sent() + frames;
        }
        boolean flatOut = framesPerSecond == FLAT_OUT;
        double perNs = framesPerSecond / 1e9;
        long[] base = new long[senders.length];
        for (int s = 0; s < senders.length; s++) {
            base[s] = senders[s].sent();
        }
        int idle = 0;
        while (true) {
            long now = System.nanoTime();
            if (now - begin >= durationNs || stop.getAsBoolean()) {
                return;
            }
            int work = 0;
            boolean left = senders.length == 0;
            for (int s = 0; s < senders.length; s++) {
                GeneratorTx tx = senders[s];
                long remaining = until[s] - tx.sent();
                if (remaining <= 0) {
                    continue;
                }
                left = true;
                if (flatOut) {
                    int least = (int) Math.min(worthwhile, remaining);
                    int wanted = allowed(s, least, (int) Math.min(BURST, remaining), now);
                    if (wanted >= least && tx.room(least) >= least) {
                        work += tx.send(wanted, now);
                    }
                } else {
                    long due = base[s] + (long) ((now - begin) * perNs) - tx.sent();
                    if (due > 0) {
                        work += tx.send(allowed(s, 1, (int) Math.min(Math.min(BURST, remaining), due), now), now);
                    }
                }
            }
            work += receive();
            if (!left) {
                return;
            }
            idle = work > 0 ? 0 : rest(idle + 1, flatOut && senders.length > 0 || framesPerSecond > YIELD_RATE);
        }
    }

    /** Receives until nothing has come for {@code quietNs} or {@code total} frames were received altogether. */
    public void drain(long total, long quietNs, BooleanSupplier stop) {
        long last = System.nanoTime();
        int idle = 0;
        while (receivedFrames() < total && !stop.getAsBoolean()) {
            long now = System.nanoTime();
            if (receive() > 0) {
                last = now;
                idle = 0;
            } else if (now - last > quietNs) {
                return;
            } else {
                idle = rest(idle + 1, false);
            }
        }
    }

    private int receive() {
        int work = 0;
        for (GeneratorRx rx : receivers) {
            work += rx.poll(RX_BURST);
        }
        cycles++;
        return work;
    }

    private long receivedFrames() {
        long frames = 0;
        for (GeneratorRx rx : receivers) {
            frames += rx.received();
        }
        for (TrafficStreams guest : guests) {
            frames -= guest.duplicates();
        }
        return frames;
    }

    /** One step of idling; returns the new idle count. {@code hot}: frames are due again within microseconds. */
    private int rest(int idle, boolean hot) {
        idleCycles++;
        if ((idle & MISSED_KICK_SPINS - 1) == 0) {
            kickAgain();
        }
        if (busy || idle < SPINS) {
            Thread.onSpinWait();
            return idle;
        }
        if (hot || receivers.length == 0) {
            Thread.yield();
            return idle;
        }
        sleep();
        kickAgain();
        return SPINS;
    }

    private void kickAgain() {
        for (GeneratorTx tx : senders) {
            tx.kickAgain();
        }
        for (GeneratorRx rx : receivers) {
            rx.kickAgain();
        }
    }

    private void sleep() {
        boolean waiting = false;
        for (int r = 0; r < receivers.length; r++) {
            waiting |= receivers[r].arm();
            long entry = pollfds.address() + (long) r * Layouts.Pollfd.SIZE;
            Memory.putInt(entry + Layouts.Pollfd.FD, receivers[r].callDescriptor());
            Memory.putShort(entry + Layouts.Pollfd.EVENTS, (short) Constants.POLLIN);
        }
        if (!waiting) {
            Linux.poll(pollfds.address(), receivers.length, SLEEP_MS);
        }
        for (GeneratorRx rx : receivers) {
            rx.disarm();
        }
    }

    /** Sums so far; exact on the running thread, a moment old on others. */
    public TrafficTotals totals() {
        long turns = cycles;
        long sent = 0;
        long sentBytes = 0;
        for (GeneratorTx tx : senders) {
            sent += tx.sent();
            sentBytes += tx.bytes();
        }
        long received = 0;
        long receivedBytes = 0;
        long lost = 0;
        long reordered = 0;
        long duplicates = 0;
        long corrupt = 0;
        long foreign = 0;
        long seen = 0;
        for (GeneratorRx rx : receivers) {
            received += rx.received();
            receivedBytes += rx.bytes();
            corrupt += rx.corrupt();
            foreign += rx.foreign();
        }
        for (TrafficStreams guest : guests) {
            lost += guest.lost();
            reordered += guest.reordered();
            duplicates += guest.duplicates();
            seen += guest.seen();
        }
        return new TrafficTotals(
                System.nanoTime(),
                sent,
                sentBytes,
                received,
                receivedBytes,
                lost,
                reordered,
                duplicates,
                corrupt,
                foreign,
                seen,
                turns,
                idleCycles);
    }

    @Override
    public void close() {
        pollfds.close();
    }
}

package io.jspp.secondary.component;

import io.jspp.mbuf.Burst;
import io.jspp.mbuf.HeaderValues;
import io.jspp.port.RxQueue;
import io.jspp.worker.Component;
import java.util.List;

/**
 * The poll loop of every component: takes bursts from the inputs in turn, has the subclass pass each on, releases it, and flushes the outputs
 * once. A change of ports makes a new one; nothing is kept from poll to poll.
 */
public abstract class BurstComponent implements Component {
    /** Bursts per input and poll, so that a busy source does not starve its neighbours. */
    static final int MAX_BURSTS = 4;

    private final String name;
    private final Input[] inputs;
    private final Output[] outputs;
    private final Burst burst;
    private final int[] wakeFds;
    private int next;
    private int current;
    private long nowNs;

    /** The last poll stopped because a receiver had room for nothing more, though for all it got. */
    private boolean stopped;

    /** @param outputs all that {@link #pass} may use */
    protected BurstComponent(String name, List<Input> inputs, List<Output> outputs, int burstCapacity) {
        this.name = name;
        this.inputs = inputs.toArray(new Input[0]);
        this.outputs = outputs.toArray(new Output[0]);
        burst = new Burst(burstCapacity);
        wakeFds = inputs.stream()
                .mapToInt(input -> input.queue().wakeFd())
                .map(fd -> fd < 0 ? POLL_BY_TIMER : fd)
                .toArray();
    }

    /**
     * Sends all packets of a burst, or counts why not.
     *
     * @return whether a receiver has no room: polling on would only drop
     */
    protected abstract boolean pass(Input input, Burst packets);

    /** Once per poll, before anything is received. */
    protected void beforePoll() {}

    /** The worker's clock as of this poll. */
    protected final long nowNs() {
        return nowNs;
    }

    /** Index of the input whose burst is being passed, in the list that the constructor got. */
    protected final int currentInput() {
        return current;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final int poll(long now) {
        nowNs = now;
        if (stopped) {
            stopped = false;
            yieldIfTight();
        }
        beforePoll();
        int n = inputs.length;
        int at = next;
        int moved = 0;
        boolean congested = false;
        for (int k = 0; k < n && !congested; k++) {
            Input input = inputs[at];
            current = at;
            at = at + 1 == n ? 0 : at + 1;
            for (int b = 0; b < MAX_BURSTS && !congested; b++) {
                int got = input.queue().rxBurst(burst);
                if (got == 0) {
                    break;
                }
                congested = pass(input, burst);
                input.queue().release(burst);
                burst.clear();
                moved += got;
            }
        }
        next = at;
        boolean dropped = false;
        if (moved != 0) {
            for (Output output : outputs) {
                dropped |= output.hasDropped();
                output.flush();
            }
        }
        if (congested) {
            // A receiver that shares our CPU can't make room while we run: docs/decisions/0030 and PatchComponent. One
            // that got everything may be the next component of this worker, then it has made room before we come again.
            if (dropped) {
                Thread.yield();
            } else {
                stopped = true;
            }
        }
        return moved;
    }

    private void yieldIfTight() {
        for (Output output : outputs) {
            if (output.isTight()) {
                Thread.yield();
                return;
            }
        }
    }

    @Override
    public final boolean arm() {
        boolean work = false;
        for (Input input : inputs) {
            work |= input.queue().arm();
        }
        return work;
    }

    @Override
    public final void disarm() {
        for (Input input : inputs) {
            input.queue().disarm();
        }
    }

    @Override
    public final int[] wakeFds() {
        return wakeFds.clone();
    }

    @Override
    public final void recover() {
        burst.clear();
        recoverFrom(0);
    }

    /** Each step may fault again, but nothing borrowed may be kept: its memory goes at the next quiescent point. */
    private void recoverFrom(int port) {
        if (port == outputs.length + inputs.length) {
            return;
        }
        try {
            if (port < outputs.length) {
                outputs[port].recover();
            } else {
                recover(inputs[port - outputs.length].queue());
            }
        } finally {
            recoverFrom(port + 1);
        }
    }

    private void recover(RxQueue queue) {
        try {
            queue.checkMemory();
        } finally {
            queue.release(burst);
        }
    }

    /** Reads the header of packet {@code i} and does the input's VLAN operation; false, and counted, when it is too short. */
    protected static boolean read(HeaderValues header, Input input, Burst packets, int i, ComponentCounters counters) {
        if (!header.read(packets, i)) {
            counters.count(ComponentCounters.Count.RUNT);
            return false;
        }
        header.apply(input.vlan());
        return true;
    }

    @Override
    public final String toString() {
        return name;
    }
}

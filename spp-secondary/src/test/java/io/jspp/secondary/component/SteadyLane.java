package io.jspp.secondary.component;

import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.net.VlanOperation;
import io.jspp.patch.PatchEnd;
import io.jspp.port.PolledRxQueue;
import io.jspp.port.TxQueue;
import java.util.List;

/** A source that always has the same frames, and a sink that counts: neither allocates, so that what a component allocates shows. */
public final class SteadyLane extends PolledRxQueue implements TxQueue {
    private static final int STRIDE = 64;

    private final Lane.Counters memory;
    private final NativeMemory frames;
    private final int count;

    /** Packets sent. */
    public long sent;

    /** @param frames of 60 bytes, handed out in turn as a burst */
    public SteadyLane(List<byte[]> frames) {
        this(frames, new Lane.Counters());
    }

    private SteadyLane(List<byte[]> frames, Lane.Counters memory) {
        super(new QueueCounters(memory, "steady"));
        this.memory = memory;
        count = frames.size();
        this.frames = NativeMemory.allocate((long) STRIDE * Math.max(1, count));
        for (int i = 0; i < count; i++) {
            Memory.put(this.frames.address() + (long) STRIDE * i, frames.get(i), 0, 60);
        }
    }

    public Input input() {
        return new Input(PatchEnd.parse("nullpmd:0"), this, VlanOperation.NONE);
    }

    public Output output(String id, VlanOperation vlan) {
        return new Output(PatchEnd.parse(id), this, vlan, Burst.DEFAULT_CAPACITY);
    }

    @Override
    public int rxBurst(Burst burst) {
        for (int i = 0; i < count; i++) {
            burst.add(frames.address() + (long) STRIDE * i, 60, 0, Burst.BORROWED);
        }
        return count;
    }

    @Override
    public boolean arm() {
        return true;
    }

    @Override
    public int txBurst(Burst burst) {
        sent += burst.packets;
        return burst.packets;
    }

    @Override
    public void flush() {
        // nobody to tell
    }

    @Override
    public boolean everLive() {
        return true;
    }

    @Override
    public void checkMemory() {
        // nobody's memory
    }

    @Override
    public void close() {
        frames.close();
        super.close();
        memory.close();
    }
}

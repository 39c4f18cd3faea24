package io.jspp.bench.micro;

import io.jspp.counters.CounterAllocator;
import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;
import io.jspp.mbuf.Frames;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.port.PolledRxQueue;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import java.util.function.IntToLongFunction;

/** What surrounds a component that is measured alone: a source of full bursts of 64-byte frames, a sink that copies as a guest's tx queue does. */
public final class SteadyTraffic implements AutoCloseable {
    /** Frames the source hands out at once. */
    public static final int BURST = 64;

    private static final int FRAMES = 16_384;
    private static final int FRAME = 64;
    private static final int BUFFERS = 1024;
    private static final int BUFFER = 2048;

    private final NativeMemory counterMemory = NativeMemory.allocate(8192);
    private final NativeMemory frames = NativeMemory.allocate((long) FRAMES * FRAME);
    private final NativeMemory buffers = NativeMemory.allocate((long) BUFFERS * BUFFER);
    private int counters;

    /** Gives the frames their addresses, each by its number. */
    public void address(IntToLongFunction destination, IntToLongFunction source) {
        for (int i = 0; i < FRAMES; i++) {
            long to = destination.applyAsLong(i);
            long from = source.applyAsLong(i);
            long frame = frames.address() + (long) i * FRAME;
            Memory.putLong(frame, Long.reverseBytes(to << 16 | from >>> 32));
            Memory.putInt(frame + 8, Integer.reverseBytes((int) from));
        }
    }

    /** Counters one behind the other; they end with this. */
    public CounterAllocator counters() {
        return new CounterAllocator() {
            @Override
            public long allocate(String label) {
                return counterMemory.address() + 8L * counters++;
            }

            @Override
            public void free(long address) {
                // ends with the memory
            }
        };
    }

    public RxQueue source() {
        return new Source(counters());
    }

    public TxQueue sink() {
        return new Sink(counters());
    }

    @Override
    public void close() {
        buffers.close();
        frames.close();
        counterMemory.close();
    }

    /** Hands out the frames in turn, over and over again. */
    private final class Source extends PolledRxQueue {
        private int next;

        Source(CounterAllocator allocator) {
            super(new QueueCounters(allocator, "rx"));
        }

        @Override
        public int rxBurst(Burst burst) {
            for (int i = 0; i < BURST; i++) {
                burst.add(frames.address() + (long) next * FRAME, FRAME, 0, Burst.BORROWED);
                next = next + 1 & FRAMES - 1;
            }
            return BURST;
        }

        @Override
        public boolean arm() {
            return true;
        }
    }

    /** Copies into the next buffers. */
    private final class Sink implements TxQueue {
        private final QueueCounters counters;
        private int next;

        Sink(CounterAllocator allocator) {
            counters = new QueueCounters(allocator, "tx");
        }

        @Override
        public int txBurst(Burst burst) {
            for (int i = 0; i < burst.packets; i++) {
                Frames.copy(burst, i, buffers.address() + (long) next * BUFFER);
                next = next + 1 & BUFFERS - 1;
            }
            counters.passed(burst.packets, (long) burst.packets * FRAME);
            return burst.packets;
        }

        @Override
        public void flush() {
            // nobody sleeps
        }

        @Override
        public QueueCounters counters() {
            return counters;
        }

        @Override
        public void close() {
            counters.close();
        }
    }
}

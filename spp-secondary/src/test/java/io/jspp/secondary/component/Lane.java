package io.jspp.secondary.component;

import io.jspp.counters.CounterAllocator;
import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;
import io.jspp.mbuf.Frames;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.net.Offload;
import io.jspp.net.VlanOperation;
import io.jspp.patch.PatchEnd;
import io.jspp.port.PolledRxQueue;
import io.jspp.port.TxQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A port without a world behind it: frames as hex text go in, in segments of a chosen size, borrowed or as pool mbufs, and what is sent comes out as hex
 * text, copied at the moment it is sent. Notices a source that is asked before it was released.
 */
public final class Lane implements AutoCloseable {
    private static final HexFormat HEX = HexFormat.of();

    private final PatchEnd id;
    private final NativeMemory memory = NativeMemory.allocate(1 << 18);
    private final Counters counters = new Counters();
    private final Deque<String> waiting = new ArrayDeque<>();
    private final List<String> sent = new ArrayList<>();
    private final List<Integer> sentMbufs = new ArrayList<>();
    private final List<Long> sentOffloads = new ArrayList<>();

    /** Longest segment of what is received. */
    public int segmentBytes = Integer.MAX_VALUE;

    /** First handle given to received packets, or {@link Burst#BORROWED}. */
    public int mbuf = Burst.BORROWED;

    /** Offload word of received packets. */
    public long offload = Offload.NONE;

    /** Called when a burst was handed out: what a hostile guest does meanwhile. */
    public Runnable afterHandOut = () -> {};

    /** Called before a burst is copied out. */
    public Runnable beforeSend = () -> {};

    /** Called when what is sent to is asked for its memory: it may have vanished. */
    public Runnable onCheck = () -> {};

    private boolean lent;
    private int flushes;

    public Lane(String port) {
        id = PatchEnd.parse(port);
    }

    public PatchEnd id() {
        return id;
    }

    /** Addresses of the frames handed out last lie here, in order, without gaps. */
    public long memory() {
        return memory.address();
    }

    public Input input(VlanOperation vlan) {
        return new Input(id, new Source(), vlan);
    }

    public Output output(VlanOperation vlan) {
        return new Output(id, new Sink(), vlan, Burst.DEFAULT_CAPACITY);
    }

    /** Will be received. */
    public void put(String... frames) {
        waiting.addAll(List.of(frames));
    }

    public int unread() {
        return waiting.size();
    }

    /** What was sent since the last call. */
    public List<String> take() {
        List<String> all = List.copyOf(sent);
        sent.clear();
        return all;
    }

    /** Handles with which packets were sent, in order. */
    public List<Integer> sentMbufs() {
        return sentMbufs;
    }

    public List<Long> sentOffloads() {
        return sentOffloads;
    }

    public int flushes() {
        return flushes;
    }

    @Override
    public void close() {
        memory.close();
        counters.close();
    }

    /** A counter allocator on the heap's side of the world. */
    public static final class Counters implements CounterAllocator, AutoCloseable {
        /** Counters it has room for. */
        public int room = Integer.MAX_VALUE;

        private final Map<String, Long> addresses = new HashMap<>();

        @Override
        public long allocate(String label) {
            if (addresses.size() >= room) {
                throw new IllegalStateException("no room for " + label);
            }
            return addresses.computeIfAbsent(label, l -> Memory.allocate(Long.BYTES));
        }

        @Override
        public void free(long address) {
            addresses.values().remove(address);
            Memory.free(address);
        }

        public int inUse() {
            return addresses.size();
        }

        @Override
        public void close() {
            addresses.values().forEach(Memory::free);
            addresses.clear();
        }
    }

    private final class Source extends PolledRxQueue {
        Source() {
            super(new QueueCounters(counters, id + " rx"));
        }

        @Override
        public int rxBurst(Burst burst) {
            if (lent || burst.packets != 0) {
                throw new IllegalStateException(id + ": asked for more before release");
            }
            long at = memory.address();
            while (!waiting.isEmpty() && burst.packets < burst.capacity()) {
                byte[] frame = HEX.parseHex(waiting.poll());
                Memory.put(at, frame, 0, frame.length);
                int p = burst.packets++;
                burst.first[p] = burst.segments;
                for (int done = 0; done < frame.length; ) {
                    int n = Math.min(segmentBytes, frame.length - done);
                    burst.segmentAddress[burst.segments] = at + done;
                    burst.segmentLength[burst.segments++] = n;
                    done += n;
                }
                burst.count[p] = burst.segments - burst.first[p];
                burst.length[p] = frame.length;
                burst.offload[p] = offload;
                burst.mbuf[p] = mbuf == Burst.BORROWED ? mbuf : mbuf + p;
                at += frame.length;
            }
            lent = burst.packets != 0;
            if (lent) {
                afterHandOut.run();
            }
            return burst.packets;
        }

        @Override
        public void release(Burst burst) {
            lent = false;
            Memory.fill(memory.address(), memory.length(), (byte) 0xee);
        }

        @Override
        public boolean arm() {
            return !waiting.isEmpty();
        }
    }

    private final class Sink implements TxQueue {
        private final QueueCounters own = new QueueCounters(counters, id + " tx");

        @Override
        public int txBurst(Burst burst) {
            beforeSend.run();
            for (int i = 0; i < burst.packets; i++) {
                byte[] frame = new byte[burst.length[i]];
                long copy = Memory.allocate(frame.length);
                Frames.copy(burst, i, copy);
                Memory.get(copy, frame, 0, frame.length);
                Memory.free(copy);
                sent.add(HEX.formatHex(frame));
                sentMbufs.add(burst.mbuf[i]);
                sentOffloads.add(burst.offload[i]);
            }
            own.passed(burst.packets, 0);
            return burst.packets;
        }

        @Override
        public void flush() {
            flushes++;
        }

        @Override
        public void checkMemory() {
            onCheck.run();
        }

        @Override
        public QueueCounters counters() {
            return own;
        }

        @Override
        public void close() {
            own.close();
        }
    }
}

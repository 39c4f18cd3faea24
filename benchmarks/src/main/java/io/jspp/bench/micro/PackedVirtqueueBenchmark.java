package io.jspp.bench.micro;

import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.mbuf.Burst;
import io.jspp.memory.MappedMemory;
import io.jspp.memory.Memory;
import io.jspp.virtio.Features;
import io.jspp.virtio.GuestMemory;
import io.jspp.virtio.GuestMemoryException;
import io.jspp.virtio.GuestRegion;
import io.jspp.virtio.PackedLayout;
import io.jspp.virtio.PackedVirtqueue;
import io.jspp.virtio.PacketVectors;
import io.jspp.virtio.Virtqueue;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Nanoseconds per packet from one guest's packed virtqueue to another's, device side only: both drivers are one thread that offers the same
 * descriptors again (a store each, where a split ring's moves an index). Caches are warm, nobody sleeps: the floor of the vhost-to-vhost path.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PackedVirtqueueBenchmark {
    private static final int BURST = 32;
    private static final int SIZE = 256;
    private static final int BUFFER = 2048;
    private static final long GUEST_BASE = 0x4000_0000L;
    private static final int HEADER = 12;
    private static final long DRIVER_AREA = 8192;
    private static final long DEVICE_AREA = 16384;
    private static final long BUFFERS = 65536;
    private static final long MEMORY = BUFFERS + (long) SIZE * BUFFER;

    /** Frame length in bytes. */
    @Param({"64", "1514"})
    public int frame;

    @Param({"true", "false"})
    public boolean inOrder;

    private final Burst burst = new Burst();
    private final PacketVectors vectors = new PacketVectors();
    private Side sender;
    private Side receiver;

    /** One guest with one queue. */
    private static final class Side {
        final FileDescriptor file = Linux.memfdCreate("bench", 0);
        final MappedMemory mapping;
        final GuestMemory memory;
        final Virtqueue queue;
        private final int flags;
        private final int length;
        private int slot;
        private boolean wrap = true;

        Side(int flags, int length, boolean inOrder) throws GuestMemoryException {
            this.flags = flags;
            this.length = length;
            Linux.ftruncate(file.value(), MEMORY);
            Linux.fallocate(file.value(), 0, MEMORY);
            mapping = MappedMemory.shared(file.value(), 0, MEMORY);
            long base = mapping.address();
            for (int i = 0; i < SIZE; i++) {
                Memory.putLong(descriptor(i), GUEST_BASE + BUFFERS + (long) i * BUFFER);
            }
            Memory.putInt(base + DRIVER_AREA, PackedLayout.EVENT_DISABLE << 16);
            memory = GuestMemory.of(List.of(GuestRegion.map(file.duplicate(), GUEST_BASE, MEMORY, base, 0)));
            long features = Features.VERSION_1
                    | Features.RING_PACKED
                    | Features.MRG_RXBUF
                    | Features.CSUM
                    | (inOrder ? Features.IN_ORDER : 0);
            queue = PackedVirtqueue.open(
                    memory, features, SIZE, base, base + DRIVER_AREA, base + DEVICE_AREA, PackedVirtqueue.UNKNOWN, 0);
        }

        private long descriptor(int i) {
            return mapping.address() + (long) i * PackedLayout.DESCRIPTOR_BYTES;
        }

        void offer() {
            for (int i = 0; i < BURST; i++) {
                int state = wrap ? PackedLayout.F_AVAIL : PackedLayout.F_USED;
                long meta = length | (long) slot << 32 | (long) (flags | state) << 48;
                Memory.putLongRelease(descriptor(slot) + PackedLayout.META, meta);
                if (++slot == SIZE) {
                    slot = 0;
                    wrap = !wrap;
                }
            }
        }

        void close() {
            queue.close();
            memory.close();
            mapping.close();
            file.close();
        }
    }

    @Setup
    public void open() throws GuestMemoryException {
        sender = new Side(0, frame + HEADER, inOrder);
        receiver = new Side(PackedLayout.F_WRITE, BUFFER, inOrder);
    }

    @TearDown
    public void close() {
        sender.close();
        receiver.close();
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public int guestToGuest() {
        sender.offer();
        receiver.offer();
        vectors.bind(burst.segmentAddress, burst.segmentLength, burst.first, burst.count, burst.length, burst.offload);
        vectors.packets = 0;
        vectors.segments = 0;
        int received = sender.queue.receive(vectors);
        int sent = receiver.queue.transmit(vectors, 0, received);
        receiver.queue.publish();
        sender.queue.publish();
        receiver.queue.notifyGuest();
        sender.queue.notifyGuest();
        if (sent != BURST) {
            throw new IllegalStateException(sent + " of " + BURST + " packets passed");
        }
        return sent;
    }
}

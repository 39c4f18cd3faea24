package io.jspp.bench.micro;

import io.jspp.frontend.DriverVirtqueue;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.mbuf.Burst;
import io.jspp.memory.MappedMemory;
import io.jspp.virtio.GuestMemory;
import io.jspp.virtio.GuestMemoryException;
import io.jspp.virtio.GuestRegion;
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
 * Nanoseconds per packet from one guest's virtqueue to another's, device side only: both drivers are one thread that offers the same
 * descriptors again. Caches are warm, nobody sleeps: the floor of the vhost-to-vhost path. A subclass is a ring's format.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public abstract class VirtqueueBenchmark {
    static final int BURST = 32;
    static final int SIZE = 256;
    static final long DRIVER_AREA = 8192;
    static final long DEVICE_AREA = 16384;
    private static final int BUFFER = 2048;
    private static final long GUEST_BASE = 0x4000_0000L;
    private static final int HEADER = 12;
    private static final long BUFFERS = 65536;
    private static final long MEMORY = BUFFERS + (long) SIZE * BUFFER;

    /** Frame length in bytes. */
    @Param({"64", "1514"})
    public int frame;

    private final Burst burst = new Burst();
    private final PacketVectors vectors = new PacketVectors();
    private Side sender;
    private Side receiver;

    /** One guest with one queue, its descriptors at the begin of its memory. */
    abstract static class Side {
        private final FileDescriptor file = Linux.memfdCreate("bench", 0);
        private final MappedMemory mapping;
        final GuestMemory memory;

        /** Of the mapping. */
        final long base;

        /** The device's, opened by the subclass. */
        Virtqueue queue;

        Side() throws GuestMemoryException {
            Linux.ftruncate(file.value(), MEMORY);
            Linux.fallocate(file.value(), 0, MEMORY);
            mapping = MappedMemory.shared(file.value(), 0, MEMORY);
            base = mapping.address();
            memory = GuestMemory.of(List.of(GuestRegion.map(file.duplicate(), GUEST_BASE, MEMORY, base, 0)));
        }

        /** Where the guest has the buffer of a descriptor. */
        static long buffer(int i) {
            return GUEST_BASE + BUFFERS + (long) i * BUFFER;
        }

        /** The driver makes the next burst available. */
        abstract void offer();

        private void close() {
            queue.close();
            memory.close();
            mapping.close();
            file.close();
        }
    }

    /** A guest whose descriptors all have these flags and this length. */
    abstract Side guest(int flags, int length) throws GuestMemoryException;

    @Setup
    public void open() throws GuestMemoryException {
        sender = guest(0, frame + HEADER);
        receiver = guest(DriverVirtqueue.F_WRITE, BUFFER);
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

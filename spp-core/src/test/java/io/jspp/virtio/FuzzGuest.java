package io.jspp.virtio;

import io.jspp.fuzz.Coverage;
import io.jspp.fuzz.FuzzInput;
import io.jspp.fuzz.Guard;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.memory.MappedMemory;
import io.jspp.memory.Memory;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * A hostile guest's memory for the ring fuzzers: two regions that are neighbours, and one at the end of the address space. The device may touch
 * nothing but them; the guest's own view is another mapping of the same file.
 */
final class FuzzGuest implements AutoCloseable {
    static final int A_BYTES = 48 * 1024;
    static final int B_BYTES = 8 * 1024;
    static final int C_BYTES = 8 * 1024;
    static final long A = 0x1_0000_0000L;
    static final long B = A + A_BYTES;
    static final long C = -C_BYTES;
    static final long USER = 0x7f00_0000_0000L;
    private static final int MARGIN = 4096;
    private static final int A_AT = MARGIN;
    private static final int B_AT = A_AT + A_BYTES + MARGIN;
    private static final int C_AT = B_AT + B_BYTES + MARGIN;
    private static final int FILE_BYTES = C_AT + C_BYTES + MARGIN;

    /** Blocks of code that one call may run through: a burst of 32 chains of 256 descriptors, one region each, with an indirect table at the end. */
    private static final long MAX_STEPS = 1_500_000;

    /** Bits of the first byte of an input. */
    private static final long[] FEATURES = {
        Features.VERSION_1,
        Features.MRG_RXBUF,
        Features.INDIRECT_DESC,
        Features.EVENT_IDX,
        Features.CSUM,
        Features.IN_ORDER
    };

    private static final int[] DESCRIPTOR_FIELDS = {0, 8, 12, 14};

    final GuestMemory memory;
    private final MappedMemory mapping;
    private final long base;
    private long before;

    FuzzGuest() {
        try {
            FileDescriptor file = Linux.memfdCreate("fuzz", 0);
            Linux.ftruncate(file.value(), FILE_BYTES);
            mapping = MappedMemory.shared(file.value(), 0, FILE_BYTES);
            base = mapping.address();
            memory = GuestMemory.of(List.of(
                    GuestRegion.map(file.duplicate(), A, A_BYTES, USER, A_AT),
                    GuestRegion.map(file.duplicate(), B, B_BYTES, USER + A_BYTES, B_AT),
                    GuestRegion.map(file, C, C_BYTES, C, C_AT)));
        } catch (GuestMemoryException e) {
            throw new IllegalStateException(e);
        }
        for (GuestRegion region : memory.regions) {
            Guard.narrow(region.host, region.size);
        }
    }

    void clear() {
        Guard.beforeRead(0, 0, 0, null);
        Memory.fill(base, FILE_BYTES, (byte) 0);
    }

    static long features(int bits) {
        long features = 0;
        for (int i = 0; i < FEATURES.length; i++) {
            features |= (bits >> i & 1) != 0 ? FEATURES[i] : 0;
        }
        return features;
    }

    /** Where the guest sees an offset in its first region. */
    long here(long offset) {
        return base + A_AT + offset;
    }

    /** A guest address, most often a usable one. */
    long address(FuzzInput in) {
        int kind = in.u8();
        int fine = in.u8();
        return switch (kind & 15) {
            case 0 -> A - 8 + (fine & 15);
            case 1 -> B - fine;
            case 2 -> B + B_BYTES - fine;
            case 3 -> C - 8 + (fine & 15);
            case 4 -> -1 - fine;
            case 5 -> in.i64();
            case 6 -> C + 16L * fine;
            case 7 -> B + 32L * fine;
            default -> A + (kind >> 4) * 0xc00L + 8L * fine;
        };
    }

    /** The length of a buffer. */
    static int length(FuzzInput in) {
        int kind = in.u8();
        return switch (kind & 7) {
            case 0 -> kind >> 3;
            case 1 -> 1 + (kind >> 3) * 16;
            case 2 -> in.u16();
            case 3 -> 0xc000 + in.u16();
            case 4 -> in.i32();
            case 5 -> 16 * (1 + (kind >> 3));
            default -> 10 + 8 * (kind >> 3) + in.u8();
        };
    }

    /** Arms a change in the middle of the device's next reads: of a descriptor's field, or of {@code [offset, offset + bytes)} in the first region. */
    void arm(FuzzInput in, long offset, int bytes) {
        int kind = in.u8();
        int n = 1 + (kind & 15) * ((kind & 0x10) == 0 ? 1 : 7);
        int width = 1 << (in.u8() & 3);
        int place = in.u16();
        int field = 16 * (place >> 2 & 15) + DESCRIPTOR_FIELDS[place & 3];
        long at = here((kind & 0x20) == 0 ? field : offset + place % bytes / width * width);
        long value = in.flag() ? in.i64() : in.u16();
        boolean flip = in.flag();
        GuestRegion a = memory.regions[0];
        Guard.beforeRead(
                n, a.host, a.host + a.size, () -> put(at, width, flip ? Memory.getLong(at & -8) ^ value : value));
    }

    /** Where a table of {@code entries} lies: offset in the first region, perhaps beyond its end. */
    static long table(FuzzInput in, long first, int entries) {
        int number = in.u8();
        return number < 224 ? first + 0x400L * (number & 7) : A_BYTES - 16L * (number % (entries + 1)) - (number & 8);
    }

    /** A step of a program: {@link #arm} for a field of the first descriptor. */
    static byte[] change(int reads, int field) {
        return new byte[] {0x0c, (byte) reads, 2, (byte) field, 0, 0, 16, 0, 0};
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static void put(long at, int width, long value) {
        switch (width) {
            case 1 -> Memory.putByte(at, (byte) value);
            case 2 -> Memory.putShort(at, (short) value);
            case 4 -> Memory.putInt(at, (int) value);
            default -> Memory.putLong(at, value);
        }
    }

    void begin() {
        before = Coverage.steps();
    }

    /** After a call that began with {@link #begin}. */
    void end(String what) {
        Guard.beforeRead(0, 0, 0, null);
        long steps = Coverage.steps() - before;
        check(steps <= MAX_STEPS, what + " took " + steps + " steps");
    }

    /** Receives into what is left of the burst. */
    int receive(Virtqueue queue, TestVectors burst) {
        begin();
        int n = queue.receive(burst.v);
        end("receive");
        return n;
    }

    /** Transmits packets of lengths, pieces and offload words from the input; each must be sent or counted as dropped. */
    void transmit(FuzzInput in, Virtqueue queue, TestVectors burst, int packets) {
        burst.clear();
        for (int i = 0; i < packets; i++) {
            int kind = in.u8();
            int bytes = kind < 16 ? 14 + in.u16() % (Virtqueue.MAX_FRAME - 14) : 14 + in.u8() * (kind >> 2) / 8;
            burst.addUnfilled(bytes, 1 + (kind & 3));
            burst.offload[i] = kind > 200 ? in.i64() : 0;
        }
        burst.drops(queue);
        begin();
        int sent = queue.transmit(burst.v, 0, packets);
        end("transmit");
        int lost = burst.drops(queue);
        check(sent + lost == packets, sent + " sent, " + lost + " dropped of " + packets);
        burst.clear();
    }

    /** Looks at the packets that one receive appended. */
    void checkReceived(Virtqueue queue, TestVectors burst, int returned) {
        check(returned == burst.v.packets, "returned " + returned + " for " + burst.v.packets + " packets");
        long bytes = 0;
        int segment = 0;
        long any = 0;
        for (int p = 0; p < returned; p++) {
            check(burst.first[p] == segment && burst.count[p] > 0, "packet " + p + " begins elsewhere");
            int length = 0;
            for (int i = 0; i < burst.count[p]; i++, segment++) {
                check(burst.segmentLength[segment] > 0, "segment without bytes");
                check(
                        inside(burst.segmentAddress[segment], burst.segmentLength[segment]),
                        "segment outside guest memory");
                length += burst.segmentLength[segment];
            }
            check(length == burst.length[p], "segments hold " + length + " of " + burst.length[p]);
            check(length >= Virtqueue.MIN_FRAME && length <= Virtqueue.MAX_FRAME, "frame of " + length);
            bytes += length;
            any |= burst.offload[p];
        }
        check(segment == burst.v.segments, "segments left over");
        check(bytes == queue.bytesMoved(), "bytes " + queue.bytesMoved() + " for " + bytes);
        check(returned == 0 || (burst.v.anyOffload | any) == burst.v.anyOffload, "an offload word nobody is told of");
    }

    private boolean inside(long host, int length) {
        for (GuestRegion region : memory.regions) {
            if (host >= region.host && host + length <= region.host + region.size) {
                return true;
            }
        }
        return false;
    }

    static void check(boolean right, String what) {
        if (!right) {
            throw new AssertionError(what);
        }
    }

    @Override
    public void close() {
        memory.close();
        mapping.close();
    }
}

package io.jspp.virtio;

import static io.jspp.virtio.FuzzGuest.check;

import io.jspp.fuzz.FuzzInput;
import io.jspp.fuzz.FuzzTarget;
import io.jspp.fuzz.Guard;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import java.util.Arrays;
import java.util.List;

/** Fuzz target: the device side of a packed ring, and a guest that writes whatever it likes, between calls and in the middle of them. */
public final class PackedFuzz implements FuzzTarget {
    private static final int PACKETS = 32;
    private static final int SEGMENTS = 1024 + 4 * PACKETS;
    /** Offsets in the first region; room for 256 slots. */
    private static final int RING = 0;

    private static final int DRIVER_AREA = 0x1000;
    private static final int DEVICE_AREA = 0x1040;
    private static final int RINGS_END = 0x1080;
    private static final int TABLES = 0x1100;
    private static final int BUFFERS = 0x4000;

    private final FuzzGuest guest = new FuzzGuest();
    private final TestVectors burst = new TestVectors(PACKETS, SEGMENTS);
    private final NativeMemory record = NativeMemory.allocate(PositionRecord.BYTES);
    private final PackedReference reference = new PackedReference(guest);
    private final int areas = Guard.areas();
    private PackedVirtqueue queue;
    private long features;
    private int size;
    private int deviceArea;
    private boolean transmits;
    private boolean recorded;

    /** Where a right driver would write next. */
    private int slot;

    private boolean wrap;

    @Override
    public void run(FuzzInput in) throws Exception {
        guest.clear();
        Memory.fill(record.address(), PositionRecord.BYTES, (byte) 0);
        features = FuzzGuest.features(in.u8()) | Features.RING_PACKED;
        int shape = in.u8();
        size = (shape & 1) == 0 ? 1 << (shape >> 1 & 15) % 9 : 1 + in.u8();
        transmits = (shape & 0x20) != 0;
        recorded = (shape & 0x40) != 0;
        deviceArea = (shape & 0x98) == 0x98 ? RING + 16 * (size - 1) : DEVICE_AREA;
        slot = 0;
        wrap = true;
        open(PackedVirtqueue.UNKNOWN);
        try {
            while (!in.empty()) {
                step(in);
            }
            queue.publish();
            check(PackedLayout.slot(queue.position() & 0xffff) < size, "position " + queue.position());
        } finally {
            Guard.beforeRead(0, 0, 0, null);
            queue.close();
        }
        check(Guard.areas() == areas, "private memory leaked");
    }

    private void open(long position) throws GuestMemoryException {
        guest.begin();
        queue = PackedVirtqueue.open(
                guest.memory,
                features,
                size,
                FuzzGuest.USER + RING,
                FuzzGuest.USER + DRIVER_AREA,
                FuzzGuest.USER + deviceArea,
                position,
                recorded ? record.address() : 0);
        guest.end("open");
    }

    private void step(FuzzInput in) throws GuestMemoryException {
        int op = in.u8();
        switch (op & 15) {
            case 0, 1 -> descriptor(in, guest.here(RING + 16L * in.below(size)), FuzzGuest.length(in), in.u8());
            case 2, 3, 4 -> chain(in, op >> 4);
            case 5, 6, 7, 8 -> {
                if (transmits) {
                    guest.transmit(in, queue, burst, 1 + (op >> 4));
                } else {
                    receive((op & 0x30) == 0, (op & 0x40) == 0);
                }
            }
            case 9 -> publish();
            case 10 -> notifications(op >> 4, in);
            case 11 -> Memory.putLong(guest.here(in.u16() % RINGS_END & ~7), in.i64());
            case 12 -> guest.arm(in, RING, (op & 16) != 0 ? RINGS_END : 16 * size);
            case 13 -> table(in, op >> 4);
            case 14 -> reopen(op >> 4, in);
            default -> move(op >> 4, in);
        }
    }

    private void publish() {
        guest.begin();
        queue.publish();
        guest.end("publish");
    }

    /** A descriptor anywhere, with any flags. */
    private void descriptor(FuzzInput in, long at, int length, int flags) {
        Memory.putLong(at, guest.address(in));
        long bits = flags & 7 | (flags & 8) << 4 | (flags & 16) << 11 | ((flags & 0x60) == 0x60 ? in.u16() : 0);
        Memory.putLong(at + 8, length & 0xffff_ffffL | (long) in.u8() << 32 | bits << 48);
    }

    /** A chain as a right driver makes it, or nearly. */
    private void chain(FuzzInput in, int kind) {
        int pieces = 1 + (kind & 3);
        int begin = slot;
        boolean beginWrap = wrap;
        int variant = in.u8();
        for (int i = 0; i < pieces; i++) {
            boolean writable = transmits != (variant == 255 - i);
            int flags = (i < pieces - 1 || variant == 251 ? PackedLayout.F_NEXT : 0)
                    | (writable ? PackedLayout.F_WRITE : 0);
            long address = variant > 240 ? guest.address(in) : FuzzGuest.A + BUFFERS + 0x200L * in.below(56);
            int length = variant > 230 ? FuzzGuest.length(in) : 1 + in.below(2048);
            write(address, length, variant, flags, i == 0);
        }
        show(begin, beginWrap);
    }

    private void write(long address, long length, int id, int flags, boolean later) {
        long at = guest.here(RING + 16L * slot);
        boolean shown = wrap != later;
        Memory.putLong(at, address);
        long state = shown ? PackedLayout.META_AVAIL : PackedLayout.META_USED;
        Memory.putLong(at + 8, length & 0xffff_ffffL | (long) id << 32 | (long) flags << 48 | state);
        step();
    }

    private void step() {
        if (++slot == size) {
            slot = 0;
            wrap = !wrap;
        }
    }

    private void show(int first, boolean lap) {
        long at = guest.here(RING + 16L * first + 8);
        Memory.putLong(
                at,
                Memory.getLong(at) & ~PackedLayout.META_STATE
                        | (lap ? PackedLayout.META_AVAIL : PackedLayout.META_USED));
    }

    /** An indirect table, made available. */
    private void table(FuzzInput in, int entries) {
        long table = FuzzGuest.table(in, TABLES, entries);
        int variant = in.u8();
        long at = guest.here(table);
        for (int i = 0; i <= entries; i++) {
            Memory.putLong(at + 16L * i, guest.address(in));
            long flags = variant > 240 ? in.u8() : transmits ? PackedLayout.F_WRITE : 0;
            Memory.putLong(at + 16L * i + 8, FuzzGuest.length(in) & 0xffff_ffffL | flags << 48);
        }
        int begin = slot;
        boolean lap = wrap;
        int flags = PackedLayout.F_INDIRECT | (variant == 240 ? PackedLayout.F_NEXT : 0);
        write(FuzzGuest.A + table, variant == 239 ? in.u16() : 16L * (entries + 1), variant, flags, true);
        show(begin, lap);
    }

    /** The driver jumps to where the device stands, or anywhere. */
    private void move(int kind, FuzzInput in) {
        publish();
        if (kind < 12) {
            slot = PackedLayout.slot(queue.position() & 0xffff);
            wrap = PackedLayout.wrap(queue.position());
        } else {
            slot = in.below(size);
            wrap = in.flag();
        }
    }

    private void receive(boolean more, boolean exact) {
        if (more && burst.v.packets > 0) {
            int before = burst.v.packets;
            int n = guest.receive(queue, burst);
            check(burst.v.packets - before == n, "appended " + (burst.v.packets - before) + ", said " + n);
            burst.clear();
            return;
        }
        burst.clear();
        boolean compare = exact && !Guard.armed() && queue.broken() == null;
        if (compare) {
            queue.publish();
            reference.receive(features, size, RING, queue.position() & 0xffff, PACKETS);
            burst.drops(queue);
        }
        int n = guest.receive(queue, burst);
        guest.checkReceived(queue, burst, n);
        if (compare && burst.v.segments < 4 * PACKETS) {
            check((queue.broken() != null) == reference.endless, "broken: " + queue.broken());
            check(n == reference.frames.size(), n + " packets, " + reference.frames.size() + " expected");
            for (int i = 0; i < n; i++) {
                check(Arrays.equals(reference.frames.get(i), burst.frame(i)), "frame " + i + " differs");
                check(reference.offloads.get(i) == burst.offload[i], "offload of " + i + " differs");
            }
            check(burst.drops(queue) == reference.dropped, "drops, " + reference.dropped + " expected");
            publish();
            check((queue.position() & 0xffff) == reference.position, "position " + queue.position());
        }
    }

    private void notifications(int kind, FuzzInput in) {
        guest.begin();
        switch (kind) {
            case 0, 1 -> queue.enableKicks();
            case 2, 3 -> queue.disableKicks();
            case 4 -> queue.recover();
            case 5 -> Memory.putInt(guest.here(DRIVER_AREA), in.i32());
            default -> queue.callNeeded();
        }
        guest.end("notification");
    }

    /** A stop and a start, by position or found in ring and record; or a kill, before what was taken is marked. */
    private void reopen(int kind, FuzzInput in) throws GuestMemoryException {
        if (kind < 8) {
            publish();
        }
        int position = queue.position();
        queue.close();
        if (kind == 15) {
            // Another ring was recorded, or nonsense.
            Memory.putLong(record.address() + 8L * in.below(8), in.i64());
        }
        int driver = in.u16();
        boolean told = (kind & 1) != 0;
        long at = (kind & 6) == 6 && PackedLayout.slot(driver) < size ? driver : position & 0xffff;
        open(told ? at : PackedVirtqueue.UNKNOWN);
        burst.clear();
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = SplitFuzz.randomPrograms();
        // A chain that changes while it is looked at: field, and before which read.
        for (int i = 0; i < 128; i++) {
            byte[] chain = {0x1f, (byte) (6 | i >> 6 << 5), 2, 0, 5, 0, 2, 0x12, 0, 6, 0, 3, 7, 0, 3};
            seeds.add(FuzzGuest.join(chain, FuzzGuest.change(i >> 2 & 15, i & 3), new byte[] {0x35, 0, 0, 0, 9}));
        }
        return seeds;
    }

    @Override
    public void close() {
        record.close();
        burst.close();
        guest.close();
    }
}

package io.jspp.virtio;

import static io.jspp.virtio.FuzzGuest.check;

import io.jspp.fuzz.FuzzInput;
import io.jspp.fuzz.FuzzTarget;
import io.jspp.fuzz.Guard;
import io.jspp.memory.Memory;
import io.jspp.virtio.SplitReference.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Fuzz target: the device side of a split ring, and a guest that writes whatever it likes, between calls and in the middle of them. */
public final class SplitFuzz implements FuzzTarget {
    private static final int PACKETS = 32;
    private static final int SEGMENTS = 1024 + 4 * PACKETS;
    /** Places of the rings in the first region, room for 256 entries each. */
    private static final int DESCRIPTORS = 0;

    private static final int AVAIL = 0x1000;
    private static final int USED = 0x1800;
    private static final int RINGS_END = 0x2200;

    private final FuzzGuest guest = new FuzzGuest();
    private final TestVectors burst = new TestVectors(PACKETS, SEGMENTS);
    private final int areas = Guard.areas();
    private final SplitReference reference = new SplitReference(guest.memory);
    private SplitVirtqueue queue;
    private long features;
    private int size;
    /** Whether this queue is one that the guest receives by. */
    private boolean transmits;

    private int used;
    private int avail;

    @Override
    public void run(FuzzInput in) throws Exception {
        guest.clear();
        features = FuzzGuest.features(in.u8()) & ~Features.IN_ORDER;
        int shape = in.u8();
        transmits = in.flag();
        size = 1 << (shape & 15) % 9;
        // At other places rings overlap, or end where their region ends.
        used = (shape & 0x30) == 0x30 ? FuzzGuest.A_BYTES - (int) SplitLayout.usedBytes(size) & ~3 : USED;
        avail = (shape & 0xc0) == 0xc0 ? DESCRIPTORS + 16 * size - 16 : AVAIL;
        open(-1);
        try {
            while (!in.empty()) {
                step(in);
            }
            queue.recover();
            check(queue.position() == usedIdx(), "position " + queue.position() + ", used index " + usedIdx());
        } finally {
            Guard.beforeRead(0, 0, 0, null);
            queue.close();
        }
        check(Guard.areas() == areas, "private memory leaked");
    }

    private void open(int position) throws GuestMemoryException {
        queue = SplitVirtqueue.open(
                guest.memory,
                features,
                size,
                FuzzGuest.USER + DESCRIPTORS,
                FuzzGuest.USER + avail,
                FuzzGuest.USER + used,
                position);
    }

    private void step(FuzzInput in) throws GuestMemoryException {
        int op = in.u8();
        switch (op & 15) {
            case 0, 1, 2 -> descriptor(in, guest.here(DESCRIPTORS + 16L * in.below(size + 1)), size);
            case 3 -> offer(in.u8(), in.u8(), 1 + (op >> 4));
            case 4 -> availIdx(availIdx() + (byte) in.u8());
            case 5, 6, 7, 8 -> {
                if (transmits) {
                    guest.transmit(in, queue, burst, 1 + (op >> 4));
                } else {
                    receive((op & 0x10) == 0, (op & 0x20) == 0);
                }
            }
            case 9 -> queue.publish();
            case 10 -> notifications(op >> 4, in);
            case 11 -> {
                long at = guest.here(in.u16() % RINGS_END & ~7);
                Memory.putLong(at, in.i64());
            }
            case 12 -> guest.arm(in, (op & 16) != 0 ? 0 : AVAIL, (op & 16) != 0 ? RINGS_END : 8 + 2 * size);
            case 13 -> table(in, op >> 4);
            case 14 -> reopen(op >> 4);
            default -> chain(in, op >> 4);
        }
    }

    private void descriptor(FuzzInput in, long at, int entries) {
        long address = guest.address(in);
        int length = FuzzGuest.length(in);
        int flags = in.u8();
        RawQueue.entry(at, address, length, (flags & 0xc0) == 0xc0 ? flags : flags & 7, in.below(entries + 1));
    }

    /** An indirect table. */
    private void table(FuzzInput in, int entries) {
        long at = guest.here(FuzzGuest.table(in, 0x3000, entries));
        for (int i = 0; i <= entries; i++) {
            descriptor(in, at + 16L * i, entries + 1);
        }
        RawQueue.entry(
                guest.here(DESCRIPTORS + 16L * in.below(size)),
                FuzzGuest.A + at - guest.here(0),
                16L * (entries + 1) + (in.u8() == 0 ? 1 : 0),
                DescriptorChain.F_INDIRECT,
                0);
    }

    /** A chain as a right driver makes it, made available. */
    private void chain(FuzzInput in, int kind) {
        int pieces = 1 + (kind & 3);
        boolean writable = transmits != ((kind & 12) == 12);
        int head = in.below(size);
        for (int i = 0; i < pieces; i++) {
            int index = head + i & size - 1;
            int flags = (i < pieces - 1 ? DescriptorChain.F_NEXT : 0) | (writable ? DescriptorChain.F_WRITE : 0);
            long address = FuzzGuest.A + 0x4000 + 0x200L * in.below(56);
            RawQueue.entry(
                    guest.here(DESCRIPTORS + 16L * index), address, 1 + in.below(2048), flags, index + 1 & size - 1);
        }
        offer(head, 0, 1);
    }

    private void offer(int head, int stride, int count) {
        for (int i = 0; i < count; i++) {
            int idx = availIdx();
            Memory.putShort(guest.here(avail + 4 + 2L * (idx & size - 1)), (short) (head + i * stride));
            availIdx(idx + 1);
        }
    }

    private int availIdx() {
        return Memory.getUnsignedShort(guest.here(avail + SplitLayout.AVAIL_IDX));
    }

    private void availIdx(int value) {
        Memory.putShort(guest.here(avail + SplitLayout.AVAIL_IDX), (short) value);
    }

    private int usedIdx() {
        return Memory.getUnsignedShort(guest.here(used + SplitLayout.USED_IDX));
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
        List<Outcome> expected = null;
        int position = 0;
        if (exact && !Guard.armed() && !overlapping()) {
            queue.publish();
            position = queue.position();
            expected = reference.receive(guest, features, size, avail, position, usedArea());
            burst.drops(queue);
        }
        boolean sound = queue.broken() == null;
        int n = guest.receive(queue, burst);
        guest.checkReceived(queue, burst, n);
        if (expected != null && sound) {
            queue.publish();
            compare(expected, position, n);
        }
    }

    private boolean overlapping() {
        return avail != AVAIL || used != USED || 16 * size > AVAIL;
    }

    private long[] usedArea() {
        return new long[] {FuzzGuest.A + used, FuzzGuest.A + used + SplitLayout.usedBytes(size)};
    }

    private void compare(List<Outcome> expected, int firstUsed, int packets) {
        int takenNow = queue.position() - firstUsed & 0xffff;
        check(takenNow <= expected.size(), "took " + takenNow + " chains of " + expected.size());
        int packet = 0;
        int dropped = 0;
        for (int i = 0; i < takenNow; i++) {
            Outcome outcome = expected.get(i);
            long entry = guest.here(used + 4 + 8L * (firstUsed + i & size - 1));
            if (takenNow <= size) {
                check(Memory.getInt(entry) == outcome.head(), "used id " + Memory.getInt(entry));
                check(Memory.getInt(entry + 4) == 0, "used length " + Memory.getInt(entry + 4));
            }
            if (outcome.frame() == null) {
                dropped++;
            } else {
                check(Arrays.equals(outcome.frame(), burst.frame(packet)), "frame " + packet + " differs");
                check(outcome.offload() == burst.offload[packet], "offload of " + packet + " differs");
                packet++;
            }
        }
        check(packet == packets, packets + " packets, " + packet + " expected");
        int drops = burst.drops(queue);
        check(dropped == drops, drops + " drops, " + dropped + " expected");
        boolean full = burst.v.segments + SEGMENTS - 1024 >= 4 * PACKETS;
        check(takenNow == expected.size() || takenNow == PACKETS || full, "left chains");
    }

    private void notifications(int kind, FuzzInput in) {
        guest.begin();
        switch (kind) {
            case 0, 1 -> queue.enableKicks();
            case 2, 3 -> queue.disableKicks();
            case 4 -> queue.recover();
            case 5 -> Memory.putShort(guest.here(avail + SplitLayout.usedEvent(size)), (short) in.u16());
            default -> queue.callNeeded();
        }
        guest.end("notification");
    }

    private void reopen(int kind) throws GuestMemoryException {
        queue.publish();
        int position = queue.position();
        queue.close();
        open(kind == 0 ? position : kind == 1 ? availIdx() : -1);
        burst.clear();
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = randomPrograms();
        // A chain that changes while it is looked at: field, and before which read.
        for (int i = 0; i < 128; i++) {
            int direction = i >> 6;
            byte[] chain = {0x1f, 3, (byte) direction, 0x0f, 0, 5, 0, 2, 0x0f, 1, 6, 0, 3};
            seeds.add(FuzzGuest.join(chain, FuzzGuest.change(i >> 2 & 15, i & 3), new byte[] {0x35, 0, 0, 0, 9}));
        }
        return seeds;
    }

    static List<byte[]> randomPrograms() {
        List<byte[]> seeds = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < 64; i++) {
            byte[] seed = new byte[40 + 8 * i];
            random.nextBytes(seed);
            seeds.add(seed);
        }
        return seeds;
    }

    @Override
    public void close() {
        burst.close();
        guest.close();
    }
}

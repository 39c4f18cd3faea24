package io.jspp.virtio;

import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.memory.MappedMemory;
import io.jspp.memory.Memory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Driver side of one packed virtqueue in one memory region, strict about everything a device may do: ids, order, lengths, contents. Buffer ids are
 * reused at once, as Linux does; with IN_ORDER they are slots. The region lies between margins that hold a pattern.
 */
final class PackedDriver implements AutoCloseable {
    static final long GUEST = 0x1_0000_0000L;
    static final long USER = 0x7f00_0000_0000L;
    static final int HEADER = 12;
    static final int MARGIN = 64 * 1024;
    private static final int AREA = 4096;
    private static final int TABLE = 1024;
    private static final byte PATTERN = 0x5a;

    /** A list of buffers with the device. */
    private record Chain(int id, int slots, long seq, List<long[]> pieces) {
        int capacity() {
            return pieces.stream().mapToInt(p -> (int) p[1]).sum();
        }
    }

    final int size;
    final long features;
    final long base;
    final GuestMemory memory;
    final long driverArea;
    final long deviceArea;
    private final long buffers;
    private final int region;
    private final MappedMemory mapping;

    /** Margin, region, margin; another process may serve the ring with it. */
    final FileDescriptor file;

    private final boolean inOrder;
    private final boolean mergeable;
    private final ArrayDeque<Integer> freeIds = new ArrayDeque<>();
    private final ArrayDeque<Chain> outstanding = new ArrayDeque<>();
    private int free;
    private int availSlot;
    private boolean availWrap = true;
    private int usedSlot;
    private boolean usedWrap = true;

    /** Frames received whole, by their number. */
    final List<Long> received = new ArrayList<>();

    PackedDriver(int size, long features) throws GuestMemoryException {
        this.size = size;
        this.features = features;
        this.inOrder = Features.has(features, Features.IN_ORDER);
        this.mergeable = Features.has(features, Features.MRG_RXBUF);
        long areas = PackedLayout.ringBytes(size) + 63 & ~63;
        region = (int) (areas + 4095 & ~4095) + 4096 + size * AREA;
        file = Linux.memfdCreate("packed", 0);
        Linux.ftruncate(file.value(), region + 2L * MARGIN);
        mapping = MappedMemory.shared(file.value(), 0, region + 2L * MARGIN);
        Memory.fill(mapping.address(), MARGIN, PATTERN);
        Memory.fill(mapping.address() + MARGIN + region, MARGIN, PATTERN);
        base = mapping.address() + MARGIN;
        driverArea = areas;
        deviceArea = areas + 64;
        buffers = region - (long) size * AREA;
        memory = GuestMemory.of(List.of(GuestRegion.map(file.duplicate(), GUEST, region, USER, MARGIN)));
        reset();
    }

    /** A driver that starts anew, as after a reboot: zeroed ring. */
    void reset() {
        Memory.fill(base, PackedLayout.ringBytes(size), (byte) 0);
        freeIds.clear();
        outstanding.clear();
        for (int i = 0; i < size; i++) {
            freeIds.push(i);
        }
        free = size;
        availSlot = 0;
        availWrap = true;
        usedSlot = 0;
        usedWrap = true;
    }

    PackedVirtqueue device(long position, long record) throws GuestMemoryException {
        return PackedVirtqueue.open(
                memory, features, size, USER, USER + driverArea, USER + deviceArea, position, record);
    }

    int availPosition() {
        return PackedLayout.position(availSlot, availWrap);
    }

    int usedPosition() {
        return PackedLayout.position(usedSlot, usedWrap);
    }

    /** Starts at another place than slot 0, as if there had been traffic. */
    void startAt(int position) {
        availSlot = usedSlot = PackedLayout.slot(position);
        availWrap = usedWrap = PackedLayout.wrap(position);
        for (int i = 0; i < size; i++) {
            boolean wrap = i < usedSlot ? usedWrap : !usedWrap;
            Memory.putLong(slot(i) + 8, wrap ? PackedLayout.META_STATE : 0);
        }
    }

    int free() {
        return free;
    }

    int outstandingChains() {
        return outstanding.size();
    }

    // ---- offering

    /** Offers a frame in {@code pieces} buffers; false when the ring has no room. */
    boolean send(long seq, int frame, int pieces, boolean indirect) {
        byte[] bytes = new byte[HEADER + frame];
        fillFrame(bytes, HEADER, frame, seq);
        int[] lengths = new int[pieces];
        int left = bytes.length;
        for (int i = 0; i < pieces; i++) {
            lengths[i] = i == pieces - 1 ? left : Math.min(left, 1 + left / pieces);
            left -= lengths[i];
        }
        Chain chain = offer(seq, lengths, indirect, 0);
        if (chain == null) {
            return false;
        }
        int at = 0;
        for (long[] piece : chain.pieces) {
            Memory.put(piece[0], bytes, at, (int) piece[1]);
            at += (int) piece[1];
        }
        show(chain);
        return true;
    }

    /** Offers buffers for frames to come. */
    boolean post(int bytes, int pieces, boolean indirect) {
        int[] lengths = new int[pieces];
        Arrays.fill(lengths, bytes);
        Chain chain = offer(-1, lengths, indirect, PackedLayout.F_WRITE);
        if (chain == null) {
            return false;
        }
        show(chain);
        return true;
    }

    private long headFlags;

    /** Writes all but the flags of the first descriptor. */
    private Chain offer(long seq, int[] lengths, boolean indirect, int flags) {
        int slots = indirect ? 1 : lengths.length;
        if (slots > free) {
            return null;
        }
        int id = inOrder ? availSlot : freeIds.pop();
        List<long[]> pieces = new ArrayList<>();
        if (indirect) {
            long area = area(availSlot);
            int at = TABLE;
            for (int i = 0; i < lengths.length; i++) {
                pieces.add(new long[] {area + at, lengths[i]});
                Memory.putLong(area + 16L * i, guest(area + at));
                // NEXT, AVAIL and USED mean nothing in a table
                Memory.putLong(area + 16L * i + 8, lengths[i] | (long) (flags | (i & 1) << 7 | i & 1) << 48);
                at += lengths[i];
                if (at > AREA) {
                    throw new IllegalArgumentException("indirect buffers too long");
                }
            }
            headFlags = write(availSlot, availWrap, guest(area), 16L * lengths.length, id, PackedLayout.F_INDIRECT);
        } else {
            for (int i = 0; i < slots; i++) {
                int slot = (availSlot + i) % size;
                boolean wrap = availSlot + i < size ? availWrap : !availWrap;
                boolean last = i == slots - 1;
                pieces.add(new long[] {area(slot), lengths[i]});
                int all = flags | (last ? 0 : PackedLayout.F_NEXT);
                // only the last one's id counts, §2.8.6
                long meta = write(slot, wrap, guest(area(slot)), lengths[i], last ? id : id ^ 0x2a5, all);
                if (i == 0) {
                    headFlags = meta;
                } else {
                    Memory.putLong(slot(slot) + 8, meta);
                }
            }
        }
        return new Chain(id, slots, seq, pieces);
    }

    private long write(int slot, boolean wrap, long address, long length, int id, int flags) {
        Memory.putLong(slot(slot), address);
        long meta = length | (long) id << 32 | (long) flags << 48;
        return meta | (wrap ? PackedLayout.META_AVAIL : PackedLayout.META_USED);
    }

    private void show(Chain chain) {
        Memory.putLongRelease(slot(availSlot) + 8, headFlags);
        outstanding.add(chain);
        free -= chain.slots;
        availSlot += chain.slots;
        if (availSlot >= size) {
            availSlot -= size;
            availWrap = !availWrap;
        }
    }

    /** A descriptor as a malicious driver writes it, available, at the next slot; {@code slots} of them make a chain the driver knows nothing of. */
    void raw(long guestAddress, long length, int id, int flags) {
        Memory.putLongRelease(
                slot(availSlot) + 8, write(availSlot, availWrap, guestAddress, length & 0xffff_ffffL, id, flags));
        if (++availSlot == size) {
            availSlot = 0;
            availWrap = !availWrap;
        }
        free--;
    }

    // ---- taking back

    private boolean used(int slot, boolean wrap) {
        long state = Memory.getLongAcquire(slot(slot) + 8) & PackedLayout.META_STATE;
        return state == (wrap ? PackedLayout.META_STATE : 0);
    }

    /** Takes one used chain and its length; null when there is none. */
    private Chain next(int[] length) {
        if (outstanding.isEmpty() || !used(usedSlot, usedWrap)) {
            return null;
        }
        Chain chain = outstanding.remove();
        long meta = Memory.getLong(slot(usedSlot) + 8);
        int id = (int) (meta >>> 32) & 0xffff;
        if (id != chain.id) {
            throw new AssertionError("used id " + id + " at slot " + usedSlot + ", " + chain.id + " expected");
        }
        length[0] = (int) meta;
        give(chain);
        return chain;
    }

    private void give(Chain chain) {
        if (!inOrder) {
            freeIds.push(chain.id);
        }
        free += chain.slots;
        usedSlot += chain.slots;
        if (usedSlot >= size) {
            usedSlot -= size;
            usedWrap = !usedWrap;
        }
    }

    /** Takes back what was sent; chains taken. */
    int pollSent() {
        int n = 0;
        while (!outstanding.isEmpty() && used(usedSlot, usedWrap)) {
            long meta = Memory.getLong(slot(usedSlot) + 8);
            int id = (int) (meta >>> 32) & 0xffff;
            if ((int) meta != 0) {
                throw new AssertionError("used length " + (int) meta + " of a buffer that was only read");
            }
            Chain chain;
            do {
                if (outstanding.isEmpty()) {
                    throw new AssertionError("used id " + id + " is not outstanding");
                }
                chain = outstanding.remove();
                if (!inOrder && chain.id != id) {
                    throw new AssertionError("used id " + id + " at slot " + usedSlot + ", " + chain.id + " expected");
                }
                give(chain);
                n++;
            } while (chain.id != id);
        }
        return n;
    }

    /** Takes whole frames into {@link #received}, checked byte by byte; chains taken. */
    int pollReceived() {
        int n = 0;
        int[] length = new int[1];
        Chain chain = next(length);
        while (chain != null) {
            n++;
            byte[] bytes = data(chain, length[0]);
            if (bytes.length < HEADER) {
                throw new AssertionError("used length " + bytes.length);
            }
            int more = (bytes[10] & 0xff | (bytes[11] & 0xff) << 8) - 1;
            if (more < 0 || more > 0 && !mergeable) {
                throw new AssertionError("num_buffers " + (more + 1));
            }
            for (int i = 0; i < more; i++) {
                chain = next(length);
                if (chain == null) {
                    throw new AssertionError("buffer " + (i + 1) + " of " + more + " more is missing");
                }
                n++;
                byte[] part = data(chain, length[0]);
                int at = bytes.length;
                bytes = Arrays.copyOf(bytes, at + part.length);
                System.arraycopy(part, 0, bytes, at, part.length);
            }
            received.add(checkFrame(bytes, HEADER, bytes.length - HEADER));
            chain = next(length);
        }
        return n;
    }

    private static byte[] data(Chain chain, int length) {
        if (length < 0 || length > chain.capacity()) {
            throw new AssertionError("used length " + length + " of " + chain.capacity());
        }
        byte[] bytes = new byte[length];
        int at = 0;
        for (long[] piece : chain.pieces) {
            int part = (int) Math.min(piece[1], length - at);
            Memory.get(piece[0], bytes, at, part);
            at += part;
        }
        return bytes;
    }

    // ---- frames: number, then a pattern made of number and place

    static void fillFrame(byte[] bytes, int at, int length, long seq) {
        for (int i = 0; i < length; i++) {
            bytes[at + i] = i < 8 ? (byte) (seq >>> 8 * i) : (byte) (seq * 31 + i + length);
        }
    }

    static long checkFrame(byte[] bytes, int at, int length) {
        long seq = 0;
        for (int i = 0; i < 8; i++) {
            seq |= (bytes[at + i] & 0xffL) << 8 * i;
        }
        for (int i = 8; i < length; i++) {
            if (bytes[at + i] != (byte) (seq * 31 + i + length)) {
                throw new AssertionError("frame " + seq + " of " + length + " bytes is wrong at " + i);
            }
        }
        return seq;
    }

    // ---- addresses

    long slot(int slot) {
        return base + 16L * slot;
    }

    /** Memory of a slot's buffers, {@value #AREA} bytes. */
    long area(int slot) {
        return base + buffers + (long) AREA * slot;
    }

    long guest(long address) {
        return address - base + GUEST;
    }

    int region() {
        return region;
    }

    boolean marginsIntact() {
        for (int i = 0; i < MARGIN; i++) {
            if (Memory.getByte(base - MARGIN + i) != PATTERN || Memory.getByte(base + region + i) != PATTERN) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        memory.close();
        mapping.close();
        file.close();
    }
}

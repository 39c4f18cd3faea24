package io.jspp.frontend;

import io.jspp.memory.Alignment;
import io.jspp.memory.Memory;
import io.jspp.virtio.Features;

/**
 * A packed virtqueue seen by the driver (virtio 1.2 §2.8).
 *
 * <pre>
 *   ring          16 × size   page-aligned   both write: addr u64, then meta u64 = len u32 | id u16 | flags u16
 *   driver area   4           page-aligned   driver writes: off_wrap u16, flags u16
 *   device area   4                          device writes: the same
 * </pre>
 *
 * <p>A slot is available in a lap with wrap counter w when AVAIL = w and USED ≠ w, used when AVAIL = USED = w. Chains offered are staged: all
 * flags but those of the first chain's first descriptor are written at once, that one by {@link #publish}. A user either offers and takes chains,
 * or, as the generators do, writes descriptors itself, one per buffer, with slot and lap kept here.
 */
public final class PackedDriverQueue extends DriverVirtqueue {
    static final int META = 8;
    static final int ID_SHIFT = 32;
    static final int FLAGS_SHIFT = 48;
    static final long ID_MASK = 0xffffL;
    static final long AVAIL = 1L << FLAGS_SHIFT + 7;
    static final long USED = 1L << FLAGS_SHIFT + 15;
    static final long STATE = AVAIL | USED;

    /** What QEMU 7.2 sends as SET_VRING_BASE for any packed ring: slot 0, wrap counter 1, for both indexes. */
    private static final int BASE_UNKNOWN = 0x8000_8000;

    private static final int EVENT_ENABLE = 0;
    private static final int EVENT_DISABLE = 1;
    private static final int EVENT_DESCRIPTOR = 2;
    private static final int WRAP = 1 << 15;
    private static final int NOT_OFFERED = -1;

    private final boolean inOrder;
    private final int mask;
    private final long ring;
    private final long driverArea;
    private final long deviceArea;
    private final int[] freeIds;
    private final int[] slots;
    private final int[] tokens;
    private final int[] order;
    private int freeHead;
    private int freeTail;
    private int ordersPut;
    private int ordersTaken;
    private long stagedAt;
    private long stagedMeta;
    private boolean staged;

    /** Slots that came into use, and that were taken back, since the beginning; their difference is what is outstanding. */
    private long offered;

    private long taken;
    private long kicked;
    private int batchLeft;
    private int batchLength;
    private int takenToken;
    private int takenLength;

    public PackedDriverQueue(FrontendMemory memory, int size, long features) {
        super(memory, size, features);
        this.inOrder = Features.has(features, Features.IN_ORDER);
        this.mask = size - 1;
        this.ring = memory.allocate((long) DESCRIPTOR_BYTES * size, Alignment.PAGE);
        this.driverArea = memory.allocate(4, Alignment.PAGE);
        this.deviceArea = memory.allocate(4, Alignment.CACHE_LINE);
        this.freeIds = new int[size];
        this.slots = new int[size];
        this.tokens = new int[size];
        this.order = new int[size];
        for (int i = 0; i < size; i++) {
            freeIds[i] = i;
            tokens[i] = NOT_OFFERED;
        }
        freeTail = size;
    }

    @Override
    public long descriptors() {
        return ring;
    }

    @Override
    public long avail() {
        return driverArea;
    }

    @Override
    public long used() {
        return deviceArea;
    }

    @Override
    int restartBase() {
        return BASE_UNKNOWN;
    }

    // ---- slots

    /** Address of the descriptor that the {@code position}th slot since the beginning falls on. */
    long descriptor(long position) {
        return ring + (position & mask) * DESCRIPTOR_BYTES;
    }

    /** State bits that make a descriptor available at a position: the wrap counter begins at 1 and changes with each turn. */
    long available(long position) {
        return (position & mask + 1L) == 0 ? AVAIL : USED;
    }

    /** State bits of a descriptor that was used at a position. */
    long used(long position) {
        return (position & mask + 1L) == 0 ? STATE : 0;
    }

    /** Position of the next slot to offer. */
    long offered() {
        return offered;
    }

    /** Position of the next slot to take back. */
    long taken() {
        return taken;
    }

    /** {@code n} more slots were made available by the user. */
    void offeredSlots(int n) {
        offered += n;
    }

    /** {@code n} more slots were taken back by the user. */
    void takenSlots(int n) {
        taken += n;
    }

    @Override
    public int outstanding() {
        return (int) (offered - taken);
    }

    private boolean usedReady() {
        // acquire: pairs with the device's release of the flags, §2.8.9.
        return offered != taken && (Memory.getLongAcquire(descriptor(taken) + META) & STATE) == used(taken);
    }

    /** Slot and wrap counter of a position, as event areas have them. */
    private int offWrap(long position) {
        return (int) (position & mask) | (available(position) == AVAIL ? WRAP : 0);
    }

    // ---- chains

    @Override
    boolean offer(long[] addresses, int[] lengths, int n, boolean deviceWrites, int token) {
        boolean table = indirect(n);
        int needed = table ? 1 : n;
        if (needed > size() - outstanding() || freeTail == freeHead) {
            return false;
        }
        int id = freeIds[freeHead++ & mask];
        int kind = deviceWrites ? F_WRITE : 0;
        if (table) {
            long entries = table(id);
            for (int i = 0; i < n; i++) {
                // §2.8.7: ids and NEXT have no meaning in a table.
                long entry = entries + (long) i * DESCRIPTOR_BYTES;
                putDescriptorAt(entry, memory().guestAddress(addresses[i]), lengths[i], 0, 0);
                Memory.putShort(entry + 14, (short) kind);
            }
            put(memory().guestAddress(entries), n * DESCRIPTOR_BYTES, id, F_INDIRECT);
        } else {
            for (int i = 0; i < n; i++) {
                put(memory().guestAddress(addresses[i]), lengths[i], id, kind | (i < n - 1 ? F_NEXT : 0));
            }
        }
        slots[id] = needed;
        tokens[id] = token;
        order[ordersPut++ & mask] = id;
        return true;
    }

    private void put(long guestAddress, int length, int id, int flags) {
        long at = descriptor(offered);
        long meta = meta(length, id, flags) | available(offered);
        Memory.putLong(at, guestAddress);
        if (staged) {
            Memory.putLong(at + META, meta);
        } else {
            staged = true;
            stagedAt = at + META;
            stagedMeta = meta;
        }
        offered++;
    }

    /** Second half of a descriptor without its state bits. */
    static long meta(int length, int id, int flags) {
        return Integer.toUnsignedLong(length) | (long) id << ID_SHIFT | (long) flags << FLAGS_SHIFT;
    }

    @Override
    void publish() {
        if (staged) {
            staged = false;
            publish(stagedAt, stagedMeta);
        }
    }

    /** Makes a descriptor, and all that were written behind it, visible. */
    static void publish(long metaAddress, long meta) {
        // release: everything before the first flags of the batch, §2.8.21; pairs with the device's acquire.
        Memory.putLongRelease(metaAddress, meta);
    }

    @Override
    boolean take() {
        if (batchLeft == 0) {
            if (!usedReady()) {
                return false;
            }
            long meta = Memory.getLong(descriptor(taken) + META);
            int id = (int) (meta >>> ID_SHIFT & ID_MASK);
            if (id > mask || tokens[id] == NOT_OFFERED) {
                throw new FrontendException("device used buffer " + id + ", which it does not have");
            }
            batchLeft = inOrder ? batch(id) : 1;
            batchLength = (int) meta;
            if (!inOrder) {
                return finish(id, batchLength);
            }
        }
        // In order, one element may stand for a batch and names its last buffer (§2.8.9): the others' lengths are
        // unknown.
        int id = order[ordersTaken & mask];
        return finish(id, batchLeft == 1 ? batchLength : 0);
    }

    /** Chains up to the one of {@code id} in the order in which they were offered. */
    private int batch(int id) {
        for (int n = 0; n < ordersPut - ordersTaken; n++) {
            if (order[ordersTaken + n & mask] == id) {
                return n + 1;
            }
        }
        throw new FrontendException("device used buffer " + id + ", which is not among those it has");
    }

    private boolean finish(int id, int length) {
        batchLeft--;
        ordersTaken++;
        takenToken = tokens[id];
        takenLength = length;
        tokens[id] = NOT_OFFERED;
        freeIds[freeTail++ & mask] = id;
        taken += slots[id];
        return true;
    }

    @Override
    int takenToken() {
        return takenToken;
    }

    @Override
    int takenLength() {
        return takenLength;
    }

    // ---- notification

    @Override
    public void kick() {
        // Store flags, then load the device's suppression word: without the fence both sides could miss each other
        // (§2.8.10).
        Memory.fullFence();
        kickUnfenced();
    }

    @Override
    public void kickUnfenced() {
        boolean wanted = offered != kicked && wanted(offered - kicked);
        kicked = offered;
        if (wanted) {
            forceKick();
        }
    }

    /** Whether the device waits for one of the last {@code slots} that were offered. */
    private boolean wanted(long slots) {
        int event = Memory.getInt(deviceArea);
        int flags = event >>> 16 & 3;
        if (flags != EVENT_DESCRIPTOR || !eventIndex) {
            return flags != EVENT_DISABLE;
        }
        if (slots > size()) {
            return true;
        }
        for (long position = offered - slots; position < offered; position++) {
            if (offWrap(position) == (event & 0xffff)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void kickAgain() {
        Memory.fullFence();
        if (outstanding() > 0 && wanted(outstanding())) {
            forceKick();
        }
    }

    @Override
    public void disableCalls() {
        Memory.putInt(driverArea, EVENT_DISABLE << 16);
    }

    @Override
    public boolean enableCalls() {
        Memory.putInt(driverArea, eventIndex ? EVENT_DESCRIPTOR << 16 | offWrap(taken) : EVENT_ENABLE << 16);
        // Store the wish, then look: else a device that used a buffer in between saw no wish and we no buffer
        // (§2.8.10).
        Memory.fullFence();
        return usedReady();
    }
}

package io.jspp.frontend;

import io.jspp.memory.Alignment;
import io.jspp.memory.Memory;
import io.jspp.virtio.Features;

/**
 * A split virtqueue seen by the driver (virtio 1.2 §2.7).
 *
 * <pre>
 *   descriptors  16 × size      page-aligned    driver writes
 *   avail        6 + 2 × size   page-aligned    driver writes: flags u16, idx u16, ring u16[size], used_event u16
 *   used         6 + 8 × size   page-aligned    device writes: flags u16, idx u16, ring {id u32, len u32}[size], avail_event u16
 * </pre>
 *
 * <p>Free descriptors form a FIFO, so that with a device that works in order each chain takes consecutive descriptors, as IN_ORDER demands
 * (§2.7.9). A user either offers and takes chains, or, as the generators do, writes descriptors and avail entries itself.
 */
public final class SplitDriverQueue extends DriverVirtqueue {
    static final int RING_OFFSET = 4;
    private static final int NO_INTERRUPT = 1;
    private static final int NO_NOTIFY = 1;
    private static final int NOT_OFFERED = -1;

    private final boolean inOrder;
    private final int mask;
    private final long descriptors;
    private final long avail;
    private final long used;
    private final int[] freeDescriptors;
    private final int[] nextDescriptor;
    private final int[] tokens;
    private final int[] heads;
    private int freeHead;
    private int freeTail;
    private int headsPut;
    private int headsTaken;
    private int staged;
    private int availIdx;
    private int usedIdx;
    private int kickedIdx;
    private int takenToken;
    private int takenLength;

    public SplitDriverQueue(FrontendMemory memory, int size, long features) {
        super(memory, size, features);
        this.inOrder = Features.has(features, Features.IN_ORDER);
        this.mask = size - 1;
        this.descriptors = memory.allocate((long) DESCRIPTOR_BYTES * size, Alignment.PAGE);
        this.avail = memory.allocate(6 + 2L * size, Alignment.PAGE);
        this.used = memory.allocate(6 + 8L * size, Alignment.PAGE);
        this.freeDescriptors = new int[size];
        this.nextDescriptor = new int[size];
        this.tokens = new int[size];
        this.heads = new int[size];
        for (int i = 0; i < size; i++) {
            freeDescriptors[i] = i;
            tokens[i] = NOT_OFFERED;
        }
        freeTail = size;
    }

    @Override
    public long descriptors() {
        return descriptors;
    }

    @Override
    public long avail() {
        return avail;
    }

    @Override
    public long used() {
        return used;
    }

    @Override
    int restartBase() {
        return deviceUsedIdx();
    }

    // ---- chains

    @Override
    boolean offer(long[] addresses, int[] lengths, int n, boolean deviceWrites, int token) {
        boolean table = indirect(n);
        int needed = table ? 1 : n;
        if (needed > freeTail - freeHead) {
            return false;
        }
        int head = freeDescriptors[freeHead & mask];
        int kind = deviceWrites ? F_WRITE : 0;
        long entries = table ? table(head) : 0;
        int last = head;
        for (int i = 0; i < n; i++) {
            int more = i < n - 1 ? F_NEXT : 0;
            long guest = memory().guestAddress(addresses[i]);
            if (table) {
                putDescriptorAt(
                        entries + (long) i * DESCRIPTOR_BYTES, guest, lengths[i], kind | more, more == 0 ? 0 : i + 1);
            } else {
                last = freeDescriptors[freeHead + i & mask];
                int next = more == 0 ? 0 : freeDescriptors[freeHead + i + 1 & mask];
                nextDescriptor[last] = next;
                putDescriptorAt(descriptors + (long) last * DESCRIPTOR_BYTES, guest, lengths[i], kind | more, next);
            }
        }
        if (table) {
            putDescriptor(head, entries, n * DESCRIPTOR_BYTES, F_INDIRECT, 0);
        }
        nextDescriptor[last] = NOT_OFFERED;
        freeHead += needed;
        tokens[head] = token;
        heads[headsPut++ & mask] = head;
        putAvail(availIdx + staged++, head);
        return true;
    }

    @Override
    void publish() {
        publish(staged);
        staged = 0;
    }

    @Override
    boolean take() {
        if (usedReady() == 0) {
            return false;
        }
        long element = usedElement(usedIdx);
        // In order, the device may write one element for a whole batch (§2.7.9): only the count tells.
        int head = inOrder ? heads[headsTaken & mask] : Memory.getInt(element);
        headsTaken++;
        if (head < 0 || head > mask || tokens[head] == NOT_OFFERED) {
            throw new FrontendException(
                    "device used descriptor " + Integer.toUnsignedString(head) + ", which is no head of ours");
        }
        takenToken = tokens[head];
        takenLength = Memory.getInt(element + 4);
        tokens[head] = NOT_OFFERED;
        for (int d = head; d != NOT_OFFERED; d = nextDescriptor[d]) {
            freeDescriptors[freeTail++ & mask] = d;
        }
        takeUsed(1);
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

    // ---- index words

    /** Fills a descriptor; {@code address} is one of this process. */
    public void putDescriptor(int index, long address, int length, int flags, int next) {
        putDescriptorAt(
                descriptors + (long) index * DESCRIPTOR_BYTES, memory().guestAddress(address), length, flags, next);
    }

    /** Sets entry {@code position} (16-bit, wraps) of the avail ring; {@link #publish} makes it visible. */
    public void putAvail(int position, int head) {
        Memory.putShort(avail + RING_OFFSET + 2L * (position & mask), (short) head);
    }

    /** Position of the next avail entry, 16 bit. */
    public int availIdx() {
        return availIdx;
    }

    /** Position of the next used element to look at, 16 bit. */
    public int usedIdx() {
        return usedIdx;
    }

    /** Offers {@code entries} avail entries that were put. */
    public void publish(int entries) {
        availIdx = availIdx + entries & 0xffff;
        // release: pairs with the device's acquire of avail idx, virtio 1.2 §2.7.13.3
        Memory.putShortRelease(avail + 2, (short) availIdx);
    }

    /** Used elements that wait to be taken; checked against what is outstanding: a device that lies yields an exception. */
    public int usedReady() {
        int ready = deviceUsedIdx() - usedIdx & 0xffff;
        if (ready > (availIdx - usedIdx & 0xffff)) {
            throw new FrontendException("device used " + ready + " buffers, only " + (availIdx - usedIdx & 0xffff)
                    + " were available: the back-end's used index is wrong");
        }
        return ready;
    }

    @Override
    public int outstanding() {
        return availIdx - usedIdx & 0xffff;
    }

    /** The device's own index, acquired: pairs with its release, virtio 1.2 §2.7.14. Any thread. */
    public int deviceUsedIdx() {
        return Memory.getShortAcquire(used + 2) & 0xffff;
    }

    /** Address of the used element at {@code position}: id at 0, length at 4. */
    public long usedElement(int position) {
        return used + RING_OFFSET + 8L * (position & mask);
    }

    /** Marks {@code elements} used elements as taken. */
    public void takeUsed(int elements) {
        usedIdx = usedIdx + elements & 0xffff;
    }

    @Override
    public void kick() {
        // Store avail idx, then load the device's suppression word: without the fence both sides could miss each other
        // (§2.7.10).
        Memory.fullFence();
        kickUnfenced();
    }

    @Override
    public void kickUnfenced() {
        boolean wanted;
        if (eventIndex) {
            int event = Memory.getShortOpaque(used + RING_OFFSET + 8L * (mask + 1)) & 0xffff;
            wanted = (availIdx - event - 1 & 0xffff) < (availIdx - kickedIdx & 0xffff);
        } else {
            wanted = availIdx != kickedIdx && (Memory.getShortOpaque(used) & NO_NOTIFY) == 0;
        }
        kickedIdx = availIdx;
        if (wanted) {
            forceKick();
        }
    }

    @Override
    public void kickAgain() {
        if (eventIndex) {
            Memory.fullFence();
            int event = Memory.getShortOpaque(used + RING_OFFSET + 8L * (mask + 1)) & 0xffff;
            // The device waits for entry `event`; it lies behind us although nothing was used: its sleep began between
            // our store and load.
            if (outstanding() > 0 && (availIdx - event - 1 & 0xffff) < outstanding()) {
                forceKick();
            }
        } else {
            Memory.fullFence();
            if (outstanding() > 0 && (Memory.getShortOpaque(used) & NO_NOTIFY) == 0) {
                forceKick();
            }
        }
    }

    @Override
    public void disableCalls() {
        if (eventIndex) {
            // The element just taken: the device reaches it again after 65536 elements, one call then does no harm.
            Memory.putShortOpaque(avail + RING_OFFSET + 2L * (mask + 1), (short) (usedIdx - 1));
        } else {
            Memory.putShortOpaque(avail, (short) NO_INTERRUPT);
        }
    }

    @Override
    public boolean enableCalls() {
        if (eventIndex) {
            Memory.putShortOpaque(avail + RING_OFFSET + 2L * (mask + 1), (short) usedIdx);
        } else {
            Memory.putShortOpaque(avail, (short) 0);
        }
        // Store the wish, then load used idx: else a device that used a buffer in between saw no wish and we no buffer
        // (§2.7.7).
        Memory.fullFence();
        return usedReady() > 0;
    }
}

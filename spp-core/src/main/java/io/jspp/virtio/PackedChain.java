package io.jspp.virtio;

import static io.jspp.virtio.PackedLayout.META_ID;
import static io.jspp.virtio.PackedLayout.META_INDIRECT;
import static io.jspp.virtio.PackedLayout.META_LENGTH;
import static io.jspp.virtio.PackedLayout.META_NEXT;
import static io.jspp.virtio.PackedLayout.META_WRITE;

import io.jspp.memory.Memory;

/**
 * Walks one descriptor chain of a packed virtqueue (virtio 1.2 §2.8.6) and its indirect table (§2.8.7), reading each descriptor once, and checks
 * everything. A chain that breaks a rule is walked to its end all the same, since only there its id is. One worker's thread.
 */
final class PackedChain {
    /** No end within the slots the driver can have offered. */
    static final int ENDLESS = -6;

    /** What the next chain is translated by. */
    GuestMemory memory;

    private final long ring;
    private final int size;
    private final boolean indirectAllowed;

    /** Slots of the chain walked last. */
    int slots;

    /** Descriptors looked at in the walk, those of a table too. */
    int walked;

    /** Buffer id of the chain walked last, in place for a meta word. */
    long id;

    private long[] addresses;
    private int[] lengths;
    private int limit;
    private boolean writable;
    private long wanted;
    private long bytes;
    private int next;

    PackedChain(GuestMemory memory, long ring, int size, boolean indirectAllowed) {
        this.memory = memory;
        this.ring = ring;
        this.size = size;
        this.indirectAllowed = indirectAllowed;
    }

    /**
     * Appends the chain's buffers as segments of our address space, like {@link DescriptorChain#gather}.
     *
     * @param slot of its head, whose words were read into {@code address} and {@code meta}
     * @param most slots it may have
     * @return segments appended, {@link DescriptorChain#MALFORMED}, {@code TOO_LONG}, {@code NO_ROOM}, or {@link #ENDLESS}
     */
    int gather(
            int slot,
            long address,
            long meta,
            int most,
            boolean writable,
            long wanted,
            long[] addresses,
            int[] lengths,
            int at,
            int limit) {
        this.addresses = addresses;
        this.lengths = lengths;
        this.limit = limit;
        this.writable = writable;
        this.wanted = wanted;
        bytes = 0;
        walked = 0;
        next = at;
        int result = 0;
        int index = slot;
        int steps = 1;
        long buffer = address;
        long word = meta;
        while (true) {
            walked++;
            if (result == 0) {
                if ((word & META_INDIRECT) == 0) {
                    result = add(buffer, word);
                } else if (steps == 1) {
                    result = addTable(buffer, word);
                } else {
                    // A chain is of one kind, §2.8.7.
                    result = DescriptorChain.MALFORMED;
                }
            }
            if ((word & META_NEXT) == 0) {
                break;
            }
            if (++steps > most) {
                return ENDLESS;
            }
            if (++index == size) {
                index = 0;
            }
            long descriptor = ring + ((long) index << 4);
            buffer = Memory.getLong(descriptor);
            word = Memory.getLong(descriptor + PackedLayout.META);
        }
        slots = steps;
        id = word & META_ID;
        return result < 0 ? result : next - at;
    }

    /** One buffer; 0, or what is wrong. */
    private int add(long address, long meta) {
        if ((meta & META_WRITE) != 0 != writable) {
            return DescriptorChain.MALFORMED;
        }
        long length = meta & META_LENGTH;
        if (length == 0) {
            return writable ? DescriptorChain.MALFORMED : 0;
        }
        if (Long.compareUnsigned(address + (length - 1), address) < 0) {
            return DescriptorChain.MALFORMED;
        }
        if (bytes + length > wanted) {
            if (!writable) {
                return DescriptorChain.TOO_LONG;
            }
            length = wanted - bytes;
            if (length == 0) {
                return 0;
            }
        }
        bytes += length;
        int n = DescriptorChain.append(memory, address, length, addresses, lengths, next, limit);
        if (n < 0) {
            return n;
        }
        next = n;
        return 0;
    }

    /** All entries of a table, in order: NEXT means nothing in them, §2.8.7. */
    private int addTable(long address, long meta) {
        long length = meta & META_LENGTH;
        long entries = length / PackedLayout.DESCRIPTOR_BYTES;
        if (!indirectAllowed
                || (meta & META_NEXT) != 0
                || entries == 0
                || length % PackedLayout.DESCRIPTOR_BYTES != 0
                || entries > DescriptorChain.MAX_INDIRECT) {
            return DescriptorChain.MALFORMED;
        }
        long table = memory.translate(address, length);
        if (table == GuestMemory.NOWHERE) {
            return DescriptorChain.MALFORMED;
        }
        for (int i = 0; i < entries; i++) {
            walked++;
            long entry = table + (long) i * PackedLayout.DESCRIPTOR_BYTES;
            long buffer = Memory.getLong(entry);
            long word = Memory.getLong(entry + PackedLayout.META);
            int result = (word & META_INDIRECT) != 0 ? DescriptorChain.MALFORMED : add(buffer, word);
            if (result < 0) {
                return result;
            }
        }
        return 0;
    }
}

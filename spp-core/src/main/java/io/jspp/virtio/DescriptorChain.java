package io.jspp.virtio;

import io.jspp.memory.Memory;

/**
 * Walks one descriptor chain of a split virtqueue or an indirect table (virtio 1.2 §2.7.5), reading each 16-byte descriptor once, and checks
 * everything: index, steps, flags, addresses, bytes. Stateless; worker thread.
 */
final class DescriptorChain {
    static final int F_NEXT = 1;
    static final int F_WRITE = 2;
    static final int F_INDIRECT = 4;

    /** struct virtq_desc: addr(8) len(4) flags(2) next(2). */
    static final int DESCRIPTOR_BYTES = 16;

    /** Entries an indirect table may have; Linux never uses more than the queue size, whose usual largest value this is. */
    static final int MAX_INDIRECT = 1024;

    /** Descriptors of one chain or table that are looked at, those without bytes included; more than QEMU accepts, 1024, no driver makes. */
    private static final int MAX_STEPS = 1024;

    /** The chain breaks a rule. */
    static final int MALFORMED = -1;

    /** A readable chain is longer than {@code wanted} bytes. */
    static final int TOO_LONG = -2;

    /** The output arrays are full. */
    static final int NO_ROOM = -3;

    private DescriptorChain() {}

    /**
     * Appends the chain's buffers as segments of our address space.
     *
     * @param writable whether all buffers must be device-writable, then none may be empty, or all device-readable
     * @param wanted readable: most bytes accepted. Writable: the walk ends once that many are found, the last segment cut to fit
     * @param at where to append; {@code limit} first index not to be used
     * @param work its only entry is lowered by the descriptors looked at
     * @return segments appended, or {@link #MALFORMED}, {@link #TOO_LONG}, {@link #NO_ROOM}
     */
    static int gather(
            GuestMemory memory,
            long table,
            int tableSize,
            int head,
            boolean indirectAllowed,
            boolean writable,
            long wanted,
            long[] addresses,
            int[] lengths,
            int at,
            int limit,
            int[] work) {
        long currentTable = table;
        int currentSize = tableSize;
        boolean indirect = false;
        int index = head;
        int steps = 0;
        int n = at;
        long bytes = 0;
        while (true) {
            if (index >= currentSize || ++steps > Math.min(currentSize, MAX_STEPS)) {
                return MALFORMED;
            }
            work[0]--;
            long descriptor = currentTable + (long) index * DESCRIPTOR_BYTES;
            long address = Memory.getLong(descriptor);
            long meta = Memory.getLong(descriptor + 8);
            long length = meta & 0xffff_ffffL;
            int flags = (int) (meta >>> 32) & 0xffff;
            if ((flags & F_INDIRECT) != 0) {
                // §2.7.5.3.1: not negotiated, nested, with NEXT, or of odd length: driver error. §2.7.5.3.2: WRITE is
                // ignored here.
                long entries = length / DESCRIPTOR_BYTES;
                if (!indirectAllowed
                        || indirect
                        || (flags & F_NEXT) != 0
                        || length == 0
                        || length % DESCRIPTOR_BYTES != 0
                        || entries > MAX_INDIRECT) {
                    return MALFORMED;
                }
                currentTable = memory.translate(address, length);
                if (currentTable == GuestMemory.NOWHERE) {
                    return MALFORMED;
                }
                currentSize = (int) entries;
                indirect = true;
                index = 0;
                steps = 0;
                continue;
            }
            if ((flags & F_WRITE) != 0 != writable) {
                return MALFORMED;
            }
            if (length == 0) {
                if (writable) {
                    // As in QEMU. A packet may be tried against all chains there are, and each step must bring it on.
                    return MALFORMED;
                }
            } else {
                if (Long.compareUnsigned(address + (length - 1), address) < 0) {
                    return MALFORMED;
                }
                if (bytes + length > wanted) {
                    if (!writable) {
                        return TOO_LONG;
                    }
                    length = wanted - bytes;
                }
                bytes += length;
                n = append(memory, address, length, addresses, lengths, n, limit);
                if (n < 0) {
                    return n;
                }
                if (writable && bytes == wanted) {
                    return n - at;
                }
            }
            if ((flags & F_NEXT) == 0) {
                return n - at;
            }
            index = (int) (meta >>> 48);
        }
    }

    /** One buffer: one segment, or several when it spans regions that are neighbours for the guest. Returns the next free index. */
    static int append(
            GuestMemory memory, long address, long length, long[] addresses, int[] lengths, int at, int limit) {
        int n = at;
        long from = address;
        long left = length;
        while (left > 0) {
            if (n == limit) {
                return NO_ROOM;
            }
            long part = Math.min(left, memory.contiguous(from));
            long host = part == 0 ? GuestMemory.NOWHERE : memory.translate(from, part);
            if (host == GuestMemory.NOWHERE) {
                return MALFORMED;
            }
            addresses[n] = host;
            lengths[n++] = (int) part;
            from += part;
            left -= part;
        }
        return n;
    }
}

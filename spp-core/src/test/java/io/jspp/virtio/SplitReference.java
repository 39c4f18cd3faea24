package io.jspp.virtio;

import io.jspp.memory.Memory;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** What a device must find in a split transmit queue, read the straightforward way, virtio 1.2 §2.7, from memory that nobody changes meanwhile. */
final class SplitReference {
    /** A chain's head, and its frame and offload word, or null where it breaks a rule. */
    record Outcome(int head, byte[] frame, long offload) {}

    private final GuestMemory memory;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long[] forbidden;
    private boolean unsure;

    SplitReference(GuestMemory memory) {
        this.memory = memory;
    }

    /**
     * Chains from {@code position} on.
     *
     * @param written guest addresses that the device writes while it reads: what lies there can't be compared
     * @return null when the device's own writes play a part
     */
    List<Outcome> receive(FuzzGuest guest, long features, int size, int avail, int position, long[] written) {
        forbidden = written;
        unsure = false;
        int waiting = Memory.getUnsignedShort(guest.here(avail + 2)) - position & 0xffff;
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < waiting && waiting <= size; i++) {
            int head = Memory.getUnsignedShort(guest.here(avail + 4 + 2L * (position + i & size - 1)));
            if (head >= size) {
                break;
            }
            outcomes.add(outcome(features, FuzzGuest.A, size, head));
        }
        return unsure ? null : outcomes;
    }

    private Outcome outcome(long features, long table, int size, int head) {
        int header = NetHeader.bytes(features);
        bytes.reset();
        if (!walk(features, table, size, head, false, header + Virtqueue.MAX_FRAME)) {
            return new Outcome(head, null, 0);
        }
        byte[] all = bytes.toByteArray();
        if (all.length < header + Virtqueue.MIN_FRAME) {
            return new Outcome(head, null, 0);
        }
        byte[] frame = java.util.Arrays.copyOfRange(all, header, all.length);
        boolean plain = all[0] == 0 && all[1] == 0 || !Features.has(features, Features.CSUM);
        long offload = plain
                ? 0
                : word(all, 0, 1) << 56
                        | word(all, 1, 1) << 48
                        | word(all, 4, 2) << 32
                        | word(all, 6, 2) << 16
                        | word(all, 8, 2);
        return new Outcome(head, frame, offload);
    }

    private static long word(byte[] all, int at, int count) {
        return all[at] & 0xffL | (count == 2 ? (all[at + 1] & 0xffL) << 8 : 0);
    }

    private boolean walk(long features, long table, int size, int first, boolean indirect, int most) {
        int index = first;
        for (int steps = 0; steps < Math.min(size, 1024); steps++) {
            if (index >= size) {
                return false;
            }
            byte[] descriptor = read(table + 16L * index, 16);
            long address = word(descriptor, 0, 2)
                    | word(descriptor, 2, 2) << 16
                    | word(descriptor, 4, 2) << 32
                    | word(descriptor, 6, 2) << 48;
            long length = word(descriptor, 8, 2) | word(descriptor, 10, 2) << 16;
            long flags = word(descriptor, 12, 2);
            if ((flags & 4) != 0) {
                boolean right = Features.has(features, Features.INDIRECT_DESC)
                        && !indirect
                        && (flags & 1) == 0
                        && length > 0
                        && length % 16 == 0
                        && length <= 16 * 1024
                        && memory.translate(address, length) != 0;
                return right && walk(features, address, (int) (length / 16), 0, true, most);
            }
            if ((flags & 2) != 0 || bytes.size() + length > most) {
                return false;
            }
            byte[] data = read(address, (int) length);
            if (data == null) {
                return false;
            }
            bytes.writeBytes(data);
            if ((flags & 1) == 0) {
                return true;
            }
            index = (int) word(descriptor, 14, 2);
        }
        return false;
    }

    /** Byte for byte by guest address; null: not all of it is guest memory. */
    private byte[] read(long address, int length) {
        byte[] data = new byte[length];
        int done = 0;
        while (done < length) {
            long at = address + done;
            if (Long.compareUnsigned(at, address) < 0) {
                return null;
            }
            int part = (int) Math.min(length - done, memory.contiguous(at));
            if (part == 0) {
                return null;
            }
            unsure |= at < forbidden[1] && at + part > forbidden[0];
            Memory.get(memory.translate(at, part), data, done, part);
            done += part;
        }
        return data;
    }
}

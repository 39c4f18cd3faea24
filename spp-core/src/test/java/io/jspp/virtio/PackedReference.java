package io.jspp.virtio;

import io.jspp.memory.Memory;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a device must find in a packed transmit queue, read the straightforward way, virtio 1.2 §2.8, from memory that nobody changes meanwhile. */
final class PackedReference {
    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int INDIRECT = 4;
    private static final int AVAIL = 1 << 7;
    private static final int USED = 1 << 15;

    final List<byte[]> frames = new ArrayList<>();
    final List<Long> offloads = new ArrayList<>();
    int dropped;
    /** Where the device stands afterwards. */
    int position;
    /** Whether there is a chain without end. */
    boolean endless;

    private final FuzzGuest guest;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long features;
    private int most;

    PackedReference(FuzzGuest guest) {
        this.guest = guest;
    }

    private record Descriptor(long address, long length, int flags) {}

    /** Takes at most {@code chains} chains from {@code start} on, nothing being taken already. */
    void receive(long negotiated, int size, int ring, int start, int chains) {
        features = negotiated;
        frames.clear();
        offloads.clear();
        dropped = 0;
        endless = false;
        position = start;
        most = NetHeader.bytes(features) + Virtqueue.MAX_FRAME;
        int free = size;
        for (int n = 0; n < chains && free > 0; n++) {
            int slot = position & 0x7fff;
            boolean lap = position >>> 15 != 0;
            Descriptor head = descriptor(FuzzGuest.A + ring + 16L * slot);
            if ((head.flags & AVAIL) != 0 != lap || (head.flags & USED) != 0 == lap) {
                return;
            }
            List<Descriptor> chain = new ArrayList<>(List.of(head));
            while ((chain.get(chain.size() - 1).flags & NEXT) != 0) {
                if (chain.size() == free) {
                    endless = true;
                    return;
                }
                chain.add(descriptor(FuzzGuest.A + ring + 16L * ((slot + chain.size()) % size)));
            }
            take(chain);
            free -= chain.size();
            int to = slot + chain.size();
            position = to >= size ? to - size | (lap ? 0 : 0x8000) : to | (lap ? 0x8000 : 0);
        }
    }

    private Descriptor descriptor(long at) {
        byte[] b = read(at, 16);
        return new Descriptor(word(b, 0, 8), word(b, 8, 4), (int) word(b, 14, 2));
    }

    private void take(List<Descriptor> chain) {
        bytes.reset();
        boolean right = true;
        for (Descriptor d : chain) {
            if (!right) {
                break;
            }
            if ((d.flags & INDIRECT) != 0) {
                right = chain.size() == 1 && table(d);
            } else {
                right = add(d);
            }
        }
        int header = NetHeader.bytes(features);
        byte[] all = bytes.toByteArray();
        if (!right || all.length < header + Virtqueue.MIN_FRAME) {
            dropped++;
            return;
        }
        frames.add(Arrays.copyOfRange(all, header, all.length));
        boolean plain = all[0] == 0 && all[1] == 0 || !Features.has(features, Features.CSUM);
        offloads.add(
                plain
                        ? 0
                        : word(all, 0, 1) << 56
                                | word(all, 1, 1) << 48
                                | word(all, 4, 2) << 32
                                | word(all, 6, 2) << 16
                                | word(all, 8, 2));
    }

    private boolean table(Descriptor d) {
        if (!Features.has(features, Features.INDIRECT_DESC)
                || (d.flags & NEXT) != 0
                || d.length == 0
                || d.length % 16 != 0
                || d.length > 16 * 1024
                || guest.memory.translate(d.address, d.length) == 0) {
            return false;
        }
        for (int i = 0; i < d.length / 16; i++) {
            Descriptor entry = descriptor(d.address + 16L * i);
            if ((entry.flags & INDIRECT) != 0 || !add(entry)) {
                return false;
            }
        }
        return true;
    }

    private boolean add(Descriptor d) {
        if ((d.flags & WRITE) != 0 || bytes.size() + d.length > most) {
            return false;
        }
        byte[] data = read(d.address, (int) d.length);
        if (data != null) {
            bytes.writeBytes(data);
        }
        return data != null;
    }

    /** Byte for byte by guest address; null: not all of it is guest memory. */
    private byte[] read(long address, int length) {
        byte[] data = new byte[length];
        int done = 0;
        while (done < length) {
            long at = address + done;
            int part = (int) Math.min(length - done, guest.memory.contiguous(at));
            if (part == 0 || Long.compareUnsigned(at, address) < 0) {
                return null;
            }
            Memory.get(guest.memory.translate(at, part), data, done, part);
            done += part;
        }
        return data;
    }

    private static long word(byte[] b, int at, int count) {
        long value = 0;
        for (int i = count - 1; i >= 0; i--) {
            value = value << 8 | b[at + i] & 0xff;
        }
        return value;
    }
}

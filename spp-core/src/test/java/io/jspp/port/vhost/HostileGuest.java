package io.jspp.port.vhost;

import static io.jspp.vhostuser.ScriptedFrontend.state;
import static io.jspp.vhostuser.ScriptedFrontend.table;
import static io.jspp.vhostuser.ScriptedFrontend.u64;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.memory.MappedMemory;
import io.jspp.memory.Memory;
import io.jspp.vhostuser.Requests;
import io.jspp.vhostuser.ScriptedFrontend;
import io.jspp.virtio.Features;
import io.jspp.virtio.PackedLayout;
import io.jspp.virtio.SplitLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A front-end and its driver without manners, on one connection: every word of its two rings (0: it receives, 1: it sends) settable, split or
 * packed. Its memory is one region in the middle of a file whose margins hold a pattern, so that a stray write shows.
 */
final class HostileGuest implements AutoCloseable {
    static final int RX = 0;
    static final int TX = 1;
    static final int ENTRIES = 256;
    static final int POSTED = 128;
    static final int HEADER = 12;
    static final long SIZE = 4 << 20;
    static final long GUEST = 0x1_0000_0000L;
    static final long USER = 0x7f00_0000_0000L;
    static final int NEXT = 1;
    static final int WRITE = 2;
    static final int INDIRECT = 4;
    static final String FILE = "hostile";

    /** Offsets in the region; ring {@code r} is at {@code RINGS * (r + 1)}. */
    static final long RINGS = 0x10000;

    static final long AVAIL = 0x2000;
    static final long USED = 0x3000;
    static final long TABLES = 0x40000;
    static final long BUFFERS = 0x100000;

    private static final int MARGIN = 4096;
    private static final byte PATTERN = 0x5a;
    /** Descriptor of frames that are as they should be; buffers offered by {@link #refill} have lower ones. */
    private static final int GOOD = 255;

    final ScriptedFrontend f;
    final FileDescriptor file = Linux.memfdCreate(FILE, 0);
    final FileDescriptor kick = Linux.eventfd();
    final FileDescriptor call = Linux.eventfd();
    final FileDescriptor error = Linux.eventfd();
    final long base;
    final long features;
    final boolean packed;
    private final Victim victim;
    private final MappedMemory mapping;
    private final int[] availIdx = new int[2];
    private final int[] slot = new int[2];
    private final boolean[] wrap = {true, true};
    int entries = ENTRIES;
    private boolean vanished;

    HostileGuest(Victim victim, long features) {
        this.victim = victim;
        this.features = features;
        packed = Features.has(features, Features.RING_PACKED);
        Linux.ftruncate(file.value(), SIZE + 2 * MARGIN);
        mapping = MappedMemory.shared(file.value(), 0, SIZE + 2 * MARGIN);
        Memory.fill(mapping.address(), MARGIN, PATTERN);
        Memory.fill(mapping.address() + MARGIN + SIZE, MARGIN, PATTERN);
        base = mapping.address() + MARGIN;
        f = victim.connect();
    }

    // ---- the session

    HostileGuest start() {
        negotiate();
        describe(RX);
        describe(TX);
        refill();
        f.get(Requests.GET_FEATURES);
        return this;
    }

    /** Features and memory. */
    void negotiate() {
        assertEquals(0, f.ask(Requests.SET_FEATURES, u64(features)));
        assertEquals(0, f.ask(Requests.SET_MEM_TABLE, memoryTable(), file.value()));
    }

    static byte[] memoryTable() {
        return table(1, GUEST, SIZE, USER, MARGIN);
    }

    void describe(int ring) {
        f.send(Requests.SET_VRING_NUM, state(ring, entries));
        f.send(Requests.SET_VRING_ADDR, addresses(ring));
        f.send(Requests.SET_VRING_CALL, u64(ring), call.value());
        f.send(Requests.SET_VRING_ERR, u64(ring), error.value());
        f.send(Requests.SET_VRING_KICK, u64(ring), kick.value());
    }

    static byte[] addresses(int ring) {
        long user = USER + RINGS * (ring + 1);
        return addresses(ring, user, user + USED, user + AVAIL);
    }

    static byte[] addresses(int ring, long descriptors, long used, long avail) {
        ByteBuffer b = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
        return b.putInt(ring)
                .putInt(0)
                .putLong(descriptors)
                .putLong(used)
                .putLong(avail)
                .array();
    }

    /** One message of a handshake, and what goes along. */
    private record Step(byte[] bytes, int... descriptors) {}

    /** Does the first {@code most} bytes of a whole handshake; false when it has fewer. */
    boolean begin(int most) {
        List<Step> steps = new ArrayList<>();
        steps.add(new Step(ScriptedFrontend.message(Requests.SET_OWNER, 1, new byte[0])));
        steps.add(new Step(ScriptedFrontend.message(Requests.GET_FEATURES, 1, new byte[0])));
        steps.add(new Step(ScriptedFrontend.message(Requests.SET_FEATURES, 1, u64(features))));
        steps.add(new Step(ScriptedFrontend.message(Requests.SET_MEM_TABLE, 9, memoryTable()), file.value()));
        for (int ring = 0; ring < 2; ring++) {
            steps.add(new Step(ScriptedFrontend.message(Requests.SET_VRING_NUM, 1, state(ring, entries))));
            steps.add(new Step(ScriptedFrontend.message(Requests.SET_VRING_ADDR, 1, addresses(ring))));
            steps.add(new Step(ScriptedFrontend.message(Requests.SET_VRING_CALL, 1, u64(ring)), call.value()));
            steps.add(new Step(ScriptedFrontend.message(Requests.SET_VRING_ERR, 1, u64(ring)), error.value()));
            steps.add(new Step(ScriptedFrontend.message(Requests.SET_VRING_KICK, 1, u64(ring)), kick.value()));
        }
        steps.add(new Step(ScriptedFrontend.message(Requests.GET_VRING_BASE, 1, state(TX, 0))));
        int left = most;
        for (Step step : steps) {
            if (left <= 0) {
                return true;
            }
            f.raw(Arrays.copyOf(step.bytes, Math.min(left, step.bytes.length)), step.descriptors);
            left -= step.bytes.length;
        }
        return left <= 0;
    }

    void kick() {
        Linux.eventfdWrite(kick.value());
    }

    /** Waits until the front-end was told that a ring is broken. */
    void awaitError() {
        kick();
        assertTrue(
                (Linux.pollOne(error.value(), Constants.POLLIN, 10_000) & Constants.POLLIN) != 0, "no error was told");
    }

    // ---- memory

    /** The file loses its pages: the test must not look at them any more either. */
    void truncate() {
        vanished = true;
        Linux.ftruncate(file.value(), 0);
    }

    static long buffer(int i) {
        return GUEST + BUFFERS + 4096L * i;
    }

    /** Where the test sees a guest address. */
    long here(long guestAddress) {
        return base + (guestAddress - GUEST);
    }

    long ring(int ring) {
        return base + RINGS * (ring + 1);
    }

    /** Entry {@code i} of a split ring's descriptor table. */
    void descriptor(int ring, int i, long address, long length, int flags, int next) {
        entry(ring(ring) + 16L * i, address, length, flags, next);
    }

    /** 16 bytes of a split ring's table, or an indirect one. */
    static void entry(long at, long address, long length, int flags, int next) {
        Memory.putLong(at, address);
        Memory.putInt(at + 8, (int) length);
        Memory.putShort(at + 12, (short) flags);
        Memory.putShort(at + 14, (short) next);
    }

    /** Guest address of indirect table {@code i}, room for 1024 entries each. */
    static long indirectTable(int i) {
        return GUEST + TABLES + 0x4000L * i;
    }

    // ---- split ring

    void availIdx(int ring, int value) {
        availIdx[ring] = value & 0xffff;
        Memory.putShortRelease(ring(ring) + AVAIL + SplitLayout.AVAIL_IDX, (short) value);
    }

    int availIdx(int ring) {
        return availIdx[ring];
    }

    void availEntry(int ring, int position, int head) {
        Memory.putShort(ring(ring) + AVAIL + SplitLayout.AVAIL_RING + 2L * (position & entries - 1), (short) head);
    }

    void offer(int ring, int head) {
        availEntry(ring, availIdx[ring], head);
        availIdx(ring, availIdx[ring] + 1);
    }

    int usedIdx(int ring) {
        return Memory.getShortAcquire(ring(ring) + USED + SplitLayout.USED_IDX) & 0xffff;
    }

    void usedIdx(int ring, int value) {
        Memory.putShortRelease(ring(ring) + USED + SplitLayout.USED_IDX, (short) value);
    }

    // ---- packed ring

    /** Writes the next slot and makes it available; {@code flags} without the state bits. */
    void offerPacked(int ring, long address, long length, int flags, int id) {
        int state = wrap[ring] ? PackedLayout.F_AVAIL : PackedLayout.F_USED;
        rawSlot(ring, slot[ring], address, length, id, flags | state);
        if (++slot[ring] == entries) {
            slot[ring] = 0;
            wrap[ring] = !wrap[ring];
        }
    }

    void rawSlot(int ring, int at, long address, long length, int id, int flags) {
        long to = ring(ring) + 16L * at;
        Memory.putLong(to, address);
        long meta = length & 0xffff_ffffL | (long) (id & 0xffff) << 32 | (long) (flags & 0xffff) << 48;
        Memory.putLongRelease(to + PackedLayout.META, meta);
    }

    int nextSlot(int ring) {
        return slot[ring];
    }

    // ---- what a decent driver does

    /** Offers 128 receive buffers; of a split ring anew those that came back. */
    void refill() {
        if (packed) {
            for (int i = 0; i < POSTED; i++) {
                offerPacked(RX, buffer(i), 4096, WRITE, i);
            }
            return;
        }
        for (int i = 0; i < POSTED; i++) {
            descriptor(RX, i, buffer(i), 4096, WRITE, 0);
        }
        int until = usedIdx(RX) + POSTED & 0xffff;
        for (int at = availIdx[RX]; at != until; at = at + 1 & 0xffff) {
            availEntry(RX, at, at % POSTED);
        }
        availIdx(RX, until);
    }

    /** Sends a frame of {@code bytes} with the net header in its first 12 bytes. */
    void send(int bytes) {
        if (packed) {
            offerPacked(TX, buffer(200), HEADER + bytes, 0, GOOD % entries);
        } else {
            descriptor(TX, GOOD % entries, buffer(200), HEADER + bytes, 0, 0);
            offer(TX, GOOD % entries);
        }
    }

    /** The net header of frames sent by {@link #send}: eight bytes, and checksum offset. */
    void header(int flags, int gso, int headerLength, int gsoSize, int csumStart, int csumOffset, int buffers) {
        long at = here(buffer(200));
        Memory.putByte(at, (byte) flags);
        Memory.putByte(at + 1, (byte) gso);
        Memory.putShort(at + 2, (short) headerLength);
        Memory.putShort(at + 4, (short) gsoSize);
        Memory.putShort(at + 6, (short) csumStart);
        Memory.putShort(at + 8, (short) csumOffset);
        Memory.putShort(at + 10, (short) buffers);
    }

    /** A frame as it should be goes out and comes back. */
    void passes() {
        header(0, 0, 0, 0, 0, 0, 0);
        long delivered = victim.delivered();
        send(60);
        kick();
        VhostLab.await("a good frame passes", () -> victim.delivered() > delivered);
    }

    @Override
    public void close() {
        f.close();
        boolean intact = true;
        for (int i = 0; i < MARGIN && !vanished; i++) {
            intact &= Memory.getByte(base - 1 - i) == PATTERN && Memory.getByte(base + SIZE + i) == PATTERN;
        }
        mapping.close();
        file.close();
        kick.close();
        call.close();
        error.close();
        assertTrue(intact, "the switch wrote beside the guest's memory");
    }
}

package io.jspp.mbuf;

import io.jspp.fuzz.Coverage;
import io.jspp.fuzz.FuzzInput;
import io.jspp.fuzz.FuzzTarget;
import io.jspp.fuzz.Guard;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.net.Checksum;
import io.jspp.net.FlowHash;
import io.jspp.net.FrameHeaders;
import io.jspp.net.Offload;
import io.jspp.virtio.NetHeader;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Fuzz target: what is believed of a frame and of its virtio-net header. Headers are parsed, offload facts checked, checksums completed, packets
 * segmented; each segment is read from memory whose borders are watched, and judged by {@link TestFrame}'s own reading of the RFCs.
 */
public final class HeadersFuzz implements FuzzTarget {
    private static final int MAX_FRAME = 65550;
    /** Blocks of code for one packet: 64 KiB are summed by words. */
    private static final long MAX_STEPS = 400_000;

    private static final int HEADERS_BEFORE_PAYLOAD = 200;

    private final Burst source = new Burst();
    private final Burst target = new Burst();
    private final SoftwareOffload software = new SoftwareOffload(target.capacity());
    private final FlowHash flowHash = new FlowHash();
    private final FrameHeaders headers = new FrameHeaders();
    private final int areas = Guard.areas();
    private final List<NativeMemory> segments = new ArrayList<>();

    @Override
    public void run(FuzzInput in) {
        byte[] frame = frame(in);
        long offload = offload(in, frame);
        parse(frame);
        checksum(in, frame);
        try {
            fillSource(in, frame, offload);
            long before = Coverage.steps();
            boolean consistent = OffloadCheck.isConsistent(source, 0);
            check(Coverage.steps() - before < MAX_FRAME, "check took " + (Coverage.steps() - before) + " steps");
            before = Coverage.steps();
            // As the ports do: software has to be right for any facts, and is asked for consistent ones only.
            boolean begun = software.begin(source, 0);
            if (begun) {
                judge(frame, offload, consistent);
            }
            long steps = Coverage.steps() - before;
            check(steps < MAX_STEPS, "segmentation took " + steps + " steps");
        } finally {
            segments.forEach(NativeMemory::close);
            segments.clear();
        }
        check(Guard.areas() == areas, "memory left");
    }

    // ---- inputs

    private static byte[] frame(FuzzInput in) {
        int kind = in.u8();
        int payload = (kind & 0x80) == 0 ? in.u8() : in.u16() % (MAX_FRAME - HEADERS_BEFORE_PAYLOAD);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        boolean v6 = (kind & 1) != 0;
        boolean tcp = (kind & 2) != 0;
        all.writeBytes(TestFrame.ethernet(kind >> 2 & 3, v6 ? 0x86dd : 0x0800));
        int options = (kind & 0x10) != 0 ? 4 * in.below(11) : 0;
        byte[] transport = tcp ? TestFrame.tcp(in.i32(), in.u8(), options) : TestFrame.udp(payload);
        int extensions = v6 && (kind & 0x20) != 0 ? 1 + in.below(9) : 0;
        int length = 8 * extensions + transport.length + payload;
        int protocol = tcp ? 6 : 17;
        if (v6) {
            int[] kinds = {0, 43, 60, 44};
            int first = extensions > 0 ? kinds[in.u8() & 3] : protocol;
            all.writeBytes(TestFrame.ipv6(first, length));
            for (int i = 0; i < extensions; i++) {
                int next = i == extensions - 1 ? protocol : kinds[in.u8() & 3];
                all.writeBytes(new byte[] {(byte) next, 0, 0, 0, 0, 0, 0, 0});
            }
        } else {
            all.writeBytes(TestFrame.ipv4(protocol, (kind & 0x20) != 0 ? 4 * in.below(11) : 0, length));
        }
        all.writeBytes(transport);
        int before = all.size();
        byte[] frame = Arrays.copyOf(all.toByteArray(), before + payload);
        int seed = in.u8();
        for (int i = before; i < frame.length; i++) {
            frame[i] = (byte) (i * seed >>> 3);
        }
        // Then what a hostile guest changes.
        for (int i = in.u8() % 16; i > 0; i--) {
            frame[in.u8() % before] = (byte) in.u8();
        }
        int cut = in.u8();
        return cut > 200 ? Arrays.copyOf(frame, Math.max(14, in.u8() % frame.length)) : frame;
    }

    private long offload(FuzzInput in, byte[] frame) {
        int kind = in.u8();
        if (kind >= 230) {
            return in.i64();
        }
        int[] types = {0, 1, 4, 3, 5, 0x81, 0x84, 2};
        int gso = types[kind & 7];
        int flags = (kind & 8) != 0 ? 0 : 1;
        boolean parsed = parse(frame);
        int start = parsed && headers.protocol >= 0 ? headers.transportOffset : 34;
        int field = parsed && headers.protocol == 6 ? 16 : 6;
        if ((kind & 0x30) == 0x30) {
            start = in.u16();
            field = in.u8();
        }
        int size = (kind & 0x40) != 0 ? in.u16() : 8 + in.u8() * 6;
        long word = Offload.pack(flags, gso, size, start, field);
        int headerLength = (int) (NetHeader.firstEight(word) >>> 16) & 0xffff;
        check(NetHeader.word(NetHeader.firstEight(word), field) == word, "header word does not come back");
        check(
                Offload.fromHeader(Offload.toHeader(word, headerLength), field) == word,
                "offload word does not come back");
        return word;
    }

    /** Each segment in memory of its own, so that a byte too many is seen. */
    private void fillSource(FuzzInput in, byte[] frame, long offload) {
        source.clear();
        source.packets = 1;
        source.offload[0] = offload;
        source.length[0] = frame.length;
        source.mbuf[0] = Burst.BORROWED;
        source.first[0] = 0;
        int at = 0;
        int pieces = 1 + in.u8() % 24;
        for (int i = 0; i < pieces && at < frame.length; i++) {
            int left = frame.length - at;
            int n = i == pieces - 1 ? left : Math.min(left, 1 + in.u8() * (in.flag() ? 1 : 64));
            NativeMemory memory = NativeMemory.allocate(n);
            Guard.narrow(memory.address(), n);
            segments.add(memory);
            Memory.put(memory.address(), frame, at, n);
            source.segmentAddress[source.segments] = memory.address();
            source.segmentLength[source.segments++] = n;
            at += n;
        }
        source.count[0] = source.segments;
    }

    // ---- oracles

    private boolean parse(byte[] frame) {
        try (NativeMemory memory = NativeMemory.allocate(frame.length)) {
            Guard.narrow(memory.address(), frame.length);
            Memory.put(memory.address(), frame, 0, frame.length);
            boolean right = headers.parse(memory.address(), frame.length);
            check(headers.ipVersion == 0 || headers.networkOffset < frame.length, "network offset");
            check(headers.protocol < 0 || headers.transportOffset <= frame.length, "transport offset");
            int hash = flowHash.of(memory.address(), frame.length);
            Memory.putByte(memory.address(), (byte) (frame[0] ^ 1));
            check(
                    headers.ipVersion == 0 || !right || hash == flowHash.of(memory.address(), frame.length),
                    "the hash of a flow changes with an Ethernet address");
            return right;
        }
    }

    private static void checksum(FuzzInput in, byte[] frame) {
        try (NativeMemory memory = NativeMemory.allocate(frame.length)) {
            Guard.narrow(memory.address(), frame.length);
            Memory.put(memory.address(), frame, 0, frame.length);
            int from = in.u16() % (frame.length + 1);
            int length = in.u16() % (frame.length - from + 1);
            int middle = in.u16() % (length + 1);
            long at = memory.address() + from;
            int naive = TestFrame.sum(frame, from, from + length, 0);
            int folded = Checksum.fold(Checksum.add(0, at, length));
            check(
                    same(naive, Short.reverseBytes((short) folded) & 0xffff),
                    "sum " + folded + ", " + naive + " expected");
            long pieces = Checksum.addAt(Checksum.add(0, at, middle), middle, at + middle, length - middle);
            check(same(folded, Checksum.fold(pieces)), "sum of two pieces at " + middle + " of " + length);
        }
    }

    /** 0 and 0xffff are one number. */
    private static boolean same(int a, int b) {
        return a % 0xffff == b % 0xffff;
    }

    private void judge(byte[] frame, long offload, boolean consistent) {
        List<byte[]> frames = new ArrayList<>();
        while (software.fill(target) > 0) {
            for (int i = 0; i < target.packets; i++) {
                check(target.offload[i] == Offload.NONE, "a frame that is not plain");
                frames.add(TestFrame.bytes(target, i));
            }
        }
        check(
                frames.size() == software.frames() && !frames.isEmpty(),
                frames.size() + " frames of " + software.frames());
        int gso = Offload.gsoType(offload) & ~Offload.GSO_ECN;
        if (gso == Offload.GSO_NONE) {
            completed(frame, offload, frames);
            return;
        }
        parse(frame);
        boolean fragments = gso == Offload.GSO_UDP;
        if (fragments || !consistent) {
            return;
        }
        segmented(frame, offload, frames);
    }

    private static void completed(byte[] frame, long offload, List<byte[]> frames) {
        check(frames.size() == 1, frames.size() + " frames");
        byte[] done = frames.get(0).clone();
        if (Offload.needsChecksum(offload)) {
            int start = Offload.csumStart(offload);
            int field = start + Offload.csumOffset(offload);
            // The field holds the pseudo header's sum; with the checksum in its place all adds up to that.
            int partial = TestFrame.word(frame, field);
            int rest = TestFrame.sum(frame, start, frame.length, 0);
            int expected = ~rest & 0xffff;
            int found = (field - start & 1) == 0 ? TestFrame.word(done, field) : expected;
            check(same(found, expected), "checksum " + found + ", " + expected + " expected, partial " + partial);
            done[field] = frame[field];
            done[field + 1] = frame[field + 1];
        }
        check(Arrays.equals(done, frame), "something else changed");
    }

    /** TSO and USO: payloads in order make the packet's, all have the size, checksums are right. */
    private void segmented(byte[] frame, long offload, List<byte[]> frames) {
        int transport = headers.transportOffset;
        boolean tcp = headers.protocol == 6;
        int header = transport + (tcp ? (frame[transport + 12] >>> 4 & 15) * 4 : 8);
        int size = Offload.gsoSize(offload);
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        for (int i = 0; i < frames.size(); i++) {
            byte[] one = frames.get(i);
            int bytes = one.length - header;
            check(i == frames.size() - 1 ? bytes <= size : bytes == size, "segment " + i + " of " + bytes + " bytes");
            payload.write(one, header, bytes);
            int sum = TestFrame.transportSum(one, headers.networkOffset, transport, headers.protocol);
            check(same(sum, 0), "checksum of segment " + i + ", sum " + sum);
            if (headers.ipVersion == 4) {
                check(same(TestFrame.sum(one, headers.networkOffset, transport, 0), 0), "IP checksum of segment " + i);
                check(
                        TestFrame.word(one, headers.networkOffset + 2) == (one.length - headers.networkOffset & 0xffff),
                        "IP length of segment " + i);
            }
            if (tcp) {
                int sequence = TestFrame.intAt(frame, transport + 4) + i * size;
                check(TestFrame.intAt(one, transport + 4) == sequence, "sequence of segment " + i);
            }
        }
        check(Arrays.equals(payload.toByteArray(), Arrays.copyOfRange(frame, header, frame.length)), "payload differs");
    }

    private static void check(boolean right, String what) {
        if (!right) {
            throw new AssertionError(what);
        }
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        java.util.Random random = new java.util.Random(3);
        for (int i = 0; i < 256; i++) {
            byte[] seed = new byte[64];
            random.nextBytes(seed);
            seed[0] = (byte) i;
            seeds.add(seed);
        }
        return seeds;
    }

    @Override
    public void close() {
        software.close();
    }
}

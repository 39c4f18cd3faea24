package io.jspp.mbuf;

import static io.jspp.mbuf.TestFrame.ethernet;
import static io.jspp.mbuf.TestFrame.ipv4;
import static io.jspp.mbuf.TestFrame.ipv6;
import static io.jspp.mbuf.TestFrame.join;
import static io.jspp.mbuf.TestFrame.tcp;
import static io.jspp.mbuf.TestFrame.udp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.memory.NativeMemory;
import io.jspp.net.Offload;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link OffloadCheck} lets pass, against the knowledge of how each frame was made. */
class OffloadCheckTest {
    private static final int[] GSO_TYPES = {
        Offload.GSO_NONE, Offload.GSO_TCPV4, Offload.GSO_UDP, Offload.GSO_TCPV6, Offload.GSO_UDP_L4
    };
    private static final int TCP = 6;
    private static final int UDP = 17;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final NativeMemory memory = NativeMemory.allocate(80_000);
    private final Burst burst = new Burst();

    OffloadCheckTest() {
        System.out.println("seed " + seed);
    }

    @AfterEach
    void free() {
        memory.close();
    }

    /** A frame and where its parts begin; {@code protocol} 0: no IP. */
    private record Made(byte[] frame, int version, int protocol, int network, int transport, int payloadAt) {
        int payload() {
            return frame.length - payloadAt;
        }
    }

    private static Made made(int version, int protocol, int tags, int options, byte[] payload) {
        byte[] ip = version == 4 ? ipv4(protocol, options, 0) : ipv6(protocol, 0);
        if (version == 6 && options > 0) {
            ip[6] = 60; // destination options, of 8 bytes each, RFC 8200 §4.6
            byte[] extensions = new byte[8 * (options / 4)];
            for (int at = 0; at < extensions.length; at += 8) {
                extensions[at] = (byte) (at + 8 < extensions.length ? 60 : protocol);
            }
            ip = join(ip, extensions);
        }
        byte[] transport = protocol == TCP ? tcp(1, 0x10, options) : udp(payload.length);
        byte[] ethernet = ethernet(tags, version == 4 ? 0x0800 : 0x86dd);
        int transportAt = ethernet.length + ip.length;
        byte[] frame = join(ethernet, ip, transport, payload);
        return new Made(frame, version, protocol, ethernet.length, transportAt, transportAt + transport.length);
    }

    private long check(byte[] frame, long word) {
        burst.clear();
        TestFrame.add(burst, memory, frame, word, 1 + random.nextInt(8), random);
        return OffloadCheck.check(burst, 0);
    }

    private static int gsoType(Made made) {
        return made.protocol == UDP ? Offload.GSO_UDP_L4 : made.version == 4 ? Offload.GSO_TCPV4 : Offload.GSO_TCPV6;
    }

    private static int checksumOffset(Made made) {
        return made.protocol == UDP ? 6 : 16;
    }

    private static long facts(Made made, int size) {
        return Offload.pack(1, gsoType(made), size, made.transport, checksumOffset(made));
    }

    private static long checksumOnly(Made made) {
        return Offload.pack(1, 0, 0, made.transport, checksumOffset(made));
    }

    @ParameterizedTest
    @CsvSource({"4,6,0,0", "4,6,2,12", "6,6,0,0", "6,6,1,8", "4,17,0,0", "4,17,1,4", "6,17,0,0", "6,17,0,8"})
    void shouldAcceptWhatAGuestSendsByTheBook(int version, int protocol, int tags, int options) {
        Made made = made(version, protocol, tags, options, new byte[60_000]);
        assertEquals(facts(made, 1400), check(made.frame, facts(made, 1400)));
        assertEquals(checksumOnly(made), check(made.frame, checksumOnly(made)));
        assertEquals(0, check(made.frame, 0));
        long ecn = (long) Offload.GSO_ECN << 48;
        long withEcn = facts(made, 1400) | ecn;
        assertEquals(protocol == TCP ? withEcn : OffloadCheck.REFUSED, check(made.frame, withEcn));
        assertEquals(OffloadCheck.REFUSED, check(made.frame, checksumOnly(made) | ecn), "ECN without TSO");
        if (protocol == UDP) {
            long fragments = Offload.pack(1, Offload.GSO_UDP, 1480, made.transport, 6);
            assertEquals(fragments, check(made.frame, fragments));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void shouldTakeTheSegmentationFromAFrameThatIsOneSegment(int version) {
        for (int protocol : new int[] {TCP, UDP}) {
            for (int size : new int[] {1000, 1001, 0xffff}) {
                Made made = made(version, protocol, 0, 0, new byte[1000]);
                assertEquals(checksumOnly(made), check(made.frame, facts(made, size)));
            }
        }
    }

    @Test
    void shouldRefuseMoreFramesThanOnePacketMayBecome() {
        Made made = made(4, TCP, 0, 0, new byte[60_000]);
        int least = (60_000 + SoftwareOffload.MAX_FRAMES - 1) / SoftwareOffload.MAX_FRAMES;
        assertEquals(facts(made, least), check(made.frame, facts(made, least)));
        assertEquals(OffloadCheck.REFUSED, check(made.frame, facts(made, least - 1)));
        assertEquals(OffloadCheck.REFUSED, check(made.frame, facts(made, 1)));
        assertEquals(OffloadCheck.REFUSED, check(made.frame, facts(made, 0)));
    }

    @Test
    void shouldRefuseSegmentationOfFramesWithOtherHeaders() {
        Made v4 = made(4, TCP, 0, 0, new byte[4000]);
        Made v6 = made(6, UDP, 0, 8, new byte[4000]);
        spoilt(v4, f -> f[v4.network] = 0x65, "version");
        spoilt(v4, f -> f[v4.network] = 0x44, "header length");
        spoilt(v4, f -> f[v4.network] = 0x46, "transport elsewhere");
        spoilt(v4, f -> f[v4.network + 6] = 0x20, "first fragment");
        spoilt(v4, f -> f[v4.network + 7] = 1, "later fragment");
        spoilt(v4, f -> f[v4.network + 9] = UDP, "protocol");
        spoilt(v4, f -> f[v4.transport + 12] = 0x40, "TCP header too short");
        spoilt(v4, f -> f[12] = 0x09, "ethertype");
        spoilt(v6, f -> f[v6.network] = 0x45, "version");
        spoilt(v6, f -> f[v6.network + 6] = 44, "fragment header");
        spoilt(v6, f -> f[v6.network + 6] = UDP, "transport elsewhere");
        spoilt(v6, f -> f[v6.network + 41] = (byte) 255, "extension longer");
        spoilt(v6, f -> f[v6.network + 40] = TCP, "protocol");
        byte[] tags = made(4, TCP, 5, 0, new byte[4000]).frame;
        assertEquals(OffloadCheck.REFUSED, check(tags, Offload.pack(1, 1, 1000, 54, 16)), "five tags");
    }

    private void spoilt(Made made, Consumer<byte[]> change, String what) {
        assertEquals(facts(made, 1000), check(made.frame, facts(made, 1000)));
        byte[] frame = made.frame.clone();
        change.accept(frame);
        assertEquals(OffloadCheck.REFUSED, check(frame, facts(made, 1000)), what);
        assertEquals(checksumOnly(made), check(frame, checksumOnly(made)), "a checksum needs no headers");
    }

    /** Every field of the header now right, now wild; what passes must be what the frame's maker calls right. */
    @Test
    void shouldPassOnlyRightFactsOutOfRandomOnes() {
        int accepted = 0;
        int refused = 0;
        for (int round = 0; round < 50_000; round++) {
            int options = 4 * random.nextInt(4);
            Made made = made(
                    random.nextBoolean() ? 4 : 6,
                    random.nextBoolean() ? TCP : UDP,
                    random.nextInt(3),
                    options,
                    new byte[random.nextInt(3000)]);
            int flags = random.nextInt(8) == 0 ? random.nextInt(256) : 1;
            int type = oneOf(gsoType(made), GSO_TYPES[random.nextInt(GSO_TYPES.length)], random.nextInt(256));
            type |= random.nextInt(8) == 0 ? Offload.GSO_ECN : 0;
            int size = oneOf(1 + random.nextInt(1500), 0, random.nextInt(65536));
            int start = oneOf(made.transport, random.nextInt(made.frame.length + 20), random.nextInt(65536));
            int offset = oneOf(checksumOffset(made), random.nextInt(40), random.nextInt(65536));
            long word = Offload.pack(flags, type, size, start, offset);
            long expected = expected(made, flags, type, size, start, offset);
            assertEquals(expected, check(made.frame, word), () -> made + " " + Long.toHexString(word));
            accepted += expected == OffloadCheck.REFUSED ? 0 : 1;
            refused += expected == OffloadCheck.REFUSED ? 1 : 0;
        }
        assertTrue(accepted > 5000 && refused > 5000, accepted + " " + refused);
    }

    /** The first one mostly. */
    private int oneOf(int right, int near, int wild) {
        int which = random.nextInt(8);
        return which < 6 ? right : which == 6 ? near : wild;
    }

    private static long expected(Made made, int flags, int type, int size, int start, int offset) {
        if (flags == 0 && type == 0 && size == 0 && start == 0 && offset == 0) {
            return 0;
        }
        boolean checksum = (flags & 1) != 0;
        if (!checksum) {
            return type == 0 ? 0 : OffloadCheck.REFUSED;
        }
        boolean inside = start >= 14 && start + offset + 2 <= made.frame.length;
        long plain = Offload.pack(1, 0, 0, start, offset);
        if (type == 0) {
            return inside ? plain : OffloadCheck.REFUSED;
        }
        boolean fits = made.protocol == TCP
                ? (type & 0x7f) == (made.version == 4 ? 1 : 4)
                : type == Offload.GSO_UDP || type == Offload.GSO_UDP_L4;
        boolean placed = start == made.transport && offset == checksumOffset(made);
        if (!fits || !placed || !inside || size == 0) {
            return OffloadCheck.REFUSED;
        }
        if (made.payload() <= size) {
            return plain;
        }
        int frames = (made.payload() + size - 1) / size;
        return frames > SoftwareOffload.MAX_FRAMES ? OffloadCheck.REFUSED : Offload.pack(1, type, size, start, offset);
    }
}

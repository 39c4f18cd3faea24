package io.jspp.mbuf;

import static io.jspp.mbuf.TestFrame.ethernet;
import static io.jspp.mbuf.TestFrame.intAt;
import static io.jspp.mbuf.TestFrame.ipv4;
import static io.jspp.mbuf.TestFrame.ipv6;
import static io.jspp.mbuf.TestFrame.join;
import static io.jspp.mbuf.TestFrame.random;
import static io.jspp.mbuf.TestFrame.sum;
import static io.jspp.mbuf.TestFrame.tcp;
import static io.jspp.mbuf.TestFrame.transportSum;
import static io.jspp.mbuf.TestFrame.udp;
import static io.jspp.mbuf.TestFrame.word;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.net.Offload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SoftwareOffloadTest {
    private static final int FIN_PSH_ACK_CWR = 0x99;
    private static final int ACK = 0x10;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final NativeMemory memory = NativeMemory.allocate(80_000);
    private final Burst source = new Burst();
    private final Burst target = new Burst();
    private final SoftwareOffload offload = new SoftwareOffload(target.capacity());

    SoftwareOffloadTest() {
        System.out.println("seed " + seed);
    }

    @AfterEach
    void free() {
        offload.close();
        memory.close();
    }

    private List<byte[]> run(byte[] frame, long word, int segments) {
        source.clear();
        TestFrame.add(source, memory, frame, word, segments, random);
        assertTrue(offload.begin(source, 0));
        List<byte[]> frames = new ArrayList<>();
        while (offload.fill(target) > 0) {
            for (int i = 0; i < target.packets; i++) {
                assertEquals(Offload.NONE, target.offload[i]);
                assertEquals(Burst.BORROWED, target.mbuf[i]);
                frames.add(TestFrame.bytes(target, i));
            }
        }
        assertEquals(offload.frames(), frames.size());
        return frames;
    }

    @ParameterizedTest
    @CsvSource({"1,0", "3,0", "7,1", "40,2"})
    void shouldCompletePartialChecksums(int segments, int tags) {
        for (int length = 0; length < 200; length++) {
            byte[] payload = random(random, length);
            byte[] ip = ipv4(17, 0, 8 + length);
            byte[] datagram = join(udp(length), payload);
            byte[] frame = join(ethernet(tags, 0x0800), ip, datagram);
            int transport = 14 + 4 * tags + 20;
            // what a driver leaves: the folded sum of the pseudo header
            int pseudo = sum(frame, transport - 8, transport, 17 + 8 + length);
            frame[transport + 6] = (byte) (pseudo >>> 8);
            frame[transport + 7] = (byte) pseudo;
            List<byte[]> done = run(frame, Offload.pack(1, 0, 0, transport, 6), segments);
            assertEquals(1, done.size());
            assertEquals(0xffff, transportSum(done.get(0), transport - 20, transport, 17));
            done.get(0)[transport + 6] = frame[transport + 6];
            done.get(0)[transport + 7] = frame[transport + 7];
            assertArrayEquals(frame, done.get(0), "nothing else may change");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "4,0,0,0,65000,1448,1",
        "4,1,12,8,40000,1000,17",
        "6,0,12,0,65000,1428,3",
        "6,2,0,0,5000,536,5",
        "4,0,12,0,1000,1448,1",
        "4,0,0,0,1448,1448,2",
        "4,0,0,0,0,1448,1"
    })
    void shouldCutTcp(int version, int tags, int tcpOptions, int ipOptions, int bytes, int mss, int segments) {
        byte[] payload = random(random, bytes);
        byte[] tcp = tcp(0xffff_f000, FIN_PSH_ACK_CWR, tcpOptions);
        byte[] ip = version == 4 ? ipv4(6, ipOptions, 0) : ipv6(6, 0);
        byte[] frame = join(ethernet(tags, version == 4 ? 0x0800 : 0x86dd), ip, tcp, payload);
        int network = 14 + 4 * tags;
        int transport = network + ip.length;
        int header = transport + tcp.length;
        int type = (version == 4 ? Offload.GSO_TCPV4 : Offload.GSO_TCPV6) | Offload.GSO_ECN;
        List<byte[]> frames = run(frame, Offload.pack(1, type, mss, transport, 16), segments);
        assertEquals(Math.max(1, (bytes + mss - 1) / mss), frames.size());
        int at = 0;
        for (int k = 0; k < frames.size(); k++) {
            byte[] f = frames.get(k);
            boolean last = k == frames.size() - 1;
            int n = f.length - header;
            assertTrue(last || n == mss);
            assertArrayEquals(Arrays.copyOfRange(payload, at, at + n), Arrays.copyOfRange(f, header, f.length));
            assertEquals(0xffff_f000 + at, intAt(f, transport + 4), "sequence");
            int flags = ACK | (last ? 0x09 : 0) | (k == 0 ? 0x80 : 0);
            assertEquals(flags, f[transport + 13] & 0xff, "flags of segment " + k);
            assertEquals(0xffff, transportSum(f, network, transport, 6), "checksum of segment " + k);
            if (version == 4) {
                assertEquals(f.length - network, word(f, network + 2));
                assertEquals(0xfffe + k & 0xffff, word(f, network + 4));
                assertEquals(0xffff, sum(f, network, transport, 0));
            } else {
                assertEquals(f.length - transport, word(f, network + 4));
            }
            at += n;
        }
        assertEquals(bytes, at);
    }

    @ParameterizedTest
    @CsvSource({"4,30000,1472,4", "6,9001,1452,1", "4,1,1000,1"})
    void shouldCutUdpDatagrams(int version, int bytes, int size, int segments) {
        byte[] payload = random(random, bytes);
        byte[] ip = version == 4 ? ipv4(17, 0, 0) : ipv6(17, 0);
        byte[] frame = join(ethernet(0, version == 4 ? 0x0800 : 0x86dd), ip, udp(bytes), payload);
        int transport = 14 + ip.length;
        List<byte[]> frames = run(frame, Offload.pack(1, Offload.GSO_UDP_L4, size, transport, 6), segments);
        assertEquals((bytes + size - 1) / size, frames.size());
        int at = 0;
        for (byte[] f : frames) {
            int n = f.length - transport - 8;
            assertEquals(8 + n, word(f, transport + 4));
            assertEquals(0xffff, transportSum(f, 14, transport, 17));
            assertArrayEquals(Arrays.copyOfRange(payload, at, at + n), Arrays.copyOfRange(f, transport + 8, f.length));
            at += n;
        }
        assertEquals(bytes, at);
    }

    @ParameterizedTest
    @CsvSource({"4,20000,1480,3", "6,20000,1448,5", "4,3000,1001,1", "4,8,1480,1"})
    void shouldFragmentUdp(int version, int bytes, int size, int segments) {
        byte[] payload = random(random, bytes);
        byte[] ip = version == 4 ? ipv4(17, 0, 0) : ipv6(17, 0);
        ip[6] = version == 4 ? 0 : ip[6]; // may be fragmented
        byte[] frame = join(ethernet(0, version == 4 ? 0x0800 : 0x86dd), ip, udp(bytes), payload);
        int transport = 14 + ip.length;
        List<byte[]> frames = run(frame, Offload.pack(1, Offload.GSO_UDP, size, transport, 6), segments);
        int header = transport + (version == 6 ? 8 : 0);
        byte[] datagram = new byte[8 + bytes];
        int at = 0;
        for (int k = 0; k < frames.size(); k++) {
            byte[] f = frames.get(k);
            boolean last = k == frames.size() - 1;
            int n = f.length - header;
            System.arraycopy(f, header, datagram, at, n);
            if (version == 4) {
                assertEquals((last ? 0 : 0x2000) | at / 8, word(f, 14 + 6));
                assertEquals(0xfffe, word(f, 14 + 4), "one identification for all");
                assertEquals(0xffff, sum(f, 14, transport, 0));
                assertEquals(f.length - 14, word(f, 16));
            } else {
                assertEquals(44, f[14 + 6]);
                assertEquals(17, f[transport]);
                assertEquals(at | (last ? 0 : 1), word(f, transport + 2));
                assertEquals(intAt(frames.get(0), transport + 4), intAt(f, transport + 4));
                assertEquals(f.length - 54, word(f, 14 + 4));
            }
            assertTrue(last || n == (size & ~7));
            at += n;
        }
        assertEquals(datagram.length, at);
        assertArrayEquals(payload, Arrays.copyOfRange(datagram, 8, datagram.length));
        byte[] whole = join(Arrays.copyOf(frame, transport), datagram);
        assertEquals(0xffff, transportSum(whole, 14, transport, 17));
    }

    @Test
    void shouldPassPlainFramesByReference() {
        byte[] frame = random(random, 100);
        List<byte[]> frames = run(frame, Offload.pack(Offload.F_DATA_VALID, 0, 0, 0, 0), 3);
        assertArrayEquals(frame, frames.get(0));
        assertFalse(SoftwareOffload.isNeeded(source.offload[0]));
    }

    @Test
    void shouldRefuseFactsThatContradictTheFrame() {
        byte[] frame = join(ethernet(0, 0x0800), ipv4(6, 0, 0), tcp(1, ACK, 0), random(random, 5000));
        long[] words = {
            Offload.pack(1, Offload.GSO_TCPV6, 1448, 34, 16),
            Offload.pack(1, Offload.GSO_UDP_L4, 1448, 34, 6),
            Offload.pack(1, Offload.GSO_UDP, 1448, 34, 6),
            Offload.pack(1, Offload.GSO_TCPV4, 0, 34, 16),
            Offload.pack(1, Offload.GSO_TCPV4, 1448, 38, 16),
            Offload.pack(1, Offload.GSO_TCPV4, 1, 34, 16), // 5000 frames
            Offload.pack(1, 77, 1448, 34, 16),
            Offload.pack(1, 0, 0, 5053, 0),
            Offload.pack(1, 0, 0, 65535, 65535),
            Offload.pack(1, 0, 0, 2, 6),
        };
        for (long word : words) {
            source.clear();
            TestFrame.add(source, memory, frame, word, 2, random);
            assertFalse(offload.begin(source, 0), Long.toHexString(word));
            assertEquals(0, offload.fill(target));
        }
    }

    @Test
    void shouldSurviveRandomFactsAndFrames() {
        for (int round = 0; round < 20_000; round++) {
            byte[] frame = random(random, 14 + random.nextInt(3000));
            int type = new int[] {0x0800, 0x86dd, 0x8100}[random.nextInt(3)];
            frame[12] = (byte) (type >>> 8);
            frame[13] = (byte) type;
            if (frame.length > 24) {
                frame[14] = (byte) (type == 0x0800 ? 0x45 : 0x60);
                frame[20] = (byte) (type == 0x0800 ? 0 : random.nextBoolean() ? 6 : 17);
                frame[21] = 0;
                frame[23] = (byte) (random.nextBoolean() ? 6 : 17);
            }
            int gso = new int[] {0, 1, 3, 4, 5, 0x81, 9}[random.nextInt(7)];
            int start = random.nextBoolean() ? type == 0x0800 ? 34 : 54 : random.nextInt(70);
            long word = Offload.pack(random.nextInt(4), gso, random.nextInt(1500), start, random.nextInt(20));
            source.clear();
            TestFrame.add(source, memory, frame, word, 1 + random.nextInt(6), random);
            OffloadCheck.isConsistent(source, 0);
            if (offload.begin(source, 0)) {
                int made = 0;
                while (offload.fill(target) > 0) {
                    for (int i = 0; i < target.packets; i++, made++) {
                        TestFrame.bytes(target, i);
                    }
                }
                assertEquals(offload.frames(), made);
                assertTrue(made <= SoftwareOffload.MAX_FRAMES);
            }
        }
    }

    @Test
    void shouldNotLookTwiceAtAGuestsHeader() {
        byte[] payload = random(random, 4000);
        byte[] frame = join(ethernet(0, 0x0800), ipv4(6, 0, 0), tcp(1, ACK, 0), payload);
        TestFrame.add(source, memory, frame, Offload.pack(1, Offload.GSO_TCPV4, 1000, 34, 16), 1, random);
        assertTrue(offload.begin(source, 0));
        Memory.fill(source.segmentAddress[0], 54, (byte) 0xee); // the guest rewrites its headers meanwhile
        assertEquals(4, offload.fill(target));
        for (int i = 0; i < 4; i++) {
            assertEquals(0xffff, transportSum(TestFrame.bytes(target, i), 14, 34, 6));
        }
    }

    @Test
    void shouldCheckFactsAgainstFrames() {
        byte[] frame = join(ethernet(1, 0x0800), ipv4(6, 0, 0), tcp(1, ACK, 0), random(random, 3000));
        long[] good = {
            0, Offload.pack(1, 0, 0, 38, 16), Offload.pack(1, 1, 1448, 38, 16), Offload.pack(1, 0x81, 1448, 38, 16)
        };
        long[] bad = {
            Offload.pack(1, 0, 0, 13, 0),
            Offload.pack(1, 0, 0, 38, 65535),
            Offload.pack(0, 1, 1448, 38, 16),
            Offload.pack(1, 1, 0, 38, 16),
            Offload.pack(1, 4, 1448, 38, 16),
            Offload.pack(1, 5, 1448, 38, 6),
            Offload.pack(1, 2, 1448, 38, 16),
            Offload.pack(1, 0x80, 1448, 38, 16),
            Offload.pack(1, 1, 1448, 30, 16)
        };
        for (int segments = 1; segments < 30; segments += 7) {
            for (long word : good) {
                source.clear();
                TestFrame.add(source, memory, frame, word, segments, random);
                assertTrue(OffloadCheck.isConsistent(source, 0), Long.toHexString(word));
            }
            for (long word : bad) {
                source.clear();
                TestFrame.add(source, memory, frame, word, segments, random);
                assertFalse(OffloadCheck.isConsistent(source, 0), Long.toHexString(word));
            }
        }
    }
}

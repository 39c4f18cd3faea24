package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.counters.DropReason;
import io.jspp.frontend.FrameRx;
import io.jspp.frontend.FrameTx;
import io.jspp.frontend.FrontendConfig;
import io.jspp.net.Offload;
import io.jspp.port.Port;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.testing.conformance.Proves;
import io.jspp.virtio.Features;
import io.jspp.virtio.NetHeader;
import io.jspp.worker.IdleMode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Segmentation and checksum facts of one guest's headers on their way to another, over real sockets and rings. */
@Timeout(120)
class OffloadPathTest {
    private static final long BASE = Features.VERSION_1 | Features.MRG_RXBUF | Features.INDIRECT_DESC;
    private static final long SENDS = BASE
            | Features.CSUM
            | Features.HOST_TSO4
            | Features.HOST_TSO6
            | Features.HOST_ECN
            | Features.HOST_UFO
            | Features.HOST_USO;
    private static final long TAKES = BASE
            | Features.GUEST_CSUM
            | Features.GUEST_TSO4
            | Features.GUEST_TSO6
            | Features.GUEST_ECN
            | Features.GUEST_UFO
            | Features.GUEST_USO4
            | Features.GUEST_USO6;

    @TempDir
    Path directory;

    private static TestGuest guest(VhostLab lab, int index, long features) throws InterruptedException {
        return new TestGuest(FrontendConfig.connectTo(lab.socket(index)).withFeatures(features)).awaitUp();
    }

    private static void send(TestGuest guest, byte[] frame, long word) {
        guest.send(frame, NetHeader.firstEight(word), Offload.csumOffset(word));
    }

    private static long received(TestGuest guest) {
        return NetHeader.word(guest.headerStart(), guest.checksumOffset());
    }

    @ParameterizedTest
    @CsvSource({"4, 6, 1", "4, 6, 0x81", "6, 6, 4", "6, 6, 0x84", "4, 17, 5", "6, 17, 5", "4, 17, 3", "6, 17, 3"})
    @Proves(value = Feature.SEGMENTATION, with = Peer.FRONTEND)
    void shouldPassSegmentationFromGuestToGuest(int version, int protocol, String type) throws Exception {
        byte[] frame = IpFrames.frame(version, protocol, 64_000);
        long word = IpFrames.facts(version, protocol, Integer.decode(type), 1400);
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE)) {
            TestPatch patch = lab.patch(lab.open(0), lab.open(1));
            try (TestGuest sender = guest(lab, 0, SENDS);
                    TestGuest receiver = guest(lab, 1, TAKES)) {
                send(sender, frame, word);
                assertArrayEquals(frame, receiver.receive());
                assertEquals(word, received(receiver));
                assertEquals(1, patch.tx.counters().packets());
                assertEquals(frame.length, patch.tx.counters().bytes());
            }
        }
    }

    /** What the driver didn't negotiate for this kind, though it takes all others, comes as plain frames whose checksums are right. */
    @ParameterizedTest
    @CsvSource({"4, 6, 1", "6, 6, 4", "4, 17, 5", "6, 17, 5"})
    @Proves(
            value = {Feature.SEGMENTATION, Feature.SOFTWARE_OFFLOAD},
            with = Peer.FRONTEND)
    void shouldCutSegmentsForAGuestThatTakesAllButThisKind(int version, int protocol, int type) throws Exception {
        int payload = 64_000;
        byte[] frame = IpFrames.frame(version, protocol, payload);
        long lacks = type == 1 ? Features.GUEST_TSO4 : type == 4 ? Features.GUEST_TSO6 : Features.GUEST_USO6;
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE)) {
            TestPatch patch = lab.patch(lab.open(0), lab.open(1));
            try (TestGuest sender = guest(lab, 0, SENDS);
                    TestGuest receiver = guest(lab, 1, TAKES & ~lacks)) {
                send(sender, frame, IpFrames.facts(version, protocol, type, 1400));
                int headers = frame.length - payload;
                int at = 0;
                while (at < payload) {
                    byte[] segment = receiver.receive();
                    assertEquals(0, receiver.headerStart());
                    int bytes = segment.length - headers;
                    assertEquals(Math.min(1400, payload - at), bytes);
                    IpFrames.checkPlain(segment, version, protocol);
                    assertArrayEquals(
                            Arrays.copyOfRange(frame, headers + at, headers + at + bytes),
                            Arrays.copyOfRange(segment, headers, segment.length));
                    at += bytes;
                }
                assertNull(receiver.receive(50));
                assertEquals(1, patch.tx.counters().packets());
                assertEquals(0, patch.tx.counters().drops());
            }
        }
    }

    @Test
    void shouldDropSegmentsThatTheSenderDidNotNegotiate() throws Exception {
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE)) {
            TestPatch patch = lab.patch(lab.open(0), lab.open(1));
            try (TestGuest sender = guest(lab, 0, SENDS & ~Features.HOST_USO);
                    TestGuest receiver = guest(lab, 1, TAKES)) {
                send(sender, IpFrames.frame(4, 17, 8000), IpFrames.facts(4, 17, 5, 1400));
                VhostLab.await("drop", () -> patch.rx.counters().drops(DropReason.MALFORMED_HEADER) == 1);
                byte[] good = IpFrames.frame(4, 6, 8000);
                send(sender, good, IpFrames.facts(4, 6, 1, 1400));
                assertArrayEquals(good, receiver.receive());
            }
        }
    }

    /** Jumbo frames and packets of 64 KiB, mergeable or in one chain: what comes out is what went in, by checksum over all. */
    @ParameterizedTest
    @CsvSource({"true, 2048, 1", "true, 9100, 1", "false, 4096, 32"})
    @Proves(value = Feature.JUMBO, with = Peer.FRONTEND)
    void shouldCarryJumboFramesAndBigPacketsIntact(boolean mergeable, int bufferBytes, int perChain) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long takes = mergeable ? TAKES : TAKES & ~Features.MRG_RXBUF;
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE)) {
            TestPatch patch = lab.patch(lab.open(0), lab.open(1));
            FrontendConfig to = FrontendConfig.connectTo(lab.socket(1)).withFeatures(takes);
            try (TestGuest sender = guest(lab, 0, SENDS);
                    TestGuest receiver = new TestGuest(
                                    to, FrameTx.Shape.DEFAULT, new FrameRx.Shape(bufferBytes, perChain))
                            .awaitUp()) {
                CRC32 sent = new CRC32();
                CRC32 got = new CRC32();
                for (int i = 0; i < 300; i++) {
                    boolean big = i % 2 == 0;
                    int payload = big ? 8961 + random.nextInt(65482 - 8961) : 8960;
                    byte[] frame = IpFrames.frame(4, 6, payload);
                    sent.update(frame);
                    send(sender, frame, big ? IpFrames.facts(4, 6, 1, 8960) : IpFrames.facts(4, 6, 0, 0));
                    got.update(receiver.receive());
                }
                assertEquals(sent.getValue(), got.getValue(), "seed " + seed);
                assertEquals(300, patch.tx.counters().packets());
            }
        }
    }

    /** Each header that comes out is one that a receiver may believe; each packet that does not is counted. */
    @Test
    @Proves(value = Feature.WRONG_HEADERS, with = Peer.FRONTEND)
    void shouldNeverPassAWrongHeaderOn() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE)) {
            Port from = lab.open(0);
            TestPatch patch = lab.patch(from, lab.open(1));
            try (TestGuest sender = guest(lab, 0, SENDS);
                    TestGuest receiver = guest(lab, 1, TAKES)) {
                int passed = 0;
                for (int i = 0; i < 3000; i++) {
                    int version = random.nextBoolean() ? 4 : 6;
                    int protocol = random.nextBoolean() ? 6 : 17;
                    byte[] frame = IpFrames.frame(version, protocol, random.nextInt(3000));
                    long first = NetHeader.firstEight(IpFrames.facts(version, protocol, random.nextInt(6), 1000));
                    int offset = protocol == 6 ? 16 : 6;
                    for (int spoilt = random.nextInt(3); spoilt > 0; spoilt--) {
                        int field = random.nextInt(7);
                        long value = random.nextInt(4) == 0 ? 0xffff : random.nextInt(0x10000);
                        int shift = new int[] {0, 8, 16, 16, 32, 48, 0}[field];
                        long mask = (field < 2 ? 0xffL : 0xffffL) << shift;
                        if (field == 6) {
                            offset = (int) value;
                        } else {
                            first = first & ~mask | value << shift & mask;
                        }
                    }
                    sender.send(frame, first, offset);
                    long before = patch.rx.counters().drops(DropReason.MALFORMED_HEADER);
                    int sentSoFar = i + 1;
                    VhostLab.await(
                            "packet " + i + ", seed " + seed,
                            () -> patch.tx.counters().packets()
                                            + patch.rx.counters().drops(DropReason.MALFORMED_HEADER)
                                    == sentSoFar);
                    assertTrue(patch.rx.counters().drops(DropReason.MALFORMED_HEADER) >= before);
                    byte[] out = receiver.receive(0);
                    if (out != null) {
                        passed++;
                        assertArrayEquals(frame, out, "seed " + seed);
                        IpFrames.checkHeader(out, receiver.headerStart(), receiver.checksumOffset());
                    }
                }
                assertEquals(passed, patch.tx.counters().packets(), "seed " + seed);
                assertTrue(passed > 300 && passed < 2700, passed + " of 3000 passed, seed " + seed);
                assertTrue(lab.errors.isEmpty(), lab.errors::toString);
            }
        }
    }
}

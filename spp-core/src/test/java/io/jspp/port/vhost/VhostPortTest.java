package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.counters.DropReason;
import io.jspp.frontend.FrameRx;
import io.jspp.frontend.FrameTx;
import io.jspp.frontend.FrontendConfig;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.net.Offload;
import io.jspp.port.Port;
import io.jspp.port.PortState;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.testing.conformance.Proves;
import io.jspp.virtio.Features;
import io.jspp.virtio.NetHeader;
import io.jspp.worker.IdleMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two guests of the front-end library on two ports of one worker, over real sockets. */
@Timeout(120)
class VhostPortTest {
    private static final long V1 = Features.VERSION_1;
    private static final long MRG = Features.MRG_RXBUF;
    private static final int[] SIZES = {14, 60, 64, 127, 1514, 2036, 2037, 9000, 65000, 65550};

    @TempDir
    Path directory;

    private int openBefore;

    @BeforeEach
    void countDescriptors() {
        openBefore = FileDescriptor.live();
    }

    private static byte[] frame(int length, int seed) {
        byte[] frame = new byte[length];
        new Random(seed).nextBytes(frame);
        return frame;
    }

    private FrontendConfig config(VhostLab lab, int index, long features) {
        return FrontendConfig.connectTo(lab.socket(index)).withFeatures(features);
    }

    @ParameterizedTest
    @CsvSource({
        "0x100008000, 2048, 1, 2048, false", // VERSION_1 | MRG_RXBUF
        "0x930008000, 2048, 1, 700, false", // + INDIRECT, EVENT_IDX, IN_ORDER
        "0x130008000, 2048, 1, 700, true", // separate header
        "0x120000000, 4096, 32, 2048, false", // no MRG: one big direct chain
        "0x130000000, 4096, 32, 2048, true", // no MRG: indirect
        "0x100000000, 65600, 1, 300, true", // one huge buffer, long direct chains out
    })
    void shouldCarryFramesOfAllSizesUnchangedBothWays(
            String features, int rxBytes, int rxChain, int txBytes, boolean separateHeader) throws Exception {
        long wanted = Long.decode(features);
        FrameTx.Shape tx = new FrameTx.Shape(txBytes, separateHeader);
        FrameRx.Shape rx = new FrameRx.Shape(rxBytes, rxChain);
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE)) {
            Port a = lab.open(0);
            Port b = lab.open(1);
            TestPatch there = lab.patch(a, b);
            TestPatch back = lab.patch(b, a);
            try (TestGuest left = new TestGuest(config(lab, 0, wanted), tx, rx).awaitUp();
                    TestGuest right = new TestGuest(config(lab, 1, wanted), tx, rx).awaitUp()) {
                VhostLab.awaitUp(a, b);
                for (int round = 0; round < 30; round++) {
                    byte[] frame = frame(SIZES[round % SIZES.length], round);
                    left.send(frame);
                    assertArrayEquals(frame, right.receive());
                    right.send(frame);
                    assertArrayEquals(frame, left.receive());
                }
                assertEquals(30, there.tx.counters().packets());
                assertEquals(30, back.rx.counters().packets());
                assertEquals(there.rx.counters().bytes(), back.tx.counters().bytes());
                assertEquals(
                        0, there.tx.counters().drops() + there.rx.counters().drops());
            }
            assertTrue(lab.errors.isEmpty(), lab.errors::toString);
        }
        assertEquals(openBefore, FileDescriptor.live(), "descriptors leaked");
    }

    @Test
    void shouldContinueTheRingsWhenPortsAreMadeAnew() throws Exception {
        long features = V1 | MRG | Features.EVENT_IDX;
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE);
                TestGuest left = new TestGuest(config(lab, 0, features));
                TestGuest right = new TestGuest(config(lab, 1, features))) {
            int next = 0;
            for (int life = 1; life <= 3; life++) {
                Port a = lab.open(0);
                Port b = lab.open(1);
                lab.patch(a, b);
                left.awaitUp();
                right.awaitUp();
                VhostLab.awaitUp(a, b);
                for (int i = 0; i < 300; i++) {
                    byte[] frame = frame(60 + i % 100, next++);
                    left.send(frame);
                    assertArrayEquals(frame, right.receive());
                }
                lab.closePorts();
                assertFalse(Files.exists(Path.of(lab.socket(0))), "socket file was left");
                assertEquals(0, lab.claimed());
                int connections = life;
                VhostLab.await("front-end notices", () -> left.session.connections() == connections);
            }
        }
    }

    @Test
    void shouldServeTheNextGuestWhenOneEnds() throws Exception {
        long features = V1 | MRG;
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE)) {
            Port a = lab.open(0);
            Port b = lab.open(1);
            TestPatch patch = lab.patch(a, b);
            assertEquals(PortState.Phase.LISTENING, a.state().phase());
            try (TestGuest left = new TestGuest(config(lab, 0, features)).awaitUp()) {
                VhostLab.awaitUp(a);
                left.send(frame(60, 1));
                VhostLab.await("drop", () -> patch.tx.counters().drops(DropReason.PORT_DOWN) == 1);
                for (int guest = 0; guest < 3; guest++) {
                    try (TestGuest right = new TestGuest(config(lab, 1, features)).awaitUp()) {
                        VhostLab.awaitUp(b);
                        left.send(frame(100, guest));
                        assertArrayEquals(frame(100, guest), right.receive());
                    }
                    VhostLab.await("gone", () -> b.state().phase() == PortState.Phase.LISTENING);
                }
            }
        }
        assertEquals(openBefore, FileDescriptor.live(), "descriptors leaked");
    }

    @Test
    void shouldConnectToGuestsThatListenWheneverTheyCome() throws Exception {
        try (VhostLab lab = new VhostLab(directory, true, IdleMode.ADAPTIVE)) {
            Port a = lab.open(0);
            lab.patch(a, a);
            assertEquals(PortState.Phase.CONNECTING, a.state().phase());
            for (int i = 0; i < 2; i++) {
                FrontendConfig config = config(lab, 0, V1 | MRG).withListen(true);
                try (TestGuest guest = new TestGuest(config).awaitUp()) {
                    VhostLab.awaitUp(a);
                    guest.send(frame(64, i));
                    assertArrayEquals(frame(64, i), guest.receive());
                }
                VhostLab.await("gone", () -> a.state().phase() == PortState.Phase.CONNECTING);
            }
        }
    }

    @Test
    void shouldGiveItsSocketTheModeItWasTold() throws Exception {
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE)) {
            lab.socketMode(0660);
            Port port = lab.open(0);
            VhostLab.await("listens", () -> port.state().phase() == PortState.Phase.LISTENING);
            assertEquals(0660, Linux.lstat(lab.socket(0)).mode() & 0777);
        }
    }

    @Test
    void shouldRemoveAStaleSocketAndLeaveForeignFilesAlone() throws Exception {
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE)) {
            Files.writeString(Path.of(lab.socket(0)), "mine");
            Port a = lab.open(0);
            assertEquals(PortState.Phase.DOWN, a.state().phase());
            assertTrue(a.state().cause().contains("no socket"), a.state().toString());
            assertEquals("mine", Files.readString(Path.of(lab.socket(0))));
            Files.delete(Path.of(lab.socket(0)));
            VhostLab.await("listens", () -> a.state().phase() == PortState.Phase.LISTENING);
            assertEquals(0600, Linux.lstat(lab.socket(0)).mode() & 0777);
            try (VhostLab other = new VhostLab(directory, false, IdleMode.ADAPTIVE)) {
                Port same = other.open(0);
                assertTrue(
                        same.state().cause().contains("another process listens"),
                        same.state().toString());
                lab.closePorts();
                VhostLab.await("takes over", () -> same.state().phase() == PortState.Phase.LISTENING);
            }
        }
    }

    @Test
    @Proves(
            value = {Feature.TSO, Feature.SOFTWARE_OFFLOAD},
            with = Peer.FRONTEND)
    void shouldPassOffloadFactsToAGuestThatTakesThemAndCompleteThemForOneThatDoesNot() throws Exception {
        long all = V1 | MRG | Features.CSUM | Features.GUEST_CSUM | Features.HOST_TSO4 | Features.GUEST_TSO4;
        byte[] big = TcpFrames.tso4(20_000);
        long word = Offload.pack(Offload.F_NEEDS_CSUM, Offload.GSO_TCPV4, 1448, 34, 16);
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE)) {
            Port a = lab.open(0);
            Port able = lab.open(1);
            TestPatch patch = lab.patch(a, able);
            try (TestGuest sender = new TestGuest(config(lab, 0, all)).awaitUp()) {
                try (TestGuest receiver = new TestGuest(config(lab, 1, all)).awaitUp()) {
                    VhostLab.awaitUp(a, able);
                    sender.send(big, NetHeader.firstEight(word), 16);
                    assertArrayEquals(big, receiver.receive());
                    assertEquals(word, NetHeader.word(receiver.headerStart(), 16));
                    // facts that contradict the frame: gso size 0
                    sender.send(big, NetHeader.firstEight(word & ~(0xffffL << 32)), 16);
                    VhostLab.await("drop", () -> patch.rx.counters().drops(DropReason.MALFORMED_HEADER) == 1);
                    // more of them than the burst has segments: nothing of what was dropped stays in it
                    for (int i = 1; i < 1500; i++) {
                        sender.send(big, NetHeader.firstEight(word & ~(0xffffL << 32)), 16);
                    }
                    VhostLab.await("drops", () -> patch.rx.counters().drops(DropReason.MALFORMED_HEADER) == 1500);
                    sender.send(big, NetHeader.firstEight(word), 16);
                    assertArrayEquals(big, receiver.receive());
                }
                VhostLab.await("gone", () -> able.state().phase() == PortState.Phase.LISTENING);
                try (TestGuest receiver = new TestGuest(config(lab, 1, V1 | MRG)).awaitUp()) {
                    VhostLab.awaitUp(able);
                    sender.send(big, NetHeader.firstEight(word), 16);
                    int payload = 0;
                    int frames = 0;
                    while (payload < 20_000) {
                        byte[] frame = receiver.receive();
                        assertEquals(0, receiver.headerStart());
                        TcpFrames.checkSegment(frame, payload);
                        payload += frame.length - TcpFrames.HEADERS;
                        frames++;
                    }
                    assertEquals(20_000, payload);
                    assertEquals(14, frames);
                    assertNull(receiver.receive(50));
                    assertEquals(3, patch.tx.counters().packets());
                }
            }
        }
    }
}

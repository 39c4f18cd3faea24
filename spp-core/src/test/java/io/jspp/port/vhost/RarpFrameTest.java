package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.jspp.frontend.FrontendConfig;
import io.jspp.linux.FileDescriptor;
import io.jspp.memory.Memory;
import io.jspp.port.Port;
import io.jspp.port.PortState;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.testing.conformance.Proves;
import io.jspp.vhostuser.Requests;
import io.jspp.vhostuser.ScriptedFrontend;
import io.jspp.virtio.Features;
import io.jspp.worker.IdleMode;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The announcement of a guest that has moved: its bytes, by RFC 903, and its way to another guest. */
@Timeout(60)
class RarpFrameTest {
    private static final long MAC = 0x5254_0012_3456L;
    private static final long RARP = 1 << 2;

    private static byte[] expected(String mac) {
        String text = "ffffffffffff" + mac + "8035" // Ethernet: to all, RARP
                + "0001" + "0800" + "06" + "04" + "0003" // Ethernet, IPv4, lengths, request reverse
                + mac + "00000000" + mac + "00000000"; // sender and target: the guest, whose address is asked for
        return HexFormat.of().parseHex(text + "00".repeat(60 - text.length() / 2));
    }

    private static byte[] written(RarpFrame frame, long mac) {
        byte[] bytes = new byte[RarpFrame.BYTES];
        Memory.get(frame.write(mac), bytes, 0, bytes.length);
        return bytes;
    }

    @Test
    void shouldBeARequestForTheGuestsOwnAddressPaddedToTheShortestFrame() {
        try (RarpFrame frame = new RarpFrame()) {
            assertArrayEquals(expected("525400123456"), written(frame, MAC));
        }
    }

    @Test
    void shouldKeepNothingOfTheFrameBeforeAndNothingBeyondTheAddress() {
        try (RarpFrame frame = new RarpFrame()) {
            written(frame, 0xfeff_ffff_ffffL);
            assertArrayEquals(expected("020000000000"), written(frame, 0x0200_0000_0000L));
            assertArrayEquals(expected("000000000001"), written(frame, 1));
            assertArrayEquals(expected("525400123456"), written(frame, MAC | 0xabcdL << 48), "48 bits of the word");
        }
    }

    private static byte[] request(long mac) {
        return ScriptedFrontend.u64(Long.reverseBytes(mac) >>> 16);
    }

    @Test
    @Proves(value = Feature.RARP, with = Peer.FRONTEND)
    void shouldReachWhoeverTheGuestIsPatchedToOnceAndNotForThePortsNextGuest(@TempDir Path directory) throws Exception {
        int openBefore = FileDescriptor.live();
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE)) {
            Port other = lab.open(1);
            Victim moved = new Victim(lab, 0, other);
            FrontendConfig config =
                    FrontendConfig.connectTo(lab.socket(1)).withFeatures(Features.VERSION_1 | Features.MRG_RXBUF);
            try (TestGuest receiver = new TestGuest(config).awaitUp()) {
                VhostLab.awaitUp(other);
                try (ScriptedFrontend early = moved.connect()) {
                    early.send(Requests.SET_PROTOCOL_FEATURES, ScriptedFrontend.u64(RARP));
                    assertEquals(0, early.ask(Requests.SEND_RARP, request(MAC)), "waits for its rings");
                }
                VhostLab.await("gone", () -> moved.port.state().phase() == PortState.Phase.LISTENING);
                try (HostileGuest guest = moved.started(Victim.PLAIN)) {
                    VhostLab.awaitUp(moved.port);
                    assertNull(receiver.receive(100), "who asked has gone");
                    guest.f.send(Requests.SET_PROTOCOL_FEATURES, ScriptedFrontend.u64(RARP));
                    assertEquals(0, guest.f.ask(Requests.SEND_RARP, request(MAC)));
                    assertArrayEquals(expected("525400123456"), receiver.receive());
                    assertNull(receiver.receive(50), "once");
                    assertEquals(1, moved.taken());
                    assertEquals(RarpFrame.BYTES, moved.patch.rx.counters().bytes());
                }
            }
        }
        assertEquals(openBefore, FileDescriptor.live(), "descriptors leaked");
    }
}

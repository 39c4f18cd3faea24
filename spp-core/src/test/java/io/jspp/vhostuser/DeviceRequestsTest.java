package io.jspp.vhostuser;

import static io.jspp.vhostuser.ScriptedFrontend.state;
import static io.jspp.vhostuser.ScriptedFrontend.u64;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.Sockets;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.testing.conformance.Proves;
import io.jspp.virtio.Features;
import io.jspp.virtio.Virtqueue;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests about the device as a whole: reset, status, the back-end's own channel, MTU, announcement. Numbers are those of the catalogue of bad inputs. */
@Timeout(180)
class DeviceRequestsTest extends SessionLab {
    private static final byte[] NOTHING = new byte[NO_BYTES];
    private static final int FEATURES_OK = 8;

    /** ACKNOWLEDGE, DRIVER and FEATURES_OK; and DRIVER_OK too. */
    private static final int NEGOTIATED = 0xb;

    private static final int RUNNING = 0xf;

    /** Negotiates all protocol features. */
    private static void negotiate(ScriptedFrontend f) {
        f.send(Requests.SET_PROTOCOL_FEATURES, u64(f.get(Requests.GET_PROTOCOL_FEATURES)));
    }

    // ---- reset

    @Test
    @Proves(value = Feature.RESET_DEVICE, with = Peer.FRONTEND)
    void shouldStopAndDisableRingsOnResetAndStartThemWithANewDescription() {
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            likeQemu(f);
            awaitUp();
            int live = FileDescriptor.live();
            for (int i = 0; i < 20; i++) {
                assertEquals(0, f.ask(Requests.RESET_DEVICE, NOTHING));
                assertNull(user.queue(0));
                assertNull(user.queue(1));
                assertEquals(0, f.get(Requests.GET_STATUS));
                assertEquals(0, f.get(Requests.GET_VRING_BASE, state(0, 0)), "the position stays for whoever asks");
                assertEquals(0, f.ask(Requests.SET_FEATURES, u64(QEMU & ~Features.MRG_RXBUF)), "no ring runs");
                assertEquals(0, f.ask(Requests.SET_FEATURES, u64(QEMU)));
                setMemory(f);
                startRing(f, 0);
                startRing(f, 1);
                assertEquals(0, f.ask(Requests.SET_STATUS, u64(RUNNING)));
                assertNull(user.queue(0), "a reset disables");
                f.send(Requests.SET_VRING_ENABLE, state(0, 1));
                f.send(Requests.SET_VRING_ENABLE, state(1, 1));
                f.get(Requests.GET_STATUS);
                assertNotNull(user.queue(0));
                assertNotNull(user.queue(1));
            }
            assertEquals(live, FileDescriptor.live());
        }
    }

    @Test
    @Proves(value = Feature.RESET_DEVICE, with = Peer.FRONTEND)
    void shouldNotStartARingThatWasResetByAnEnableAlone() {
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            likeQemu(f);
            awaitUp();
            f.send(Requests.RESET_DEVICE, NOTHING);
            assertEquals(0, f.ask(Requests.SET_VRING_ENABLE, state(0, 1)));
            assertNull(user.queue(0), "its kick descriptor went with the reset");
            setMemory(f);
            assertNull(user.queue(0), "new memory starts nothing");
        }
    }

    @Test
    void shouldRefuseAResetThatWasNotNegotiated() {
        assertRefused("RESET_DEVICE", Requests.RESET_DEVICE, NOTHING);
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            likeQemu(f);
            awaitUp();
            f.send(Requests.SET_PROTOCOL_FEATURES, u64(Session.PROTOCOL & ~ProtocolFeatures.RESET_DEVICE));
            assertEquals(1, f.ask(Requests.RESET_DEVICE, NOTHING));
            assertNotNull(user.queue(0), "goes on");
        }
    }

    // ---- status

    @Test
    @Proves(value = Feature.STATUS, with = Peer.FRONTEND)
    void shouldStopRingsAtStatusZeroAndKeepTheirPositionAndEnableFlags() {
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            likeQemu(f);
            awaitUp();
            assertEquals(0, f.ask(Requests.SET_STATUS, u64(0)));
            assertNull(user.queue(0));
            assertNull(user.queue(1));
            assertEquals(0, f.get(Requests.GET_STATUS));
            assertEquals(1, f.get(Requests.GET_VRING_BASE, state(1, 0)));
            assertEquals(0, f.ask(Requests.SET_STATUS, u64(RUNNING)));
            assertNull(user.queue(1), "DRIVER_OK starts no ring that has no kick descriptor");
            startRing(f, 0);
            startRing(f, 1);
            f.get(Requests.GET_STATUS);
            assertNotNull(user.queue(1), "enabled as before: no front-end repeats that");
        }
    }

    @Test
    @Proves(value = Feature.STATUS, with = Peer.FRONTEND)
    void shouldTellTheStatusThatWasSetAndStopNothingByIt() {
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            likeQemu(f);
            awaitUp();
            Virtqueue queue = user.queue(0);
            for (int status : new int[] {RUNNING, NEGOTIATED, 0x4f, 0x8f, 0xff, 1, RUNNING}) {
                assertEquals(0, f.ask(Requests.SET_STATUS, u64(status)));
                assertEquals(status, f.get(Requests.GET_STATUS));
            }
            assertEquals(queue, user.queue(0));
            for (long wide : new long[] {0x100, 1L << 32, -1}) {
                assertEquals(1, f.ask(Requests.SET_STATUS, u64(wide)));
                assertEquals(RUNNING, f.get(Requests.GET_STATUS), "a refused status changes nothing");
            }
            assertEquals(queue, user.queue(0));
        }
        assertRefused("wide status", Requests.SET_STATUS, u64(0x100));
    }

    @Test
    @Proves(value = Feature.STATUS, with = Peer.FRONTEND)
    void shouldLeaveOutFeaturesOkUntilFeaturesWereAccepted() {
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            assertEquals(0, f.ask(Requests.SET_STATUS, u64(NEGOTIATED)));
            assertEquals(NEGOTIATED & ~FEATURES_OK, f.get(Requests.GET_STATUS), "no SET_FEATURES yet");
            assertEquals(1, f.ask(Requests.SET_FEATURES, u64(QEMU | 1L << 63)));
            assertEquals(0, f.ask(Requests.SET_STATUS, u64(NEGOTIATED)));
            assertEquals(NEGOTIATED & ~FEATURES_OK, f.get(Requests.GET_STATUS), "features were refused");
            assertEquals(0, f.ask(Requests.SET_FEATURES, u64(QEMU)));
            assertEquals(0, f.ask(Requests.SET_STATUS, u64(NEGOTIATED)));
            assertEquals(NEGOTIATED, f.get(Requests.GET_STATUS));
        }
    }

    // ---- the back-end's own channel

    private static FileDescriptor[] pair() {
        return Sockets.socketpair(Constants.SOCK_STREAM);
    }

    private static boolean ended(FileDescriptor socket) {
        return Linux.pollOne(socket.value(), Constants.POLLIN, 10_000) != 0
                && Sockets.receive(socket.value(), new byte[8], 0, 8, 0, 0).length() == 0;
    }

    private static boolean silent(FileDescriptor socket) {
        return Linux.pollOne(socket.value(), Constants.POLLIN, 0) == 0;
    }

    @Test
    @Proves(value = Feature.BACKEND_REQ, with = Peer.FRONTEND)
    void shouldKeepTheBackEndChannelReplaceItAndCloseItWithTheSession() {
        FileDescriptor[] first = pair();
        FileDescriptor[] second = pair();
        int live;
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            likeQemu(f);
            awaitUp();
            live = FileDescriptor.live();
            assertEquals(0, f.ask(Requests.SET_BACKEND_REQ_FD, NOTHING, first[1].value()));
            first[1].close();
            assertEquals(live, FileDescriptor.live(), "one more there, one fewer here");
            assertTrue(silent(first[0]), "kept open, nothing said");
            assertEquals(0, f.ask(Requests.RESET_DEVICE, NOTHING));
            assertEquals(0, f.ask(Requests.SET_STATUS, u64(0)));
            assertTrue(silent(first[0]), "a reset is no end of the session");
            f.send(Requests.SET_BACKEND_REQ_FD, NOTHING, second[1].value());
            assertTrue(ended(first[0]), "the former one is closed");
            second[1].close();
            assertTrue(silent(second[0]));
        }
        assertTrue(ended(second[0]), "ends with the session");
        FileDescriptor.closeAll(List.of(first[0], second[0]));
    }

    @Test
    @Proves(value = Feature.BACKEND_REQ, with = Peer.FRONTEND)
    void shouldNotLeakBackEndChannels() {
        // 78
        try (ScriptedFrontend f = new ScriptedFrontend(path);
                FileDescriptor event = Linux.eventfd();
                FileDescriptor file = memfd(4096)) {
            assertEquals(1, f.ask(Requests.SET_BACKEND_REQ_FD, NOTHING, event.value()), "not negotiated");
            negotiate(f);
            FileDescriptor[] kept = pair();
            assertEquals(0, f.ask(Requests.SET_BACKEND_REQ_FD, NOTHING, kept[1].value()));
            kept[1].close();
            int live = FileDescriptor.live();
            for (int i = 0; i < 1000; i++) {
                FileDescriptor[] next = pair();
                f.send(Requests.SET_BACKEND_REQ_FD, NOTHING, next[1].value());
                FileDescriptor.closeAll(List.of(next));
            }
            FileDescriptor[] last = pair();
            assertEquals(0, f.ask(Requests.SET_BACKEND_REQ_FD, NOTHING, last[1].value()));
            last[1].close();
            assertEquals(live + 1, FileDescriptor.live(), "our end of the last pair");
            assertEquals(1, f.ask(Requests.SET_BACKEND_REQ_FD, NOTHING), "none");
            for (FileDescriptor wrong : List.of(event, file)) {
                assertEquals(1, f.ask(Requests.SET_BACKEND_REQ_FD, NOTHING, wrong.value()), "no socket");
            }
            int socket = f.socket.value();
            assertEquals(1, f.ask(Requests.SET_BACKEND_REQ_FD, NOTHING, socket, socket), "two");
            f.get(Requests.GET_FEATURES); // what came with a request is closed before the next one is read
            assertTrue(silent(last[0]), "a refused one replaces nothing");
            assertEquals(live + 1, FileDescriptor.live());
            FileDescriptor.closeAll(List.of(kept[0], last[0]));
        }
    }

    // ---- MTU

    @Test
    @Proves(
            value = {Feature.MTU, Feature.REPLY_ACK},
            with = Peer.FRONTEND)
    void shouldAcknowledgeAnMtuWithinLimitsAndRefuseOthers() {
        // 80
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            assertEquals(1, f.ask(Requests.NET_SET_MTU, u64(1500)), "not negotiated");
            assertTrue((f.get(Requests.GET_FEATURES) & Features.MTU) != 0);
            negotiate(f);
            for (long mtu : new long[] {0, 1, 67, 65536, 1L << 32 | 1500, Long.MIN_VALUE, -1}) {
                assertEquals(1, f.ask(Requests.NET_SET_MTU, u64(mtu)), "MTU " + mtu);
            }
            for (long mtu : new long[] {68, 1500, 9000, 65535}) {
                assertEquals(0, f.ask(Requests.NET_SET_MTU, u64(mtu)), "MTU " + mtu);
            }
            f.send(Requests.NET_SET_MTU, u64(1500));
            assertEquals(Session.FEATURES, f.get(Requests.GET_FEATURES), "no answer where none is asked for");
            f.send(Requests.NET_SET_MTU, u64(67));
            assertTrue(f.ended(), "the two sides would disagree from then on");
        }
    }

    // ---- announcement

    /** The address as SEND_RARP carries it: first byte of the address first, two bytes of nothing. */
    private static byte[] rarp(long mac) {
        return u64(Long.reverseBytes(mac) >>> 16);
    }

    @Test
    @Proves(value = Feature.RARP, with = Peer.FRONTEND)
    void shouldPassOnTheAddressToAnnounceAndRefuseThoseOfNoCard() {
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            assertEquals(1, f.ask(Requests.SEND_RARP, rarp(0x5254_0000_0001L)), "not negotiated");
            negotiate(f);
            for (long mac : new long[] {0, 0x0100_5e00_0001L, 0xffff_ffff_ffffL}) {
                assertEquals(1, f.ask(Requests.SEND_RARP, rarp(mac)), Long.toHexString(mac));
            }
            assertEquals(List.of(), user.announced());
            assertEquals(0, f.ask(Requests.SEND_RARP, rarp(0x5254_0000_0001L)), "no ring runs: not our matter");
            assertEquals(List.of(0x5254_0000_0001L), user.announced());
        }
    }

    @Test
    void shouldAnnounceOnceWhatComesTooFast() {
        // 80
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            negotiate(f);
            long begin = System.nanoTime();
            for (int i = 0; i < 1000; i++) {
                f.send(Requests.SEND_RARP, rarp(0x5254_0000_0001L));
            }
            assertEquals(Session.FEATURES, f.get(Requests.GET_FEATURES));
            long passedMs = (System.nanoTime() - begin) / 1_000_000;
            int announced = user.announced().size();
            assertTrue(announced >= 1 && announced <= 1 + passedMs / 20, announced + " in " + passedMs + " ms");
        }
    }
}

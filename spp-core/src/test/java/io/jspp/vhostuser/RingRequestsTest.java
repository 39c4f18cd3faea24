package io.jspp.vhostuser;

import static io.jspp.vhostuser.ScriptedFrontend.message;
import static io.jspp.vhostuser.ScriptedFrontend.state;
import static io.jspp.vhostuser.ScriptedFrontend.u64;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.Sockets;
import io.jspp.virtio.Features;
import io.jspp.virtio.Virtqueue;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ring parameters and features, legal and not. Numbers are those of the catalogue of bad inputs. */
@Timeout(180)
class RingRequestsTest extends SessionLab {
    @Test
    void shouldRefuseImpossibleRingParameters() throws Exception {
        for (int size : new int[] {0, 3, 255, 257, 1000, 65536, 0x10100, Integer.MIN_VALUE, -1}) {
            assertRefused("45 46 47 size", Requests.SET_VRING_NUM, state(0, size));
        }
        for (int index : new int[] {2, 3, 254, 255, 256, 0x10000, 0x10001, -1}) {
            assertRefused("50 NUM", Requests.SET_VRING_NUM, state(index, 256));
            assertRefused("50 BASE", Requests.SET_VRING_BASE, state(index, 0));
            assertRefused("50 ADDR", Requests.SET_VRING_ADDR, address(index, USER, USER, USER));
            assertRefused("50 ENABLE", Requests.SET_VRING_ENABLE, state(index, 1));
            assertEnds("50 GET_VRING_BASE", message(Requests.GET_VRING_BASE, 1, state(index, 0)));
            try (FileDescriptor event = Linux.eventfd()) {
                assertRefused("50 KICK", Requests.SET_VRING_KICK, u64(index & 0xffff_ffffL), event.value());
            }
        }
        for (int request : new int[] {Requests.SET_VRING_KICK, Requests.SET_VRING_CALL, Requests.SET_VRING_ERR}) {
            try (FileDescriptor event = Linux.eventfd();
                    FileDescriptor file = memfd(4096)) {
                assertRefused("61 no descriptor", request, u64(0));
                assertRefused("61 with NOFD", request, u64(0x100), event.value());
                assertRefused("61 garbage", request, u64(0x200), event.value());
                assertRefused("61 garbage", request, u64(1L << 63), event.value());
                FileDescriptor[] pair = Sockets.socketpair(Constants.SOCK_STREAM);
                assertRefused("63 socket", request, u64(0), pair[0].value());
                assertRefused("63 file", request, u64(0), file.value());
                FileDescriptor.closeAll(Arrays.asList(pair));
            }
        }
        assertRefused("66", Requests.SET_FEATURES, u64(-1));
        for (int bit = 0; bit < 64; bit++) {
            if ((Session.FEATURES >>> bit & 1) == 0) {
                assertRefused("66 bit " + bit, Requests.SET_FEATURES, u64(1L << bit));
            }
            if ((Session.PROTOCOL >>> bit & 1) == 0) {
                assertRefused("68 bit " + bit, Requests.SET_PROTOCOL_FEATURES, u64(1L << bit));
            }
        }
    }

    @Test
    void shouldNotStartRingsThatAreNotDescribedOrLieOutside() {
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            // 55: kick before addr, addr before memory; 56: no size
            f.send(Requests.SET_FEATURES, u64(Features.VERSION_1));
            event(f, Requests.SET_VRING_KICK, 0);
            assertEquals(0, f.ask(Requests.SET_VRING_ADDR, ringAddress(0)));
            assertEquals(0, f.ask(Requests.SET_VRING_NUM, state(0, 256)));
            assertNull(user.queue(0));
            setMemory(f);
            assertNotNull(user.queue(0), "everything is known now");
            f.send(Requests.SET_VRING_ADDR, ringAddress(1));
            event(f, Requests.SET_VRING_KICK, 1);
            f.get(Requests.GET_FEATURES);
            assertNull(user.queue(1), "56: no SET_VRING_NUM");
            // 51, 52
            assertEquals(1, f.ask(Requests.SET_VRING_ADDR, address(0, USER + MEMORY, USER + 0x3000, USER + 0x2000)));
            assertEquals(1, f.ask(Requests.SET_VRING_ADDR, address(0, USER, USER + MEMORY - 8, USER + 0x2000)));
            assertEquals(1, f.ask(Requests.SET_VRING_ADDR, address(0, USER, USER + 0x3000, -2)));
            assertNotNull(user.queue(0), "goes on where it was");
            // the last piece of a ring's description is wrong: that request is refused, and nothing of it stays
            assertEquals(0, f.ask(Requests.SET_VRING_ADDR, address(1, USER + MEMORY, USER + 0x3000, USER + 0x2000)));
            assertEquals(1, f.ask(Requests.SET_VRING_NUM, state(1, 256)));
            assertEquals(0, f.ask(Requests.SET_VRING_ADDR, ringAddress(1)));
            assertNull(user.queue(1), "the refused size was kept");
            assertEquals(0, f.ask(Requests.SET_VRING_NUM, state(1, 256)));
            assertNotNull(user.queue(1), "right at last");
        }
    }

    @Test
    void shouldRefuseOtherFeaturesWhileRingsRun() {
        // 67
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            likeQemu(f);
            awaitUp();
            Virtqueue queue = user.queue(0);
            assertEquals(0, f.ask(Requests.SET_FEATURES, u64(QEMU)));
            assertEquals(1, f.ask(Requests.SET_FEATURES, u64(QEMU & ~Features.MRG_RXBUF)));
            assertEquals(queue, user.queue(0));
        }
    }
}

package io.jspp.vhostuser;

import static io.jspp.vhostuser.ScriptedFrontend.message;
import static io.jspp.vhostuser.ScriptedFrontend.state;
import static io.jspp.vhostuser.ScriptedFrontend.table;
import static io.jspp.vhostuser.ScriptedFrontend.u64;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.FileDescriptor;
import io.jspp.virtio.Features;
import io.jspp.virtio.Virtqueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A back-end endpoint against front-ends that follow the traces of QEMU and DPDK. Numbers are those of the catalogue of bad inputs. */
@Timeout(180)
class SessionTest extends SessionLab {
    @Test
    void shouldComeUpInTheOrderOfQemuAndStopAndStartOnAReboot() {
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            likeQemu(f);
            awaitUp();
            assertEquals(QEMU, user.queue(0).features());
            for (int reboot = 0; reboot < 3; reboot++) {
                f.send(Requests.SET_STATUS, u64(0));
                assertEquals(0, f.get(Requests.GET_VRING_BASE, state(0, 0)));
                assertEquals(1, f.get(Requests.GET_VRING_BASE, state(1, 0)));
                assertNull(user.queue(0));
                f.send(Requests.SET_VRING_ENABLE, state(0, 1));
                f.send(Requests.SET_VRING_ENABLE, state(1, 1));
                f.send(Requests.SET_FEATURES, u64(QEMU));
                setMemory(f);
                startRing(f, 0);
                startRing(f, 1);
                f.send(Requests.SET_STATUS, u64(0xf));
                assertEquals(0xf, f.get(Requests.GET_STATUS));
                awaitUp();
            }
        }
        await("gone", () -> user.stage == VringUser.Stage.LISTENING && user.queue(1) == null);
    }

    @Test
    void shouldAcceptTheReconnectionOfVirtioUser() {
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            f.send(Requests.SET_VRING_ENABLE, state(0, 0));
            f.send(Requests.SET_VRING_ENABLE, state(1, 0));
            assertEquals(0, f.get(Requests.GET_VRING_BASE, state(0, 22043)));
            assertEquals(1, f.get(Requests.GET_VRING_BASE, state(1, 0)));
            f.get(Requests.GET_FEATURES);
            f.get(Requests.GET_PROTOCOL_FEATURES);
            f.send(Requests.SET_PROTOCOL_FEATURES, u64(0x10009));
            event(f, Requests.SET_VRING_CALL, 0);
            event(f, Requests.SET_VRING_CALL, 1);
            f.send(Requests.SET_FEATURES, u64(0x950008000L));
            assertEquals(0, f.ask(Requests.SET_STATUS, u64(0xb)));
            assertEquals(0xb, f.get(Requests.GET_STATUS));
            setMemory(f);
            startRing(f, 0);
            startRing(f, 1);
            assertNull(user.queue(0), "enabled although the front-end said 0");
            f.send(Requests.SET_VRING_ENABLE, state(0, 1));
            f.send(Requests.SET_VRING_ENABLE, state(1, 1));
            assertEquals(0, f.ask(Requests.SET_STATUS, u64(0xf)));
            awaitUp();
        }
    }

    @Test
    void shouldStartRingsEnabledWhenTheFrontEndKnowsNoProtocolFeatures() {
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            f.send(Requests.SET_FEATURES, u64(Features.VERSION_1));
            setMemory(f);
            startRing(f, 0);
            startRing(f, 1);
            awaitUp();
        }
    }

    @Test
    void shouldUnderstandMessagesInAnySegmentation() {
        // 16: one byte per write; 17: 64 messages in one write
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            for (byte b : message(Requests.SET_FEATURES, 9, u64(QEMU))) {
                f.raw(new byte[] {b});
            }
            assertEquals(0, f.reply(Requests.SET_FEATURES));
            byte[] one = message(Requests.GET_FEATURES, 1, new byte[NO_BYTES]);
            byte[] many = new byte[64 * one.length];
            for (int i = 0; i < 64; i++) {
                System.arraycopy(one, 0, many, i * one.length, one.length);
            }
            f.raw(many);
            for (int i = 0; i < 64; i++) {
                assertEquals(Session.FEATURES, f.reply(Requests.GET_FEATURES));
            }
            // 83: NEED_REPLY on every message, also on those that are answered anyway: one reply each
            assertEquals(Session.PROTOCOL, f.ask(Requests.GET_PROTOCOL_FEATURES, new byte[NO_BYTES]));
            assertEquals(0, f.ask(Requests.SET_OWNER, new byte[NO_BYTES]));
            assertEquals(0, f.ask(Requests.NET_SET_MTU, u64(1)) - 1, "MTU 1 without NET_MTU");
            assertEquals(Session.FEATURES, f.get(Requests.GET_FEATURES));
        }
    }

    @Test
    void shouldContinueOverANewMemoryTableAndStopRingsItDrops() {
        // 39, 40, 41
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            likeQemu(f);
            awaitUp();
            for (int i = 0; i < 50; i++) {
                setMemory(f);
                assertNotNull(user.queue(0));
                assertNotNull(user.queue(1));
            }
            try (FileDescriptor file = memfd(MEMORY)) {
                assertEquals(0, f.ask(Requests.SET_MEM_TABLE, table(1, 0, MEMORY, USER + (1L << 40), 0), file.value()));
            }
            assertNull(user.queue(0));
            await("negotiating", () -> user.stage == VringUser.Stage.NEGOTIATING);
            assertEquals(0, f.ask(Requests.SET_MEM_TABLE, table(0)));
        }
    }

    @Test
    void shouldStopAndGoOnByEnableAndReplaceDescriptorsWhileRunning() {
        // 60, 65
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            likeQemu(f);
            awaitUp();
            Virtqueue queue = user.queue(0);
            f.ask(Requests.SET_VRING_ENABLE, state(0, 0));
            assertNull(user.queue(0));
            f.ask(Requests.SET_VRING_ENABLE, state(0, 1));
            assertEquals(queue, user.queue(0), "disabling keeps the ring");
            for (int i = 0; i < 300; i++) {
                event(f, Requests.SET_VRING_KICK, i % 2);
                event(f, Requests.SET_VRING_CALL, i % 2);
                event(f, Requests.SET_VRING_ERR, i % 2);
            }
            f.get(Requests.GET_FEATURES);
            assertEquals(queue, user.queue(0));
            int live = FileDescriptor.live();
            f.get(Requests.GET_STATUS);
            assertTrue(live < openBefore + 20, live - openBefore + " descriptors");
            // the same parameters again, and another size: validated again as a whole
            assertEquals(0, f.ask(Requests.SET_VRING_NUM, state(0, 256)));
            assertEquals(queue, user.queue(0));
            assertEquals(0, f.ask(Requests.SET_VRING_NUM, state(0, 128)));
            assertNotNull(user.queue(0));
            assertEquals(1, f.ask(Requests.SET_VRING_NUM, state(0, 32768)), "48: beyond the region");
            assertNotNull(user.queue(0), "goes on with the size it had");
            f.ask(Requests.RESET_OWNER, new byte[NO_BYTES]);
            assertNull(user.queue(1));
        }
    }
}

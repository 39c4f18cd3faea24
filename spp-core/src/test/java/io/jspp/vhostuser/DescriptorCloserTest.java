package io.jspp.vhostuser;

import static io.jspp.vhostuser.ScriptedFrontend.message;
import static io.jspp.vhostuser.ScriptedFrontend.table;
import static io.jspp.vhostuser.ScriptedFrontend.u64;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.state.Cause;
import io.jspp.state.Reason;
import io.jspp.virtio.Virtqueue;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A descriptor whose close(2) hangs, passed in every way: who passed it waits, and its neighbour of the same loop doesn't. */
@Timeout(120)
class DescriptorCloserTest {
    private static final long NEIGHBOUR_NS = TimeUnit.SECONDS.toNanos(5);
    private static final int MANY = 200;

    @TempDir
    Path directory;

    private final Watched hostile = new Watched();
    private final int openBefore = FileDescriptor.live();
    private final SessionLoop loop = new SessionLoop();
    private String path;
    private String neighbour;
    private Endpoint first;
    private Endpoint second;

    private static final class Watched implements VringUser {
        volatile Stage stage = Stage.DOWN;
        volatile Cause cause = Cause.NONE;

        @Override
        public void publish(int vring, Virtqueue queue, int kick) {}

        @Override
        public void unpublish(int vring) {}

        @Override
        public void synchronize() {}

        @Override
        public void stage(Stage now, Reason reason) {
            cause = reason.cause();
            stage = now;
        }
    }

    @BeforeEach
    void listen() {
        path = directory.resolve("hostile").toString();
        neighbour = directory.resolve("neighbour").toString();
        first = new Endpoint("vhost:0", path, false, 1, hostile);
        second = new Endpoint("vhost:1", neighbour, false, 1, new Watched());
        loop.open(first);
        loop.open(second);
    }

    @AfterEach
    void nothingIsLeft() {
        loop.close(first);
        loop.close(second);
        loop.close();
        Closers.awaitIdle();
        assertEquals(openBefore, FileDescriptor.live(), "descriptors leaked");
    }

    /** How a front-end passes it. */
    private interface Way {
        void pass(ScriptedFrontend f, int descriptor);
    }

    private void assertNeighbourGoesOn(String when) {
        long begin = System.nanoTime();
        try (ScriptedFrontend f = new ScriptedFrontend(neighbour)) {
            assertEquals(Session.FEATURES, f.get(Requests.GET_FEATURES));
        }
        assertTrue(System.nanoTime() - begin < NEIGHBOUR_NS, "neighbour waited " + when);
    }

    /** The session thread looks at it only when nobody else has it open any more. */
    private void passAsLast(HangingDescriptor hanging, Runnable send) {
        CountDownLatch sent = new CountDownLatch(1);
        loop.later(() -> {
            try {
                sent.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        send.run();
        hanging.descriptor.close();
        sent.countDown();
    }

    private void assertHangsAlone(String what, Way way) throws Exception {
        try (HangingDescriptor hanging = new HangingDescriptor()) {
            try (ScriptedFrontend f = new ScriptedFrontend(path)) {
                f.get(Requests.GET_FEATURES);
                f.send(Requests.SET_PROTOCOL_FEATURES, u64(f.get(Requests.GET_PROTOCOL_FEATURES)));
                passAsLast(hanging, () -> way.pass(f, hanging.descriptor.value()));
                SessionLab.await(what + " hangs", () -> DescriptorCloser.allWaiting() > 0);
            }
            assertNeighbourGoesOn("while a " + what + " hangs");
            try (ScriptedFrontend next = new ScriptedFrontend(path)) {
                assertEquals(Session.FEATURES, next.get(Requests.GET_FEATURES), "own port");
            }
            assertTrue(DescriptorCloser.allWaiting() > 0, what + ": its close does not hang");
            hanging.release();
            Closers.awaitIdle();
            assertTrue(hanging.isClosed(), what + " leaked");
        }
    }

    @Test
    void shouldKeepNobodyWaitingForADescriptorThatHangsWhenClosed() throws Exception {
        assertHangsAlone("kick", (f, fd) -> f.send(Requests.SET_VRING_KICK, u64(0), fd));
        assertHangsAlone("call", (f, fd) -> f.raw(message(Requests.SET_VRING_CALL, 9, u64(0)), fd));
        assertHangsAlone("error", (f, fd) -> f.raw(message(Requests.SET_VRING_ERR, 9, u64(1)), fd));
        assertHangsAlone("log descriptor", (f, fd) -> f.raw(message(Requests.SET_LOG_FD, 9, u64(0)), fd));
        assertHangsAlone("log", (f, fd) -> f.send(Requests.SET_LOG_BASE, u64(4096, 0), fd));
        assertHangsAlone("region", (f, fd) -> f.send(Requests.SET_MEM_TABLE, table(1, 0, 4096, 4096, 0), fd));
        assertHangsAlone("channel", (f, fd) -> {
            f.send(Requests.SET_BACKEND_REQ_FD, u64(0), fd);
            f.raw(message(Requests.SET_OWNER, 0, new byte[0])); // what is kept is closed with the session
        });
        assertHangsAlone("descriptor of nothing", (f, fd) -> f.send(Requests.SET_OWNER, new byte[0], fd));
    }

    /** What lies in our receive queue when a connection ends is closed with our end of it. */
    @Test
    void shouldKeepNobodyWaitingForADescriptorThatItNeverReceived() throws Exception {
        byte[] wrong = message(99, 1, new byte[0]);
        byte[] further = message(Requests.SET_OWNER, 1, new byte[0]);
        assertHangsAlone("descriptor unread", (f, fd) -> {
            f.raw(wrong);
            f.raw(further, fd);
        });
        assertHangsAlone("one of too many", (f, fd) -> {
            int[] many = new int[MANY];
            Arrays.fill(many, fd);
            f.raw(further, many);
        });
    }

    @Test
    void shouldTakeNoMoreWhenTooManyHang() throws Exception {
        try (HangingDescriptor hanging = new HangingDescriptor();
                FileDescriptor event = Linux.eventfd()) {
            int[] more = new int[8];
            Arrays.fill(more, event.value());
            try (ScriptedFrontend f = new ScriptedFrontend(path)) {
                f.get(Requests.GET_FEATURES);
                byte[] kick = message(Requests.SET_VRING_KICK, 9, u64(0));
                passAsLast(hanging, () -> f.raw(kick, hanging.descriptor.value()));
                assertEquals(1, f.reply(Requests.SET_VRING_KICK));
                byte[] refused = message(Requests.SET_OWNER, 9, new byte[0]);
                for (int i = 0; i < DescriptorCloser.MAX_WAITING; i++) {
                    f.raw(refused, more);
                    f.reply(Requests.SET_OWNER);
                }
            } catch (AssertionError | LinuxException e) {
                // ended, as it must be
            }
            try (ScriptedFrontend next = new ScriptedFrontend(path)) {
                assertTrue(next.ended());
            } catch (LinuxException e) {
                // listens no longer
            }
            SessionLab.await("down", () -> hostile.stage == VringUser.Stage.DOWN);
            assertEquals(Cause.DESCRIPTORS_HANG, hostile.cause);
            assertTrue(DescriptorCloser.allWaiting() <= DescriptorCloser.MAX_WAITING + MANY, "bounded");
            assertNeighbourGoesOn("while many wait");
            hanging.release();
            Closers.awaitIdle();
        }
        SessionLab.await("listens again", () -> hostile.stage == VringUser.Stage.LISTENING);
        try (ScriptedFrontend next = new ScriptedFrontend(path)) {
            assertEquals(Session.FEATURES, next.get(Requests.GET_FEATURES));
        }
    }
}

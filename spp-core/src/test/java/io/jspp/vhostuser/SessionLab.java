package io.jspp.vhostuser;

import static io.jspp.vhostuser.ScriptedFrontend.state;
import static io.jspp.vhostuser.ScriptedFrontend.table;
import static io.jspp.vhostuser.ScriptedFrontend.u64;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.state.Reason;
import io.jspp.testing.Patience;
import io.jspp.virtio.Virtqueue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An endpoint over a real socket, a user who checks the order of a stop, and what front-ends send to it. Nothing is left open after a test. */
@Timeout(180)
abstract class SessionLab {
    static final long QEMU = 0x17020e783L;
    static final long MEMORY = 1 << 19;
    static final long USER = 0x7f82_a3ff_f000L;
    static final int NO_BYTES = 0;

    @TempDir
    Path directory;

    final Recorder user = new Recorder();
    int openBefore;
    private SessionLoop loop;
    private Endpoint endpoint;
    String path;

    /** Remembers what was published, checks the order of a stop. */
    static final class Recorder implements VringUser {
        final Virtqueue[] published = new Virtqueue[2];
        volatile Stage stage = Stage.DOWN;
        volatile int publications;
        private final List<Long> announced = new ArrayList<>();
        private boolean unsynchronized;

        @Override
        public synchronized void publish(int vring, Virtqueue queue, int kick) {
            if (published[vring] != null || unsynchronized) {
                throw new AssertionError("published twice, or before synchronize");
            }
            published[vring] = queue;
            publications++;
        }

        @Override
        public synchronized void unpublish(int vring) {
            published[vring] = null;
            unsynchronized = true;
        }

        @Override
        public synchronized void synchronize() {
            unsynchronized = false;
        }

        @Override
        public void stage(Stage now, Reason reason) {
            stage = now;
        }

        @Override
        public synchronized void announce(long mac) {
            announced.add(mac);
        }

        synchronized List<Long> announced() {
            return List.copyOf(announced);
        }

        synchronized Virtqueue queue(int vring) {
            return published[vring];
        }
    }

    @BeforeEach
    void listen() {
        openBefore = FileDescriptor.live();
        path = directory.resolve("sock0").toString();
        loop = new SessionLoop();
        endpoint = new Endpoint("vhost:0", path, false, 1, user);
        loop.open(endpoint);
    }

    @AfterEach
    void nothingIsLeft() {
        loop.close(endpoint);
        loop.close();
        assertEquals(openBefore, FileDescriptor.live(), "descriptors leaked");
    }

    static void await(String what, BooleanSupplier condition) {
        Patience.await(what, 10, condition);
    }

    static FileDescriptor memfd(long size) {
        FileDescriptor file = Linux.memfdCreate("guest", 0);
        Linux.ftruncate(file.value(), size);
        return file;
    }

    static byte[] address(int index, long descriptors, long used, long avail) {
        return ByteBuffer.allocate(40)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(index)
                .putInt(0)
                .putLong(descriptors)
                .putLong(used)
                .putLong(avail)
                .putLong(0)
                .array();
    }

    static byte[] ringAddress(int index) {
        long ring = USER + 0x10000L * (index + 1);
        return address(index, ring, ring + 0x3000, ring + 0x2000);
    }

    static void setMemory(ScriptedFrontend f) {
        try (FileDescriptor file = memfd(MEMORY)) {
            assertEquals(0, f.ask(Requests.SET_MEM_TABLE, table(1, 0, MEMORY, USER, 0), file.value()));
        }
    }

    static void startRing(ScriptedFrontend f, int index) {
        f.send(Requests.SET_VRING_NUM, state(index, 256));
        f.send(Requests.SET_VRING_BASE, state(index, 0));
        f.send(Requests.SET_VRING_ADDR, ringAddress(index));
        event(f, Requests.SET_VRING_KICK, index);
        event(f, Requests.SET_VRING_CALL, index);
    }

    static void event(ScriptedFrontend f, int request, int index) {
        try (FileDescriptor eventfd = Linux.eventfd()) {
            f.send(request, u64(index), eventfd.value());
        }
    }

    /** Steps A and B of QEMU 7.2 with one queue pair, in its order: enables come first and are never repeated. */
    static void likeQemu(ScriptedFrontend f) {
        assertEquals(Session.FEATURES, f.get(Requests.GET_FEATURES));
        long protocol = f.get(Requests.GET_PROTOCOL_FEATURES);
        f.send(Requests.SET_PROTOCOL_FEATURES, u64(protocol));
        assertEquals(1, f.get(Requests.GET_QUEUE_NUM));
        f.send(Requests.SET_OWNER, new byte[NO_BYTES]);
        assertEquals(Session.FEATURES, f.get(Requests.GET_FEATURES));
        for (int i = 0; i < 2; i++) {
            event(f, Requests.SET_VRING_CALL, i);
            event(f, Requests.SET_VRING_ERR, i);
        }
        for (int i = 0; i < 4; i++) {
            f.send(Requests.SET_VRING_ENABLE, state(i % 2, 1));
        }
        f.send(Requests.SET_FEATURES, u64(QEMU));
        assertEquals(0, f.get(Requests.GET_STATUS));
        f.send(Requests.SET_STATUS, u64(8));
        setMemory(f);
        startRing(f, 0);
        startRing(f, 1);
        assertEquals(8, f.get(Requests.GET_STATUS));
        f.send(Requests.SET_STATUS, u64(0xf));
        assertEquals(0xf, f.get(Requests.GET_STATUS));
    }

    void awaitUp() {
        await("up, is " + user.stage, () -> user.stage == VringUser.Stage.UP);
    }

    /** The connection must end, without an answer. */
    void assertEnds(String what, byte[] bytes, int... descriptors) {
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            f.get(Requests.GET_FEATURES);
            try {
                f.raw(bytes, descriptors);
            } catch (LinuxException e) {
                // closed before the last byte was sent
            }
            assertTrue(f.ended(), what);
        }
    }

    /** Answered with 1 where an answer is asked for, the end of the connection where none is. */
    void assertRefused(String what, int request, byte[] payload, int... descriptors) {
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            assertEquals(1, f.ask(request, payload, descriptors), what);
            f.send(request, payload, descriptors);
            assertTrue(f.ended(), what + " without NEED_REPLY");
        }
    }
}

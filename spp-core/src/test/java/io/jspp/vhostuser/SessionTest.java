package io.jspp.vhostuser;

import static io.jspp.vhostuser.ScriptedFrontend.message;
import static io.jspp.vhostuser.ScriptedFrontend.state;
import static io.jspp.vhostuser.ScriptedFrontend.table;
import static io.jspp.vhostuser.ScriptedFrontend.u64;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.linux.Sockets;
import io.jspp.state.Reason;
import io.jspp.virtio.Features;
import io.jspp.virtio.Virtqueue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A back-end endpoint against front-ends that follow the traces of QEMU and DPDK, or no rule at all. Numbers are those of the catalogue of bad inputs. */
@Timeout(180)
class SessionTest {
    private static final long QEMU = 0x17020e783L;
    private static final long MEMORY = 1 << 19;
    private static final long USER = 0x7f82_a3ff_f000L;
    private static final int NO_BYTES = 0;

    @TempDir
    Path directory;

    private final Recorder user = new Recorder();
    private int openBefore;
    private SessionLoop loop;
    private Endpoint endpoint;
    private String path;

    /** Remembers what was published, checks the order of a stop. */
    private static final class Recorder implements VringUser {
        final Virtqueue[] published = new Virtqueue[2];
        volatile Stage stage = Stage.DOWN;
        volatile int publications;
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

    private static void await(String what, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(10)) {
                throw new AssertionError("not within 10 s: " + what);
            }
            LockSupport.parkNanos(100_000);
        }
    }

    private static FileDescriptor memfd(long size) {
        FileDescriptor file = Linux.memfdCreate("guest", 0);
        Linux.ftruncate(file.value(), size);
        return file;
    }

    private static byte[] address(int index, long descriptors, long used, long avail) {
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

    private static byte[] ringAddress(int index) {
        long ring = USER + 0x10000L * (index + 1);
        return address(index, ring, ring + 0x3000, ring + 0x2000);
    }

    private static void setMemory(ScriptedFrontend f) {
        try (FileDescriptor file = memfd(MEMORY)) {
            assertEquals(0, f.ask(Requests.SET_MEM_TABLE, table(1, 0, MEMORY, USER, 0), file.value()));
        }
    }

    private static void startRing(ScriptedFrontend f, int index) {
        f.send(Requests.SET_VRING_NUM, state(index, 256));
        f.send(Requests.SET_VRING_BASE, state(index, 0));
        f.send(Requests.SET_VRING_ADDR, ringAddress(index));
        event(f, Requests.SET_VRING_KICK, index);
        event(f, Requests.SET_VRING_CALL, index);
    }

    private static void event(ScriptedFrontend f, int request, int index) {
        try (FileDescriptor eventfd = Linux.eventfd()) {
            f.send(request, u64(index), eventfd.value());
        }
    }

    /** Steps A and B of QEMU 7.2 with one queue pair, in its order: enables come first and are never repeated. */
    private static void likeQemu(ScriptedFrontend f) {
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

    private void awaitUp() {
        await("up, is " + user.stage, () -> user.stage == VringUser.Stage.UP);
    }

    // ---- what must work

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

    // ---- framing

    private void assertEnds(String what, byte[] bytes, int... descriptors) {
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

    @Test
    void shouldEndAConnectionWhoseFramingIsBroken() {
        for (int request : new int[] {0, 41, 1000, 4096, -1, Requests.GET_CONFIG, Requests.GPU_SET_SOCKET}) {
            assertEnds("1 2 82 request " + request, message(request, 1, new byte[NO_BYTES]));
        }
        for (int flags : new int[] {0, 2, 3, 5, 0x11, 0xfffffff1}) {
            assertEnds("3 4 flags " + flags, message(Requests.GET_FEATURES, flags, new byte[NO_BYTES]));
        }
        for (int size : new int[] {4096, 65536, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            byte[] bytes = new byte[12 + Math.max(0, Math.min(size, 65536))];
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(1)
                    .putInt(1)
                    .putInt(size);
            assertEnds("5 6 size " + size, bytes);
        }
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            byte[] noise = new byte[4096];
            random.nextBytes(noise);
            assertEnds("15 noise, seed " + seed, noise);
        }
    }

    @Test
    void shouldEndAConnectionWithPayloadsOfTheWrongSize() {
        for (MessageType type : MessageType.values()) {
            for (int size : new int[] {0, 7, 9, 16, 39, 41, 500}) {
                int request = requestOf(type);
                Message probe = new Message(request, 1, new byte[size], new java.util.ArrayList<>());
                try {
                    type.check(probe);
                } catch (RequestRefused e) {
                    assertEnds("7 8 9 " + type + " of " + size, message(request, 1, new byte[size]));
                }
            }
        }
    }

    private static int requestOf(MessageType type) {
        for (int request = 1; request < 64; request++) {
            if (MessageType.of(request) == type) {
                return request;
            }
        }
        throw new AssertionError(type);
    }

    @Test
    void shouldSurviveADisconnectAfterEveryByteOfAMessageWithADescriptor() {
        // 10, 11
        try (FileDescriptor file = memfd(MEMORY)) {
            byte[] bytes = message(Requests.SET_MEM_TABLE, 1, table(1, 0, MEMORY, USER, 0));
            for (int n = 1; n < bytes.length; n++) {
                try (ScriptedFrontend f = new ScriptedFrontend(path)) {
                    f.raw(Arrays.copyOf(bytes, n), file.value());
                }
            }
        }
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            likeQemu(f);
            awaitUp();
        }
    }

    @Test
    void shouldEndAConnectionThatDoesNotFinishItsMessage() {
        // 12
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            f.raw(Arrays.copyOf(message(Requests.SET_FEATURES, 1, u64(QEMU)), 13));
            assertTrue(f.ended());
        }
    }

    @Test
    void shouldCloseDescriptorsNobodyAskedFor() {
        // 18, 19, 20, 21
        try (FileDescriptor file = memfd(MEMORY)) {
            for (int count : new int[] {1, 2, 8, 9, 200}) {
                int[] many = new int[count];
                Arrays.fill(many, file.value());
                for (int request = 1; request <= 40; request++) {
                    int size = request == Requests.SET_VRING_ADDR ? 40 : 8;
                    byte[] payload = new byte[size];
                    try (ScriptedFrontend f = new ScriptedFrontend(path)) {
                        f.raw(message(request, 1, payload), many);
                        f.get(Requests.GET_FEATURES);
                    } catch (AssertionError | LinuxException e) {
                        // ended, as most of these must be
                    }
                }
            }
        }
        await("all closed", () -> FileDescriptor.live() <= openBefore + 5);
    }

    @Test
    void shouldEndAConnectionThatNeverReadsItsReplies() {
        // 84
        byte[] one = message(Requests.GET_FEATURES, 1, new byte[NO_BYTES]);
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            boolean ended = false;
            for (int i = 0; i < 50_000 && !ended; i++) {
                try {
                    int sent = Sockets.send(f.socket.value(), one, 0, one.length, new int[0], Constants.MSG_DONTWAIT);
                    ended = sent < 0 && Linux.pollOne(f.socket.value(), Constants.POLLHUP, 100) != 0;
                } catch (LinuxException e) {
                    ended = true;
                }
            }
            assertTrue(ended);
        }
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            likeQemu(f);
            awaitUp();
        }
    }

    @Test
    void shouldKeepTheFrontEndItHasWhenOthersCome() {
        // 13, 14
        try (ScriptedFrontend silent = new ScriptedFrontend(path)) {
            try (ScriptedFrontend f = new ScriptedFrontend(path)) {
                likeQemu(f);
                awaitUp();
                assertTrue(silent.ended(), "a silent one makes room");
                for (int i = 0; i < 200; i++) {
                    try (ScriptedFrontend other = new ScriptedFrontend(path)) {
                        assertTrue(other.ended());
                    }
                }
                assertEquals(0xf, f.get(Requests.GET_STATUS));
                assertNotNull(user.queue(0));
            }
        }
    }

    // ---- memory table

    private void assertRefused(String what, int request, byte[] payload, int... descriptors) {
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            assertEquals(1, f.ask(request, payload, descriptors), what);
            f.send(request, payload, descriptors);
            assertTrue(f.ended(), what + " without NEED_REPLY");
        }
    }

    @Test
    void shouldTakeMemoryRegionByRegionAsQemuSendsItForEachQueuePair() {
        try (ScriptedFrontend f = new ScriptedFrontend(path);
                FileDescriptor file = memfd(MEMORY);
                FileDescriptor other = memfd(MEMORY)) {
            assertEquals(1, f.ask(Requests.ADD_MEM_REG, slot(0, MEMORY, USER, 0), file.value()), "not negotiated");
            f.get(Requests.GET_FEATURES);
            f.send(Requests.SET_PROTOCOL_FEATURES, u64(f.get(Requests.GET_PROTOCOL_FEATURES)));
            f.send(Requests.SET_FEATURES, u64(QEMU));
            assertTrue(f.get(Requests.GET_MAX_MEM_SLOTS) >= 32, "QEMU wants more for hot-plug");
            assertEquals(0, f.ask(Requests.ADD_MEM_REG, slot(0, MEMORY, USER, 0), file.value()));
            startRing(f, 0);
            startRing(f, 1);
            f.send(Requests.SET_VRING_ENABLE, state(0, 1));
            f.send(Requests.SET_VRING_ENABLE, state(1, 1));
            awaitUp();
            Virtqueue queue = user.queue(0);
            int live = FileDescriptor.live();
            // once more for another queue pair: nothing stops for it
            assertEquals(0, f.ask(Requests.ADD_MEM_REG, slot(0, MEMORY, USER, 0), file.value()));
            assertEquals(queue, user.queue(0));
            assertEquals(live, FileDescriptor.live());
            // the same addresses of another file, or of another part of it, are another matter
            assertEquals(1, f.ask(Requests.ADD_MEM_REG, slot(0, MEMORY, USER, 0), other.value()));
            assertEquals(1, f.ask(Requests.ADD_MEM_REG, slot(0, 4096, USER, 4096), file.value()));
            long far = USER + (1L << 40);
            assertEquals(0, f.ask(Requests.ADD_MEM_REG, slot(MEMORY, 4096, far, 4096), other.value()));
            assertNotNull(user.queue(0), "goes on with more memory");
            for (int pair = 0; pair < 2; pair++) {
                assertEquals(0, f.ask(Requests.REM_MEM_REG, slot(MEMORY, 4096, far, 0)));
                assertNotNull(user.queue(0), "goes on with less memory");
            }
            assertEquals(live, FileDescriptor.live());
            assertEquals(0, f.ask(Requests.REM_MEM_REG, slot(0, MEMORY, USER, 0)));
            assertNull(user.queue(0), "without its memory");
        }
    }

    private static byte[] slot(long guest, long size, long user, long offset) {
        return u64(0, guest, size, user, offset);
    }

    @Test
    void shouldRefuseMemoryItCouldNotSafelyMap() throws Exception {
        int set = Requests.SET_MEM_TABLE;
        try (FileDescriptor file = memfd(MEMORY);
                FileDescriptor small = memfd(4096);
                FileDescriptor event = Linux.eventfd();
                FileDescriptor zero = Linux.open("/dev/zero", Constants.O_RDWR, 0);
                FileDescriptor dir = Linux.open("/", Constants.O_RDONLY, 0);
                FileDescriptor readOnly = Linux.open("/proc/self/fd/" + file.value(), Constants.O_RDONLY, 0)) {
            int fd = file.value();
            assertRefused("23 no descriptor", set, table(1, 0, MEMORY, USER, 0));
            assertRefused("24 more", set, table(1, 0, MEMORY, USER, 0), fd, fd);
            assertRefused("25 nine", set, table(9, 0, MEMORY, USER, 0), fd);
            assertRefused("25 -1", set, table(-1, 0, MEMORY, USER, 0), fd);
            assertRefused("38 short", set, table(2, 0, MEMORY, USER, 0), fd, fd);
            assertRefused("27 empty", set, table(1, 0, 0, USER, 0), fd);
            assertRefused("28 huge", set, table(1, 0, 1L << 46, USER, 0), small.value());
            assertRefused("28 negative", set, table(1, 0, 1L << 63, USER, 0), small.value());
            assertRefused("29 offset", set, table(1, 0, 4096, USER, -4096), fd);
            assertRefused("29 offset", set, table(1, 0, 4096, USER, MEMORY), fd);
            assertRefused("36 twice the file", set, table(1, 0, 2 * MEMORY, USER, 0), fd);
            assertRefused("33 wraps", set, table(1, -4096, 8192, USER, 0), fd);
            assertRefused("33 wraps", set, table(1, 0, 8192, -4096, 0), fd);
            long other = USER + (1L << 30);
            assertRefused("31 overlap", set, table(2, 0, 8192, USER, 0, 4096, 8192, other, 8192), fd, fd);
            assertRefused("32 overlap", set, table(2, 0, 8192, USER, 0, 65536, 8192, USER + 1, 8192), fd, fd);
            for (FileDescriptor wrong : new FileDescriptor[] {event, zero, dir, readOnly}) {
                assertRefused("34 35 kind of file", set, table(1, 0, 4096, USER, 0), wrong.value());
            }
        }
    }

    @Test
    void shouldEndTheSessionWhenMemoryVanishesAndGoOnWithTheNext() {
        // 44: no worker looks here, the session finds it by itself
        try (ScriptedFrontend f = new ScriptedFrontend(path);
                FileDescriptor file = memfd(MEMORY)) {
            Linux.fcntl(file.value(), Constants.F_GETFL, 0);
            likeQemu(f);
            awaitUp();
            try (FileDescriptor sealed = Linux.memfdCreate("x", 0)) {
                Linux.ftruncate(sealed.value(), MEMORY);
                assertEquals(0, f.ask(Requests.SET_MEM_TABLE, table(1, 0, MEMORY, USER, 0), sealed.value()));
                Linux.ftruncate(sealed.value(), 0);
                assertTrue(f.ended());
            }
        }
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            likeQemu(f);
            awaitUp();
        }
    }

    @Test
    void shouldSealMemoryThatCanBeSealed() {
        try (ScriptedFrontend f = new ScriptedFrontend(path);
                FileDescriptor file = Linux.memfdCreate("guest", Constants.MFD_ALLOW_SEALING)) {
            Linux.ftruncate(file.value(), MEMORY);
            assertEquals(0, f.ask(Requests.SET_MEM_TABLE, table(1, 0, MEMORY, USER, 0), file.value()));
            assertEquals(Constants.F_SEAL_SHRINK, Linux.tryFcntl(file.value(), Constants.F_GET_SEALS, 0));
        }
    }

    // ---- rings

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

    @Test
    void shouldSetTheMtuWithinLimits() {
        // 80
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            f.send(Requests.SET_PROTOCOL_FEATURES, u64(Session.PROTOCOL));
            for (long mtu : new long[] {0, 1, 67, 65536, -1}) {
                assertEquals(1, f.ask(Requests.NET_SET_MTU, u64(mtu)));
            }
            assertEquals(0, f.ask(Requests.NET_SET_MTU, u64(1500)));
            assertFalse(f.get(Requests.GET_FEATURES) == 0);
        }
    }
}

package io.jspp.vhostuser;

import static io.jspp.vhostuser.ScriptedFrontend.table;
import static io.jspp.vhostuser.ScriptedFrontend.u64;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.memory.MappedMemory;
import io.jspp.state.Cause;
import io.jspp.state.Reason;
import io.jspp.virtio.Virtqueue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an endpoint says about why it is not up, in situations made by real sockets, files and descriptors. */
@Timeout(60)
@Tag("once")
class EndpointReasonTest {
    private static final int BYTES = 1 << 16;
    private static final long USER = 0x7f82_a3ff_f000L;

    @TempDir
    Path directory;

    private final Recorder user = new Recorder();
    private SessionLoop loop;
    private Endpoint endpoint;
    private Path path;

    /** The last stage and its reason. */
    private static final class Recorder implements VringUser {
        private record Seen(Stage stage, Reason reason) {}

        private volatile Seen seen;

        @Override
        public void publish(int vring, Virtqueue queue, int kick) {
            throw new AssertionError("no front-end of this test comes that far");
        }

        @Override
        public void unpublish(int vring) {
            throw new AssertionError("nothing was published");
        }

        @Override
        public void synchronize() {
            // no worker
        }

        @Override
        public void stage(Stage stage, Reason reason) {
            seen = new Seen(stage, reason);
        }
    }

    @BeforeEach
    void begin() {
        path = directory.resolve("sock0");
        loop = new SessionLoop();
    }

    @AfterEach
    void end() {
        if (endpoint != null) {
            loop.close(endpoint);
        }
        loop.close();
    }

    private void open(Path socket, boolean client) {
        endpoint = new Endpoint("vhost:0", socket.toString(), client, 1, user);
        loop.open(endpoint);
    }

    private void await(VringUser.Stage stage, Cause cause) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (user.seen.stage != stage || user.seen.reason.cause() != cause) {
            assertTrue(System.nanoTime() < deadlineNs, stage + " for " + cause + " expected, is " + user.seen);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void features(ScriptedFrontend f, long wanted) {
        f.get(Requests.GET_FEATURES);
        f.send(Requests.SET_FEATURES, u64(wanted));
    }

    @Test
    void shouldNameAPlainFileInTheWayAndGoOnWhenItIsGone() throws Exception {
        Files.writeString(path, "mine");
        open(path, false);
        await(VringUser.Stage.DOWN, Cause.SOCKET_PATH_TAKEN);
        Files.delete(path);
        await(VringUser.Stage.LISTENING, Cause.NO_GUEST);
    }

    /** Number 232: what it points to may be anybody's. */
    @Test
    void shouldNotFollowALinkInTheWay() throws Exception {
        Path target = directory.resolve("target");
        Files.createSymbolicLink(path, target);
        open(path, false);
        await(VringUser.Stage.DOWN, Cause.SOCKET_PATH_TAKEN);
        assertTrue(Files.notExists(target) && Files.isSymbolicLink(path));
    }

    /** Number 233, for one that is removed and one that is replaced. */
    @Test
    void shouldListenAnewWhenItsSocketIsRemovedOrReplaced() throws Exception {
        open(path, false);
        await(VringUser.Stage.LISTENING, Cause.NO_GUEST);
        Files.delete(path);
        answersAgain();
        Files.delete(path);
        Files.writeString(path, "mine");
        await(VringUser.Stage.DOWN, Cause.SOCKET_PATH_TAKEN);
        assertEquals("mine", Files.readString(path));
        Files.delete(path);
        answersAgain();
    }

    private void answersAgain() {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try (ScriptedFrontend f = new ScriptedFrontend(path.toString())) {
                assertEquals(Session.FEATURES, f.get(Requests.GET_FEATURES));
                return;
            } catch (LinuxException e) {
                // Not there, or bound and not yet listening.
                assertTrue(
                        (e.errno() == Errno.ENOENT || e.errno() == Errno.ECONNREFUSED)
                                && System.nanoTime() < deadlineNs,
                        () -> "does not listen anew, is " + user.seen + ": " + e.getMessage());
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void shouldNameADirectoryThatIsMissingAndGoOnWhenItIsThere() throws Exception {
        Path absent = directory.resolve("absent");
        open(absent.resolve("sock0"), false);
        await(VringUser.Stage.DOWN, Cause.SOCKET_DIRECTORY);
        assertTrue(user.seen.reason.next().startsWith("mkdir -p " + absent), user.seen.reason.next());
        Files.createDirectory(absent);
        await(VringUser.Stage.LISTENING, Cause.NO_GUEST);
    }

    /** Number 235: both sides listen. */
    @Test
    void shouldNameAnotherListenerOnItsPath() {
        Recorder other = new Recorder();
        Endpoint first = new Endpoint("vhost:1", path.toString(), false, 1, other);
        loop.open(first);
        open(path, false);
        await(VringUser.Stage.DOWN, Cause.SOCKET_IN_USE);
        loop.close(first);
        assertEquals(Cause.CLOSED, other.seen.reason.cause());
        await(VringUser.Stage.LISTENING, Cause.NO_GUEST);
    }

    @Test
    void shouldRememberSomebodyWhoSpeaksAnotherProtocolUntilTheNextComes() {
        open(path, false);
        try (ScriptedFrontend browser = new ScriptedFrontend(path.toString())) {
            browser.raw("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertTrue(browser.ended());
        }
        await(VringUser.Stage.LISTENING, Cause.NOT_VHOST_USER);
        assertTrue(user.seen.reason.text().contains("\"GET / HTTP/1\""), user.seen.reason.text());
        try (ScriptedFrontend f = new ScriptedFrontend(path.toString())) {
            f.get(Requests.GET_FEATURES);
            await(VringUser.Stage.NEGOTIATING, Cause.DRIVER_NOT_STARTED);
        }
        await(VringUser.Stage.LISTENING, Cause.NO_GUEST);
    }

    @Test
    void shouldSayThatSomebodyConnectedAndIsSilent() {
        open(path, false);
        try (ScriptedFrontend mute = new ScriptedFrontend(path.toString())) {
            await(VringUser.Stage.NEGOTIATING, Cause.PEER_SILENT);
            assertTrue(mute.socket.value() >= 0);
        }
    }

    @Test
    void shouldNameAFeatureThatWasNotOffered() {
        open(path, false);
        try (ScriptedFrontend f = new ScriptedFrontend(path.toString())) {
            features(f, 1L << 60);
            assertTrue(f.ended());
        }
        await(VringUser.Stage.LISTENING, Cause.FEATURE_REFUSED);
        assertTrue(user.seen.reason.text().contains("BIT60"), user.seen.reason.text());
    }

    @Test
    void shouldSayThatMemoryIsNotSharedWhenItComesWithoutDescriptorsOrNotAtAll() {
        open(path, false);
        try (ScriptedFrontend f = new ScriptedFrontend(path.toString())) {
            features(f, Session.FEATURES);
            await(VringUser.Stage.NEGOTIATING, Cause.MEMORY_NOT_SHARED);
            f.send(Requests.SET_MEM_TABLE, table(1, 0, BYTES, USER, 0));
            assertTrue(f.ended());
        }
        await(VringUser.Stage.LISTENING, Cause.MEMORY_NOT_SHARED);
        assertTrue(user.seen.reason.text().contains("1 memory regions with 0 descriptors"), user.seen.reason.text());
        assertTrue(user.seen.reason.next().contains("share=on"), user.seen.reason.next());
    }

    @Test
    void shouldSayThatMemoryIsNotSharedWhenItIsNoMemoryFileOrReadOnly() throws Exception {
        open(path, false);
        Path file = Files.write(directory.resolve("memory"), new byte[BYTES]);
        try (ScriptedFrontend f = new ScriptedFrontend(path.toString());
                FileDescriptor readOnly = Linux.open(file.toString(), Constants.O_RDONLY, 0)) {
            features(f, Session.FEATURES);
            assertEquals(1, f.ask(Requests.SET_MEM_TABLE, table(1, 0, BYTES, USER, 0), readOnly.value()));
            await(VringUser.Stage.NEGOTIATING, Cause.MEMORY_NOT_SHARED);
            try (FileDescriptor eventfd = Linux.eventfd()) {
                assertEquals(1, f.ask(Requests.SET_MEM_TABLE, table(1, 0, BYTES, USER, 0), eventfd.value()));
            }
            assertTrue(user.seen.reason.text().contains("SET_MEM_TABLE"), user.seen.reason.text());
        }
    }

    /** As QEMU does with share=off: the descriptor is good, but the front-end itself works on pages of its own. */
    @Test
    void shouldSayThatMemoryIsNotSharedWhenTheFrontEndHasMappedItPrivately() {
        open(path, false);
        int both = Constants.PROT_READ | Constants.PROT_WRITE;
        try (FileDescriptor file = Linux.memfdCreate("guest", 0);
                ScriptedFrontend f = new ScriptedFrontend(path.toString())) {
            Linux.ftruncate(file.value(), BYTES);
            features(f, Session.FEATURES);
            try (MappedMemory own = MappedMemory.map(file.value(), 0, BYTES, both, Constants.MAP_PRIVATE)) {
                byte[] table = table(1, 0, BYTES, own.address(), 0);
                assertEquals(1, f.ask(Requests.SET_MEM_TABLE, table, file.value()));
            }
            await(VringUser.Stage.NEGOTIATING, Cause.MEMORY_NOT_SHARED);
            assertTrue(user.seen.reason.text().contains("privately"), user.seen.reason.text());
            try (MappedMemory shared = MappedMemory.shared(file.value(), 0, BYTES)) {
                byte[] table = table(1, 0, BYTES, shared.address(), 0);
                assertEquals(0, f.ask(Requests.SET_MEM_TABLE, table, file.value()));
            }
            await(VringUser.Stage.NEGOTIATING, Cause.DRIVER_NOT_STARTED);
        }
    }

    /** Number 235: both sides connect. */
    @Test
    void shouldSayWhomItWaitsForAsClient() {
        open(path, true);
        await(VringUser.Stage.CONNECTING, Cause.NOBODY_LISTENS);
    }
}

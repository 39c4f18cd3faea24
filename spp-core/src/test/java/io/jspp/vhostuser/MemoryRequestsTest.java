package io.jspp.vhostuser;

import static io.jspp.vhostuser.ScriptedFrontend.state;
import static io.jspp.vhostuser.ScriptedFrontend.table;
import static io.jspp.vhostuser.ScriptedFrontend.u64;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.virtio.Virtqueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guest memory as a table and region by region, legal and not. Numbers are those of the catalogue of bad inputs. */
@Timeout(180)
class MemoryRequestsTest extends SessionLab {
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
}

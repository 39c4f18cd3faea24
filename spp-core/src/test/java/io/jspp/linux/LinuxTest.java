package io.jspp.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxTest {
    @TempDir
    Path directory;

    private final Pointer memory = Native.allocate(4096);

    @Test
    void shouldShareBytesBetweenTwoMappingsOfOneMemfd() {
        try (FileDescriptor fd = Linux.memfdCreate("spp-test", Constants.MFD_ALLOW_SEALING)) {
            Linux.ftruncate(fd.value(), 1 << 16);
            Linux.fallocate(fd.value(), 0, 1 << 16);
            int protection = Constants.PROT_READ | Constants.PROT_WRITE;
            long a = Linux.mmap(0, 4096, protection, Constants.MAP_SHARED, fd.value(), 8192);
            long b = Linux.mmap(0, 1 << 16, protection, Constants.MAP_SHARED, fd.value(), 0);
            memory.putLong(0, 0x1122334455667788L);
            assertEquals(8, Linux.pwrite(fd.value(), memory.address(), 8, 8192 + 16));
            Pointer viewA = Pointer.wrap(jnr.ffi.Runtime.getSystemRuntime(), a);
            Pointer viewB = Pointer.wrap(jnr.ffi.Runtime.getSystemRuntime(), b);
            assertEquals(0x1122334455667788L, viewA.getLong(16));
            viewA.putInt(20, 99);
            assertEquals(99, viewB.getInt(8192 + 20));
            assertEquals(8, Linux.pread(fd.value(), memory.address() + 64, 8, 8192 + 16));
            assertEquals(99, memory.getInt(68));
            assertEquals(0, Linux.madvise(b, 1 << 16, Constants.MADV_POPULATE_WRITE));
            Linux.munmap(a, 4096);
            Linux.munmap(b, 1 << 16);
            Linux.Stat stat = Linux.fstat(fd.value());
            assertEquals(1 << 16, stat.size());
            assertTrue(stat.isRegular());
            assertNotEquals(0, stat.inode());
        }
    }

    @Test
    void shouldMapAtAFixedPlaceOverAnOldMapping() {
        int protection = Constants.PROT_READ | Constants.PROT_WRITE;
        int flags = Constants.MAP_PRIVATE | Constants.MAP_ANONYMOUS;
        long a = Linux.mmap(0, 8192, protection, flags, -1, 0);
        Pointer view = Pointer.wrap(jnr.ffi.Runtime.getSystemRuntime(), a);
        view.putInt(4096, 7);
        assertEquals(a + 4096, Linux.mmap(a + 4096, 4096, protection, flags | Constants.MAP_FIXED, -1, 0));
        assertEquals(0, view.getInt(4096));
        Linux.munmap(a, 8192);
    }

    @Test
    void shouldRefuseToShrinkWhatIsSealed() {
        try (FileDescriptor fd = Linux.memfdCreate("spp-test", Constants.MFD_ALLOW_SEALING);
                FileDescriptor unsealable = Linux.memfdCreate("spp-test", 0)) {
            Linux.ftruncate(fd.value(), 8192);
            int seals = Constants.F_SEAL_SHRINK | Constants.F_SEAL_GROW;
            Linux.fcntl(fd.value(), Constants.F_ADD_SEALS, seals);
            assertEquals(seals, Linux.fcntl(fd.value(), Constants.F_GET_SEALS, 0));
            LinuxException e = assertThrows(LinuxException.class, () -> Linux.ftruncate(fd.value(), 4096));
            assertEquals(Errno.EPERM, e.errno());
            assertTrue(e.isPermission());
            int refused = Linux.tryFcntl(unsealable.value(), Constants.F_ADD_SEALS, seals);
            assertEquals(-Errno.EPERM, refused);
            assertEquals(Constants.O_RDWR, Linux.fcntl(fd.value(), Constants.F_GETFL, 0) & Constants.O_ACCMODE);
        }
    }

    @Test
    void shouldReportReadinessOfAnEventfdThroughEpollAndPoll() {
        try (FileDescriptor event = Linux.eventfd();
                FileDescriptor epoll = Linux.epollCreate()) {
            Linux.epollCtl(epoll.value(), Constants.EPOLL_CTL_ADD, event.value(), Constants.EPOLLIN, 0x123456789aL);
            assertEquals(0, Linux.epollWait(epoll.value(), memory.address(), 4, 0));
            assertEquals(-Errno.EAGAIN, Linux.eventfdRead(event.value()));
            assertEquals(0, Linux.pollOne(event.value(), Constants.POLLIN, 0));
            assertEquals(8, Linux.eventfdWrite(event.value()));
            assertEquals(1, Linux.epollWait(epoll.value(), memory.address(), 4, 1000));
            assertEquals(Constants.EPOLLIN, memory.getInt(Layouts.EpollEvent.EVENTS));
            assertEquals(0x123456789aL, memory.getLong(Layouts.EpollEvent.DATA));
            assertEquals(Constants.POLLIN, Linux.pollOne(event.value(), Constants.POLLIN, -1));
            assertEquals(8, Linux.eventfdRead(event.value()));
            assertEquals(0, Linux.epollWait(epoll.value(), memory.address(), 4, 0));
            Linux.epollCtl(epoll.value(), Constants.EPOLL_CTL_DEL, event.value(), 0, 0);
        }
        assertEquals(-Errno.EBADF, Linux.epollWait(-1, memory.address(), 4, 0));
    }

    @Test
    void shouldFireATimer() {
        try (FileDescriptor timer = Linux.timerfd()) {
            Linux.timerfdSet(timer.value(), 1_000_000, 0);
            assertEquals(Constants.POLLIN, Linux.pollOne(timer.value(), Constants.POLLIN, 10_000));
            assertEquals(8, Linux.eventfdRead(timer.value()));
            memory.putLong(0, 0);
            memory.putLong(8, 1_000_000);
            memory.putInt(16 + Layouts.Pollfd.FD, timer.value());
            memory.putShort(16 + Layouts.Pollfd.EVENTS, (short) Constants.POLLIN);
            assertEquals(0, Linux.ppoll(memory.address() + 16, 1, memory.address()));
        }
    }

    @Test
    void shouldReadAndWriteVectors() throws Exception {
        Path file = directory.resolve("vector");
        try (FileDescriptor fd =
                Linux.open(file.toString(), Constants.O_RDWR | Constants.O_CREAT | Constants.O_EXCL, 0600)) {
            memory.put(1024, "headbody".getBytes(), 0, 8);
            memory.putLong(0, memory.address() + 1024);
            memory.putLong(8, 4);
            memory.putLong(16, memory.address() + 1028);
            memory.putLong(24, 4);
            assertEquals(8, Linux.writev(fd.value(), memory.address(), 2));
            assertEquals("headbody", Files.readString(file));
            assertEquals(0, Linux.readv(fd.value(), memory.address(), 2));
            assertTrue(Linux.tryLock(fd.value(), Constants.LOCK_EX));
            try (FileDescriptor other = Linux.open(file.toString(), Constants.O_RDWR, 0)) {
                assertFalse(Linux.tryLock(other.value(), Constants.LOCK_EX));
                Linux.unlock(fd.value());
                assertTrue(Linux.tryLock(other.value(), Constants.LOCK_EX));
            }
        }
        Linux.chmod(file.toString(), 0640);
        assertEquals(0640, Linux.lstat(file.toString()).mode() & 0777);
        assertEquals(Linux.geteuid(), Linux.lstat(file.toString()).user());
        Linux.unlink(file.toString());
        assertFalse(Files.exists(file));
        LinuxException e = assertThrows(LinuxException.class, () -> Linux.open(file.toString(), Constants.O_RDONLY, 0));
        assertEquals("open " + file + ": ENOENT (No such file or directory)", e.getMessage());
    }

    @Test
    void shouldKnowItsOwnIdentityAndCpus() {
        assertEquals(ProcessHandle.current().pid(), Linux.getpid());
        assertTrue(Linux.gettid() > 0);
        assertEquals(0, Linux.kill(Linux.getpid(), 0));
        BitSet allowed = Linux.schedGetaffinity(0);
        assertFalse(allowed.isEmpty());
        BitSet one = new BitSet();
        one.set(allowed.nextSetBit(0));
        Linux.schedSetaffinity(0, one);
        assertEquals(one, Linux.schedGetaffinity(0));
        Linux.schedSetaffinity(0, allowed);
        assertEquals(allowed, Linux.schedGetaffinity(0));
        assertThrows(LinuxException.class, () -> Linux.schedSetaffinity(0, new BitSet()));
        Linux.setTimerSlack(50_000);
    }

    @Test
    void shouldNameTheCallingThread() throws Exception {
        String before = Files.readString(Path.of("/proc/self/task/" + Linux.gettid() + "/comm"))
                .strip();
        Linux.setThreadName("spp-lcore-1234567890");
        String name = Files.readString(Path.of("/proc/self/task/" + Linux.gettid() + "/comm"))
                .strip();
        Linux.setThreadName(before);
        assertEquals("spp-lcore-12345", name);
    }

    @Test
    void shouldSeeTheDeathOfAProcessThroughItsPidfd() throws Exception {
        Process child = new ProcessBuilder("sleep", "60").start();
        try (FileDescriptor pidfd = Linux.pidfdOpen((int) child.pid())) {
            assertEquals(0, Linux.pollOne(pidfd.value(), Constants.POLLIN, 0));
            assertEquals(0, Linux.pidfdSendSignal(pidfd.value(), Constants.SIGKILL));
            // POLLHUP joins POLLIN once the parent has collected the child
            assertTrue((Linux.pollOne(pidfd.value(), Constants.POLLIN, 10_000) & Constants.POLLIN) != 0);
            assertTrue(child.waitFor(10, TimeUnit.SECONDS));
            assertEquals(-Errno.ESRCH, Linux.pidfdSendSignal(pidfd.value(), 0));
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void shouldCloseADescriptorOnce() {
        int before = FileDescriptor.live();
        FileDescriptor fd = Linux.eventfd();
        FileDescriptor copy = fd.duplicate();
        assertEquals(before + 2, FileDescriptor.live());
        assertNotEquals(fd.value(), copy.value());
        fd.close();
        fd.close();
        assertFalse(fd.isOpen());
        assertThrows(IllegalStateException.class, fd::value);
        assertEquals(8, Linux.eventfdWrite(copy.value()));
        int number = copy.release();
        assertEquals(before, FileDescriptor.live());
        assertEquals(0, Linux.close(number));
        assertEquals(-Errno.EBADF, Linux.close(number));
    }
}

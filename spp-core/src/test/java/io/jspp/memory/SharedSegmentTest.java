package io.jspp.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SharedSegmentTest {
    private static final int HASH = 77;
    private static final long[] SECTIONS = {100, 5000, 0, 8192};

    private static SharedSegment create(boolean huge) {
        SharedSegment s = SharedSegment.create("spp-test", HASH, new long[] {1, -2}, SECTIONS, huge);
        s.publish();
        return s;
    }

    private static String refusal(FileDescriptor fd) {
        int before = FileDescriptor.live();
        String message = assertThrows(SegmentException.class, () -> SharedSegment.attach(fd, HASH))
                .getMessage();
        assertEquals(before - 1, FileDescriptor.live(), "the descriptor is closed");
        return message;
    }

    @Test
    void shouldShowTheSameBytesAtTwoAddresses() {
        int before = FileDescriptor.live();
        SharedSegment a = create(false);
        SharedSegment b = SharedSegment.attach(a.fd().duplicate(), HASH);
        assertArrayEquals(new long[] {1, -2}, b.parameters());
        assertEquals(4, b.sections());
        assertEquals(5000, b.sectionLength(1));
        assertTrue(a.address() != b.address());
        Memory.putLong(a.sectionAddress(3) + 8184, 99);
        assertEquals(99, Memory.getLong(b.sectionAddress(3) + 8184));
        assertEquals(0, a.sectionAddress(3) % Alignment.PAGE - a.address() % Alignment.PAGE);
        a.close();
        assertEquals(99, Memory.getLong(b.sectionAddress(3) + 8184), "it outlives its maker's mapping");
        b.close();
        b.close();
        assertEquals(before, FileDescriptor.live());
    }

    @Test
    void shouldWorkWithOrWithoutHugepages() {
        try (SharedSegment s = create(true);
                SharedSegment b = SharedSegment.attach(s.fd().duplicate(), HASH)) {
            Memory.putInt(s.sectionAddress(1), 5);
            assertEquals(5, Memory.getInt(b.sectionAddress(1)));
            assertEquals(s.hugePages(), s.length() % Alignment.HUGE_PAGE == 0);
        }
    }

    @Test
    void shouldBeSealedForEver() {
        try (SharedSegment s = create(false)) {
            int fd = s.fd().value();
            assertEquals(Errno.EPERM, errnoOf(() -> Linux.ftruncate(fd, 4096)));
            assertEquals(Errno.EPERM, errnoOf(() -> Linux.ftruncate(fd, 1 << 30)));
            assertEquals(-Errno.EPERM, Linux.tryFcntl(fd, Constants.F_ADD_SEALS, Constants.F_SEAL_WRITE));
        }
    }

    private static int errnoOf(Runnable call) {
        return assertThrows(LinuxException.class, call::run).errno();
    }

    @Test
    void shouldRefuseWhatIsNoFinishedSegmentOfThisLayout() {
        try (SharedSegment s = SharedSegment.create("spp-test", HASH, new long[0], SECTIONS, false)) {
            assertTrue(refusal(s.fd().duplicate()).contains("has not finished"));
            s.publish();
            SharedSegment.attach(s.fd().duplicate(), HASH).close();
            String other = assertThrows(
                            SegmentException.class, () -> SharedSegment.attach(s.fd().duplicate(), HASH + 1))
                    .getMessage();
            assertTrue(other.contains("one build"), other);
            Memory.putInt(s.address() + 8, 99);
            assertTrue(refusal(s.fd().duplicate()).contains("version 99"));
        }
        FileDescriptor plain = Linux.memfdCreate("spp-test", Constants.MFD_ALLOW_SEALING);
        Linux.ftruncate(plain.value(), 8192);
        assertTrue(refusal(plain.duplicate()).contains("not sealed"));
        Linux.fcntl(plain.value(), Constants.F_ADD_SEALS, Constants.F_SEAL_SHRINK | Constants.F_SEAL_GROW);
        assertTrue(refusal(plain).contains("magic"));
        assertTrue(refusal(Linux.eventfd()).contains("not a shared memory file"));
        FileDescriptor tiny = Linux.memfdCreate("spp-test", 0);
        assertTrue(refusal(tiny).contains("at least a page"));
    }

    @Test
    void shouldRefuseAnyHeaderThatPointsOutside() {
        Random random = new Random(5);
        int[] values = {0, 1, -1, 4096, Integer.MAX_VALUE, Integer.MIN_VALUE, 17};
        for (int i = 0; i < 500; i++) {
            try (SharedSegment s = create(false)) {
                for (int k = 0; k < 2; k++) {
                    int offset = 16 + (random.nextInt(300 - 16) & ~3);
                    Memory.putInt(s.address() + offset, values[random.nextInt(values.length)]);
                }
                assertRefusesOrStaysInside(s, "run " + i);
            }
        }
    }

    /** Numbers 172 and 173 of the catalogue of bad inputs. */
    @Test
    void shouldRefuseOrStayInsideWhicheverBitOfTheHeaderIsWrong() {
        try (SharedSegment s = create(false)) {
            for (int bit = 0; bit < 8 * Alignment.PAGE; bit++) {
                long at = s.address() + bit / 8;
                byte right = Memory.getByte(at);
                Memory.putByte(at, (byte) (right ^ 1 << bit % 8));
                assertRefusesOrStaysInside(s, "bit " + bit);
                Memory.putByte(at, right);
            }
            SharedSegment.attach(s.fd().duplicate(), HASH).close();
        }
    }

    private static void assertRefusesOrStaysInside(SharedSegment s, String what) {
        int before = FileDescriptor.live();
        try (SharedSegment b = SharedSegment.attach(s.fd().duplicate(), HASH)) {
            for (int section = 0; section < b.sections(); section++) {
                long offset = b.sectionAddress(section) - b.address();
                assertTrue(b.contains(offset, b.sectionLength(section)), what + ", section " + section);
            }
        } catch (SegmentException e) {
            assertTrue(e.getMessage().startsWith("shared segment refused: "), what);
        }
        assertEquals(before, FileDescriptor.live(), what);
    }

    /** Numbers 179 and 180: who fills the machine's memory later takes nothing from a segment that exists. */
    @Test
    void shouldHaveAllItsPagesFromTheStart() throws Exception {
        try (SharedSegment s = SharedSegment.create("spp-test", HASH, new long[0], new long[] {4 << 20}, false)) {
            String file = "/proc/" + ProcessHandle.current().pid() + "/fd/" + s.fd().value();
            Process stat = new ProcessBuilder("stat", "-L", "-c", "%b %B", file).start();
            String[] blocks = new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ");
            assertTrue(Long.parseLong(blocks[0]) * Long.parseLong(blocks[1]) >= s.length(), file);
        }
    }

    @Test
    void shouldBeRefusedWhereMemoryDoesNotSufficeBeforeAnyIsTaken() {
        int before = FileDescriptor.live();
        long bytes = SharedSegment.bytes(SECTIONS);
        LinuxException refused = assertThrows(
                LinuxException.class,
                () -> SharedSegment.create("spp-test", HASH, new long[0], SECTIONS, false, bytes - 1));
        assertEquals(Errno.ENOMEM, refused.errno());
        assertEquals(before, FileDescriptor.live());
        SharedSegment.create("spp-test", HASH, new long[0], SECTIONS, false, bytes)
                .close();
        long available = SharedSegment.availableBytes();
        assertTrue(available > 1 << 20 && available < Long.MAX_VALUE, "available: " + available);
    }
}

package io.jspp.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryTest {
    @Test
    void shouldCopyEveryLengthAndNothingBeside() {
        byte[] pattern = new byte[2048];
        new Random(1).nextBytes(pattern);
        try (NativeMemory source = NativeMemory.allocate(2048);
                NativeMemory destination = NativeMemory.allocate(2048)) {
            Memory.put(source.address(), pattern, 0, 2048);
            byte[] got = new byte[2048];
            for (int length = 0; length <= 1030; length++) {
                int shift = length % 9;
                Memory.fill(destination.address(), 2048, (byte) 0x5a);
                Memory.copy(source.address() + shift, destination.address() + 3, length);
                Memory.get(destination.address(), got, 0, 2048);
                for (int i = 0; i < 2048; i++) {
                    boolean inside = i >= 3 && i < 3 + length;
                    assertEquals(inside ? pattern[i - 3 + shift] : 0x5a, got[i], "length " + length + " byte " + i);
                }
            }
        }
    }

    @Test
    void shouldReadWhatWasWrittenInEveryWidthAndOrder() {
        try (NativeMemory m = NativeMemory.allocate(64)) {
            long a = m.address();
            assertEquals(0, a % Alignment.CACHE_LINE);
            Memory.putLong(a, -2);
            assertEquals(-2, Memory.getLongAcquire(a));
            assertEquals(0xfe, Memory.getUnsignedByte(a));
            assertEquals(0xfffe, Memory.getUnsignedShort(a));
            Memory.putShortRelease(a, (short) 7);
            assertEquals(7, Memory.getShortAcquire(a));
            assertEquals(7, Memory.getShortOpaque(a));
            Memory.putIntRelease(a + 8, 8);
            assertEquals(8, Memory.getIntAcquire(a + 8));
            Memory.putIntOpaque(a + 8, 9);
            assertEquals(9, Memory.getIntOpaque(a + 8));
            Memory.putLongOpaque(a + 16, 10);
            assertEquals(10, Memory.getLongOpaque(a + 16));
            byte[] bytes = {1, 2, 3, 4};
            Memory.put(a + 32, bytes, 1, 2);
            byte[] back = new byte[4];
            Memory.get(a + 32, back, 2, 2);
            assertArrayEquals(new byte[] {0, 0, 2, 3}, back);
            assertThrows(IndexOutOfBoundsException.class, () -> Memory.get(a, back, 3, 2));
            assertThrows(IndexOutOfBoundsException.class, () -> Memory.put(a, bytes, -1, 2));
        }
    }

    @Test
    void shouldCheckRangesWithoutOverflow() {
        try (NativeMemory m = NativeMemory.allocate(100)) {
            assertTrue(m.contains(0, 100));
            assertTrue(m.contains(100, 0));
            assertFalse(m.contains(1, 100));
            assertFalse(m.contains(101, 0));
            assertFalse(m.contains(-1, 1));
            assertFalse(m.contains(1, -1));
            assertFalse(m.contains(Long.MAX_VALUE, Long.MAX_VALUE));
            assertEquals(m.address() + 99, m.addressOf(99, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> m.addressOf(99, 2));
        }
    }

    @Test
    void shouldMapADescriptorAndReplaceItByZeroPages() {
        try (FileDescriptor fd = Linux.memfdCreate("spp-test", 0)) {
            Linux.ftruncate(fd.value(), 8192);
            try (MappedMemory a = MappedMemory.shared(fd.value(), 0, 8192);
                    MappedMemory b = MappedMemory.sharedReadOnly(fd.value(), 4096, 4096)) {
                Memory.putInt(a.address() + 4096, 77);
                assertEquals(77, Memory.getInt(b.address()));
                a.replaceByZeroPages();
                assertEquals(0, Memory.getInt(a.address() + 4096));
                Memory.putInt(a.address() + 4096, 78);
                assertEquals(77, Memory.getInt(b.address()));
                b.close();
            }
        }
        try (MappedMemory m = MappedMemory.anonymous(4096)) {
            Memory.putLong(m.address(), 5);
            assertEquals(5, Memory.getLong(m.address()));
        }
    }

    @Test
    void shouldAlignUpwards() {
        assertEquals(128, Alignment.up(65, 64));
        assertEquals(64, Alignment.up(64, 64));
        assertEquals(0, Alignment.up(0, 64));
        assertTrue(Alignment.isPowerOfTwo(128));
        assertFalse(Alignment.isPowerOfTwo(0));
        assertFalse(Alignment.isPowerOfTwo(96));
    }
}

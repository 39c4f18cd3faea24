package io.jspp.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

class LibCTest {
    /** jnr-ffi 2.3.4 hands garbage to the sixth of exactly six integer arguments: seen on mmap, which answered EINVAL. */
    @Test
    void shouldBindNoFunctionWithSixArguments() {
        Method[] methods = LibC.class.getDeclaredMethods();
        assertTrue(methods.length > 40);
        for (Method m : methods) {
            assertTrue(m.getParameterCount() != 6, m + " has six arguments: add an unused seventh");
        }
    }

    @Test
    void shouldNameErrorsAsTheKernelDoes() {
        assertEquals("ENOMEM (Cannot allocate memory)", Errno.describe(Errno.ENOMEM));
        assertEquals("EAGAIN", Errno.name(11));
        assertEquals("ECONNREFUSED", Errno.name(111));
        assertEquals("errno 517 (unknown error)", Errno.describe(517));
        assertEquals("errno 0", Errno.name(0));
        assertEquals("errno -1", Errno.name(-1));
    }

    @Test
    void shouldSayCallCauseAndContext() {
        LinuxException e = new LinuxException("mmap", Errno.ENOMEM, "4096 bytes");
        assertEquals("mmap 4096 bytes: ENOMEM (Cannot allocate memory)", e.getMessage());
        assertEquals(
                "eventfd: EMFILE (Too many open files)", new LinuxException("eventfd", Errno.EMFILE, "").getMessage());
    }
}

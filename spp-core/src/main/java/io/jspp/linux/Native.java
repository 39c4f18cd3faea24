package io.jspp.linux;

import java.util.Map;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Platform;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/** Loads libc once and gives the package errno and scratch memory. */
final class Native {
    static final LibC C;
    private static final Runtime RUNTIME;

    /** Eight bytes that hold 1 for ever: what is written to an eventfd. */
    static final long ONE;

    /** Eight bytes that eventfd reads go to when nobody wants the count; any thread may overwrite them. */
    static final long DISCARD;

    private static final Pointer CONSTANTS;

    static {
        C = LibraryLoader.loadLibrary(
                LibC.class,
                Map.of(LibraryOption.LoadNow, true),
                Platform.getNativePlatform().getStandardCLibraryName());
        RUNTIME = Runtime.getRuntime(C);
        CONSTANTS = allocate(16);
        CONSTANTS.putLong(0, 1L);
        ONE = CONSTANTS.address();
        DISCARD = ONE + 8;
        // Loaded now: when no descriptor is left, which is to be reported, no class file can be opened either.
        Errno.describe(Errno.EMFILE);
    }

    private Native() {}

    /** Zeroed native memory, freed by the garbage collector: keep the Pointer reachable during the call. */
    static Pointer allocate(int size) {
        return jnr.ffi.Memory.allocateDirect(RUNTIME, size, true);
    }

    /** Memory that somebody else owns. */
    static Pointer at(long address, int size) {
        return Pointer.wrap(RUNTIME, address, size);
    }

    /** errno of this thread's last call. */
    static int errno() {
        return RUNTIME.getLastError();
    }

    /** Result of a hot call: the value, or {@code -errno}. */
    static int result(int r) {
        return r >= 0 ? r : -RUNTIME.getLastError();
    }

    /** Result of a hot call: the value, or {@code -errno}. */
    static long result(long r) {
        return r >= 0 ? r : -RUNTIME.getLastError();
    }

    /** Result of a cold call: the value, or a {@link LinuxException}. */
    static int check(int r, String call, String context) {
        if (r < 0) {
            throw new LinuxException(call, RUNTIME.getLastError(), context);
        }
        return r;
    }
}

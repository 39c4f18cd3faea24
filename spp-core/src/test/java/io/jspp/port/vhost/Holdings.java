package io.jspp.port.vhost;

import io.jspp.linux.FileDescriptor;
import io.jspp.memory.MappedMemory;
import io.jspp.memory.NativeMemory;
import io.jspp.vhostuser.Closers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What this process holds outside the heap, by its own count: it must be the same after any number of front-ends as before. What the kernel counts
 * includes the JVM's and is a bound only.
 */
record Holdings(int descriptors, int mappings, int allocations) {
    static Holdings now() {
        return new Holdings(FileDescriptor.live(), MappedMemory.live(), NativeMemory.live());
    }

    /** Lines of /proc/self/maps. */
    static int kernelMappings() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).size();
    }

    /** Entries of /proc/self/fd. */
    static int kernelDescriptors() {
        Closers.awaitIdle();
        String[] open = new java.io.File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }

    /** A field of /proc/self/status, as RssShmem. */
    static long kib(String field) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
        for (String line : lines) {
            if (line.startsWith(field + ":")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("no " + field + " in /proc/self/status");
    }
}

package io.jspp.it.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a process holds of the system, out of {@code /proc}.
 *
 * @param descriptors open
 * @param memfdMappings mappings of memory files: the segment and the guests' memory
 * @param mappings all of them
 * @param anonymousKiB resident memory of its own
 * @param sharedKiB resident memory of memory files
 * @param allocations of native memory outside the JVM's own, by its native memory tracking, {@link #TRACKING}
 */
record ProcessUsage(
        int descriptors, int memfdMappings, int mappings, long anonymousKiB, long sharedKiB, long allocations) {
    /** Option of the JVM that {@link #of} asks. */
    static final String TRACKING = "-XX:NativeMemoryTracking=summary";

    /** What Unsafe and direct buffers allocate is "Other": {@code (malloc=123KB #45)}, since JDK 25 with a tag in between. */
    private static final Pattern OTHER = Pattern.compile("Other \\(reserved=[^\n]*\n\\s+\\(malloc=[^#]*#(\\d+)");

    /** A guest's memory kept would be far more. */
    private static final long ROOM_KIB = 32 * 1024;

    private static final int ROOM_MAPPINGS = 40;

    static ProcessUsage of(long pid) {
        Path proc = Path.of("/proc", Long.toString(pid));
        long allocations = allocations(proc); // first, since being asked makes the JVM open a socket for that
        try (Stream<Path> descriptors = Files.list(proc.resolve("fd"))) {
            List<String> maps = Files.readAllLines(proc.resolve("maps"));
            List<String> status = Files.readAllLines(proc.resolve("status"));
            return new ProcessUsage(
                    (int) descriptors.count(),
                    (int) maps.stream().filter(line -> line.contains("/memfd:")).count(),
                    maps.size(),
                    kiB(status, "RssAnon:"),
                    kiB(status, "RssShmem:"),
                    allocations);
        } catch (IOException e) {
            throw new UncheckedIOException("read " + proc, e);
        }
    }

    private static long allocations(Path proc) {
        String text;
        try {
            Path jcmd = proc.resolve("exe").toRealPath().resolveSibling("jcmd");
            String pid = proc.getFileName().toString();
            Process process = new ProcessBuilder(jcmd.toString(), pid, "VM.native_memory", "summary")
                    .redirectErrorStream(true)
                    .start();
            text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("jcmd for " + proc, e);
        }
        Matcher other = OTHER.matcher(text);
        if (!other.find()) {
            throw new IllegalStateException("no native memory tracking, is " + TRACKING + " set? " + text);
        }
        return Long.parseLong(other.group(1));
    }

    private static long kiB(List<String> status, String name) {
        return status.stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line ->
                        Long.parseLong(line.substring(name.length()).strip().split("\\s+")[0]))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Whether nothing is open, mapped or allocated that was not at {@code earlier}, but for what grows by itself: compiled code, the heap, the
     * mappings of both, and buffers that the class library keeps per thread.
     *
     * @param roomAllocations that may have been added: fewer than the events in between, so that one for each of them shows
     */
    boolean holdsNoMoreThan(ProcessUsage earlier, int roomAllocations) {
        return descriptors <= earlier.descriptors
                && memfdMappings <= earlier.memfdMappings
                && mappings <= earlier.mappings + ROOM_MAPPINGS
                && anonymousKiB <= earlier.anonymousKiB + ROOM_KIB
                && sharedKiB <= earlier.sharedKiB + ROOM_KIB
                && allocations <= earlier.allocations + roomAllocations;
    }
}

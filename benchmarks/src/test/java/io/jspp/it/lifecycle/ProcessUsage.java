package io.jspp.it.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process holds of the system, out of {@code /proc}.
 *
 * @param descriptors open
 * @param memfdMappings mappings of memory files: the segment and the guests' memory
 * @param mappings all of them
 * @param anonymousKiB resident memory of its own
 * @param sharedKiB resident memory of memory files
 */
record ProcessUsage(int descriptors, int memfdMappings, int mappings, long anonymousKiB, long sharedKiB) {
    static ProcessUsage of(long pid) {
        Path proc = Path.of("/proc", Long.toString(pid));
        try (Stream<Path> descriptors = Files.list(proc.resolve("fd"))) {
            List<String> maps = Files.readAllLines(proc.resolve("maps"));
            List<String> status = Files.readAllLines(proc.resolve("status"));
            return new ProcessUsage(
                    (int) descriptors.count(),
                    (int) maps.stream().filter(line -> line.contains("/memfd:")).count(),
                    maps.size(),
                    kiB(status, "RssAnon:"),
                    kiB(status, "RssShmem:"));
        } catch (IOException e) {
            throw new UncheckedIOException("read " + proc, e);
        }
    }

    private static long kiB(List<String> status, String name) {
        return status.stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line ->
                        Long.parseLong(line.substring(name.length()).strip().split("\\s+")[0]))
                .findFirst()
                .orElseThrow();
    }

    /** Whether nothing is open or mapped that was not at {@code earlier}. */
    boolean holdsNoMoreThan(ProcessUsage earlier) {
        return descriptors <= earlier.descriptors && memfdMappings <= earlier.memfdMappings;
    }
}

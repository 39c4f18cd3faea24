package io.jspp.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the peer tests find what a QEMU guest is made of. {@code ./spp test --all} puts it under target/guest. */
public final class GuestFiles {
    private GuestFiles() {}

    /** The compressed kernel image, whose modules are in {@link #modules}. */
    public static Optional<Path> kernel() {
        return roots().stream().flatMap(GuestFiles::kernelsBelow).findFirst();
    }

    /** The directory {@code lib/modules/<release>} of {@link #kernel}. */
    public static Optional<Path> modules() {
        return kernel().map(GuestFiles::modulesOf);
    }

    /** A statically linked busybox. */
    public static Optional<Path> busybox() {
        return Stream.of("/bin/busybox", "/usr/bin/busybox")
                .map(Path::of)
                .filter(Files::isExecutable)
                .filter(GuestFiles::isStatic)
                .findFirst();
    }

    static boolean kernelPresent() {
        return kernel().isPresent();
    }

    static boolean busyboxPresent() {
        return busybox().isPresent();
    }

    private static List<Path> roots() {
        return List.of(ProjectHome.directory().resolve("target/guest"), Path.of("/"));
    }

    private static Stream<Path> kernelsBelow(Path root) {
        try (Stream<Path> files = Files.list(root.resolve("boot"))) {
            return files
                    .filter(file -> file.getFileName().toString().matches("vmlinuz-.*-cloud-amd64"))
                    .filter(Files::isReadable)
                    .filter(file -> Files.isDirectory(modulesOf(file)))
                    .sorted(Comparator.reverseOrder())
                    .toList()
                    .stream();
        } catch (IOException e) {
            return Stream.empty(); // no such directory, or not ours to read: nothing to be found there
        }
    }

    private static Path modulesOf(Path kernel) {
        String release = kernel.getFileName().toString().substring("vmlinuz-".length());
        Path modules =
                kernel.getParent().resolveSibling("lib").resolve("modules").resolve(release);
        return modules.normalize();
    }

    /** A dynamically linked program names its loader in the first page; a guest without libraries can't run it. */
    private static boolean isStatic(Path program) {
        try (var in = Files.newInputStream(program)) {
            String start = new String(in.readNBytes(4096), StandardCharsets.ISO_8859_1);
            return !start.contains("ld-linux");
        } catch (IOException e) {
            return false;
        }
    }
}

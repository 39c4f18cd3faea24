package io.jspp.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a QEMU guest's parts are found: a kernel that {@code .ci/guest-packages} has unpacked below the project, else one that this machine has
 * installed. Looks at files only. Any thread.
 *
 * @param home the project's top directory
 */
public record GuestFiles(Path home) {
    /** The compressed kernel image, whose modules are in {@link #modules}. */
    public Optional<Path> kernel() {
        return Stream.of(home.resolve("target/guest"), Path.of("/"))
                .flatMap(GuestFiles::kernelsBelow)
                .findFirst();
    }

    /** The directory {@code lib/modules/<release>} of {@link #kernel}. */
    public Optional<Path> modules() {
        return kernel().map(GuestFiles::modulesOf);
    }

    /** A statically linked busybox. */
    public Optional<Path> busybox() {
        return Stream.of("/bin/busybox", "/usr/bin/busybox")
                .map(Path::of)
                .filter(Files::isExecutable)
                .filter(GuestFiles::isStatic)
                .findFirst();
    }

    private static Stream<Path> kernelsBelow(Path root) {
        try (Stream<Path> files = Files.list(root.resolve("boot"))) {
            List<Path> kernels = files.filter(
                            file -> file.getFileName().toString().matches("vmlinuz-.*-cloud-amd64"))
                    .filter(Files::isReadable)
                    .filter(file -> Files.isDirectory(modulesOf(file)))
                    .sorted(Comparator.reverseOrder())
                    .toList();
            return kernels.stream();
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

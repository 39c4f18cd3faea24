package io.jspp.it.qemu;

import io.jspp.testing.GuestFiles;
import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Kernel and initramfs of the test guests: Debian's cloud kernel ({@link GuestFiles}),
 * busybox, virtio modules, iperf3 and ethtool, and an init that runs the commands that come over the second serial port.
 * Made once, and again when this class wants it otherwise, under {@code target/guest-image}; processes that want it at once wait for each other.
 */
public record GuestImage(Path kernel, Path initramfs) {
    private static final List<String> MODULES = List.of(
            "net/core/failover.ko",
            "drivers/net/net_failover.ko",
            "drivers/virtio/virtio_ring.ko",
            "drivers/virtio/virtio.ko",
            "drivers/virtio/virtio_pci_legacy_dev.ko",
            "drivers/virtio/virtio_pci_modern_dev.ko",
            "drivers/virtio/virtio_pci.ko",
            "drivers/net/virtio_net.ko");
    private static final List<String> PROGRAMS = List.of("/usr/bin/iperf3", "/usr/sbin/ethtool");

    /** Builds the image unless it is there. */
    public static GuestImage prepare() throws IOException {
        Path directory = ProjectHome.directory().resolve("target/guest-image");
        Files.createDirectories(directory);
        try (FileChannel channel = FileChannel.open(
                        directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            String made = Integer.toHexString(List.of(INIT, MODULES, PROGRAMS).hashCode());
            GuestImage image =
                    new GuestImage(directory.resolve("vmlinux"), directory.resolve("initramfs-" + made + ".cpio"));
            if (lock.isValid() && !Files.exists(image.initramfs)) {
                build(directory, image);
            }
            return image;
        }
    }

    private static void build(Path directory, GuestImage image) throws IOException {
        Path bzImage = GuestFiles.kernel().orElseThrow();
        Path partial = directory.resolve("vmlinux.part");
        KernelImage.extract(bzImage, partial);
        Files.move(partial, image.kernel, StandardCopyOption.REPLACE_EXISTING);

        CpioArchive cpio = new CpioArchive();
        for (String name : List.of("proc", "sys", "dev", "tmp", "run", "root", "bin", "sbin", "usr/bin", "usr/sbin")) {
            cpio.directory(name);
        }
        cpio.file("bin/busybox", GuestFiles.busybox().orElseThrow());
        cpio.link("bin/sh", "busybox");
        Path modules = GuestFiles.modules().orElseThrow().resolve("kernel");
        StringBuilder load = new StringBuilder();
        for (String module : MODULES) {
            String name = module.substring(module.lastIndexOf('/') + 1);
            cpio.file("modules/" + name, modules.resolve(module));
            load.append("insmod /modules/").append(name).append('\n');
        }
        TreeSet<String> libraries = new TreeSet<>();
        for (String program : PROGRAMS) {
            cpio.file(program.substring(1), Path.of(program));
            libraries.addAll(libraries(program));
        }
        for (String library : libraries) {
            cpio.file(library.substring(1), Path.of(library).toRealPath());
        }
        cpio.file("init", INIT.formatted(load).getBytes(StandardCharsets.UTF_8));
        Path part = directory.resolve("initramfs.part");
        Files.write(part, cpio.finish());
        Files.move(part, image.initramfs, StandardCopyOption.REPLACE_EXISTING);
    }

    private static final String INIT = """
            #!/bin/sh
            /bin/busybox mount -t proc none /proc
            /bin/busybox mount -t sysfs none /sys
            /bin/busybox mount -t devtmpfs none /dev
            /bin/busybox --install -s
            export PATH=/usr/sbin:/usr/bin:/sbin:/bin
            %sip link set lo up
            stty -F /dev/ttyS1 raw -echo
            exec </dev/ttyS1 >/dev/ttyS1
            printf '\\nREADY\\n' # a line of its own, even when a reset cut one off
            while IFS= read -r line; do
              command=${line#* }
              if [ "${line%%%% *}" = "#${#command}" ]; then
                echo "
            RUN"
                sh -c "$command" 2>&1 </dev/null
                echo "
            EXIT $?"
              else
                echo "
            AGAIN $(grep ^1: /proc/tty/driver/serial)"
              fi
            done
            """;

    private static List<String> libraries(String program) throws IOException {
        return run(Path.of("/"), "ldd", program)
                .lines()
                .flatMap(line -> Stream.of(line.strip().split("\\s+")))
                .filter(word -> word.startsWith("/"))
                .toList();
    }

    private static String run(Path directory, String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + " failed: " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in " + String.join(" ", command), e);
        }
        return output;
    }
}

package io.jspp.controller.qemu;

import io.jspp.config.ExitCode;
import io.jspp.config.GuestFiles;
import io.jspp.config.ProcessException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Kernel and initramfs of our guests: Debian's cloud kernel ({@link GuestFiles}), busybox, virtio modules, programs of this machine on demand, and an init
 * that runs the commands that come over the second serial port ({@link GuestShell}). Made once under {@code target/guest-image}, and again when this class,
 * the kernel or the list of programs is another; processes that want it at once wait for each other.
 *
 * @param kernel uncompressed, to be started directly
 * @param initramfs about 3 MiB without programs, 11 MiB with iperf3
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

    private static final long LDD_SECONDS = 120;

    /**
     * Builds the image unless it is there.
     *
     * @param home the project's top directory
     * @param programs absolute paths of programs that the guest shall have besides busybox's
     * @throws ProcessException when a part is missing or the image can't be written; the message names the next step
     */
    public static GuestImage prepare(Path home, List<String> programs) {
        GuestFiles files = new GuestFiles(home);
        Path bzImage = part(files.kernel(), home, "a guest kernel", "linux-image-cloud-amd64");
        String made = Integer.toHexString(
                List.of(INIT, MODULES, programs, bzImage.toString()).hashCode());
        Path directory = home.resolve("target/guest-image");
        String release = bzImage.getFileName().toString();
        GuestImage image = new GuestImage(
                directory.resolve(release.replace("vmlinuz", "vmlinux")),
                directory.resolve("initramfs-" + made + ".cpio"));
        if (image.isComplete()) {
            return image;
        }
        try {
            Files.createDirectories(directory);
            try (FileChannel channel = FileChannel.open(
                            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (lock.isValid() && !image.isComplete()) {
                    build(directory, image, home, files, programs);
                }
            }
            return image;
        } catch (IOException e) {
            throw new ProcessException(
                    ExitCode.FAILED,
                    "the guest image in " + directory + " can't be made: " + e
                            + " (it is made once, by a user who may write there)",
                    e);
        }
    }

    /** The initramfs is written last. */
    private boolean isComplete() {
        return Files.isReadable(initramfs) && Files.isReadable(kernel);
    }

    private static Path part(Optional<Path> found, Path home, String what, String debianPackage) {
        return found.orElseThrow(() -> new ProcessException(
                ExitCode.FAILED,
                what + " is missing: sudo bash " + home.resolve(".ci/guest-packages") + " " + debianPackage));
    }

    private static void build(Path directory, GuestImage image, Path home, GuestFiles files, List<String> programs)
            throws IOException {
        Path partial = directory.resolve("vmlinux.part");
        KernelImage.extract(files.kernel().orElseThrow(), partial);
        Files.move(partial, image.kernel, StandardCopyOption.REPLACE_EXISTING);

        CpioArchive cpio = new CpioArchive();
        for (String name : List.of("proc", "sys", "dev", "tmp", "run", "root", "bin", "sbin", "usr/bin", "usr/sbin")) {
            cpio.directory(name);
        }
        cpio.file("bin/busybox", part(files.busybox(), home, "a static busybox", "busybox-static"));
        cpio.link("bin/sh", "busybox");
        Path modules = files.modules().orElseThrow().resolve("kernel");
        StringBuilder load = new StringBuilder();
        for (String module : MODULES) {
            String name = module.substring(module.lastIndexOf('/') + 1);
            cpio.file("modules/" + name, modules.resolve(module));
            load.append("insmod /modules/").append(name).append('\n');
        }
        TreeSet<String> libraries = new TreeSet<>();
        for (String program : programs) {
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
        return output("ldd", program)
                .lines()
                .flatMap(line -> Stream.of(line.strip().split("\\s+")))
                .filter(word -> word.startsWith("/"))
                .toList();
    }

    private static String output(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(LDD_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + " failed: " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in " + String.join(" ", command), e);
        }
        return output;
    }
}

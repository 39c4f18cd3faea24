package io.jspp.testing;

import io.jspp.config.GuestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Something of the machine that a test needs: a right, a kernel facility, a program of a Debian package. */
public enum Need {
    ROOT(() -> userId() == 0, "root", "run as root"),
    NET_ADMIN(() -> hasCapability(12), "CAP_NET_ADMIN", "run as root, or inside unshare -Urn"),
    NET_RAW(() -> hasCapability(13), "CAP_NET_RAW", "run as root, or inside unshare -Urn"),
    TUN(() -> Files.isWritable(Path.of("/dev/net/tun")), "/dev/net/tun", "modprobe tun, or run as root"),
    USER_NAMESPACES(
            () -> succeeds("unshare", "-Urn", "true"),
            "unprivileged user namespaces",
            "sysctl kernel.unprivileged_userns_clone=1, and user.max_user_namespaces above 0"),
    HUGEPAGES(() -> memInfo("HugePages_Free:") > 0, "free hugepages", "as root: echo 512 > /proc/sys/vm/nr_hugepages"),
    IP("ip", "iproute2"),
    ETHTOOL("ethtool", "ethtool"),
    PING("ping", "iputils-ping"),
    PERL("perl", "perl-base"),
    IPERF3("iperf3", "iperf3"),
    TSHARK("tshark", "tshark"),
    TESTPMD("dpdk-testpmd", "dpdk-dev"),
    QEMU("qemu-system-x86_64", "qemu-system-x86"),
    BUSYBOX(() -> guestFiles().busybox().isPresent(), "a static busybox", "apt-get install busybox-static"),
    GUEST_KERNEL(
            () -> guestFiles().kernel().isPresent(),
            "a guest kernel with its modules",
            "./spp test --all as root unpacks linux-image-cloud-amd64 under target/guest");

    private final BooleanSupplier present;
    private final String what;
    private final String nextStep;
    private Boolean known;

    Need(BooleanSupplier present, String what, String nextStep) {
        this.present = present;
        this.what = what;
        this.nextStep = nextStep;
    }

    Need(String program, String debianPackage) {
        this(() -> onPath(program), program, "apt-get install " + debianPackage);
    }

    /** Empty when it is here, else a sentence: what is missing and the next step. Looked up once per JVM. */
    public synchronized Optional<String> absence() {
        if (known == null) {
            known = present.getAsBoolean();
        }
        return known ? Optional.empty() : Optional.of("needs " + what + " (" + nextStep + ")");
    }

    private static GuestFiles guestFiles() {
        return new GuestFiles(ProjectHome.directory());
    }

    private static boolean onPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
        for (String directory : path.split(":")) {
            if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }

    private static long userId() {
        String uids = statusField("Uid:");
        return Long.parseLong(uids.split("\\s+")[1]);
    }

    private static boolean hasCapability(int bit) {
        return (Long.parseUnsignedLong(statusField("CapEff:"), 16) >>> bit & 1) != 0;
    }

    private static String statusField(String name) {
        return field(Path.of("/proc/self/status"), name);
    }

    private static long memInfo(String name) {
        String value = field(Path.of("/proc/meminfo"), name);
        return value.isEmpty() ? 0 : Long.parseLong(value.split("\\s+")[0]);
    }

    private static String field(Path file, String name) {
        try {
            List<String> lines = Files.readAllLines(file);
            return lines.stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(name.length()).trim())
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            throw new IllegalStateException("read " + file + ": " + e.getMessage(), e);
        }
    }

    private static boolean succeeds(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return false;
            }
            return process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

package io.jspp.controller.doctor;

import io.jspp.config.ProcessException;
import io.jspp.config.RunDirectory;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The looks at the machine, each of which changes nothing. */
final class Checks {
    private static final int CAP_NET_ADMIN = 12;
    private static final int CAP_NET_RAW = 13;
    private static final int OLDEST_JAVA = 17;
    private static final List<Integer> PORTS = List.of(5555, 6666, 7777);

    /** Program → Debian package, for peers and demos. */
    private static final Map<String, String> PROGRAMS = Map.of(
            "ip", "iproute2",
            "qemu-system-x86_64", "qemu-system-x86",
            "dpdk-testpmd", "dpdk-dev",
            "iperf3", "iperf3",
            "tshark", "tshark");

    private Checks() {}

    static List<Finding> all() {
        List<Finding> findings = new ArrayList<>();
        findings.add(java());
        findings.add(kernel());
        findings.add(cpus());
        findings.add(sharedMemory());
        findings.add(hugepages());
        findings.add(runDirectory());
        findings.add(descriptors());
        findings.add(packetSockets());
        findings.add(tap());
        PORTS.forEach(port -> findings.add(port(port)));
        PROGRAMS.keySet().stream().sorted().forEach(program -> findings.add(program(program)));
        return findings;
    }

    private static Finding java() {
        int feature = Runtime.version().feature();
        String fact =
                System.getProperty("java.vm.name") + " " + Runtime.version() + " in " + System.getProperty("java.home");
        return feature >= OLDEST_JAVA
                ? Finding.ok("java", fact)
                : Finding.fail("java", fact, "set SPP_JAVA_HOME to a JDK 17 or newer");
    }

    private static Finding kernel() {
        String fact = System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch");
        return System.getProperty("os.name").equals("Linux")
                ? Finding.ok("kernel", fact)
                : Finding.fail("kernel", fact, "run it on Linux: memfd, eventfd and epoll are what it is made of");
    }

    private static Finding cpus() {
        int cpus = Runtime.getRuntime().availableProcessors();
        return cpus > 1
                ? Finding.ok("cpus", cpus + " usable")
                : Finding.note(
                        "cpus", "1 usable", "give it a second one: workers and guests take turns on a single CPU");
    }

    private static Finding sharedMemory() {
        try (FileDescriptor memfd = Linux.memfdCreate("spp-doctor", 0)) {
            Linux.ftruncate(memfd.value(), 1 << 20);
            return Finding.ok("shared memory", "memfd works");
        } catch (LinuxException e) {
            return Finding.fail(
                    "shared memory", e.getMessage(), "allow memfd_create in this container's seccomp profile");
        }
    }

    private static Finding hugepages() {
        long free = number(Path.of("/proc/meminfo"), "HugePages_Free:");
        return free > 0
                ? Finding.ok("hugepages", free + " free")
                : Finding.note(
                        "hugepages",
                        "none free",
                        "for a few per cent more: echo 256 > /proc/sys/vm/nr_hugepages, as root");
    }

    private static Finding runDirectory() {
        try {
            RunDirectory directory =
                    RunDirectory.select("", "doctor-" + ProcessHandle.current().pid(), System.getenv());
            String fact = directory.path().getParent() + " is usable";
            directory.removeIfEmpty();
            return Finding.ok("run directory", fact);
        } catch (ProcessException e) {
            return Finding.fail("run directory", e.getMessage(), "set XDG_RUNTIME_DIR to a directory of your own");
        }
    }

    private static Finding descriptors() {
        long limit = number(Path.of("/proc/self/limits"), "Max open files");
        return limit >= 1024
                ? Finding.ok("open files", limit + " allowed")
                : Finding.note("open files", limit + " allowed", "ulimit -n 4096");
    }

    private static Finding packetSockets() {
        return hasCapability(CAP_NET_RAW)
                ? Finding.ok("af_packet", "packet sockets allowed (CAP_NET_RAW)")
                : Finding.note(
                        "af_packet",
                        "packet sockets need CAP_NET_RAW",
                        "run the primary as root, or inside unshare -Urn");
    }

    private static Finding tap() {
        boolean device = Files.isWritable(Path.of("/dev/net/tun"));
        return device && hasCapability(CAP_NET_ADMIN)
                ? Finding.ok("tap", "/dev/net/tun and CAP_NET_ADMIN are here")
                : Finding.note(
                        "tap",
                        device ? "needs CAP_NET_ADMIN" : "/dev/net/tun is not writable",
                        "modprobe tun, and run the primary as root or inside unshare -Urn");
    }

    private static Finding port(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return Finding.ok("tcp port " + port, "free");
        } catch (IOException e) {
            return Finding.note(
                    "tcp port " + port, "taken (" + e.getMessage() + ")", "./spp ctl with other ports: -p, -s, -a");
        }
    }

    private static Finding program(String program) {
        for (String directory : (System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin").split(":")) {
            if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
                return Finding.ok(program, directory + "/" + program);
            }
        }
        return Finding.note(
                program, "not installed", "for the tests and labs with it: apt-get install " + PROGRAMS.get(program));
    }

    private static boolean hasCapability(int bit) {
        String mask = field(Path.of("/proc/self/status"), "CapEff:");
        return !mask.isEmpty() && (Long.parseUnsignedLong(mask, 16) >>> bit & 1) != 0;
    }

    /** First number after a label, 0 when there is none. */
    private static long number(Path file, String label) {
        String value = field(file, label);
        String first = value.isEmpty() ? "0" : value.split("\\s+")[0];
        return first.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(first);
    }

    private static String field(Path file, String label) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(label))
                    .map(line -> line.substring(label.length()).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}

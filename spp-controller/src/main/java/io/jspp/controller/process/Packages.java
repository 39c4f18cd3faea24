package io.jspp.controller.process;

import io.jspp.config.ExitCode;
import io.jspp.config.GuestFiles;
import io.jspp.config.ProcessException;
import io.jspp.config.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The programs of this machine that a lab or demo calls: says what is missing, and installs it when root asks. One thread.
 *
 * @param home the project's top directory, where {@code .ci/guest-packages} is and a guest's kernel is unpacked
 */
public record Packages(Path home) {
    /** Program → Debian package. */
    private static final Map<String, String> PROGRAMS = new TreeMap<>(Map.of(
            "ip", "iproute2",
            "nsenter", "util-linux",
            "ping", "iputils-ping",
            "ethtool", "ethtool",
            "iperf3", "iperf3",
            "qemu-system-x86_64", "qemu-system-x86"));

    private static final String KERNEL = "linux-image-cloud-amd64";

    /**
     * What has to be installed before these programs run, and guests with them.
     *
     * @param programs of {@code ip nsenter ping ethtool iperf3}
     * @param guests whether QEMU guests are started too
     * @return names of Debian packages; empty when all is here
     */
    public List<String> missing(List<String> programs, boolean guests) {
        List<String> wanted = new ArrayList<>(programs);
        List<String> missing = new ArrayList<>();
        if (guests) {
            wanted.add("qemu-system-x86_64");
            GuestFiles files = new GuestFiles(home);
            if (files.busybox().isEmpty()) {
                missing.add("busybox-static");
            }
            if (files.kernel().isEmpty()) {
                missing.add(KERNEL);
            }
        }
        for (String program : wanted) {
            String name = PROGRAMS.get(program);
            if (name == null) {
                throw new IllegalArgumentException("no package is known for " + program);
            }
            if (!onPath(program)) {
                missing.add(name);
            }
        }
        return missing.stream().distinct().sorted().toList();
    }

    /**
     * Installs what is {@link #missing}, saying so on stdout.
     *
     * @param purpose what needs it, told in the error
     * @throws ProcessException when this user may not or it fails; the message names the command to run
     */
    public void install(String purpose, List<String> programs, boolean guests) {
        List<String> missing = missing(programs, guests);
        if (missing.isEmpty()) {
            return;
        }
        String script = home.resolve(".ci/guest-packages").toString();
        String byHand = "bash " + script + " " + String.join(" ", missing);
        if (RunDirectory.effectiveUser() != 0) {
            throw new ProcessException(
                    ExitCode.FAILED, purpose + " needs " + String.join(", ", missing) + ": sudo " + byHand);
        }
        List<String> command = new ArrayList<>(List.of("bash", script));
        command.addAll(missing);
        int exit = run(command);
        if (exit != 0) {
            throw new ProcessException(
                    ExitCode.FAILED,
                    purpose + " needs " + String.join(", ", missing) + ", and installing failed (exit code " + exit
                            + "): " + byHand);
        }
        List<String> left = missing(programs, guests);
        if (!left.isEmpty()) {
            throw new ProcessException(
                    ExitCode.FAILED,
                    purpose + " needs " + String.join(", ", left) + ", which is installed and yet not found: look at"
                            + " the PATH (" + System.getenv("PATH") + ") and at " + home.resolve("target/guest"));
        }
    }

    private static int run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return process.waitFor();
        } catch (IOException e) {
            throw new ProcessException(ExitCode.FAILED, "run " + String.join(" ", command) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProcessException(ExitCode.FAILED, "interrupted in " + String.join(" ", command), e);
        }
    }

    private static boolean onPath(String program) {
        for (String directory : (System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin").split(":")) {
            if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }
}

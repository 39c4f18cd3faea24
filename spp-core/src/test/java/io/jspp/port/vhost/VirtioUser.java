package io.jspp.port.vhost;

import io.jspp.testing.DpdkRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** DPDK's testpmd with its virtio-user driver on sockets of a lab, forwarding. One thread. */
final class VirtioUser implements AutoCloseable {
    private static int started;

    private final Path directory;
    private final String filePrefix;
    private final Path log;
    private final Process process;
    private boolean ended;

    private VirtioUser(Path directory, List<String> devices, List<String> options) throws IOException {
        this.directory = directory;
        filePrefix = "spp" + ProcessHandle.current().pid() + "-" + ++started;
        log = directory.resolve("testpmd.log");
        List<String> command =
                new ArrayList<>(List.of("stdbuf", "-oL", "dpdk-testpmd", "--no-huge", "-m", "128", "--no-pci"));
        command.addAll(List.of("--no-telemetry", "-l", "0,1"));
        command.add("--file-prefix=" + filePrefix);
        devices.forEach(device -> command.add("--vdev=" + device));
        command.addAll(List.of("--", "--total-num-mbufs=8192", "--forward-mode=io", "--no-lsc-interrupt"));
        command.addAll(options);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(DpdkRuntime.environment(directory));
        process = builder.start();
    }

    private static String device(Path directory, int index, String options, boolean server) {
        String end = (server ? ",server=1" : "") + (options.isEmpty() ? "" : "," + options);
        return "net_virtio_user" + index + ",path=" + directory.resolve("sock" + index) + end;
    }

    /** Two devices on sock0 and sock1; frames it sends first go round for ever. */
    static VirtioUser pair(Path directory, String options, boolean server) throws IOException {
        return new VirtioUser(
                directory,
                List.of(device(directory, 0, options, server), device(directory, 1, options, server)),
                List.of("--tx-first"));
    }

    /** One device on sock1 that sends back what it receives, by the same queue. */
    static VirtioUser loop(Path directory, String options, int queues) throws IOException {
        return new VirtioUser(
                directory,
                List.of(device(directory, 1, options, false)),
                List.of("--port-topology=loop", "--auto-start", "--rxq=" + queues, "--txq=" + queues));
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Before that it sets its devices up twice, and throws away what comes. */
    void awaitForwarding() {
        VhostLab.await("testpmd forwards", () -> log().contains("Press enter to exit"));
    }

    /** Asks it to stop, upon which it prints its statistics. */
    void end() {
        ended = true;
        try {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            process.getOutputStream().close();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        DpdkRuntime.remove(directory, filePrefix);
    }

    @Override
    public void close() {
        if (!ended) {
            end();
        }
    }
}

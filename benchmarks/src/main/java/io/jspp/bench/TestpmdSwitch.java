package io.jspp.bench;

import io.jspp.config.DirectoryTree;
import io.jspp.controller.process.SppProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** DPDK's testpmd with two net_vhost devices, io forwarding on one lcore: the reference. Started for each measurement, since it never idles. */
final class TestpmdSwitch implements SwitchUnderTest {
    static final String PROGRAM = "dpdk-testpmd";
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Pattern FORWARDING = Pattern.compile("(?i)io packet forwarding");

    private final BenchSetup setup;
    private final List<String> between;
    private final Path directory;
    private final String prefix = "sppbench" + ProcessHandle.current().pid();
    private SppProcess process;

    /** @param between devices between the two vhost devices, in the order in which testpmd pairs neighbours */
    TestpmdSwitch(BenchSetup setup, List<String> between) {
        this.setup = setup;
        this.between = between;
        try {
            directory = Files.createTempDirectory("sppbench");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean isInstalled() {
        for (String path : System.getenv().getOrDefault("PATH", "/usr/bin").split(":")) {
            if (Files.isExecutable(Path.of(path.isEmpty() ? "." : path, PROGRAM))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String name() {
        return "testpmd";
    }

    @Override
    public Path socket(int index) {
        return directory.resolve("sock" + index);
    }

    @Override
    public void resume() {
        for (int i = 0; i < 2; i++) {
            // One that had to be killed leaves its socket, and the next then cannot bind.
            removeTree(socket(i));
        }
        List<String> words = new ArrayList<>(List.of(PROGRAM, "--no-pci", "--file-prefix", prefix));
        words.addAll(List.of("-l", setup.generatorCpu() + "," + setup.deviceCpu()));
        words.addAll(setup.hugePages() ? List.of("--in-memory", "-m", "256") : List.of("--no-huge", "-m", "512"));
        words.addAll(List.of("--vdev", "net_vhost0,queues=1,iface=" + socket(0)));
        for (String device : between) {
            words.addAll(List.of("--vdev", device));
        }
        words.addAll(List.of("--vdev", "net_vhost1,queues=1,iface=" + socket(1)));
        words.addAll(List.of("--", "--forward-mode=io", "--auto-start", "--nb-cores=1", "--no-mlockall"));
        words.addAll(List.of("--total-num-mbufs=16384", "--stats-period=3600"));
        process = SppProcess.start("testpmd", Map.of(), words);
        process.awaitLine(FORWARDING, LIMIT);
    }

    @Override
    public void pause() {
        if (process != null) {
            process.close();
            process = null;
        }
    }

    @Override
    public void close() {
        pause();
        removeTree(directory);
        // Without hugepages testpmd cannot run in memory only and leaves its run-time directory.
        removeTree(Path.of("/var/run/dpdk", prefix));
    }

    private static void removeTree(Path root) {
        try {
            DirectoryTree.remove(root);
        } catch (IOException e) {
            throw new UncheckedIOException("remove " + root, e);
        }
    }
}

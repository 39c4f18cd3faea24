package io.jspp.it;

import io.jspp.controller.process.SppProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** DPDK's testpmd as a peer: forwards between two devices, without hugepages, statistics every second. */
final class Testpmd implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern FORWARDING = Pattern.compile("(?i)io packet forwarding");
    private static final Pattern RECEIVED = Pattern.compile("RX-packets: (\\d+)");
    private static int started;

    private final String prefix;
    private final Path directory;
    private final SppProcess process;

    /**
     * Starts it and waits until it forwards.
     *
     * @param devices two values of {@code --vdev}
     * @param options further application options
     */
    Testpmd(Path directory, List<String> devices, String... options) {
        this.directory = directory;
        prefix = "spptest" + ProcessHandle.current().pid() + "-" + ++started;
        List<String> words = new ArrayList<>(List.of("dpdk-testpmd", "--no-pci", "--no-huge", "-m", "256"));
        words.addAll(List.of("-l", "0,1", "--file-prefix", prefix));
        for (String device : devices) {
            words.addAll(List.of("--vdev", device));
        }
        words.addAll(List.of("--", "--forward-mode=io", "--auto-start", "--nb-cores=1", "--no-mlockall"));
        words.addAll(List.of("--total-num-mbufs=8192", "--stats-period=1"));
        words.addAll(List.of(options));
        process = SppProcess.start("testpmd", Map.of("XDG_RUNTIME_DIR", directory.toString()), words);
        process.awaitLine(FORWARDING, LIMIT);
    }

    /** Frames received by each device, as last reported: none before the first report. */
    List<Long> received() {
        List<Long> all = new ArrayList<>();
        for (String line : process.out()) {
            Matcher matcher = RECEIVED.matcher(line);
            if (matcher.find()) {
                all.add(Long.parseLong(matcher.group(1)));
            }
        }
        int complete = all.size() - all.size() % 2;
        return complete == 0 ? List.of() : all.subList(complete - 2, complete);
    }

    String tail() {
        return process.tail();
    }

    @Override
    public void close() {
        process.close();
        for (Path root : List.of(
                Path.of("/var/run/dpdk", prefix), directory.resolve("dpdk").resolve(prefix))) {
            removeTree(root);
        }
    }

    private static void removeTree(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("remove " + root, e);
        }
    }
}

package io.jspp.it;

import io.jspp.controller.process.SppProcess;
import io.jspp.testing.DpdkRuntime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** DPDK's testpmd as a peer: forwards between two devices, without hugepages, statistics every second. */
public final class Testpmd implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern RECEIVED = Pattern.compile("RX-packets: (\\d+)");
    private static final AtomicInteger STARTED = new AtomicInteger();

    private final String prefix;
    private final Path directory;
    private final SppProcess process;
    private final DpdkTelemetry telemetry;

    /**
     * Starts it and waits until it forwards.
     *
     * @param devices two values of {@code --vdev}
     * @param options further application options
     */
    public Testpmd(Path directory, List<String> devices, String... options) {
        this(directory, "io", devices, options);
    }

    /**
     * As the guest's driver of one port that sends numbered flows as fast as they go, and takes in what comes.
     *
     * @param device value of {@code --vdev}
     */
    public static Testpmd generator(Path directory, String device) {
        return new Testpmd(directory, "flowgen", List.of(device), "--port-topology=chained");
    }

    private Testpmd(Path directory, String mode, List<String> devices, String... options) {
        this.directory = directory;
        prefix = "spptest" + ProcessHandle.current().pid() + "-" + STARTED.incrementAndGet();
        List<String> words = new ArrayList<>(List.of("dpdk-testpmd", "--no-pci", "--no-huge", "-m", "256"));
        words.addAll(List.of("-l", "0,1", "--file-prefix", prefix));
        for (String device : devices) {
            words.addAll(List.of("--vdev", device));
        }
        words.addAll(List.of("--", "--forward-mode=" + mode, "--auto-start", "--nb-cores=1", "--no-mlockall"));
        words.addAll(List.of("--total-num-mbufs=8192", "--stats-period=1"));
        words.addAll(List.of(options));
        telemetry = new DpdkTelemetry(DpdkRuntime.directories(directory, prefix));
        process = SppProcess.start("testpmd", DpdkRuntime.environment(directory), words);
        try {
            process.awaitLine(Pattern.compile("(?i)" + mode + " packet forwarding"), LIMIT);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Frames received by each device, as last reported: none before the first report. */
    public List<Long> received() {
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

    /** Frames received by a device until now, asked over DPDK's telemetry socket. */
    public long receivedNow(int device) {
        return telemetry.received(device);
    }

    public SppProcess process() {
        return process;
    }

    public String tail() {
        return process.tail();
    }

    @Override
    public void close() {
        telemetry.close();
        process.close();
        DpdkRuntime.remove(directory, prefix);
    }
}

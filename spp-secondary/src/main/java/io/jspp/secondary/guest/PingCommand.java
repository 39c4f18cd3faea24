package io.jspp.secondary.guest;

import io.jspp.config.ExitCode;
import io.jspp.frontend.FrontendException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code guest ping}: exit 0 when every reply came, 1 when some were lost, 5 when none came. */
@Command(name = "ping", description = "pings an address; exit 0: no loss, 1: some loss, 5: no answer at all")
final class PingCommand implements Callable<Integer> {
    private static final int MAX_DATA = 1472;
    private static final int MAX_COUNT = 1_000_000;

    private final GuestProcess process;

    @Mixin
    private GuestOptions options;

    @Parameters(index = "1", paramLabel = "TARGET", description = "IPv4 address to ping")
    private String target;

    @Option(names = "--ip", paramLabel = "ADDRESS", required = true, description = "own IPv4 address")
    private String ip;

    @Option(
            names = {"-c", "--count"},
            paramLabel = "N",
            defaultValue = "5",
            description = "requests to send (default: ${DEFAULT-VALUE})")
    private int count;

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "SECONDS",
            defaultValue = "0.2",
            description = "time between requests (default: ${DEFAULT-VALUE})")
    private double interval;

    @Option(
            names = {"-W", "--timeout"},
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "time to wait for the ARP reply and for the last answer (default: ${DEFAULT-VALUE})")
    private double timeout;

    @Option(
            names = {"-s", "--size"},
            paramLabel = "BYTES",
            defaultValue = "56",
            description = "bytes after the ICMP header (default: ${DEFAULT-VALUE})")
    private int size;

    @Option(
            names = {"-q", "--quiet"},
            description = "only the summary")
    private boolean quiet;

    PingCommand(GuestProcess process) {
        this.process = process;
    }

    @Override
    public Integer call() throws InterruptedException {
        options.validate();
        int own = Addresses.ipv4(ip);
        int other = Addresses.ipv4(target);
        check(count >= 1 && count <= MAX_COUNT, "--count " + count + " (1 to " + MAX_COUNT + ")");
        check(interval >= 0 && interval <= 3600, "--interval " + interval + " (0 to 3600 seconds)");
        check(timeout > 0 && timeout <= 3600, "--timeout " + timeout + " (up to 3600 seconds)");
        check(size >= 0 && size <= MAX_DATA, "--size " + size + " (0 to " + MAX_DATA + " bytes)");
        byte[] mac = options.ownMac();
        options.pin();
        try (GuestNic nic = new GuestNic(options.config())) {
            nic.session().start();
            String who = "mac " + Addresses.macText(mac) + ", ip " + Addresses.ipv4Text(own);
            int status = process.awaitReady(List.of(nic.session()), options.waitSeconds, who);
            if (status != ExitCode.OK || process.stopping()) {
                return status;
            }
            try (Pinger pinger = new Pinger(nic, mac, own)) {
                pinger.run(
                        other,
                        count,
                        (long) (interval * 1e9),
                        size,
                        (long) (timeout * 1e9),
                        this::reply,
                        process::stopping);
                return summary(pinger);
            } catch (FrontendException e) {
                process.err().println("guest: " + e.getMessage());
                return ExitCode.FAILED;
            }
        }
    }

    private static void check(boolean good, String otherwise) {
        if (!good) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private void reply(int sequence, long rttNs, int bytes) {
        if (!quiet) {
            process.out()
                    .printf(
                            Locale.ROOT,
                            "%d bytes from %s: icmp_seq=%d time=%.3f ms%n",
                            bytes,
                            target,
                            sequence + 1,
                            rttNs / 1e6);
            process.out().flush();
        }
    }

    private int summary(Pinger pinger) {
        PrintStream out = process.out();
        if (!pinger.resolved()) {
            process.err()
                    .println("guest: " + target + " does not answer ARP (is the other side up, and patched to "
                            + options.socket + "?)");
            return ExitCode.TIMEOUT;
        }
        int sent = pinger.sent();
        int received = pinger.received();
        out.printf(
                Locale.ROOT,
                "%d packets transmitted, %d received, %.4g%% packet loss%s%s%n",
                sent,
                received,
                sent == 0 ? 0.0 : 100.0 * (sent - received) / sent,
                pinger.duplicates() > 0 ? ", " + pinger.duplicates() + " duplicates" : "",
                pinger.damaged() > 0 ? ", " + pinger.damaged() + " damaged" : "");
        Histogram rtt = pinger.rttNs();
        if (received > 0) {
            out.printf(
                    Locale.ROOT,
                    "rtt min/avg/p99/max = %.3f/%.3f/%.3f/%.3f ms%n",
                    rtt.getMinValue() / 1e6,
                    rtt.getMean() / 1e6,
                    rtt.getValueAtPercentile(99) / 1e6,
                    rtt.getMaxValue() / 1e6);
        }
        if (sent > 0 && received == 0) {
            process.err().println("guest: no answer from " + target);
            return ExitCode.TIMEOUT;
        }
        return received == sent && pinger.damaged() == 0 ? ExitCode.OK : ExitCode.FAILED;
    }
}

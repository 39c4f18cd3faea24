package io.jspp.it.reconnect;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.qemu.GuestShell;
import io.jspp.controller.qemu.QemuGuest;
import io.jspp.it.TestGuests;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Two QEMU guests on vhost ports 0 and 1 of a back-end, between which a TCP flow with segmentation offload and pings run all the time. Used by
 * one thread.
 */
final class GuestPair implements AutoCloseable {
    private static final Duration COMMAND = Duration.ofSeconds(40);
    private static final long FLOW_LIMIT_NS = TimeUnit.SECONDS.toNanos(40);

    /** Intervals of half a second that make a measurement. */
    private static final int INTERVALS = 4;

    private static final long INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int MEASUREMENTS = 3;

    private static final Pattern RATE = Pattern.compile("sec\\s.*?([\\d.]+) Mbits/sec");
    private static final List<String> ADDRESSES = List.of("192.168.7.1", "192.168.7.2");
    private static final List<String> MACS = List.of("52:54:00:00:00:01", "52:54:00:00:00:02");

    private final BackEnd backEnd;
    private final List<QemuGuest> guests = new ArrayList<>();
    private Supplier<List<GuestShell.Line>> flow;
    private Supplier<List<GuestShell.Line>> pings;
    private int run;

    /** Boots both and starts the traffic. */
    GuestPair(Path directory, BackEnd backEnd, boolean packed) throws IOException {
        this.backEnd = backEnd;
        try {
            for (int i = 0; i < 2; i++) {
                QemuGuest.Nic nic = new QemuGuest.Nic(
                        backEnd.socket(i),
                        backEnd.client(),
                        MACS.get(i),
                        "",
                        "rx_queue_size=1024,tx_queue_size=1024" + (packed ? ",packed=on" : ""));
                guests.add(QemuGuest.start(
                        TestGuests.image(), new QemuGuest.Options("g" + i, directory, List.of(nic), 160, 1)));
            }
            begin();
        } catch (RuntimeException | AssertionError e) {
            close();
            throw e;
        }
    }

    /** Waits for the guests to boot, gives them addresses as the test plan does, and starts the traffic. */
    private void begin() {
        guests.forEach(QemuGuest::awaitBoot);
        for (int i = 0; i < 2; i++) {
            int other = 1 - i;
            guests.get(i)
                    .check(
                            "ip addr add " + ADDRESSES.get(i) + "/24 dev eth0 && ip link set eth0 up && arp -s "
                                    + ADDRESSES.get(other) + " " + MACS.get(other),
                            COMMAND);
        }
        ping();
        String offloads = guests.get(0).check("ethtool -k eth0", COMMAND);
        assertTrue(offloads.contains("tcp-segmentation-offload: on"), offloads);
        run++;
        flow = guests.get(1).stream("rate" + run, "iperf3 -s -i 0.5 --forceflush -f m");
        pings = guests.get(1).stream("ping" + run, "ping -i 0.05 " + ADDRESSES.get(0));
        guests.get(0)
                .check(
                        "for i in $(seq 40); do nc " + ADDRESSES.get(1) + " 5201 </dev/null >/dev/null 2>&1 && break;"
                                + " sleep 0.1; done; iperf3 -c " + ADDRESSES.get(1) + " -t 3000 >/dev/null 2>&1 &",
                        COMMAND);
    }

    /** A few pings, none lost. */
    void ping() {
        String report = guests.get(0).check("ping -c 5 -i 0.05 -W 5 " + ADDRESSES.get(1), COMMAND);
        assertTrue(report.contains(" 0% packet loss"), report);
    }

    /** Rate of the TCP flow from now on at the receiver, Mbit/s for a whole machine ({@link CpuShare}): the median of some measurements. */
    double rate() {
        double[] rates = new double[MEASUREMENTS];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = measure();
        }
        Arrays.sort(rates);
        return rates[rates.length / 2];
    }

    /**
     * As {@link #rate}, but the best of as many measurements as it takes until one is {@code enough}, up to twice as many: a relaunched back-end compiles
     * its code anew, guests that have rebooted have theirs translated anew, and emulated guests are noisy.
     */
    double rateOnceBackAt(double enough) {
        double best = 0;
        for (int i = 0; i < 2 * MEASUREMENTS && best < enough; i++) {
            best = Math.max(best, measure());
        }
        return best;
    }

    private double measure() {
        List<Long> processes = new ArrayList<>(List.of(backEnd.nfv().pid()));
        guests.forEach(guest -> processes.add(guest.process().pid()));
        CpuShare share = CpuShare.begin(processes);
        double mean = intervals().stream().mapToDouble(rate -> rate).average().orElseThrow();
        return mean / share.since();
    }

    /** Enough intervals that begin from now on; those in which TCP was still waiting to try again do not count. */
    private List<Double> intervals() {
        long from = System.nanoTime() + INTERVAL_NS;
        long deadline = from + FLOW_LIMIT_NS;
        while (System.nanoTime() < deadline) {
            List<Double> since = flow.get().stream()
                    .filter(line -> line.atNs() > from)
                    .map(line -> RATE.matcher(line.text()))
                    .filter(Matcher::find)
                    .map(matcher -> Double.parseDouble(matcher.group(1)))
                    .dropWhile(rate -> rate == 0)
                    .toList();
            if (since.size() >= INTERVALS) {
                return since;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        List<GuestShell.Line> lines = flow.get();
        throw new AssertionError("the TCP flow stands still, last: "
                + lines.subList(Math.max(0, lines.size() - 8), lines.size()).stream()
                        .map(GuestShell.Line::text)
                        .toList());
    }

    /** Pings answered so far: they go both ways, so one number stands for both guests. */
    List<LongSupplier> received() {
        Supplier<List<GuestShell.Line>> now = pings;
        return List.of(() -> now.get().stream()
                .filter(line -> line.text().contains("bytes from"))
                .count());
    }

    /** Restarts both in the middle of the traffic, one from within and one by its reset button, and starts it again. */
    void reboot() {
        guests.get(0).reboot();
        guests.get(1).reset();
        begin();
    }

    @Override
    public void close() {
        guests.forEach(QemuGuest::close);
    }
}

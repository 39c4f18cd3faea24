package io.jspp.it.reconnect;

import io.jspp.testing.Need;
import io.jspp.testing.Requires;
import io.jspp.testing.conformance.Conformance;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.testing.conformance.ReconnectCase;
import io.jspp.testing.conformance.ReconnectRun;
import io.jspp.testing.conformance.ReconnectRun.Length;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Cases 7 to 9 and 16 to 18 of DPDK's reconnect plan: two stock Linux guests under QEMU, TCP with segmentation offload and pings between
 * them all the time. Cases with the same ring format follow each other on the same guests.
 */
@Tag("peer")
@Requires({Need.QEMU, Need.GUEST_KERNEL, Need.BUSYBOX, Need.IPERF3, Need.ETHTOOL})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReconnectVirtioNetIT {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(90);

    @TempDir
    private static Path directory;

    private BackEnd backEnd;
    private GuestPair pair;
    private String setup = "";

    /** Before the first event of these guests, Mbit/s. */
    private double rate;

    static List<ReconnectRun> shortRuns() {
        return ofQemu(Length.SHORT);
    }

    /** Those with the same guests follow each other. */
    static List<ReconnectRun> longRuns() {
        List<ReconnectRun> runs = new ArrayList<>(ofQemu(Length.LONG));
        runs.sort(Comparator.comparing(run -> !run.client()));
        return runs;
    }

    private static List<ReconnectRun> ofQemu(Length length) {
        return ReconnectRun.of(length).stream()
                .filter(run -> run.peer() == Peer.QEMU)
                .toList();
    }

    @Tag("once")
    @ParameterizedTest(name = "{0}")
    @MethodSource("shortRuns")
    void shouldGoOnAfterOneRelaunchAndOneReboot(ReconnectRun what) throws Exception {
        run(what);
    }

    @Tag("long")
    @Timeout(900)
    @ParameterizedTest(name = "{0}")
    @MethodSource("longRuns")
    void shouldGoOnAfterManyRelaunchesAndReboots(ReconnectRun what) throws Exception {
        run(what);
    }

    private void run(ReconnectRun what) throws Exception {
        ReconnectCase which = what.which();
        boolean client = what.client();
        Length length = what.length();
        Conformance.prove(which, Peer.QEMU, what.test(), () -> {
            boolean good = false;
            try {
                prepare(which.packed(), client);
                Figures figures = new Figures();
                for (int i = 0; which.event().relaunches() && i < length.relaunches(); i++) {
                    relaunch((which.ordinal() + i) % 2 == 0 ? BackEnd.Stop.KILL : BackEnd.Stop.CLEAN, figures);
                }
                for (int i = 0; which.event().reboots() && i < length.reboots(); i++) {
                    pair.reboot();
                    compare(figures);
                }
                good = true;
                return figures.text(client);
            } finally {
                if (!good) {
                    close(); // the next case begins afresh
                }
            }
        });
        List<Feature> also = List.of(Feature.TSO, client ? Feature.CLIENT_MODE : Feature.SERVER_MODE);
        Conformance.prove(also, Peer.QEMU, what.test() + ", " + which.name(), () -> "");
    }

    private void prepare(boolean packed, boolean client) throws IOException {
        String wanted = packed + " " + client;
        if (setup.equals(wanted)) {
            return;
        }
        close();
        backEnd = new BackEnd(client, List.of(new BackEnd.Patch(0, 1), new BackEnd.Patch(1, 0)));
        pair = new GuestPair(directory, backEnd, packed);
        rate = pair.rate();
        setup = wanted;
    }

    private void relaunch(BackEnd.Stop how, Figures figures) {
        List<Path> sockets = backEnd.client() ? List.of() : List.of(backEnd.socket(0), backEnd.socket(1));
        Recovery[] recovery = new Recovery[1];
        BackEnd.Relaunch relaunch =
                backEnd.relaunch(how, () -> recovery[0] = new Recovery(pair.received(), sockets, LIMIT_NS));
        figures.recovered(backEnd.client(), relaunch, recovery[0].await());
        pair.ping();
        compare(figures);
    }

    /** With the rate before the first event of these guests, so that no loss can add up unseen. */
    private void compare(Figures figures) {
        figures.rates(rate, pair.rateOnceBackAt(Figures.MIN_RATIO * rate));
    }

    @AfterAll
    void close() {
        setup = "";
        if (pair != null) {
            pair.close();
            pair = null;
        }
        if (backEnd != null) {
            backEnd.close();
            backEnd = null;
        }
    }
}

package io.jspp.it.reconnect;

import io.jspp.testing.Need;
import io.jspp.testing.Requires;
import io.jspp.testing.conformance.Conformance;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.testing.conformance.ReconnectCase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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

    static List<ReconnectCase> cases() {
        return ReconnectCase.of(Peer.QEMU);
    }

    static Stream<Arguments> casesAndModes() {
        return Stream.of(true, false).flatMap(client -> cases().stream().map(one -> Arguments.of(one, client)));
    }

    @Tag("once")
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void shouldGoOnAfterOneRelaunchAndOneReboot(ReconnectCase which) throws Exception {
        run(which, true, Rounds.SHORT);
    }

    @Tag("long")
    @Timeout(900)
    @ParameterizedTest(name = "{0}, we connect: {1}")
    @MethodSource("casesAndModes")
    void shouldGoOnAfterManyRelaunchesAndReboots(ReconnectCase which, boolean client) throws Exception {
        run(which, client, Rounds.LONG);
    }

    private void run(ReconnectCase which, boolean client, Rounds rounds) throws Exception {
        String name = "reconnect, " + rounds + (client ? ", we connect" : ", we listen");
        Conformance.prove(which, Peer.QEMU, name, () -> {
            boolean good = false;
            try {
                prepare(which.packed(), client);
                Figures figures = new Figures();
                for (int i = 0; which.event().relaunches() && i < rounds.relaunches(); i++) {
                    relaunch((which.ordinal() + i) % 2 == 0 ? BackEnd.Stop.KILL : BackEnd.Stop.CLEAN, figures);
                }
                for (int i = 0; which.event().reboots() && i < rounds.reboots(); i++) {
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
        Conformance.prove(also, Peer.QEMU, name + ", " + which.name(), () -> "");
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

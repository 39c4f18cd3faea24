package io.jspp.it.reconnect;

import static org.awaitility.Awaitility.await;

import io.jspp.testing.Need;
import io.jspp.testing.Requires;
import io.jspp.testing.conformance.Conformance;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.testing.conformance.ReconnectCase;
import io.jspp.testing.conformance.ReconnectRun;
import io.jspp.testing.conformance.ReconnectRun.Length;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Cases 1 to 6 and 10 to 15 of DPDK's reconnect plan: poll-mode drivers, DPDK's virtio-user and the own front-end, that send all the time. One
 * guest gets its own frames back, two get each other's.
 */
@Tag("peer")
@Requires(Need.TESTPMD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReconnectVirtioPmdIT {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final Duration LIMIT = Duration.ofNanos(LIMIT_NS);
    private static final long FLOWING = 5;

    /** Of each kind one guest on the first of three ports, or two on the others. */
    private static final List<BackEnd.Patch> PATCHES = List.of(
            new BackEnd.Patch(0, 0),
            new BackEnd.Patch(1, 2),
            new BackEnd.Patch(2, 1),
            new BackEnd.Patch(3, 3),
            new BackEnd.Patch(4, 5),
            new BackEnd.Patch(5, 4));

    @TempDir
    private static Path directory;

    private final List<PmdGuest> guests = new ArrayList<>();
    private final List<Path> sockets = new ArrayList<>();
    private BackEnd backEnd;

    static List<ReconnectCase> shortCases() {
        return shortRuns(true).map(ReconnectRun::which).distinct().toList();
    }

    static List<ReconnectRun> shortListening() {
        return shortRuns(false).toList();
    }

    private static Stream<ReconnectRun> shortRuns(boolean client) {
        return ReconnectRun.of(Length.SHORT).stream().filter(run -> run.peer() != Peer.QEMU && run.client() == client);
    }

    /** Those with the same back-end follow each other. */
    static List<ReconnectRun> longRuns() {
        return ReconnectRun.of(Length.LONG).stream()
                .filter(run -> run.peer() != Peer.QEMU)
                .sorted(Comparator.comparing((ReconnectRun run) -> !run.client())
                        .thenComparing(ReconnectRun::peer)
                        .thenComparing(ReconnectRun::which))
                .toList();
    }

    /** Both kinds of driver at once, on the same back-end. */
    @Tag("once")
    @ParameterizedTest(name = "{0}")
    @MethodSource("shortCases")
    void shouldGoOnAfterOneRelaunchAndOneReboot(ReconnectCase which) throws Exception {
        ReconnectRun own = new ReconnectRun(Length.SHORT, which, Peer.FRONTEND, true);
        ReconnectRun user = new ReconnectRun(Length.SHORT, which, Peer.VIRTIO_USER, true);
        Conformance.prove(which, Peer.FRONTEND, own.test(), () -> {
            String[] figures = new String[1];
            Conformance.prove(which, Peer.VIRTIO_USER, user.test(), () -> {
                figures[0] = run(user, List.of(Peer.VIRTIO_USER, Peer.FRONTEND));
                return figures[0];
            });
            return figures[0];
        });
        alsoProve(own);
        alsoProve(user);
    }

    /** The front-end connects again, after back-ends that were killed. Without any when {@code ./spp conform} was asked for other cases. */
    @Tag("once")
    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("shortListening")
    void shouldGoOnWhereWeListen(ReconnectRun what) throws Exception {
        shouldGoOn(what);
    }

    @Tag("long")
    @Timeout(600)
    @ParameterizedTest(name = "{0}")
    @MethodSource("longRuns")
    void shouldGoOnAfterManyRelaunchesAndReboots(ReconnectRun what) throws Exception {
        shouldGoOn(what);
    }

    private void shouldGoOn(ReconnectRun what) throws Exception {
        Conformance.prove(what.which(), what.peer(), what.test(), () -> run(what, List.of(what.peer())));
        alsoProve(what);
    }

    private String run(ReconnectRun what, List<Peer> peers) {
        ReconnectCase which = what.which();
        boolean client = what.client();
        try {
            if (backEnd == null || backEnd.client() != client) {
                close();
                backEnd = new BackEnd(client, PATCHES);
            }
            Figures figures = new Figures();
            startGuests(which, peers);
            for (int i = 0; which.event().relaunches() && i < what.length().relaunches(); i++) {
                relaunch((which.ordinal() + i) % 2 == 0 ? BackEnd.Stop.KILL : BackEnd.Stop.CLEAN, figures);
            }
            for (int i = 0; which.event().reboots() && i < what.length().reboots(); i++) {
                if (i % 2 == 0) {
                    guests.forEach(PmdGuest::kill);
                    guests.clear();
                } else {
                    closeGuests();
                }
                startGuests(which, peers);
            }
            closeGuests();
            return figures.text(client);
        } catch (RuntimeException | AssertionError e) {
            close(); // the next case begins afresh
            throw e;
        }
    }

    /** What a case shows besides itself: who connects; the front-end was there first, or was killed. */
    private static void alsoProve(ReconnectRun what) throws Exception {
        ReconnectCase which = what.which();
        List<Feature> features = new ArrayList<>(List.of(what.client() ? Feature.CLIENT_MODE : Feature.SERVER_MODE));
        if (which.event().relaunches()) {
            features.add(Feature.FRONTEND_FIRST);
        }
        if (which.event().reboots()) {
            features.add(Feature.SIGKILL);
        }
        Conformance.prove(features, what.peer(), what.test() + ", " + which.name(), () -> "");
    }

    /** Starts the guests of a case, all at once, and waits until each one receives. */
    private void startGuests(ReconnectCase which, List<Peer> peers) {
        List<CompletableFuture<PmdGuest>> starting = new ArrayList<>();
        sockets.clear();
        for (Peer peer : peers) {
            int first = peer == Peer.VIRTIO_USER ? 0 : 3;
            for (int port = which.guests() == 1 ? 0 : 1; port < (which.guests() == 1 ? 1 : 3); port++) {
                Path socket = backEnd.socket(first + port);
                sockets.add(socket);
                starting.add(CompletableFuture.supplyAsync(() -> start(peer, socket, which.packed())));
            }
        }
        RuntimeException failure = null;
        for (CompletableFuture<PmdGuest> guest : starting) {
            try {
                guests.add(guest.join());
            } catch (CompletionException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
        for (PmdGuest guest : guests) {
            await().atMost(LIMIT).until(() -> guest.received() > FLOWING);
        }
    }

    private PmdGuest start(Peer peer, Path socket, boolean packed) {
        boolean listens = backEnd.client();
        return peer == Peer.VIRTIO_USER
                ? PmdGuest.virtioUser(directory, socket, listens, packed)
                : PmdGuest.frontend(backEnd.cluster(), socket, listens, packed);
    }

    private void relaunch(BackEnd.Stop how, Figures figures) {
        List<LongSupplier> received =
                guests.stream().map(guest -> (LongSupplier) guest::received).toList();
        List<Path> listening = backEnd.client() ? List.of() : List.copyOf(sockets);
        Recovery[] recovery = new Recovery[1];
        BackEnd.Relaunch relaunch =
                backEnd.relaunch(how, () -> recovery[0] = new Recovery(received, listening, LIMIT_NS));
        figures.recovered(backEnd.client(), relaunch, recovery[0].await());
        for (PmdGuest guest : guests) {
            long now = guest.received();
            await().atMost(LIMIT).until(() -> guest.received() > now + FLOWING);
        }
    }

    private void closeGuests() {
        List<PmdGuest> all = List.copyOf(guests);
        guests.clear();
        all.forEach(PmdGuest::close);
    }

    @AfterAll
    void close() {
        try {
            closeGuests();
        } finally {
            if (backEnd != null) {
                backEnd.close();
                backEnd = null;
            }
        }
    }
}

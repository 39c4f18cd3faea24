package io.jspp.it.reconnect;

import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.it.RestClient;
import io.jspp.testing.ProjectHome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A controller, a primary, and the nfv whose vhost ports are under test: it can be stopped and launched again. Used by one thread. */
final class BackEnd implements AutoCloseable {
    /** How the nfv ends. */
    enum Stop {
        /** The command {@code exit}: its configuration goes with it, and is made again. */
        CLEAN,
        /** SIGKILL: it resumes its configuration by itself. */
        KILL
    }

    /** A frame that comes in on {@code from} goes out on {@code to}; numbers of vhost ports. */
    record Patch(int from, int to) {}

    /** What happened when: by {@link System#nanoTime}. */
    record Relaunch(Stop how, long stoppedNs, long upNs) {}

    private static final int ID = 1;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final SppCluster cluster =
            new SppCluster("rec", ProjectHome.launcher().toString(), line -> {});
    private final boolean client;
    private final List<Patch> patches;
    private RestClient rest;
    private SppProcess nfv;

    /**
     * Starts everything.
     *
     * @param client whether the nfv connects to sockets of the front-ends ({@code --vhost-client}) rather than listen
     */
    BackEnd(boolean client, List<Patch> patches) {
        this.client = client;
        this.patches = List.copyOf(patches);
        try {
            cluster.startController();
            cluster.startPrimary(1, "0x01", "--vdev", "net_null0");
            rest = new RestClient(cluster.restPort());
            startNfv();
            wire();
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    Path socket(int port) {
        return cluster.vhostSocket(port);
    }

    boolean client() {
        return client;
    }

    SppCluster cluster() {
        return cluster;
    }

    SppProcess nfv() {
        return nfv;
    }

    /**
     * Stops the nfv and launches it again; returns once it is up and, where it has to be, configured.
     *
     * @param stopped called in between
     */
    Relaunch relaunch(Stop how, Runnable stopped) {
        if (how == Stop.CLEAN) {
            rest.change("DELETE", "/nfvs/" + ID, "");
            nfv.awaitExit(LIMIT);
        } else {
            nfv.kill();
        }
        long stoppedNs = System.nanoTime();
        cluster.end(nfv);
        stopped.run();
        startNfv();
        if (how == Stop.CLEAN) {
            wire();
        }
        return new Relaunch(how, stoppedNs, System.nanoTime());
    }

    private void startNfv() {
        nfv = cluster.startNfv(ID, client ? new String[] {"--vhost-client"} : new String[0]);
    }

    private void wire() {
        awaitRegistered();
        patches.stream()
                .flatMap(patch -> List.of(patch.from(), patch.to()).stream())
                .distinct()
                .forEach(port -> rest.change(
                        "PUT", "/nfvs/" + ID + "/ports", "{\"action\":\"add\",\"port\":\"vhost:" + port + "\"}"));
        for (Patch patch : patches) {
            rest.change(
                    "PUT",
                    "/nfvs/" + ID + "/patches",
                    "{\"src\":\"vhost:" + patch.from() + "\",\"dst\":\"vhost:" + patch.to() + "\"}");
        }
        rest.change("PUT", "/nfvs/" + ID + "/forward", "{\"action\":\"start\"}");
    }

    private void awaitRegistered() {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (rest.send("GET", "/nfvs/" + ID, "").statusCode() != 200) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the controller does not know nfv " + ID + nfv.tail());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    @Override
    public void close() {
        if (nfv != null) {
            cluster.end(nfv);
        }
        cluster.close();
    }
}

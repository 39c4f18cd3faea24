package io.jspp.it;

import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.ProjectHome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What most system tests with guests begin with. */
public final class GuestCluster {
    private GuestCluster() {}

    /**
     * A controller and a primary whose only device is a null one; without secondaries. To be closed by the caller.
     *
     * @param name part of the file prefix
     */
    public static SppCluster start(String name) {
        SppCluster cluster = new SppCluster(name, ProjectHome.launcher().toString(), line -> {});
        try {
            cluster.startController();
            cluster.startPrimary(1, "0x01", "--vdev", "net_null0");
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** Adds vhost:0 and vhost:1 to nfv 1 and forwards between them, both ways. */
    public static void joinTwoGuests(SppCluster cluster) {
        cluster.shell(
                "nfv 1; add vhost:0",
                "nfv 1; add vhost:1",
                "nfv 1; patch vhost:0 vhost:1",
                "nfv 1; patch vhost:1 vhost:0",
                "nfv 1; forward");
    }

    /**
     * Starts {@code ./spp guest generate} on vhost:0 and vhost:1.
     *
     * @param options further ones
     */
    public static SppProcess startLoad(SppCluster cluster, String... options) {
        List<String> words = new ArrayList<>(
                List.of("guest", "generate", cluster.vhostSocket(0).toString()));
        words.addAll(List.of("--peer", cluster.vhostSocket(1).toString(), "--report", "0"));
        words.addAll(List.of(options));
        return cluster.start("load", words);
    }

    /** Asks a generating guest to stop and returns its last line. */
    public static String endLoad(SppProcess load, Duration limit) {
        ProcessHandle.of(load.pid()).orElseThrow().destroy();
        load.awaitExit(limit);
        return load.out().stream()
                .filter(line -> line.startsWith("result:"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no result" + load.tail()));
    }
}

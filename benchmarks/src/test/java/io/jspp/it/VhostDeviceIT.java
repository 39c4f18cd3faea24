package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.ProjectHome;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --vdev net_vhost0} of the primary: a port of every nfv, whose socket one of them serves, also after its death. */
@Tag("system")
@Tag("once")
@Timeout(120)
class VhostDeviceIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void shouldServeTheSocketsInTheProcessThatPatchesThem() {
        Path left = directory.resolve("left");
        Path right = directory.resolve("right");
        try (SppCluster cluster = new SppCluster("vdev", ProjectHome.launcher().toString(), line -> {})) {
            cluster.startController();
            cluster.startPrimary(
                    1,
                    "0x05",
                    "--vdev",
                    "net_vhost0,iface=" + left,
                    "--vdev",
                    "net_vhost1,iface=/nowhere/not-selected",
                    "--vdev",
                    "net_vhost2,iface=" + right);
            SppProcess first = cluster.startNfv(1);
            cluster.startNfv(2);
            RestClient rest = new RestClient(cluster.restPort());
            assertEquals(List.of("vhost:0", "vhost:2"), RestClient.list(rest.get("/nfvs/1"), "ports"));
            assertEquals(List.of("vhost:0", "vhost:2"), RestClient.list(rest.get("/nfvs/2"), "ports"));
            assertFalse(Files.exists(left));

            cluster.shell("nfv 1; patch vhost:0 vhost:2", "nfv 1; patch vhost:2 vhost:0", "nfv 1; forward");
            ping(cluster, left, right);
            HttpResponse<String> refused =
                    rest.send("PUT", "/nfvs/2/patches", "{\"src\":\"ring:0\",\"dst\":\"vhost:0\"}");
            assertEquals(400, refused.statusCode());
            cluster.shell("nfv 2; add ring:0");
            refused = rest.send("PUT", "/nfvs/2/patches", "{\"src\":\"ring:0\",\"dst\":\"vhost:0\"}");
            assertEquals(400, refused.statusCode());
            assertTrue(refused.body().contains("in use by"), refused.body());

            first.kill();
            cluster.startNfv(1);
            ping(cluster, left, right);
            cluster.shell("nfv 1; patch reset");
            assertFalse(Files.exists(left));
            // one direction would be free, but the socket is not
            cluster.shell("nfv 1; add ring:0", "nfv 1; patch vhost:0 ring:0");
            refused = rest.send("PUT", "/nfvs/2/patches", "{\"src\":\"ring:0\",\"dst\":\"vhost:0\"}");
            assertEquals(400, refused.statusCode());
            assertTrue(refused.body().contains("one process must have all of this port"), refused.body());
        }
    }

    private static void ping(SppCluster cluster, Path from, Path to) {
        List<String> words = new ArrayList<>(List.of("guest", "answer", to.toString()));
        words.addAll(List.of("--ip", "192.168.7.2", "--wait", "30"));
        SppProcess answer = cluster.start("answer", words);
        try {
            answer.awaitLine(Pattern.compile("\\bready\\b"), LIMIT);
            SppProcess ping = cluster.start(
                    "ping",
                    List.of("guest", "ping", from.toString(), "192.168.7.2", "--ip", "192.168.7.1", "--wait", "30"));
            assertEquals(0, ping.awaitExit(LIMIT), ping.tail() + answer.tail());
        } finally {
            cluster.end(answer);
        }
    }
}

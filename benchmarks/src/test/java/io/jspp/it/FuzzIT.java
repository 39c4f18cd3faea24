package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Patience;
import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random requests and random processes at a real controller with a real primary, nfv and vf behind it, while numbered frames go both ways through an
 * nfv that nobody addresses: not one may be lost, and the controller holds no more in the end than after the first tenth.
 */
@Tag("system")
@Tag("once")
@Tag("long")
class FuzzIT {
    private static final long SEED = Long.getLong("io.jspp.seed", 20_260_403L);
    private static final int REQUESTS = Integer.getInteger("spp.fuzz.requests", 100_000);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Connections that are about to be closed, threads of a pool. */
    private static final long SOME = 40;

    private int port;

    @Test
    @Timeout(3_000)
    void shouldAnswerAnythingWhileNumberedFramesPass() throws Exception {
        try (SppCluster cluster = new SppCluster("fuzz", ProjectHome.launcher().toString(), line -> {})) {
            SppProcess ctl = cluster.startController();
            port = cluster.restPort();
            cluster.startPrimary(3, "0x03", "--vdev", "net_null0", "--vdev", "net_null1");
            cluster.startNfv(1);
            SppProcess nfv = cluster.startNfv(2);
            SppProcess vf = cluster.startSecondary("vf", 3, "0,1");
            RestClient rest = new RestClient(port);
            Patience.poll("vf 3", LIMIT, () -> rest.send("GET", "/vfs/3", "").statusCode() == 200);
            GuestCluster.joinTwoGuests(cluster);
            SppProcess load = GuestCluster.startLoad(cluster, "--both", "--rate", "1000");
            Patience.poll("frames", LIMIT, () -> rest.counter(1, "vhost:1", "tx", "packets") > 100);
            RestNoise noise = new RestNoise(new Random(SEED), text("/v2/openapi.yaml"));
            assertTrue(noise.routes() > 30, "routes: " + noise.routes());
            long[] early = null;
            for (int i = 0; i < REQUESTS; i++) {
                if (i == REQUESTS / 10) {
                    early = held(ctl);
                }
                byte[] request = noise.request();
                String where = "seed " + SEED + ", request " + i + ": " + new String(request, StandardCharsets.UTF_8);
                assertTrue(answered(request), where);
                say(i % 2 == 0 ? cluster.secondaryPort() : cluster.primaryPort(), noise.speech());
                if (!nfv.isAlive()) {
                    nfv = cluster.startNfv(2);
                }
                if (!vf.isAlive()) {
                    vf = cluster.startSecondary("vf", 3, "0,1");
                }
                if (i % 500 == 0) {
                    assertEquals("running", rest.get("/nfvs/1").get("status"), where);
                }
            }
            long[] allowed = {early[0] + SOME, early[1] + SOME};
            Patience.poll("the controller holds " + early[0] + " descriptors, " + early[1] + " threads", LIMIT, () -> {
                long[] now = held(ctl);
                return now[0] <= allowed[0] && now[1] <= allowed[1];
            });
            String result = GuestCluster.endLoad(load, LIMIT);
            assertTrue(result.contains(" lost=0 "), result);
            assertTrue(result.contains("reordered=0 duplicates=0 corrupt=0"), result);
            assertEquals(
                    rest.counter(1, "vhost:0", "rx", "packets"), rest.counter(1, "vhost:1", "tx", "packets"), result);
        }
    }

    private String text(String path) throws IOException {
        try (var in = new URL("http://127.0.0.1:" + port + path).openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A status line, or the end of a connection on which nothing came that is a request. */
    private boolean answered(byte[] request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
            byte[] begin = socket.getInputStream().readNBytes(12);
            return begin.length == 0 || new String(begin, StandardCharsets.US_ASCII).matches("HTTP/1\\.[01] [1245]..");
        } catch (SocketTimeoutException silent) {
            return false;
        } catch (IOException toldOff) {
            return true;
        }
    }

    private static void say(int port, byte[] bytes) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(bytes);
        } catch (IOException cutOff) {
            assertTrue(cutOff.getMessage() != null, "told off while still speaking");
        }
    }

    /** Descriptors and threads. */
    private static long[] held(SppProcess process) {
        Path proc = Path.of("/proc/" + process.pid());
        try (Stream<Path> descriptors = Files.list(proc.resolve("fd"));
                Stream<Path> threads = Files.list(proc.resolve("task"))) {
            return new long[] {descriptors.count(), threads.count()};
        } catch (IOException gone) {
            throw new AssertionError("the controller has ended", gone);
        }
    }
}

package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.SppCluster;
import io.jspp.testing.Need;
import io.jspp.testing.Requires;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What status, events, errors and the shell say about vhost ports that can't come up; processes of a user without rights. */
@Tag("system")
@Timeout(120)
@Tag("once")
class PortStateIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    @Test
    @Requires(Need.ROOT)
    void shouldNameTheCauseAndTheNextStep() throws IOException {
        String launcher = ReadableCopy.launcherOfNobody(directory).toString();
        Path sockets = Files.createDirectory(directory.resolve("sockets"));
        permit(sockets, "rwxr-xr-x");
        try (SppCluster cluster = new SppCluster("states", launcher, line -> {})) {
            cluster.environment("HOME", "/nonexistent");
            cluster.startController();
            cluster.startPrimary(1, "0x01", "--vdev", "net_null0");
            cluster.startNfv(1, "--sock-dir", sockets.toString());
            RestClient rest = new RestClient(cluster.restPort());

            // the directory belongs to root
            cluster.shell("nfv 1; add vhost:0");
            Map<String, Object> state = await(rest, "vhost:0", "down", "socket_permission");
            assertTrue(state.get("cause").toString().contains("EACCES"), state.toString());
            assertTrue(state.get("next").toString().contains("ls -ld " + sockets), state.toString());
            permit(sockets, "rwxrwxrwx");
            await(rest, "vhost:0", "listening", "no_guest");

            // somebody else's file
            Files.writeString(sockets.resolve("sock1"), "not a socket");
            cluster.shell("nfv 1; add vhost:1");
            await(rest, "vhost:1", "down", "socket_path_taken");

            // a browser
            try (SocketChannel browser = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                browser.connect(UnixDomainSocketAddress.of(sockets.resolve("sock0")));
                browser.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
                assertTrue(ended(browser));
            }
            await(rest, "vhost:0", "listening", "not_vhost_user");

            List<String> shell = cluster.shell("nfv 1; status");
            int states = shell.indexOf("- states:");
            assertTrue(states > 0, shell.toString());
            assertTrue(shell.get(states + 1).startsWith("  - vhost:0 listening: the peer speaks no vhost-user"));
            assertTrue(shell.get(states + 2).startsWith("    -> "), shell.toString());

            List<String> events = RestClient.list(rest.get("/nfvs/1"), "events").stream()
                    .map(Json::asObject)
                    .filter(event -> event.get("port").equals("vhost:0"))
                    .map(event -> event.get("state") + " " + event.get("code"))
                    .toList();
            assertEquals("down socket_permission", events.get(0));
            assertEquals("listening no_guest", events.get(1));
            assertEquals("listening not_vhost_user", events.get(events.size() - 1));

            // an error, not a state
            HttpResponse<String> refused =
                    rest.send("PUT", "/nfvs/1/patches", "{\"src\":\"vhost:7\",\"dst\":\"vhost:0\"}");
            assertEquals(400, refused.statusCode());
            assertTrue(refused.body().contains("add vhost:7 first"), refused.body());
        }
    }

    /** End of file, or a reset where part of the request was not read. */
    private static boolean ended(SocketChannel channel) throws IOException {
        try {
            return channel.read(ByteBuffer.allocate(1)) < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    private static void permit(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static Map<String, Object> await(RestClient rest, String port, String state, String code) {
        long deadlineNs = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            Map<String, Object> seen = RestClient.list(rest.get("/nfvs/1"), "port_states").stream()
                    .map(Json::asObject)
                    .filter(row -> row.get("port").equals(port))
                    .findFirst()
                    .orElse(Map.of());
            if (state.equals(seen.get("state")) && code.equals(seen.get("code"))) {
                return seen;
            }
            assertTrue(System.nanoTime() < deadlineNs, port + " " + state + " for " + code + " expected, is " + seen);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }
}

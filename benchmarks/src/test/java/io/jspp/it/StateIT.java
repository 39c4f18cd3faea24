package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.controller.process.NetworkNamespace;
import io.jspp.controller.process.SppCluster;
import io.jspp.testing.Need;
import io.jspp.testing.Patience;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The session of docs/state.md, while frames go the way that it leaves alone: none of them is lost. */
@Tag("network")
@Tag("once")
@Requires({Need.NET_ADMIN, Need.IP, Need.BUSYBOX})
class StateIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String PID = Long.toString(ProcessHandle.current().pid() % 100_000);
    private static final String PAGE = "docs/state.md";
    private static final String RECEIVER = "52:54:00:12:34:56";
    private static final int BURST = 50;

    @TempDir
    private Path directory;

    @Test
    void shouldGoFromStateToStateWithoutDisturbingTheRest() throws Exception {
        try (NetworkNamespace sender = NetworkNamespace.open();
                NetworkNamespace receiver = NetworkNamespace.open();
                SppCluster cluster =
                        new SppCluster("state", ProjectHome.launcher().toString(), line -> {})) {
            sender.addVeth("sppsa" + PID, "10.9.8.1/24");
            receiver.addVeth("sppsb" + PID, "10.9.8.2/24");
            receiver.check("ip", "link", "set", "eth0", "address", RECEIVER);
            sender.check("ip", "neigh", "replace", "10.9.8.2", "lladdr", RECEIVER, "dev", "eth0", "nud", "permanent");
            Path home = Files.createDirectory(directory.resolve("home"));
            cluster.environment("HOME", home.toString());
            cluster.startController();
            cluster.startPrimary(
                    4,
                    "0x03",
                    "--vdev",
                    "net_af_packet0,iface=sppsa" + PID,
                    "--vdev",
                    "net_af_packet1,iface=sppsb" + PID);
            cluster.startSecondary("vf", 1, "0,2,3,4");
            cluster.startNfv(2);
            RestClient rest = new RestClient(cluster.restPort());
            await("vf 1", () -> rest.send("GET", "/vfs/1", "").statusCode() == 200);
            await("nfv 2", () -> rest.send("GET", "/nfvs/2", "").statusCode() == 200);
            Files.writeString(
                    directory.resolve("wanted.yaml"),
                    ConsoleBlocks.of(PAGE, "yaml").get(0));
            play(cluster, sender, receiver);
            assertEquals(0, home.resolve(".spp").toFile().list().length, "undo has nothing left");
        }
    }

    private void play(SppCluster cluster, NetworkNamespace sender, NetworkNamespace receiver) throws Exception {
        List<String> sessions = ConsoleBlocks.of(PAGE, "console");
        ConsoleBlocks.run(cluster, directory, sessions.get(0));
        long before = echos(receiver);
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Integer> sent = CompletableFuture.supplyAsync(() -> {
            int bursts = 0;
            for (; !enough.get(); bursts++) {
                // Nobody answers: the way leads in one direction.
                sender.check("sh", "-c", "busybox ping -c " + BURST + " -i 0.01 -W 1 10.9.8.2 || true");
            }
            return bursts * BURST;
        });
        try {
            await("frames on their way", () -> echos(receiver) > before + BURST / 5);
            ConsoleBlocks.run(cluster, directory, sessions.get(1));
            ConsoleBlocks.run(cluster, directory, sessions.get(2));
        } finally {
            enough.set(true);
        }
        int all = sent.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        await(all + " frames", () -> echos(receiver) - before >= all);
        assertEquals(all, echos(receiver) - before);
    }

    private static void await(String what, BooleanSupplier condition) {
        Patience.poll(what, LIMIT, condition);
    }

    /** Echo requests that a host got. */
    private static long echos(NetworkNamespace host) {
        List<String> lines = host.check("cat", "/proc/net/snmp").stream()
                .filter(line -> line.startsWith("Icmp: "))
                .toList();
        List<String> names = List.of(lines.get(0).split(" "));
        return Long.parseLong(lines.get(1).split(" ")[names.indexOf("InEchos")]);
    }
}

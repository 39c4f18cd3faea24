package io.jspp.controller.demo;

import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Two guests on vhost-user sockets: ping, load, death and return of the secondary between them. */
final class VhostScene implements Scene {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String LOOK = "./spp cli, nfv 1; status: which vhost port is not up, and why?";
    private static final Pattern READY = Pattern.compile("\\bready\\b");

    private final int seconds;

    VhostScene(int seconds) {
        this.seconds = seconds;
    }

    @Override
    public void play(Stage stage) {
        SppCluster cluster = stage.cluster();
        stage.say("controller, primary, one secondary");
        cluster.startController();
        cluster.startPrimary(1, "0x01", "--vdev", "net_null0");
        SppProcess nfv = cluster.startNfv(1);

        stage.say("two vhost-user ports, wired to each other by the shell");
        stage.shell(
                "nfv 1; add vhost:0",
                "nfv 1; add vhost:1",
                "nfv 1; patch vhost:0 vhost:1",
                "nfv 1; patch vhost:1 vhost:0",
                "nfv 1; forward",
                "nfv 1; status");

        stage.say("a guest that answers on vhost:0, one that pings it on vhost:1");
        SppProcess answering = cluster.start("guest", guest(cluster, 0, "answer", "--ip", "192.168.1.1"));
        answering.awaitLine(READY, LIMIT);
        ping(stage, "5");
        cluster.end(answering);

        stage.say(seconds + " s of 64-byte frames, both ways, each with a sequence number that is checked");
        List<String> load = new ArrayList<>(List.of("guest", "load", "--socket"));
        load.addAll(List.of(
                cluster.vhostSocket(0).toString(),
                "--peer",
                cluster.vhostSocket(1).toString()));
        load.addAll(List.of("--size", "64", "--seconds", "" + seconds));
        stage.run("load", load, LIMIT.plusSeconds(seconds), LOOK);

        stage.say("kill -9 of the secondary while a guest pings, then the same command again");
        answering = cluster.start("guest", guest(cluster, 0, "answer", "--ip", "192.168.1.1"));
        answering.awaitLine(READY, LIMIT);
        nfv.kill();
        cluster.startNfv(1);
        stage.say("it has resumed its patches by itself; the guest has reconnected");
        ping(stage, "5");
        stage.shell("pri; status");
    }

    private static void ping(Stage stage, String count) {
        stage.run(
                "ping",
                guest(stage.cluster(), 1, "ping", "--ip", "192.168.1.2", "--target", "192.168.1.1", "--count", count),
                LIMIT,
                LOOK);
    }

    private static List<String> guest(SppCluster cluster, int port, String mode, String... options) {
        List<String> words = new ArrayList<>(List.of("guest", mode));
        words.addAll(List.of("--socket", cluster.vhostSocket(port).toString()));
        words.addAll(List.of(options));
        return words;
    }
}

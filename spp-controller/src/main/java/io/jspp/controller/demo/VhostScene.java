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
        SppProcess answering =
                cluster.start("guest", List.of("guest", "answer", socket(cluster, 0), "--ip", "192.168.1.1"));
        answering.awaitLine(READY, LIMIT);
        ping(stage, "5");
        cluster.end(answering);

        stage.say(seconds + " s of 64-byte frames, both ways, each with a sequence number that is checked");
        List<String> load = new ArrayList<>(List.of("guest", "generate", socket(cluster, 0)));
        load.addAll(List.of("--peer", socket(cluster, 1), "--both", "--size", "64", "--seconds", "" + seconds));
        stage.run("load", load, LIMIT.plusSeconds(seconds), LOOK);

        stage.say("kill -9 of the secondary while a guest pings, then the same command again");
        answering = cluster.start("guest", List.of("guest", "answer", socket(cluster, 0), "--ip", "192.168.1.1"));
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
                List.of(
                        "guest",
                        "ping",
                        socket(stage.cluster(), 1),
                        "192.168.1.1",
                        "--ip",
                        "192.168.1.2",
                        "-c",
                        count,
                        "-i",
                        "0.2"),
                LIMIT,
                LOOK);
    }

    private static String socket(SppCluster cluster, int port) {
        return cluster.vhostSocket(port).toString();
    }
}

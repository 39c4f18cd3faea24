package io.jspp.controller.demo;

import io.jspp.controller.process.NetworkNamespace;
import io.jspp.controller.process.SppProcess;
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Two network namespaces, each on a veth pair whose other end is an AF_PACKET port of the switch. */
final class NetnsScene implements Scene {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long TRANSFER_BYTES = 50_000_000;
    private static final String TRANSFER_PORT = "5001";

    @Override
    public void play(Stage stage) {
        String pid = Long.toString(ProcessHandle.current().pid() % 100_000);
        String left = "sppa" + pid;
        String right = "sppb" + pid;
        stage.say("two namespaces: 10.11.12.1 on " + left + ", 10.11.12.2 on " + right);
        NetworkNamespace a = stage.open(NetworkNamespace::open);
        NetworkNamespace.setLoopbackUp();
        a.addVeth(left, "10.11.12.1/24");
        NetworkNamespace b = stage.open(NetworkNamespace::open);
        b.addVeth(right, "10.11.12.2/24");

        stage.say("controller, primary with both interfaces, one secondary");
        stage.cluster().startController();
        stage.cluster()
                .startPrimary(
                        1, "0x03", "--vdev", "net_af_packet0,iface=" + left, "--vdev", "net_af_packet1,iface=" + right);
        stage.cluster().startNfv(1);
        stage.shell("nfv 1; patch phy:0 phy:1", "nfv 1; patch phy:1 phy:0", "nfv 1; forward");

        stage.say("ping from one namespace to the other");
        SppProcess ping = stage.open(() -> probe(a, "ping", "10.11.12.2", "10"));
        stage.finish(ping, LIMIT, "./spp cli, nfv 1; status: are both phy ports up?");

        stage.say("50 MB over TCP with the offloads that veth has by default");
        SppProcess receiver = stage.open(() -> probe(b, "receive", TRANSFER_PORT));
        receiver.awaitLine(Pattern.compile("ready"), LIMIT);
        SppProcess sender =
                stage.open(() -> probe(a, "send", "10.11.12.2", TRANSFER_PORT, Long.toString(TRANSFER_BYTES)));
        List<String> sent =
                stage.finish(sender, LIMIT, "./spp cli, nfv 1; status: which port drops, and for what reason?");
        List<String> received = stage.finish(receiver, LIMIT, "run the demo again, with nothing else on the machine");
        if (!crc(sent).equals(crc(received))) {
            throw new DemoFailure(
                    "the bytes changed on the way: " + sent + ", " + received, "report this with the output");
        }
        stage.shell("nfv 1; status");
    }

    /** Starts {@link NetnsProbe} inside a namespace. */
    private static SppProcess probe(NetworkNamespace namespace, String... words) {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-XX:-UsePerfData",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                NetnsProbe.class.getName()));
        command.addAll(List.of(words));
        return namespace.start(command.toArray(new String[0]));
    }

    private static String crc(List<String> lines) {
        return lines.stream()
                .flatMap(line ->
                        Pattern.compile("\\d+ bytes, crc \\w+").matcher(line).results())
                .map(match -> match.group())
                .findFirst()
                .orElse("nothing");
    }
}

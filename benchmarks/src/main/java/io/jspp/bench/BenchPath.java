package io.jspp.bench;

import io.jspp.frontend.FrontendConfig;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The ways through a switch that can be measured, as our switch and the reference build them. */
final class BenchPath {
    private static final String IDLE_DEVICE = "net_null0";
    private static final int RING_WINDOW = 120;

    private final String text;
    private final boolean hasReference;
    private final String kind;

    private BenchPath(String kind, String text, boolean hasReference) {
        this.kind = kind;
        this.text = text;
        this.hasReference = hasReference;
    }

    /** What exists while a path is measured; closing removes it. */
    record Wires(NfvSwitch.Layout ours, List<String> reference, List<String> removal) implements AutoCloseable {
        @Override
        public void close() {
            if (!removal.isEmpty()) {
                command(removal);
            }
        }
    }

    static BenchPath vhost() {
        return new BenchPath("vhost", "vhost:0 to vhost:1", true);
    }

    static BenchPath veth() {
        return new BenchPath("veth", "vhost:0 to phy:0, veth, phy:1 to vhost:1", true);
    }

    static BenchPath ring() {
        return new BenchPath(
                "ring", "vhost:0 to ring:0 in one nfv, ring:0 to vhost:1 in another, both on one cpu", false);
    }

    String text() {
        return text;
    }

    /** Frames that may be under way: a receiving guest's ring takes 256, a ring between processes 127. */
    int window() {
        return kind.equals("ring") ? RING_WINDOW : FrontendConfig.DEFAULT_QUEUE_SIZE;
    }

    boolean hasReference() {
        return hasReference;
    }

    Wires open() {
        List<String> ports = List.of("add vhost:0", "add vhost:1");
        return switch (kind) {
            case "veth" -> openVeth();
            case "ring" ->
                new Wires(
                        new NfvSwitch.Layout(
                                1,
                                List.of(IDLE_DEVICE),
                                List.of(
                                        List.of("add vhost:0", "add ring:0", "patch vhost:0 ring:0"),
                                        List.of("add vhost:1", "add ring:0", "patch ring:0 vhost:1"))),
                        List.of(),
                        List.of());
            default ->
                new Wires(
                        new NfvSwitch.Layout(
                                1,
                                List.of(IDLE_DEVICE),
                                List.of(List.of(
                                        ports.get(0), ports.get(1), "patch vhost:0 vhost:1", "patch vhost:1 vhost:0"))),
                        List.of(),
                        List.of());
        };
    }

    private static Wires openVeth() {
        String left = "sppb" + ProcessHandle.current().pid() % 100_000 + "a";
        String right = "sppb" + ProcessHandle.current().pid() % 100_000 + "b";
        command(List.of("ip", "link", "add", left, "type", "veth", "peer", "name", right));
        Wires wires = new Wires(
                new NfvSwitch.Layout(
                        1,
                        List.of("net_af_packet0,iface=" + left, "net_af_packet1,iface=" + right),
                        List.of(List.of(
                                "add vhost:0",
                                "add vhost:1",
                                "patch vhost:0 phy:0",
                                "patch phy:0 vhost:0",
                                "patch vhost:1 phy:1",
                                "patch phy:1 vhost:1"))),
                List.of("net_af_packet0,iface=" + left, "net_af_packet1,iface=" + right),
                List.of("ip", "link", "del", left));
        try {
            for (String name : List.of(left, right)) {
                command(List.of("sysctl", "-q", "-w", "net.ipv6.conf." + name + ".disable_ipv6=1"));
                command(List.of("ip", "link", "set", name, "up"));
            }
        } catch (RuntimeException e) {
            wires.close();
            throw e;
        }
        return wires;
    }

    private static void command(List<String> words) {
        String line = String.join(" ", words);
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new BenchFailure(line + ": " + said.strip() + " (the veth bench needs root, or unshare -Urn)");
            }
        } catch (IOException e) {
            throw new BenchFailure(line + ": " + e.getMessage() + " (apt-get install iproute2)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted in " + line);
        }
    }
}

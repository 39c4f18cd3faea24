package io.jspp.it.recipes;

import io.jspp.controller.process.NetworkNamespace;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Patience;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Veth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The four hosts of SPP's recipes in a network namespace, 192.168.11.101 to .104: a controller and a primary each, six phy ports on the first, two on
 * the others. The other end of each is in the namespace of the test.
 */
final class Hosts implements AutoCloseable {
    static final int FIRST = 1;
    static final int LAST = 4;

    private static final String NETWORK = "192.168.11.10";
    private static final int PORTS_OF_FIRST = 6;
    private static final int PORTS_OF_OTHERS = 2;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final NetworkNamespace network = NetworkNamespace.open();
    private final List<SppCluster> hosts = new ArrayList<>();
    private final List<SppProcess> primaries = new ArrayList<>();
    private final Path directory;

    /** @param directory for logs */
    Hosts(Path directory) {
        this.directory = directory;
        try {
            wire();
            List<SppProcess> controllers = new ArrayList<>();
            for (int host = FIRST; host <= LAST; host++) {
                SppCluster cluster = new SppCluster(
                        "recipes" + host, network.inside(ProjectHome.launcher().toString()), line -> {});
                hosts.add(cluster);
                controllers.add(cluster.start("ctl", List.of("ctl", "-b", NETWORK + host)));
            }
            for (int host = FIRST; host <= LAST; host++) {
                hosts.get(host - FIRST).awaitReady(controllers.get(host - FIRST));
                primaries.add(startPrimary(host));
            }
            for (int host = FIRST; host <= LAST; host++) {
                hosts.get(host - FIRST).awaitReady(primaries.get(host - FIRST));
            }
        } catch (RuntimeException | AssertionError e) {
            close();
            throw e;
        }
    }

    private SppProcess startPrimary(int host) {
        SppCluster cluster = hosts.get(host - FIRST);
        List<String> words =
                new ArrayList<>(List.of("primary", "-l", "0", "--no-huge", "--file-prefix", cluster.prefix()));
        for (int port = 0; port < ports(host); port++) {
            words.addAll(List.of("--vdev", "net_af_packet" + port + ",iface=" + inside(host, port)));
        }
        words.addAll(List.of("--", "-p", String.format("0x%02x", (1 << ports(host)) - 1), "-n", "8"));
        words.addAll(List.of("-s", NETWORK + host + ":5555", "--set", "launch.log.dir=" + directory));
        return cluster.start("primary", words);
    }

    static int ports(int host) {
        return host == FIRST ? PORTS_OF_FIRST : PORTS_OF_OTHERS;
    }

    private static String inside(int host, int port) {
        return "p" + host + "x" + port;
    }

    /** The interface that a phy port leads to. */
    static String outside(int host, int port) {
        return "sr" + Long.toString(ProcessHandle.current().pid(), 36) + "x" + host + port;
    }

    private void wire() {
        StringBuilder inside = new StringBuilder("echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6 || true");
        StringBuilder outside = new StringBuilder("true");
        for (int host = FIRST; host <= LAST; host++) {
            inside.append("; ip addr add ").append(NETWORK).append(host).append("/32 dev lo");
            for (int port = 0; port < ports(host); port++) {
                inside.append("; ip link add ").append(inside(host, port));
                inside.append(" type veth peer name ").append(outside(host, port));
                inside.append(" netns ").append(ProcessHandle.current().pid());
                inside.append("; ip link set ").append(inside(host, port)).append(" up");
                outside.append("; ip link set ").append(outside(host, port)).append(" up");
            }
        }
        network.check("sh", "-e", "-c", inside.toString());
        for (int host = FIRST; host <= LAST; host++) {
            for (int port = 0; port < ports(host); port++) {
                Veth.quiet(outside(host, port));
            }
        }
        Veth.run("sh", "-e", "-c", outside.toString());
    }

    /** The command that starts the shell of the first host. */
    List<String> shell() {
        return network.inside(ProjectHome.launcher().toString(), "cli", "-b", NETWORK + FIRST);
    }

    Path vhostSocket(int host, int index) {
        return hosts.get(host - FIRST).vhostSocket(index);
    }

    /** Of the first host. */
    Path runDirectory() {
        return hosts.get(0).runDirectory();
    }

    /** What the primaries have launched and is still there. */
    List<ProcessHandle> launched() {
        return primaries.stream()
                .flatMap(primary -> ProcessHandle.of(primary.pid()).stream())
                .flatMap(ProcessHandle::children)
                .filter(ProcessHandle::isAlive)
                .toList();
    }

    /** Run directories that are still there, after {@link #close}. */
    List<Path> leftBehind() {
        return hosts.stream()
                .map(SppCluster::runDirectory)
                .filter(Files::exists)
                .toList();
    }

    /** What is launched ends first, if a test that failed has left it. */
    @Override
    public void close() {
        List<ProcessHandle> children = launched();
        children.forEach(ProcessHandle::destroy);
        children.forEach(child -> Patience.await("end of " + child.pid(), LIMIT.toSeconds(), () -> !child.isAlive()));
        hosts.forEach(SppCluster::close);
        network.close();
    }
}

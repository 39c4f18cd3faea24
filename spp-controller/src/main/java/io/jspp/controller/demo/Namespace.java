package io.jspp.controller.demo;

import io.jspp.controller.process.SppProcess;
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A network namespace that lives as long as the process that holds it, so that nothing is left behind however the demo ends. Its
 * {@code eth0} is one end of a veth pair, the other end stays where the demo runs.
 */
final class Namespace implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final SppProcess holder;
    private final String hostInterface;

    private Namespace(SppProcess holder, String hostInterface) {
        this.holder = holder;
        this.hostInterface = hostInterface;
    }

    /**
     * Makes one.
     *
     * @param hostInterface name of the end that stays outside
     * @param address of eth0, as {@code 10.1.0.1/24}
     * @throws DemoFailure when the right or a program is missing
     */
    static Namespace open(String hostInterface, String address) {
        SppProcess holder;
        try {
            holder = SppProcess.start(
                    "namespace", Map.of(), List.of("unshare", "-n", "sh", "-c", "echo inside; exec sleep 3600"));
        } catch (java.io.UncheckedIOException e) {
            throw new DemoFailure(e.getMessage(), "apt-get install util-linux iproute2");
        }
        Namespace namespace = new Namespace(holder, hostInterface);
        try {
            holder.awaitLine(Pattern.compile("inside"), LIMIT);
        } catch (IllegalStateException e) {
            namespace.close();
            throw new DemoFailure(
                    "a network namespace can't be made: " + String.join("; ", holder.err()),
                    "run it as root, or: unshare -Urn ./spp demo netns");
        }
        try {
            ip("link", "add", hostInterface, "type", "veth", "peer", "name", "eth0", "netns", "" + holder.pid());
            ip("link", "set", hostInterface, "up");
            namespace.inside("ip", "link", "set", "lo", "up");
            namespace.inside("ip", "addr", "add", address, "dev", "eth0");
            namespace.inside("ip", "link", "set", "eth0", "up");
        } catch (RuntimeException e) {
            namespace.close();
            throw e;
        }
        return namespace;
    }

    private static void ip(String... words) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words));
        check(command);
    }

    private void inside(String... words) {
        check(command(List.of(words)));
    }

    private static void check(List<String> command) {
        SppProcess process;
        try {
            process = SppProcess.start(command.get(0), Map.of(), command);
        } catch (java.io.UncheckedIOException e) {
            throw new DemoFailure(e.getMessage(), "apt-get install iproute2");
        }
        if (process.awaitExit(LIMIT) != 0) {
            throw new DemoFailure(
                    String.join(" ", command) + ": " + String.join("; ", process.err()),
                    "run it as root, or: unshare -Urn ./spp demo netns");
        }
    }

    private List<String> command(List<String> words) {
        List<String> command = new ArrayList<>(List.of("nsenter", "-t", Long.toString(holder.pid()), "-n"));
        command.addAll(words);
        return command;
    }

    /** Starts {@link NetnsProbe} inside. */
    SppProcess probe(String... words) {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-XX:-UsePerfData",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                NetnsProbe.class.getName()));
        command.addAll(List.of(words));
        return SppProcess.start("probe", Map.of(), command(command));
    }

    /** Ends the holder; the kernel removes the namespace and with it both ends of the veth pair. */
    @Override
    public void close() {
        holder.kill();
        SppProcess delete = SppProcess.start("ip", Map.of(), List.of("ip", "link", "del", hostInterface));
        delete.awaitExit(LIMIT); // fails when the kernel was faster
    }
}

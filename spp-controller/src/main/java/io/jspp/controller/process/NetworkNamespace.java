package io.jspp.controller.process;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A network namespace that lives as long as the process that holds it, so that nothing is left behind however the caller ends. Works as
 * root and, unprivileged, inside {@code unshare -Urn}. One thread.
 */
public final class NetworkNamespace implements AutoCloseable {
    /** Against hangs: a test sums 100 MB here, which took a busy machine ten seconds. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final String RIGHT = "run it as root, or inside: unshare -Urn";

    private final SppProcess holder;
    private final List<String> hostInterfaces = new ArrayList<>();

    private NetworkNamespace(SppProcess holder) {
        this.holder = holder;
    }

    /**
     * Makes one, with its loopback interface up.
     *
     * @throws IllegalStateException when the right or a program is missing; the message names the next step
     */
    public static NetworkNamespace open() {
        SppProcess holder =
                start("namespace", List.of("unshare", "-n", "sh", "-c", "echo inside; exec sleep 3600"), "util-linux");
        NetworkNamespace namespace = new NetworkNamespace(holder);
        try {
            holder.awaitLine(Pattern.compile("inside"), LIMIT);
            namespace.check("ip", "link", "set", "lo", "up");
            return namespace;
        } catch (IllegalStateException e) {
            String why = String.join("; ", holder.err());
            namespace.close();
            throw new IllegalStateException(
                    "a network namespace can't be made: " + (why.isEmpty() ? e.getMessage() : why) + "; " + RIGHT, e);
        }
    }

    /** Sets the loopback interface of the caller's own namespace up: in a new one, as {@code unshare -n} makes it, it is down. */
    public static void setLoopbackUp() {
        outside("ip", "link", "set", "lo", "up");
    }

    /** Adds {@code eth0} with an address ({@code 10.1.0.1/24}) inside, the other end of which is {@code hostInterface} outside. */
    public void addVeth(String hostInterface, String address) {
        outside("ip", "link", "add", hostInterface, "type", "veth", "peer", "name", "eth0", "netns", "" + holder.pid());
        hostInterfaces.add(hostInterface);
        outside("ip", "link", "set", hostInterface, "up");
        check("ip", "addr", "add", address, "dev", "eth0");
        check("ip", "link", "set", "eth0", "up");
    }

    /** Moves an interface from outside into the namespace, gives it an address and sets it up. */
    public void adopt(String hostInterface, String address) {
        outside("ip", "link", "set", hostInterface, "netns", "" + holder.pid());
        check("ip", "addr", "add", address, "dev", hostInterface);
        check("ip", "link", "set", hostInterface, "up");
    }

    /** Starts a command inside. */
    public SppProcess start(String... command) {
        return start(command[0], inside(command), "the package of " + command[0]);
    }

    /**
     * Runs a command inside to its end.
     *
     * @return its stdout
     * @throws IllegalStateException when it fails
     */
    public List<String> check(String... command) {
        return check(inside(command));
    }

    private static void outside(String... command) {
        check(List.of(command));
    }

    private static List<String> check(List<String> command) {
        SppProcess process = start(command.get(0), command, "iproute2");
        int exit = process.awaitExit(LIMIT);
        if (exit != 0) {
            throw new IllegalStateException(String.join(" ", command) + " ended with exit code " + exit + ": "
                    + String.join("; ", process.err()) + "; " + RIGHT);
        }
        return process.out();
    }

    private static SppProcess start(String name, List<String> command, String debianPackage) {
        try {
            return SppProcess.start(name, Map.of(), command);
        } catch (UncheckedIOException e) {
            throw new IllegalStateException(e.getMessage() + "; install " + debianPackage, e);
        }
    }

    /** The command with what runs it inside. */
    public List<String> inside(String... command) {
        List<String> words = new ArrayList<>(List.of("nsenter", "-t", Long.toString(holder.pid()), "-n"));
        words.addAll(List.of(command));
        return words;
    }

    /** Ends the holder; the kernel removes the namespace and with it both ends of each veth pair. */
    @Override
    public void close() {
        holder.kill();
        for (String hostInterface : hostInterfaces) {
            // The kernel removes it some time after the holder's end; whoever is first wins.
            SppProcess.start("ip", Map.of(), List.of("ip", "link", "del", hostInterface))
                    .awaitExit(LIMIT);
        }
    }
}

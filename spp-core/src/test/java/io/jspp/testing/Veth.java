package io.jspp.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/**
 * A pair of virtual interfaces, up, without IPv6 and its chatter. Closing deletes it. Further commands of iproute2 by {@link #run}.
 */
public final class Veth implements AutoCloseable {
    private static final AtomicInteger NEXT = new AtomicInteger();

    public final String a;
    public final String b;

    public Veth() {
        String unique = Long.toString(ProcessHandle.current().pid(), 36) + "x" + NEXT.getAndIncrement();
        a = "va" + unique;
        b = "vb" + unique;
        create();
    }

    /** Makes the pair, again after it was deleted. */
    public void create() {
        run("ip", "link", "add", a, "type", "veth", "peer", "name", b);
        quiet(a);
        quiet(b);
        run("ip", "link", "set", a, "up");
        run("ip", "link", "set", b, "up");
        // The kernel tells of the carrier later (linkwatch), on a busy machine after a port of ours may have looked.
        Awaitility.await("carrier of " + a).until(() -> operational(a) && operational(b));
    }

    private static boolean operational(String iface) {
        try {
            return Files.readString(Path.of("/sys/class/net/" + iface + "/operstate"))
                    .strip()
                    .equals("up");
        } catch (IOException e) {
            throw new IllegalStateException(iface + ": " + e, e);
        }
    }

    /** Keeps the kernel from sending router solicitations and group reports of its own. */
    public static void quiet(String iface) {
        Path key = Path.of("/proc/sys/net/ipv6/conf/" + iface + "/disable_ipv6");
        try {
            if (Files.exists(key)) {
                Files.writeString(key, "1");
            }
        } catch (IOException e) {
            throw new IllegalStateException(key + ": " + e, e);
        }
    }

    /** Runs a command to its end; its output, or an error with the output. */
    public static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new IllegalStateException(String.join(" ", command) + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (Files.exists(Path.of("/sys/class/net/" + a))) {
            run("ip", "link", "del", a);
        }
    }
}

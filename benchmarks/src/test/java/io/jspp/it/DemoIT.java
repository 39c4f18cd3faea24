package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Need;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as users run it: PASS, a quiet stderr, and nothing left behind. */
@Tag("system")
class DemoIT {
    private static final Duration LIMIT = Duration.ofSeconds(120);

    /** As a user starts it: options of the test run would hide the JVM's warnings. */
    private static final String OPTIONS = "SPP_JAVA_OPTS";

    @TempDir
    private Path directory;

    @Test
    void shouldPassAndLeaveNothing() throws IOException {
        shouldPass(Map.of(OPTIONS, ""), List.of(ProjectHome.launcher().toString(), "demo", "--seconds", "2"));
    }

    @Tag("once")
    @Test
    @Requires(Need.ROOT)
    void shouldPassAsAnOrdinaryUser() throws IOException {
        Path home = ReadableCopy.in(directory);
        shouldPass(
                Map.of("HOME", "/nonexistent", OPTIONS, ""),
                List.of(
                        "setpriv",
                        "--reuid=65534",
                        "--regid=65534",
                        "--clear-groups",
                        home.resolve("spp").toString(),
                        "demo",
                        "--seconds",
                        "1"));
    }

    @Tag("once")
    @Test
    @Requires({Need.USER_NAMESPACES, Need.IP})
    void shouldPassBetweenNamespacesInsideAUserNamespace() throws IOException {
        shouldPass(Map.of(), List.of("unshare", "-Urn", ProjectHome.launcher().toString(), "demo", "netns"));
    }

    /** Each packet's bytes and headers, then the reply as the guest sees it. */
    @Tag("once")
    @Test
    @Requires({Need.QEMU, Need.GUEST_KERNEL, Need.BUSYBOX})
    void shouldPrintWhatAGuestPings() throws IOException {
        List<String> out =
                shouldPass(Map.of(), List.of(ProjectHome.launcher().toString(), "demo", "ping", "--seconds", "3"))
                        .stream()
                        .map(String::strip)
                        .toList();
        int next = out.indexOf("PING 192.168.1.2 (192.168.1.2): 56 data bytes");
        assertTrue(next > 0, out.toString());
        for (int seq = 0; seq < 3; seq++) {
            next = after(next, out, "Packet Contents:");
            assertTrue(out.get(next).matches("0:\\t45 0 0 54 .*"), out.get(next));
            String header =
                    "IP Header - Version: IPv4 protocol: 1 | src address: 192.168.1.1 | dest address: 192.168.1.2";
            next = after(next, out, header);
            assertTrue(
                    out.get(next).matches("ICMP Header - Type: 8 \\| id: \\d+ \\| seq: " + 256 * seq), out.get(next));
            next = after(next, out, "");
            assertTrue(
                    out.get(next).startsWith("64 bytes from 192.168.1.2: seq=" + seq + " ttl=64 time="), out.get(next));
        }
        assertTrue(out.contains("3 packets transmitted, 3 packets received, 0% packet loss"), out.toString());
    }

    /** The line behind the next one that is as wanted. */
    private static int after(int from, List<String> lines, String wanted) {
        int found = lines.subList(from, lines.size()).indexOf(wanted);
        assertTrue(found >= 0, wanted + " expected behind line " + from + " of " + lines);
        return from + found + 1;
    }

    @Tag("once")
    @Test
    @Requires({Need.ROOT, Need.QEMU})
    void shouldNameTheCommandThatInstallsQemu() throws IOException {
        Path home = ReadableCopy.in(directory);
        String hidden = "mount --bind /dev/null \"$(command -v qemu-system-x86_64)\" && exec setpriv --reuid=65534"
                + " --regid=65534 --clear-groups '" + home.resolve("spp") + "' demo ping";
        SppProcess demo =
                SppProcess.start("demo", Map.of("HOME", "/nonexistent"), List.of("unshare", "-m", "sh", "-c", hidden));
        assertEquals(1, demo.awaitExit(LIMIT), demo.tail());
        assertEquals(List.of(), demo.out());
        assertTrue(demo.err().get(0).startsWith("demo: demo ping needs "), demo.tail());
        assertTrue(
                demo.err().get(0).contains("qemu-system-x86")
                        && demo.err().get(0).contains(": sudo bash " + home.resolve(".ci/guest-packages")),
                demo.tail());
    }

    @Test
    void shouldRefuseAnUnknownScene() {
        SppProcess demo = SppProcess.start(
                "demo", Map.of(), List.of(ProjectHome.launcher().toString(), "demo", "opera"));
        assertEquals(2, demo.awaitExit(LIMIT));
        assertTrue(demo.err().get(0).contains("no scene \"opera\": vhost, ping or netns expected"), demo.tail());
    }

    /** Returns what it printed. */
    private static List<String> shouldPass(Map<String, String> environment, List<String> command) throws IOException {
        Set<String> before = traces();
        SppProcess demo = SppProcess.start("demo", environment, command);
        String owner = "demo-" + demo.pid();
        assertEquals(0, demo.awaitExit(LIMIT), demo.tail());
        assertEquals(List.of(), demo.err());
        List<String> out = demo.out();
        assertEquals("PASS", out.get(out.size() - 1));
        Set<String> after = traces();
        after.removeAll(before);
        // Other tests may be at work beside this one: what counts is what this demo's processes made.
        after.removeIf(trace -> !trace.contains(owner) && !trace.startsWith("/dev/shm"));
        assertEquals(Set.of(), after);
        assertTrue(
                ProcessHandle.allProcesses()
                        .noneMatch(process ->
                                process.info().commandLine().orElse("").contains(owner)),
                "a process of the demo still runs");
        return out;
    }

    /** Files where the product, or a JVM, could leave some. */
    private static Set<String> traces() throws IOException {
        Set<String> found = new TreeSet<>();
        for (String place : List.of("/run/spp", "/tmp", "/tmp/spp-65534", "/tmp/spp-0", "/dev/shm")) {
            if (Files.isReadable(Path.of(place))) {
                try (Stream<Path> entries = Files.list(Path.of(place))) {
                    entries.map(Path::toString).forEach(found::add);
                }
            }
        }
        return found;
    }
}

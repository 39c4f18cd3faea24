package io.jspp.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Need;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./spp conform} on a checkout that was never built: its table, and that Ctrl-C ends all of it. */
@Tag("peer")
@Tag("long")
@Requires({Need.ROOT, Need.TESTPMD, Need.QEMU, Need.GUEST_KERNEL, Need.BUSYBOX, Need.IPERF3, Need.ETHTOOL})
class ConformIT {
    private static final Duration LIMIT = Duration.ofMinutes(15);

    @TempDir
    private Path directory;

    @Timeout(1200)
    @Test
    void shouldRunOneCaseAndEndWithAllItStartedWhenInterrupted() throws IOException {
        Path checkout = checkout();
        Path page = checkout.resolve("docs/conformance.md");
        Files.createDirectories(page.getParent());
        Files.writeString(page, "as it was");
        SppProcess conform = start(checkout, "2");
        assertEquals(0, conform.awaitExit(LIMIT), conform.tail());
        assertEquals(List.of(), conform.err());
        List<String> out = conform.out();
        assertTrue(out.contains(" 2  vhost-user/virtio-pmd pvp split ring reconnect from VM"), conform.tail());
        assertTrue(out.contains("      DPDK virtio-user  we connect  PASS     traffic flows again"), conform.tail());
        assertEquals(
                List.of("1 case, 2 runs: 2 passed, 0 failed, 0 not run", "PASS"),
                out.subList(out.size() - 2, out.size()));
        assertEquals("as it was", Files.readString(page));

        SppProcess interrupted = start(checkout, "7");
        await().atMost(LIMIT).until(() -> running(checkout).stream().anyMatch(line -> line.contains("NfvMain")));
        Set<String> before = runDirectories();
        // As a terminal does for Ctrl-C: setsid has made it the leader of a process group.
        run("kill", "-INT", "--", "-" + interrupted.pid());
        assertEquals(130, interrupted.awaitExit(Duration.ofSeconds(60)), interrupted.tail());
        assertEquals(List.of(), running(checkout));
        Set<String> after = runDirectories();
        before.removeAll(after);
        assertFalse(before.isEmpty(), () -> "run directories left: " + after);
        try (Stream<Path> files = Files.list(Path.of("/tmp"))) {
            assertEquals(
                    List.of(),
                    files.map(Path::toString)
                            .filter(name -> name.startsWith("/tmp/spp-conform-"))
                            .toList());
        }
    }

    private static SppProcess start(Path checkout, String cases) {
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT", "setsid"));
        command.addAll(List.of(checkout.resolve("spp").toString(), "conform", "--case", cases));
        return SppProcess.start("conform", Map.of("SPP_JAVA_OPTS", "", "SPP_NO_BUILD", ""), command);
    }

    /** Sources alone, and the guest's kernel, which root unpacks. */
    private Path checkout() {
        Path home = ProjectHome.directory();
        Path to = directory.resolve("checkout");
        String script =
                "mkdir -p '%2$s/target' && cd '%1$s' && tar -c --exclude=target .ci .mvn spp pom.xml conf spp-* benchmarks"
                        + " | tar -x -C '%2$s' && { [ ! -d target/guest ] || ln -s '%1$s/target/guest' '%2$s/target/guest'; }";
        run("sh", "-c", String.format(script, home, to));
        return to;
    }

    private static void run(String... command) {
        SppProcess process = SppProcess.start(command[0], Map.of(), List.of(command));
        assertEquals(0, process.awaitExit(Duration.ofSeconds(60)), process.tail());
    }

    /** Command lines of what runs from the checkout, Maven and the guests too. */
    private static List<String> running(Path checkout) {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains(checkout.toString()) || line.contains("/tmp/spp-conform-"))
                .toList();
    }

    private static Set<String> runDirectories() throws IOException {
        try (Stream<Path> directories = Files.list(Path.of("/run/spp"))) {
            return directories
                    .map(directory -> directory.getFileName().toString())
                    .filter(name -> name.startsWith("rec-"))
                    .collect(Collectors.toSet());
        } catch (NoSuchFileException e) {
            return Set.of();
        }
    }
}

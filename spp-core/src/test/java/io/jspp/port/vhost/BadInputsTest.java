package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.port.PortState;
import io.jspp.vhostuser.Closers;
import io.jspp.worker.IdleMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The catalogue of bad inputs, part A (docs/testing.md), against a vhost port whose worker serves two innocent guests besides. After each input:
 * the port serves the next guest, descriptors, mappings and native memory are back to what they were, the innocent ones lost nothing and did not wait.
 */
@Timeout(120)
class BadInputsTest {
    @TempDir
    static Path directory;

    private static VhostLab lab;
    private static Victim victim;
    private static Bystanders bystanders;
    private static Holdings idle;
    private static long foreignIdle;

    static List<BadInput> inputs() {
        List<BadInput> all = new ArrayList<>();
        all.addAll(BadMessages.all());
        all.addAll(BadMemory.all());
        all.addAll(BadRings.all());
        all.addAll(BadSplitQueues.all());
        all.addAll(BadPackedQueues.all());
        all.addAll(BadHeaders.all());
        return all;
    }

    @BeforeAll
    static void serve() throws Exception {
        lab = new VhostLab(directory, false, IdleMode.ADAPTIVE);
        victim = new Victim(lab, 0);
        bystanders = new Bystanders(lab, 1, 2);
        serveNext(); // makes whatever is made once
        idle = Holdings.now();
        foreignIdle = foreignDescriptors();
    }

    @AfterAll
    static void end() throws Exception {
        bystanders.close();
        lab.close();
    }

    /** Descriptors of kinds that front-ends send, as the kernel counts them. */
    private static long foreignDescriptors() throws IOException {
        Closers.awaitIdle();
        long n = 0;
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path path : (Iterable<Path>) open::iterator) {
                try {
                    String link = Files.readSymbolicLink(path).toString();
                    if (link.startsWith("/memfd:") || link.startsWith("socket:") || link.contains("[eventfd]")) {
                        n++;
                    }
                } catch (IOException e) {
                    continue; // closed since it was listed
                }
            }
        }
        return n;
    }

    private static long mappings() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains("memfd:" + HostileGuest.FILE))
                    .count();
        }
    }

    private static void serveNext() {
        try (HostileGuest next = victim.started(Victim.PLAIN)) {
            next.passes();
        }
        VhostLab.await("listens", () -> victim.port.state().phase() == PortState.Phase.LISTENING);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("inputs")
    void shouldHarmNobodyElse(BadInput input) throws Exception {
        lab.errors.clear();
        bystanders.begin();
        input.attack().on(victim);
        bystanders.assertUnharmed();
        serveNext();
        VhostLab.await("all is closed", () -> Holdings.now().equals(idle));
        assertTrue(foreignDescriptors() <= foreignIdle, "descriptors leaked");
        assertTrue(mappings() == 0, "mappings leaked");
        assertTrue(lab.errors.isEmpty(), lab.errors::toString);
    }
}

package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.port.Port;
import io.jspp.port.PortState;
import io.jspp.vhostuser.ScriptedFrontend;
import io.jspp.worker.IdleMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Number 86 of the catalogue of bad inputs: front-ends that are killed in the middle of traffic, again and again. */
@Timeout(180)
class AbruptEndTest {
    private static final int TIMES = 200;

    @TempDir
    Path directory;

    private static long guestMappings() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains("memfd:guest")).count();
        }
    }

    @Test
    void shouldComeBackAndKeepNothingWhenGuestsAreKilledUnderTraffic() throws Exception {
        Holdings atFirst = Holdings.now();
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.BUSY)) {
            Port port = lab.open(0);
            TestPatch patch = lab.patch(port, port);
            Holdings idle = null;
            for (int i = 0; i < TIMES; i++) {
                long before = patch.rx.counters().packets();
                try (ScriptedFrontend f = new ScriptedFrontend(lab.socket(0));
                        FileDescriptor file = Linux.memfdCreate("guest", 0);
                        FileDescriptor kick = Linux.eventfd()) {
                    Linux.ftruncate(file.value(), VanishedMemoryTest.SIZE);
                    VanishedMemoryTest.start(f, file, kick);
                    VhostLab.await("traffic", () -> patch.rx.counters().packets() > before);
                }
                if (idle == null) {
                    // The first guest's queues make what stays with the port.
                    VhostLab.await("listens", () -> port.state().phase() == PortState.Phase.LISTENING);
                    idle = Holdings.now();
                }
            }
            VhostLab.await("listens", () -> port.state().phase() == PortState.Phase.LISTENING);
            assertEquals(idle, Holdings.now());
            assertEquals(0, guestMappings(), "mappings kept");
            // 128 chains were offered each time; a killed guest's last ones may not have been counted
            assertTrue(patch.rx.counters().packets() <= 128L * TIMES);
            assertTrue(lab.errors.isEmpty(), lab.errors::toString);
        }
        assertEquals(atFirst, Holdings.now());
    }
}

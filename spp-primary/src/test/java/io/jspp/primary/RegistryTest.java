package io.jspp.primary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.attach.ClientFile;
import io.jspp.attach.ProcessIdentity;
import io.jspp.config.ProcessOptions;
import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.mbuf.SegmentGeometry;
import io.jspp.mbuf.SwitchSegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which memory a primary uses, and whom it takes for dead. */
class RegistryTest {
    @TempDir
    Path directory;

    private static DeviceTable noDevices() {
        ProcessOptions.Parser parser = new ProcessOptions.Parser("primary", "primary", Map.of(), path -> Map.of());
        PrimaryOptions options = new PrimaryOptions(parser);
        parser.application().parse(List.of("-n", "2", "-p", "0x1"));
        options.finish();
        return DeviceTable.open(List.of(), options, Map.of());
    }

    @Test
    void shouldKeepTheMemoryInUseWhenNewOneComesTooLate() {
        Registry registry = new Registry(new ClientFile(directory), new ClaimRegistry(noDevices(), Map.of()));
        SegmentGeometry geometry = SegmentGeometry.of(2, 128, 512);
        SwitchSegment brought = SwitchSegment.create("registry-test", geometry, false);
        assertTrue(registry.use(brought));
        try (SwitchSegment late = SwitchSegment.create("registry-test", geometry, false)) {
            assertFalse(registry.use(late), "secondaries work with the first");
            assertSame(brought, registry.segment());
        }
        registry.close();
    }

    @Test
    void shouldFindALivingProcessAndOnlyThat() throws Exception {
        ProcessIdentity self = ProcessIdentity.of(Linux.getpid());
        try (FileDescriptor pidfd = Registry.openPidfd(self)) {
            assertEquals(0, Linux.pollOne(pidfd.value(), Constants.POLLIN, 0), "alive");
        }
        int owners = FileDescriptor.live();
        assertNull(Registry.openPidfd(new ProcessIdentity(self.pid(), self.startTicks() - 1)), "an earlier one's pid");
        Process child = new ProcessBuilder("sleep", "60").start();
        ProcessIdentity former = ProcessIdentity.of((int) child.pid());
        child.destroyForcibly().waitFor();
        assertNull(Registry.openPidfd(former), "ended");
        assertNull(Registry.openPidfd(new ProcessIdentity(0, 1)), "no process at all");
        assertEquals(owners, FileDescriptor.live());
    }
}

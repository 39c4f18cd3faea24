package io.jspp.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Number 34 of the catalogue of bad inputs: memory whose pages a process may withhold. */
class PageSourceTest {
    @Test
    void shouldTakeMemoryFiles() throws Exception {
        try (FileDescriptor memory = Linux.memfdCreate("source", 0)) {
            assertNull(PageSource.withheldBy(memory.value()));
        }
        Path path = Files.createTempFile(Path.of("/dev/shm"), "source", "");
        try (FileDescriptor shared = Linux.open(path.toString(), Constants.O_RDWR, 0)) {
            Files.delete(path);
            assertNull(PageSource.withheldBy(shared.value()));
        }
    }

    @Test
    void shouldNameTheFileSystemOfOthers() {
        try (FileDescriptor proc = Linux.open("/proc/self/comm", Constants.O_RDWR, 0);
                FileDescriptor eventfd = Linux.eventfd()) {
            assertEquals("file system proc", PageSource.withheldBy(proc.value()));
            assertNotNull(PageSource.withheldBy(eventfd.value()));
        }
    }
}

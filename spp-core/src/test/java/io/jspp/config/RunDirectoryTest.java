package io.jspp.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
    @TempDir
    Path temporary;

    @Test
    void shouldMakePrivateDirectoriesAndRemoveThemWhenEmpty() throws IOException {
        Path base = temporary.resolve("base");
        RunDirectory first = RunDirectory.select(base.toString(), "rte", Map.of());
        RunDirectory second = RunDirectory.select(base.toString(), "other", Map.of());
        assertEquals(base.resolve("rte"), first.path());
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(first.path())));
        Files.createFile(second.path().resolve("file"));
        first.removeIfEmpty();
        second.removeIfEmpty();
        assertFalse(Files.exists(first.path()));
        assertTrue(Files.exists(second.path()));
        Files.delete(second.path().resolve("file"));
        second.removeIfEmpty();
        assertFalse(Files.exists(base));
    }

    @Test
    void shouldSayWhyADirectoryIsNotUsable() throws IOException {
        Path open = Files.createDirectory(temporary.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        ProcessException refusal =
                assertThrows(ProcessException.class, () -> RunDirectory.select(open.toString(), "rte", Map.of()));
        assertTrue(refusal.getMessage().contains("mode is 777 instead of 700"), refusal.getMessage());
        assertEquals(ExitCode.FAILED, refusal.exitCode());
        Path link = Files.createSymbolicLink(temporary.resolve("link"), temporary);
        assertTrue(assertThrows(ProcessException.class, () -> RunDirectory.select(link.toString(), "rte", Map.of()))
                .getMessage()
                .contains("not a directory"));
        Path deep = temporary.resolve("no/such");
        assertTrue(assertThrows(ProcessException.class, () -> RunDirectory.select(deep.toString(), "rte", Map.of()))
                .getMessage()
                .contains("no directory"));
    }
}

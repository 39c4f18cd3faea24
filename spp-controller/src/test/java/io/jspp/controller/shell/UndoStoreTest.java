package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UndoStoreTest {
    @TempDir
    private Path directory;

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** The name of the file that is written first may be somebody's, or a link that somebody has put there. */
    @Test
    void shouldWriteNoFileButTheOneThatIsNamed() throws IOException {
        Path others = Files.writeString(directory.resolve("now.yaml.new"), "mine");
        Path target = Files.writeString(directory.resolve("target"), "precious");
        Files.createSymbolicLink(
                directory.resolve(".now.yaml." + ProcessHandle.current().pid() + ".new"), target);
        UndoStore.write(directory.resolve("now.yaml"), "state");
        assertEquals("state", Files.readString(directory.resolve("now.yaml")));
        assertEquals("mine", Files.readString(others));
        assertEquals("precious", Files.readString(target));
        assertEquals(List.of("now.yaml", "now.yaml.new", "target"), names());
    }

    @Test
    void shouldLeaveNothingWhenItFails() throws IOException {
        Files.createDirectory(directory.resolve("now.yaml"));
        Files.writeString(directory.resolve("now.yaml/full"), "");
        assertThrows(IOException.class, () -> UndoStore.write(directory.resolve("now.yaml"), "state"));
        assertEquals(List.of("now.yaml"), names());
    }
}

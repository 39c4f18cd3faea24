package io.jspp.controller.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a scene opens is closed, whenever the end comes. */
class StageTest {
    private final List<String> seen = new ArrayList<>();

    private AutoCloseable opened(String name) {
        seen.add("open " + name);
        return () -> seen.add("close " + name);
    }

    @Test
    void shouldCloseWhatWasOpenedLastFirstAndOpenNothingAfterwards() {
        Stage stage = new Stage(new PrintStream(OutputStream.nullOutputStream()));
        stage.open(() -> opened("a"));
        stage.open(() -> opened("b"));
        stage.close();
        // As on Ctrl-C: the scene goes on in the main thread until the machine stops.
        assertThrows(IllegalStateException.class, () -> stage.open(() -> opened("c")));
        assertEquals(List.of("open a", "open b", "close b", "close a"), seen);
        assertFalse(Files.exists(stage.cluster().runDirectory()));
    }
}

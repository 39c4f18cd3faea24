package io.jspp.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code docs/configuration.md} and the code say the same. */
class ConfigurationDocumentTest {
    @Test
    void shouldDocumentEveryKeyAsItIs() throws IOException {
        Path document = ProjectHome.directory().resolve("docs/configuration.md");
        StringBuilder table = new StringBuilder();
        Files.readAllLines(document).stream()
                .filter(line -> line.startsWith("| `"))
                .forEach(line -> table.append(line).append('\n'));
        assertEquals(expected(), table.toString(), "rows of " + document);
    }

    private static String expected() {
        StringBuilder table = new StringBuilder();
        for (ConfigKey key : ConfigKeys.all()) {
            String value = key.defaultText().isEmpty() ? "(empty)" : key.defaultText();
            String unit = key.unit().isEmpty() ? "" : " " + key.unit();
            table.append(
                    "| `" + key.name() + "` | " + value + unit + " | " + key.range() + " | " + key.sentence() + " |\n");
        }
        return table.toString();
    }
}

package io.jspp.primary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.config.ConfigKey;
import io.jspp.config.ConfigKeys;
import io.jspp.config.Configuration;
import io.jspp.config.UsageException;
import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of {@code conf/} are valid, and the default one shows every key with its default. */
class ProfilesTest {
    private static Configuration read(Path file) {
        return new Configuration.Builder().file(YamlFile.read(file)).build();
    }

    @Test
    void shouldReadEveryProfile() throws IOException {
        try (Stream<Path> files = Files.list(ProjectHome.directory().resolve("conf"))) {
            List<Path> profiles =
                    files.filter(f -> f.toString().endsWith(".yaml")).toList();
            assertTrue(profiles.size() >= 3, profiles.toString());
            profiles.forEach(ProfilesTest::read);
        }
    }

    @Test
    void shouldShowEveryDefault() {
        Configuration profile = read(ProjectHome.directory().resolve("conf/default.yaml"));
        for (ConfigKey key : ConfigKeys.all()) {
            assertEquals(Configuration.Source.FILE, profile.source(key), key.name() + " is missing");
            assertEquals(key.defaultText(), profile.text(key), key.name());
        }
    }

    @Test
    void shouldSayWhereAFileIsWrong(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("wrong.yaml");
        Files.writeString(file, "ring:\n  slots: [1\n");
        String why =
                assertThrows(UsageException.class, () -> YamlFile.read(file)).getMessage();
        assertTrue(why.contains("wrong.yaml") && why.contains("line"), why);
        Files.writeString(file, "just text");
        assertThrows(UsageException.class, () -> YamlFile.read(file));
        Files.writeString(file, "");
        assertEquals(0, YamlFile.read(file).size());
        assertThrows(UsageException.class, () -> YamlFile.read(directory.resolve("absent.yaml")));
    }
}

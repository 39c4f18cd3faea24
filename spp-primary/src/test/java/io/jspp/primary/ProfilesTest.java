package io.jspp.primary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The profiles in {@code conf/} are valid, and the default one shows every key with its default. What {@code start} reads is none of them. */
class ProfilesTest {
    private static Configuration read(Path file) {
        return new Configuration.Builder().file(YamlFile.read(file)).build();
    }

    @Test
    void shouldReadEveryProfile() throws IOException {
        try (Stream<Path> files = Files.list(ProjectHome.directory().resolve("conf"))) {
            List<Path> profiles = files.filter(f -> f.toString().endsWith(".yaml") && !f.endsWith("start.yaml"))
                    .toList();
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

    /** Number 202 of the catalogue of bad inputs: one sentence, nothing taken over. */
    @ParameterizedTest(name = "{1}")
    @MethodSource("hostileFiles")
    void shouldRefuseAHostileFile(String content, String sentence, @TempDir Path directory) throws IOException {
        Path file = directory.resolve("hostile.yaml");
        Files.writeString(file, content);
        String why = assertThrows(UsageException.class, () -> read(file)).getMessage();
        assertTrue(why.contains(sentence), why);
    }

    static Stream<Arguments> hostileFiles() {
        return Stream.of(
                arguments("ring:\n  slots: 128\n  slots: 256\n", "line 3"),
                arguments("ring:\n\tslots: 128\n", "line 2"),
                arguments("a: !!javax.script.ScriptEngineManager {}\n", "line 1"),
                arguments("ring.slots: 100\n", "configuration key ring.slots: \"100\" is not a power of two"),
                arguments("ring.later: 1\n", "unknown configuration key \"ring.later\""),
                arguments("ring: [128]\n", "configuration key \"ring\": one value expected"),
                arguments("ring:\n", "configuration key \"ring\": one value expected"),
                arguments("[".repeat(200_000), "line 1: more than 16 levels"),
                arguments("{a: ".repeat(200_000), "line 1: more than 16 levels"),
                arguments("ring: &me\n  ring: *me\n", "unknown configuration key \"ring.ring.ring"),
                arguments("a: &a [x]\n" + laughs(), "is no YAML: Number of aliases"),
                arguments("vdev: [\u0000]\n", "is no YAML: special characters"),
                arguments("# note\n".repeat(200_000), "more than 1048576 bytes"));
    }

    /** Each line ten times the one before: a thousand million words. */
    private static String laughs() {
        StringBuilder text = new StringBuilder();
        for (char c = 'b'; c < 'k'; c++) {
            text.append(c).append(": &").append(c).append(" [");
            text.append(("*" + (char) (c - 1) + " ,").repeat(10)).append("]\n");
        }
        return text.toString();
    }

    @Test
    void shouldReadNoMoreOfAnEndlessFileThanTheLimit() {
        String why = assertThrows(UsageException.class, () -> YamlFile.read(Path.of("/dev/zero")))
                .getMessage();
        assertTrue(why.contains("more than 1048576 bytes"), why);
    }
}

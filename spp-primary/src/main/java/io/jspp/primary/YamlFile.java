package io.jspp.primary;

import io.jspp.config.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads a configuration file. */
final class YamlFile {
    private YamlFile() {}

    /** @throws UsageException absent or malformed file, with its place */
    static Map<?, ?> read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new UsageException("configuration file " + file + " can't be read: " + e.getMessage());
        }
        Object document;
        try {
            document = new Load(LoadSettings.builder().setLabel(file.toString()).build()).loadFromString(text);
        } catch (YamlEngineException e) {
            throw new UsageException("configuration file " + file + " is no YAML: " + e.getMessage());
        }
        if (document == null) {
            return Map.of();
        }
        if (!(document instanceof Map<?, ?> map)) {
            throw new UsageException("configuration file " + file + ": KEY: VALUE lines expected");
        }
        return map;
    }
}

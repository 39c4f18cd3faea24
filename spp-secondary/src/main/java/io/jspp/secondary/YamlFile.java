package io.jspp.secondary;

import io.jspp.config.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads a configuration file. */
final class YamlFile {
    private YamlFile() {}

    /** @throws UsageException absent or malformed, with the place */
    static Map<?, ?> read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Object document =
                    new Load(LoadSettings.builder().setLabel(file.toString()).build()).loadFromInputStream(in);
            if (document == null) {
                return Map.of();
            }
            if (document instanceof Map<?, ?> map) {
                return map;
            }
            throw new UsageException("configuration file " + file + ": KEY: VALUE lines expected");
        } catch (IOException e) {
            throw new UsageException("configuration file " + file + " can't be read: " + e.getMessage());
        } catch (YamlEngineException e) {
            throw new UsageException("configuration file " + file + ": " + e.getMessage());
        }
    }
}

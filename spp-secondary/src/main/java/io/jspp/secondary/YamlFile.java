package io.jspp.secondary;

import io.jspp.config.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads a configuration file, which may be any file: at most 1 MiB of it, and no deeper than keys go. */
final class YamlFile {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 16;

    private YamlFile() {}

    /** @throws UsageException absent, malformed, too large or too deep, with the place */
    static Map<?, ?> read(Path file) {
        String what = "configuration file " + file;
        try {
            String text = text(file, what);
            LoadSettings settings =
                    LoadSettings.builder().setLabel(file.toString()).build();
            // The loader recurses, so depth is looked at before.
            checkDepth(new Parse(settings).parseString(text), what);
            Object document = new Load(settings).loadFromString(text);
            if (document == null) {
                return Map.of();
            }
            if (document instanceof Map<?, ?> map) {
                return map;
            }
            throw new UsageException(what + ": KEY: VALUE lines expected");
        } catch (IOException e) {
            throw new UsageException(what + " can't be read: " + e.getMessage());
        } catch (YamlEngineException e) {
            throw new UsageException(what + " is no YAML: " + e.getMessage());
        }
    }

    private static String text(Path file, String what) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new UsageException(what + " has more than " + MAX_BYTES + " bytes: is it the right file?");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static void checkDepth(Iterable<Event> events, String what) {
        int depth = 0;
        for (Event event : events) {
            depth += event instanceof CollectionStartEvent ? 1 : event instanceof CollectionEndEvent ? -1 : 0;
            if (depth > MAX_DEPTH) {
                String place = event.getStartMark()
                        .map(mark -> ", line " + (mark.getLine() + 1))
                        .orElse("");
                throw new UsageException(what + place + ": more than " + MAX_DEPTH + " levels");
            }
        }
    }
}

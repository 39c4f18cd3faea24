package io.jspp.primary;

import io.jspp.config.ConfigurationFile;
import io.jspp.config.UsageException;
import java.nio.file.Path;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;

/** The YAML library behind {@link ConfigurationFile}. */
final class YamlFile {
    private YamlFile() {}

    /** @throws UsageException absent, malformed, too large or too deep, with the place */
    static Map<?, ?> read(Path file) {
        return ConfigurationFile.read(file, YamlFile::load);
    }

    private static Object load(String label, String text, ConfigurationFile limits) {
        LoadSettings settings = LoadSettings.builder().setLabel(label).build();
        for (Event event : new Parse(settings).parseString(text)) {
            int step = event instanceof CollectionStartEvent ? 1 : event instanceof CollectionEndEvent ? -1 : 0;
            limits.nest(
                    step, event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0));
        }
        return new Load(settings).loadFromString(text);
    }
}

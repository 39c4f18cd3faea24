package io.jspp.config;

import static io.jspp.config.UsageException.quoted;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The effective value of every key and who set it. Immutable; any thread. */
public final class Configuration {
    /** Where a value comes from; later ones win. */
    public enum Source {
        DEFAULT("default"),
        FILE("configuration file"),
        ENVIRONMENT("environment"),
        SET("--set"),
        OPTION("option");

        private final String words;

        Source(String words) {
            this.words = words;
        }
    }

    private record Entry(String value, Source source) {}

    private final Map<String, Entry> entries;
    private final List<String> vdevs;

    private Configuration(Map<String, Entry> entries, List<String> vdevs) {
        this.entries = entries;
        this.vdevs = List.copyOf(vdevs);
    }

    /** Collects values; one thread. */
    public static final class Builder {
        /** Longer than any key. */
        private static final int MAX_NAME = 200;

        private final Map<Source, Map<String, String>> values = new EnumMap<>(Source.class);
        private final List<String> vdevs = new ArrayList<>();

        /**
         * Sets a key.
         *
         * @throws UsageException unknown key or value out of range
         */
        public Builder set(Source source, String name, String value) {
            ConfigKey key = ConfigKeys.find(name)
                    .orElseThrow(() -> new UsageException("unknown configuration key " + quoted(name) + nearest(name)));
            try {
                key.range().check(value);
            } catch (UsageException e) {
                throw new UsageException("configuration key " + name + ": " + e.getMessage());
            }
            values.computeIfAbsent(source, s -> new HashMap<>()).put(name, value);
            return this;
        }

        public Builder set(Source source, ConfigKey key, String value) {
            return set(source, key.name(), value);
        }

        /** {@code --set KEY=VALUE}. */
        public Builder assign(String assignment) {
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                throw new UsageException(quoted(assignment) + " is not KEY=VALUE, as in ring.slots=256");
            }
            return set(Source.SET, assignment.substring(0, equals), assignment.substring(equals + 1));
        }

        /**
         * Takes a parsed configuration file: nested maps, whose keys join with dots; {@code vdev} is a list of {@code --vdev} values.
         */
        public Builder file(Map<?, ?> document) {
            flatten("", document);
            return this;
        }

        private void flatten(String prefix, Map<?, ?> map) {
            map.forEach((k, v) -> {
                String name = prefix + k;
                if (v instanceof Map<?, ?> nested) {
                    // A map that contains itself, which YAML can say, has no end.
                    if (name.length() > MAX_NAME) {
                        throw new UsageException("unknown configuration key " + quoted(name) + nearest(""));
                    }
                    flatten(name + ".", nested);
                } else if (name.equals("vdev") && v instanceof List<?> list) {
                    list.forEach(item -> vdevs.add(String.valueOf(item)));
                } else if (v == null || v instanceof List<?>) {
                    throw new UsageException("configuration key " + quoted(name) + ": one value expected");
                } else {
                    set(Source.FILE, name, String.valueOf(v));
                }
            });
        }

        private static String nearest(String name) {
            String last = name.substring(name.lastIndexOf('.') + 1);
            return ConfigKeys.all().stream()
                    .map(ConfigKey::name)
                    .filter(known -> !last.isEmpty() && known.contains(last))
                    .findFirst()
                    .map(known -> ": did you mean " + known + "?")
                    .orElse(": docs/configuration.md lists them");
        }

        public Configuration build() {
            Map<String, Entry> entries = new HashMap<>();
            for (ConfigKey key : ConfigKeys.all()) {
                entries.put(key.name(), new Entry(key.defaultText(), Source.DEFAULT));
            }
            values.forEach((source, map) -> map.forEach((name, value) -> entries.put(name, new Entry(value, source))));
            return new Configuration(Collections.unmodifiableMap(entries), vdevs);
        }
    }

    /** The value as text. */
    public String text(ConfigKey key) {
        return entries.get(key.name()).value;
    }

    /** The value of an integer key. */
    public int integer(ConfigKey key) {
        return Math.toIntExact(Numbers.integer(text(key), Long.MIN_VALUE, Long.MAX_VALUE));
    }

    /** The value of a true/false key. */
    public boolean flag(ConfigKey key) {
        return Boolean.parseBoolean(text(key));
    }

    /** Octal permissions. */
    public int mode(ConfigKey key) {
        return Integer.parseInt(text(key), 8);
    }

    /** Who set it. */
    public Source source(ConfigKey key) {
        return entries.get(key.name()).source;
    }

    /** Devices named by the configuration file; those of the command line follow them. */
    public List<String> vdevs() {
        return vdevs;
    }

    /** The effective configuration, one {@code key=value} per line with unit and source. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        for (ConfigKey key : ConfigKeys.all()) {
            Entry entry = entries.get(key.name());
            text.append(key.name()).append('=').append(entry.value);
            text.append("  # ")
                    .append(key.unit().isEmpty() ? "" : key.unit() + ", ")
                    .append(entry.source.words)
                    .append('\n');
        }
        return text.toString();
    }
}

package io.jspp.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Reads a configuration file, which may be any file: at most 1 MiB of it, and no deeper than keys go. Each process brings the library that takes YAML apart,
 * since this module has none (decision 0002).
 */
public final class ConfigurationFile {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 16;

    private final String what;
    private int depth;

    private ConfigurationFile(Path file) {
        what = "configuration file " + file;
    }

    /** A YAML library. */
    @FunctionalInterface
    public interface Yaml {
        /**
         * Takes a text apart. Whatever runtime exception it throws is a complaint about the text.
         *
         * @param label what its complaints call the text
         * @param limits told each beginning and end of a list or map before anything recurses
         * @return the document, null when it is empty
         */
        Object load(String label, String text, ConfigurationFile limits);
    }

    /** @throws UsageException absent, malformed, too large or too deep, with the place */
    public static Map<?, ?> read(Path file, Yaml yaml) {
        ConfigurationFile limits = new ConfigurationFile(file);
        Object document = limits.load(file, yaml);
        if (document == null) {
            return Map.of();
        }
        if (document instanceof Map<?, ?> map) {
            return map;
        }
        throw new UsageException(limits.what + ": KEY: VALUE lines expected");
    }

    private Object load(Path file, Yaml yaml) {
        try {
            return yaml.load(file.toString(), text(file), this);
        } catch (IOException e) {
            throw new UsageException(what + " can't be read: " + e.getMessage());
        } catch (UsageException beyondLimits) {
            throw beyondLimits;
        } catch (RuntimeException malformed) {
            throw new UsageException(what + " is no YAML: " + malformed.getMessage());
        }
    }

    private String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new UsageException(what + " has more than " + MAX_BYTES + " bytes: is it the right file?");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /**
     * A list or map begins (1) or ends (-1).
     *
     * @param line counted from 1
     * @throws UsageException too deep
     */
    public void nest(int step, int line) {
        depth += step;
        if (depth > MAX_DEPTH) {
            throw new UsageException(what + ", line " + line + ": more than " + MAX_DEPTH + " levels");
        }
    }
}

package io.jspp.controller.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads a YAML text that may be anything: at most 8 MiB of it, no deeper than 16 levels, no references, one document that is a map. */
public final class YamlFile {
    private static final int MAX_BYTES = 8 << 20;
    private static final int MAX_DEPTH = 16;

    private YamlFile() {}

    /** @throws YamlException absent, malformed, too large or too deep */
    public static YamlMap read(final Path file) throws YamlException {
        return parse(file.toString(), text(file));
    }

    /** The text of a file of at most 8 MiB in UTF-8. */
    public static String text(final Path file) throws YamlException {
        if (Files.isDirectory(file)) {
            throw new YamlException(file.toString(), "is a directory, a file is expected");
        }
        try (InputStream in = Files.newInputStream(file)) {
            final byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new YamlException(file.toString(), "more than " + MAX_BYTES + " bytes: is it the right file?");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (final CharacterCodingException binary) {
            throw new YamlException(file.toString(), "is no text in UTF-8: is it the right file?");
        } catch (final NoSuchFileException absent) {
            throw new YamlException(file.toString(), "there is no such file");
        } catch (final IOException unreadable) {
            throw new YamlException(file.toString(), "can't be read: " + unreadable.getMessage());
        }
    }

    /**
     * Parses a text.
     *
     * @param source what complaints call it
     */
    public static YamlMap parse(final String source, final String text) throws YamlException {
        final LoadSettings settings = LoadSettings.builder()
                .setLabel(source)
                .setCodePointLimit(MAX_BYTES)
                .build();
        try {
            // The composer recurses, so depth is looked at before.
            check(source, new Parse(settings).parseString(text));
            final Node root = new Compose(settings).composeString(text).orElse(null);
            if (root == null) {
                throw new YamlException(source, "is empty, KEY: VALUE lines are expected");
            }
            if (!(root instanceof MappingNode map)) {
                throw new YamlException(place(source, root), "KEY: VALUE lines are expected");
            }
            return YamlMap.of(source, map);
        } catch (final MarkedYamlEngineException malformed) {
            throw new YamlException(
                    source + malformed.getProblemMark().map(YamlFile::line).orElse(""),
                    "no YAML: " + malformed.getProblem());
        } catch (final YamlEngineException malformed) {
            throw new YamlException(source, "no YAML: " + malformed.getMessage());
        }
    }

    private static void check(final String source, final Iterable<Event> events) throws YamlException {
        int depth = 0;
        for (final Event event : events) {
            depth += event instanceof CollectionStartEvent ? 1 : event instanceof CollectionEndEvent ? -1 : 0;
            final String place =
                    source + event.getStartMark().map(YamlFile::line).orElse("");
            if (depth > MAX_DEPTH) {
                throw new YamlException(place, "more than " + MAX_DEPTH + " levels");
            }
            if (event instanceof AliasEvent) {
                throw new YamlException(place, "references (*NAME) are not followed: write the value out");
            }
        }
    }

    /** {@code FILE:LINE}. */
    static String place(final String source, final Node node) {
        return source + node.getStartMark().map(YamlFile::line).orElse("");
    }

    private static String line(final Mark mark) {
        return ":" + (mark.getLine() + 1);
    }
}

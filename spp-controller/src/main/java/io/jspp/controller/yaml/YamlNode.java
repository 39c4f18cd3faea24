package io.jspp.controller.yaml;

import io.jspp.config.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A value of a YAML file that knows its line. The reader says what it expects and gets it, or a {@link UsageException} whose message begins with
 * {@code FILE:LINE}. Files have at most 256 KiB, 16 levels and no aliases. Immutable.
 */
public final class YamlNode {
    private static final int MAX_BYTES = 1 << 18;
    private static final int MAX_DEPTH = 16;

    private final String file;
    private final String path;
    private final Node node;

    private YamlNode(String file, String path, Node node) {
        this.file = file;
        this.path = path;
        this.node = node;
    }

    /** @throws UsageException absent, malformed, too large or too deep */
    public static YamlNode read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new UsageException(file + " has more than " + MAX_BYTES + " bytes: is it the right file?");
            }
            return parse(file.toString(), new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UsageException(file + " can't be read: " + e);
        }
    }

    /** @param file what messages call the text */
    public static YamlNode parse(String file, String text) {
        LoadSettings settings = LoadSettings.builder().setLabel(file).build();
        try {
            // The composer recurses, so depth is looked at before.
            checkEvents(file, new Parse(settings).parseString(text));
            Node node = new Compose(settings)
                    .composeString(text)
                    .orElseThrow(() -> new UsageException(file + " is empty: KEY: VALUE lines expected"));
            return new YamlNode(file, "", node);
        } catch (YamlEngineException e) {
            throw new UsageException(file + " is no YAML: " + e.getMessage());
        }
    }

    private static void checkEvents(String file, Iterable<Event> events) {
        int depth = 0;
        for (Event event : events) {
            depth += event instanceof CollectionStartEvent ? 1 : event instanceof CollectionEndEvent ? -1 : 0;
            String wrong = event instanceof AliasEvent
                    ? "aliases (*name) are not understood here: write it out"
                    : depth > MAX_DEPTH ? "more than " + MAX_DEPTH + " levels" : "";
            if (!wrong.isEmpty()) {
                throw new UsageException(
                        file + ":" + (event.getStartMark().map(Mark::getLine).orElse(0) + 1) + ": " + wrong);
            }
        }
    }

    /** An error at this value's place. */
    public UsageException error(String sentence) {
        int line = node.getStartMark().map(Mark::getLine).orElse(0) + 1;
        return new UsageException(file + ":" + line + ": " + (path.isEmpty() ? "" : path + ": ") + sentence);
    }

    /**
     * The value as a map of given keys.
     *
     * @param known the keys that may be there; none: any
     */
    public Map<String, YamlNode> map(String... known) {
        if (!(node instanceof MappingNode mapping)) {
            throw error("KEY: VALUE lines expected"
                    + (known.length == 0 ? "" : ", with keys of " + String.join(", ", known)));
        }
        Map<String, YamlNode> map = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            YamlNode key = new YamlNode(file, path, tuple.getKeyNode());
            String name = key.text();
            if (known.length > 0 && !Arrays.asList(known).contains(name)) {
                throw key.error("no key " + UsageException.quoted(name) + " here: " + String.join(", ", known));
            }
            String below = path.isEmpty() ? name : path + "." + name;
            if (map.put(name, new YamlNode(file, below, tuple.getValueNode())) != null) {
                throw key.error("the key " + UsageException.quoted(name) + " is there twice");
            }
        }
        return map;
    }

    /** The value as a list of at most so many values. */
    public List<YamlNode> list(int most) {
        if (!(node instanceof SequenceNode sequence)) {
            throw error("a list expected");
        }
        if (sequence.getValue().size() > most) {
            throw error("at most " + most + " entries are allowed, these are "
                    + sequence.getValue().size());
        }
        List<YamlNode> list = new ArrayList<>();
        for (Node value : sequence.getValue()) {
            list.add(new YamlNode(file, path + "[" + list.size() + "]", value));
        }
        return list;
    }

    public boolean isList() {
        return node instanceof SequenceNode;
    }

    /** The value as text, as it is written. */
    public String text() {
        if (!(node instanceof ScalarNode scalar)) {
            throw error("a single value expected");
        }
        return scalar.getValue();
    }

    /**
     * The value as text that a pattern matches whole.
     *
     * @param expected said when it does not
     */
    public String text(String pattern, String expected) {
        String text = text();
        if (!text.matches(pattern)) {
            throw error(UsageException.quoted(text) + " given: " + expected + " expected");
        }
        return text;
    }

    /** The value as a whole number of a range. */
    public int number(int least, int most) {
        String text = text("-?[0-9]{1,9}", "a number of " + least + " to " + most);
        int number = Integer.parseInt(text);
        if (number < least || number > most) {
            throw error(text + " given: a number of " + least + " to " + most + " expected");
        }
        return number;
    }

    /** The value as {@code true} or {@code false}. */
    public boolean flag() {
        return Boolean.parseBoolean(text("true|false", "true or false"));
    }

    /** The value as one of some words. */
    public String word(List<String> words) {
        String text = text();
        if (!words.contains(text)) {
            throw error(UsageException.quoted(text) + " given: one of " + String.join(", ", words) + " expected");
        }
        return text;
    }
}

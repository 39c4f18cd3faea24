package io.jspp.controller.yaml;

import io.jspp.control.CommandCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A map of a YAML file that knows its place. Values are taken as they are written ({@code 0x03} stays {@code 0x03}). Immutable. */
public final class YamlMap {
    private static final int MAX_TEXT = 4096;

    private final String source;
    private final MappingNode node;
    private final Map<String, Node> values = new LinkedHashMap<>();

    private YamlMap(final String source, final MappingNode node) {
        this.source = source;
        this.node = node;
    }

    static YamlMap of(final String source, final MappingNode node) throws YamlException {
        final YamlMap map = new YamlMap(source, node);
        for (final NodeTuple tuple : node.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw new YamlException(YamlFile.place(source, tuple.getKeyNode()), "a key is one word");
            }
            if (map.values.put(key.getValue(), tuple.getValueNode()) != null) {
                throw new YamlException(YamlFile.place(source, key), "the key " + shown(key) + " is there twice");
            }
        }
        return map;
    }

    private static String shown(final ScalarNode node) {
        return '"' + CommandCodec.printable(node.getValue()) + '"';
    }

    /** {@code FILE:LINE} of its beginning. */
    public String place() {
        return YamlFile.place(source, node);
    }

    /** {@code FILE:LINE} of a value, or of the map when it has no such key. */
    public String place(final String key) {
        final Node value = values.get(key);
        return value == null ? place() : YamlFile.place(source, value);
    }

    /** A complaint about a value. */
    public YamlException wrong(final String key, final String sentence) {
        return new YamlException(place(key), key + ": " + sentence);
    }

    /** @throws YamlException at the first key that is not one of these */
    public void only(final String... keys) throws YamlException {
        final Set<String> known = new TreeSet<>(Arrays.asList(keys));
        for (final NodeTuple tuple : node.getValue()) {
            final ScalarNode key = (ScalarNode) tuple.getKeyNode();
            if (!known.contains(key.getValue())) {
                throw new YamlException(
                        YamlFile.place(source, key),
                        "there is no key " + shown(key) + " here, only " + String.join(", ", known));
            }
        }
    }

    public boolean has(final String key) {
        return values.containsKey(key);
    }

    public Set<String> keys() {
        return values.keySet();
    }

    /** A value that must be there. */
    public String text(final String key) throws YamlException {
        final Node value = values.get(key);
        if (value == null) {
            throw new YamlException(place(), "the key " + key + " is missing");
        }
        return scalar(key, value);
    }

    /** A value, or another when the key is absent. */
    public String text(final String key, final String otherwise) throws YamlException {
        return has(key) ? text(key) : otherwise;
    }

    private String scalar(final String key, final Node value) throws YamlException {
        if (!(value instanceof ScalarNode scalar)) {
            throw new YamlException(YamlFile.place(source, value), key + ": one value is expected");
        }
        final String text = scalar.getValue();
        if (text.length() > MAX_TEXT || text.chars().anyMatch(c -> c != '\t' && Character.isISOControl(c))) {
            throw new YamlException(
                    YamlFile.place(source, value),
                    key + ": at most " + MAX_TEXT + " characters on one line are expected");
        }
        return text;
    }

    /** A whole number, or another when the key is absent. */
    public int integer(final String key, final int min, final int max, final int otherwise) throws YamlException {
        if (!has(key)) {
            return otherwise;
        }
        final String text = text(key);
        if (text.matches("-?[0-9]{1,9}")) {
            final int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw wrong(key, '"' + CommandCodec.printable(text) + "\" is no number from " + min + " to " + max);
    }

    /** {@code true} or {@code false}, or another when the key is absent. */
    public boolean flag(final String key, final boolean otherwise) throws YamlException {
        final String text = text(key, Boolean.toString(otherwise));
        if (!text.equals("true") && !text.equals("false")) {
            throw wrong(key, '"' + CommandCodec.printable(text) + "\" is neither true nor false");
        }
        return text.equals("true");
    }

    /** A map below a key, or null when the key is absent. */
    public YamlMap map(final String key) throws YamlException {
        final Node value = values.get(key);
        return value == null || isNull(value) ? null : asMap(key, value);
    }

    private YamlMap asMap(final String key, final Node value) throws YamlException {
        if (!(value instanceof MappingNode map)) {
            throw new YamlException(YamlFile.place(source, value), key + ": KEY: VALUE lines are expected below");
        }
        return of(source, map);
    }

    /** Maps of a list below a key; none when the key is absent. */
    public List<YamlMap> maps(final String key) throws YamlException {
        final List<YamlMap> maps = new ArrayList<>();
        for (final Node item : items(key)) {
            maps.add(asMap(key, item));
        }
        return maps;
    }

    /** Values of a list below a key; none when the key is absent. */
    public List<YamlText> texts(final String key) throws YamlException {
        final List<YamlText> texts = new ArrayList<>();
        for (final Node item : items(key)) {
            texts.add(new YamlText(scalar(key, item), YamlFile.place(source, item)));
        }
        return texts;
    }

    /** How many entries the list or map below a key has; 0 when the key is absent or has a single value. */
    public int size(final String key) {
        return values.get(key) instanceof CollectionNode<?> collection
                ? collection.getValue().size()
                : 0;
    }

    /** One value or the values of a list below a key; none when the key is absent. */
    public List<YamlText> textOrTexts(final String key) throws YamlException {
        if (values.get(key) instanceof ScalarNode single && !isNull(single)) {
            return List.of(new YamlText(scalar(key, single), place(key)));
        }
        return texts(key);
    }

    private List<Node> items(final String key) throws YamlException {
        final Node value = values.get(key);
        if (value == null || isNull(value)) {
            return List.of();
        }
        if (value instanceof SequenceNode list) {
            return list.getValue();
        }
        throw new YamlException(YamlFile.place(source, value), key + ": a list is expected, \"- \" before each entry");
    }

    private static boolean isNull(final Node value) {
        return value instanceof ScalarNode scalar && scalar.getValue().isEmpty();
    }
}
